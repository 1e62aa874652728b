"""`EventLog`, the clean log in the engine, and `Quality`, the account of how it came about.

The one thing to know: the relations ``events`` and ``products`` live in the engine of the `EventLog`; nothing else of
this room crosses to the later stages.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from shoal.engines.contract import Engine
from shoal.events.accounts import FileCount
from shoal.events.rules import Action
from shoal.show.blocks import Block, Cell, Details, Figure, Figures, Heading, Note, Severity, Table, TableColumn
from shoal.show.result import Result
from shoal.words.clock import Clock
from shoal.words.language import Text, Texts

texts = Texts("shoal.events")


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column of a customers file that features may use: its name there and its column in the relation of accounts.

    `levels` are the values of a text that are frequent enough to count, the commonest first; empty for a number.
    """

    name: str
    column: str
    levels: tuple[str, ...] = ()


@dataclass(frozen=True)
class EventLog:
    """The shop's events, ready for features.

    Attributes
    ----------
    engine, relation
        Where the events are: a relation with every column of `words.columns` EVENTS and DERIVED (NULL where the log has
        none), only rows before ``clock.as_of``, quantities and amounts never negative.
    has
        The optional columns that carry any data, and ``hour`` where the log has times of day.
    types
        The event types there are.
    first_s, last_s
        The first and the last event, epoch seconds.
    rows, customers
        How many events and customers.
    visits
        The relation of visits that were derived (``customer_id``, ``ts_s``, ``event_type``, ``session_id``), where the
        log names none but shows browsing at times of day; else None.
    accounts
        The relation of what a customers file says (``customer_id``, ``signed_up_s``, ``known_s``, ``born_day``, and the
        columns of `attributes`), one row a customer, where one was given; else None.
    attributes, account_dates
        The columns of that file that features may use, and which of ``signed_up`` and ``birthday`` it has.

    Examples
    --------
    >>> import pyarrow as pa
    >>> days = [f"2024-0{1 + i % 6}-1{i % 9}" for i in range(60)]
    >>> log = pa.table({"customer_id": [f"u{i % 12}" for i in range(60)], "event_time": days, "amount": [9.5] * 60})

    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> from shoal.engines.choose import open_engine

    >>> from shoal.events.load import load
    >>> with open_engine("duckdb", Path(folder := mkdtemp()), "500MB") as engine:
    ...     clean, _ = load([log], engine, Path(folder))
    ...     clean.engine.rows(f"SELECT COUNT(*) FROM {clean.relation}")[0][0] == clean.rows
    True
    """

    engine: Engine
    relation: str
    has: frozenset[str]
    types: frozenset[str]
    first_s: int
    last_s: int
    rows: int
    customers: int
    timezone: str
    currency: str | None
    clock: Clock
    has_products: bool
    visits: str | None = None
    accounts: str | None = None
    attributes: tuple[Attribute, ...] = ()
    account_dates: frozenset[str] = frozenset()

    @property
    def engine_version(self) -> str:
        """The engine that holds the events, for provenance: ``duckdb 2.0.0``."""
        return f"{self.engine.name} {self.engine.version}"


@dataclass(frozen=True, slots=True)
class Example:
    """One record a rule found, contacts masked."""

    file: str
    line: int
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """One dimension of quality. `value` is from 0 to 1; `found` are the records (for timeliness: days) against it."""

    dimension: str
    value: float
    found: int
    how: Text
    effect: Text


@dataclass(frozen=True, slots=True)
class RuleCount:
    """What one rule found. `share` is of all records read."""

    code: str
    severity: Severity
    action: Action
    count: int
    share: float
    what: Text
    advice: Text
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Quality(Result):
    """The data-quality report: every record accounted for, every rule that found something, with examples.

    Examples
    --------
    >>> import pyarrow as pa
    >>> days = [f"2024-0{1 + i % 6}-1{i % 9}" for i in range(60)]
    >>> log = pa.table({"customer_id": [f"u{i % 12}" for i in range(60)], "event_time": days, "amount": [9.5] * 60})

    >>> from shoal.events.check import check
    >>> quality = check([log])
    >>> quality.customers, [score.dimension for score in quality.scores][:2]
    (12, ['completeness', 'accuracy'])
    """

    name = "quality"

    set_aside: pa.Table = field(metadata={"file": "set_aside.parquet"})
    returns: pa.Table = field(metadata={"file": "returns.parquet"})
    records: int
    used: int
    duplicates: int
    after_as_of: int
    set_aside_records: int
    customers: int
    first: str
    last: str
    files: tuple[FileCount, ...] = ()
    rules: tuple[RuleCount, ...] = ()
    scores: tuple[Score, ...] = ()
    event_types: dict[str, int] = field(default_factory=dict)

    def view(self) -> Iterator[Block]:
        yield Heading(texts("view.title"), anchor="quality")
        yield Note(self._lead(), "lead")
        yield Figures(tuple(self._figures()))
        yield from self.findings
        if self.scores:
            yield self._scores()
        if self.rules:
            yield self._rules()
        yield Details(texts("view.files", count=len(self.files)), (self._files(),))

    def _lead(self) -> Text:
        share = f"{_not_rounded_up(self.used / self.records):.1%}" if self.records else "-"
        key = "view.lead" if self.used < self.records else "view.lead_clean"
        return texts(key, records=f"{self.records:,}", used=f"{self.used:,}", share=share)

    def _figures(self) -> Iterator[Figure]:
        for key in ("records", "used", "set_aside_records", "duplicates", "after_as_of", "customers"):
            yield Figure(texts(f"view.figure.{key}"), Text.same(f"{getattr(self, key):,}"))

    def _scores(self) -> Table:
        labels = ("dimension", "score", "how", "effect")
        return Table(
            tuple(TableColumn(texts(f"view.column.{label}"), ".1%" if label == "score" else "") for label in labels),
            tuple((texts(f"score.{s.dimension}.name"), _not_rounded_up(s.value), s.how, s.effect) for s in self.scores),
            title=texts("view.scores"),
        )

    def _rules(self) -> Table:
        labels = ("what", "severity", "action", "count", "share", "examples", "advice")
        formats = {"count": ",.0f", "share": ".2%"}
        return Table(
            tuple(TableColumn(texts(f"view.column.{label}"), formats.get(label, "")) for label in labels),
            tuple(_row(rule, len(self.files) == 1) for rule in self.rules),
            title=texts("view.rules"),
        )

    def _files(self) -> Table:
        labels = ("file", "layout", "records", "used", "duplicates", "after_as_of", "set_aside")
        return Table(
            tuple(TableColumn(texts(f"view.column.{label}"), ",.0f") for label in labels),
            tuple((f.file, f.layout, f.records, f.used, f.duplicates, f.after_as_of, f.set_aside) for f in self.files),
        )


def _not_rounded_up(share: float) -> float:
    """A share as it is shown with one decimal of a per cent: 100.0 % only where nothing is missing.

    >>> _not_rounded_up(0.99997), _not_rounded_up(1.0), _not_rounded_up(0.5)
    (0.999, 1.0, 0.5)
    """
    return math.floor(share * 1000 + 1e-9) / 1000


def _row(rule: RuleCount, alone: bool) -> tuple[Cell, ...]:
    severity, action = texts(f"severity.{rule.severity}"), texts(f"action.{rule.action}")
    return rule.what, severity, action, rule.count, rule.share, _where(rule.examples, alone), rule.advice


def _where(examples: tuple[Example, ...], alone: bool) -> Text:
    """The lines of the examples, by file where there are several."""
    lines: dict[str, list[str]] = {}
    for example in examples:
        lines.setdefault(example.file, []).append(str(example.line))
    if not lines:
        return Text.same("")
    if alone and len(lines) == 1:
        (numbers,) = lines.values()
        return texts("view.line" if len(numbers) == 1 else "view.lines", lines=", ".join(numbers))
    return Text.same("; ".join(f"{file}: {', '.join(numbers)}" for file, numbers in lines.items()))
