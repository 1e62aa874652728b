"""The SQL that turns one source's rows into typed records, each with the rule that sets it aside.

In: a `Match`. Out: a `Reading`: a SELECT whose columns are `RECORD`, and what was noticed on the way. The one thing to
know: nothing is dropped here; every row of the source comes out, with a rule or without.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from shoal.engines.contract import Engine, literal
from shoal.events.layouts import EVENT_WORDS, PRICE
from shoal.events.matching import Match
from shoal.events.numbers import DECIMAL, native_number, number_sql
from shoal.events.rules import setting_aside
from shoal.events.times import TimeStyle, find_style, native_style
from shoal.words.errors import InputError, error
from shoal.words.language import Texts

texts = Texts("shoal.events")

TEXTS = ("name", "category", "brand", "currency", "coupon", "text", "channel", "device", "payment_key", "address_key")
IDS = ("customer_id", "product_id", "order_id", "session_id")
NUMBERS = ("quantity", "amount", PRICE, "discount", "rating")
RECORD = (
    "source_file", "source_line", "customer_id", "ts_s", "event_type", "product_id", "name", "category", "brand",
    "quantity", "amount", "discount", "currency", "coupon", "order_id", "session_id", "rating", "text", "channel",
    "device", "payment_key", "address_key", "rule",
)  # fmt: skip
NOTHING = "('nan', 'null', 'none', 'n/a', '#n/a', '<na>', 'nat', '\\n', 'undefined', '(null)')"


@dataclass(frozen=True, slots=True)
class Scope:
    """What holds for the whole load: the zone, the latest time believed, the currency wanted."""

    timezone: str
    latest: int
    currency: str | None


@dataclass(slots=True)
class Reading:
    """How one source is read: the SQL, the columns that carry data, and what was noticed."""

    match: Match
    sql: str
    has: frozenset[str]
    time: TimeStyle
    floats: dict[str, int] = field(default_factory=dict)
    unknown_words: tuple[str, ...] = ()


@dataclass(slots=True)
class _Source:
    """The SQL of single cells of one source."""

    engine: Engine
    match: Match
    floats: dict[str, int] = field(default_factory=dict)
    bad: list[str] = field(default_factory=list)

    @property
    def relation(self) -> str:
        return self.match.staged.relation

    def raw(self, ours: str) -> list[tuple[str, str]]:
        """The SQL and type of each column behind one of ours."""
        staged = self.match.staged
        return [(staged.columns[name], staged.types[name]) for name in self.match.columns.get(ours, ())]

    def text(self, ours: str) -> str:
        cells = self.raw(ours)
        if not cells:
            return "CAST(NULL AS VARCHAR)"
        parts = [cell_text(cell, kind) for cell, kind in cells]
        return parts[0] if len(parts) == 1 else f"NULLIF(concat_ws('/', {', '.join(parts)}), '')"

    def category(self) -> str:
        text, separator = self.text("category"), self.match.layout.separator
        return f"replace({text}, {literal(separator)}, '/')" if separator else text

    def id(self, ours: str) -> str:
        """An id as text: ``17850.0`` is the trace of a number column with gaps and becomes ``17850``."""
        text = self.text(ours)
        if not self.raw(ours) or self.raw(ours)[0][1] != "VARCHAR":
            return text
        whole = f"ends_with({text}, '.0') AND regexp_full_match({text}, '\\d+\\.0')"
        filled, floats, nothing = self.engine.rows(
            f"SELECT COUNT({text}), COUNT(*) FILTER ({whole}), "
            f"COUNT(*) FILTER (length({text}) < 10 AND lower({text}) IN {NOTHING}) FROM {self.relation}"
        )[0]
        if floats and (ours == "customer_id" or floats == filled):
            self.floats[ours] = floats
            text = f"CASE WHEN {whole} THEN left({text}, length({text}) - 2) ELSE {text} END"
        return f"CASE WHEN lower({text}) IN {NOTHING} THEN NULL ELSE {text} END" if nothing else text

    def number(self, ours: str) -> str:
        """A number; a text that is none is noted, so that the record is set aside."""
        parts = []
        for cell, kind in self.raw(ours):
            read = number_sql(self.engine, self.relation, cell) if kind == "VARCHAR" else native_number(cell)
            if kind == "VARCHAR":
                self.bad.append(f"(NULLIF(trim({cell}), '') IS NOT NULL AND {read} IS NULL)")
            parts.append(read if len(self.raw(ours)) == 1 else f"COALESCE(abs({read}), 0)")
        return f"CAST({' + '.join(parts)} AS {DECIMAL})" if parts else f"CAST(NULL AS {DECIMAL})"


def read(engine: Engine, match: Match, scope: Scope) -> Reading:
    """How the matched source is read. Raises `InputError` where its times cannot be read."""
    source = _Source(engine, match)
    style = _time(source, scope)
    kind, unknown = _event_type(source)
    columns = {name: source.id(name) for name in IDS}
    columns |= {name: source.text(name) for name in TEXTS} | {"category": source.category()}
    columns |= {name: source.number(name) for name in NUMBERS}
    columns |= {"no_time": f"{source.text('event_time')} IS NULL", "ts_s": style.sql, "kind": kind}
    columns["bad_number"] = " OR ".join(source.bad) or "FALSE"
    listed = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
    cells = f"SELECT __file AS source_file, __line AS source_line, {listed} FROM {match.staged.relation}"
    has = _has(match)
    return Reading(match, _judged(_signed(cells, match), has, scope), has, style, source.floats, unknown)


def _time(source: _Source, scope: Scope) -> TimeStyle:
    cell, kind = source.raw("event_time")[0]
    style = native_style(cell, kind, scope.timezone)
    column = source.match.columns["event_time"][0]
    return style or find_style(source.engine, source.relation, cell, scope.timezone, source.match.order, column)


def _event_type(source: _Source) -> tuple[str, tuple[str, ...]]:
    """The SQL of the event type, and the words that mean none of ours. A log without types is a log of purchases."""
    if not source.raw("event_type"):
        return "'purchase'", ()
    words = f"lower({source.text('event_type')})"
    there = [
        str(word)
        for (word,) in source.engine.rows(
            f"SELECT DISTINCT {words} AS word FROM {source.relation} WHERE {words} IS NOT NULL ORDER BY word LIMIT 500"
        )
    ]
    known = {**EVENT_WORDS, **source.match.layout.event_words}
    meant = {word: known[word] for word in there if word in known}
    cases = " ".join(f"WHEN {literal(word)} THEN {literal(kind)}" for word, kind in meant.items())
    sql = f"CASE {words} {cases} END" if cases else "CAST(NULL AS VARCHAR)"
    return sql, tuple(word for word in there if word not in known)


def _has(match: Match) -> frozenset[str]:
    has = set(match.columns) - {PRICE}
    return frozenset(has | {"amount"} if PRICE in match.columns else has)


def _signed(cells: str, match: Match) -> str:
    """Amounts from unit prices, and refunds told from purchases: a negative quantity, or a cancelled order's number."""
    amount = f"COALESCE(amount, TRY_CAST(price * COALESCE(quantity, 1) AS {DECIMAL}))"
    back = ["quantity < 0"] if "quantity" in match.columns else [f"{amount} < 0"]
    if match.layout.refund_prefix:
        back.append(f"starts_with(upper(order_id), {literal(match.layout.refund_prefix)})")
    kind = f"CASE WHEN kind = 'purchase' AND ({' OR '.join(back)}) THEN 'refund' ELSE kind END"
    return f"SELECT * REPLACE ({amount} AS amount), {kind} AS event_type FROM ({cells})"


def _judged(signed: str, has: frozenset[str], scope: Scope) -> str:
    rules = [rule for rule in setting_aside(has) if rule.code != "other_currency" or scope.currency]
    filled = {"{latest}": str(scope.latest), "{currency}": literal(scope.currency)}
    cases = []
    for rule in rules:
        test = rule.test
        for name, value in filled.items():
            test = test.replace(name, value)
        cases.append(f"WHEN {test} THEN {literal(rule.code)}")
    sized = {name: f"abs({name})" for name in ("quantity", "amount", "discount")}
    sized |= {"rule": f"CASE {' '.join(cases)} END", "rating": "CAST(rating AS DOUBLE)"}
    listed = ", ".join(f"{sized[name]} AS {name}" if name in sized else name for name in RECORD)
    return f"SELECT {listed} FROM ({signed})"


def cell_text(cell: str, kind: str) -> str:
    """The SQL of a cell as text without blanks at its ends; NULL where nothing is left."""
    if kind == "VARCHAR":
        return f"NULLIF(trim({cell}), '')"
    if kind in ("DOUBLE", "FLOAT"):
        whole = f"CAST(CAST({cell} AS BIGINT) AS VARCHAR)"
        return (
            f"CASE WHEN {cell} IS NULL OR isnan({cell}) THEN NULL WHEN {cell} = floor({cell}) AND abs({cell}) < 1e15 "
            f"THEN {whole} ELSE CAST({cell} AS VARCHAR) END"
        )
    return f"CAST({cell} AS VARCHAR)"


def raw_sql(match: Match) -> str:
    """SQL of the whole record as text, written again with its delimiter, for what is set aside."""
    delimiter = match.staged.delimiter
    parts = []
    for name, cell in match.staged.columns.items():
        text = f"COALESCE({cell if match.staged.types[name] == 'VARCHAR' else f'CAST({cell} AS VARCHAR)'}, '')"
        needs = f"contains({text}, {literal(delimiter)}) OR contains({text}, '\"') OR contains({text}, chr(10))"
        parts.append(f"CASE WHEN {needs} THEN '\"' || replace({text}, '\"', '\"\"') || '\"' ELSE {text} END")
    return f" || {literal(delimiter)} || ".join(parts)


def require(match: Match, guess: str, unsure: str) -> None:
    """Refuse a source without a customer or a time. Raises `InputError` that shows the line to paste."""
    if match.complete:
        return
    missing = ", ".join(name for name in ("customer_id", "event_time") if name not in match.columns)
    raise error(
        InputError, texts, "unknown_layout", file=match.staged.file, missing=missing,
        found=", ".join(match.staged.columns), guess=guess, unsure=unsure,
    )  # fmt: skip
