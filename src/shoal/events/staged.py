"""One source as SQL can read it, and several of one kind as one.

In: relations that a door has written. Out: `Staged`. The one thing to know: every staged relation has ``__file``,
``__line`` and ``__item`` (the place among the things one line holds, 0 where a line is one record) beside its own
columns, and the three together name a record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from shoal.engines.contract import Engine
from shoal.events.layouts import plain
from shoal.words.errors import UsageError, error
from shoal.words.language import Text, Texts

if TYPE_CHECKING:
    from shoal.events.typed.plan import Typed

texts = Texts("shoal.events")

SHOWN_FILES = 3


@dataclass(frozen=True, slots=True)
class Staged:
    """One source, readable in SQL.

    `columns` maps the source's column names to the SQL that reads them, `types` to their SQL types. `records` were
    counted at the door; `faults` of them are no records that can be read, by rule. `parts` are the files of a log that
    lies in several. `own` are the columns that stood in the file itself, where others were joined to them. `titles` are
    the lines above its header. `named` says that the user asked for this very table; it is not so for what lies in a
    folder or a workbook with others. `typed` are records that were typed at the door and are not in `relation`. `lines`
    is the file in which the records of a text file lie.
    """

    file: str
    relation: str
    columns: Mapping[str, str]
    types: Mapping[str, str]
    records: int
    kind: str
    faults: Mapping[str, int] = field(default_factory=dict)
    delimiter: str = ","
    header: bool = True
    first_rows: tuple[tuple[str, ...], ...] = ()
    sha256: str | None = None
    encoding: str = "utf-8"
    parts: tuple[Staged, ...] = ()
    own: tuple[str, ...] = ()
    named: bool = True
    titles: int = 0
    typed: Typed | None = None
    lines: Path | None = None

    @property
    def readable(self) -> int:
        """The records that are whole."""
        return self.records - sum(self.faults.values())

    @property
    def files(self) -> tuple[Staged, ...]:
        """The files this is made of."""
        return self.parts or (self,)

    @property
    def typed_parts(self) -> tuple[Typed, ...]:
        """What was typed at the door, file by file."""
        return tuple(file.typed for file in self.files if file.typed is not None)


def found(staged: Staged) -> Text:
    """The columns of a source, as a message lists them."""
    return Text.same(", ".join(staged.columns) if len(staged.columns) <= 40 else f"{len(staged.columns)} columns")


def unite(engine: Engine, sources: Sequence[Staged]) -> list[Staged]:
    """Sources with the same columns as one each: thirty daily files are one log, and are read by the same evidence."""
    groups: dict[tuple[object, ...], list[Staged]] = {}
    for at, source in enumerate(sources):
        columns = frozenset((plain(name), source.types[name]) for name in source.columns)
        alike = len({name for name, _ in columns}) == len(source.columns)
        groups.setdefault((columns, source.header, len(source.columns), -1 if alike else at), []).append(source)
    return [_united(engine, group) for group in groups.values()]


def one_table(engine: Engine, sources: Sequence[Staged]) -> Staged:
    """The one table that a file beside the log is. Raises `UsageError` for several that have not the same columns."""
    tables = unite(engine, sources)
    if len(tables) > 1:
        raise error(UsageError, texts, "several_tables", files=", ".join(table.file for table in tables))
    return tables[0]


def _united(engine: Engine, group: Sequence[Staged]) -> Staged:
    first = group[0]
    if len(group) == 1:
        return first
    readable = [source for source in group if source.readable] or [first]
    relation = f"{first.relation}_all"
    engine.run(f"CREATE OR REPLACE TEMP VIEW {relation} AS {_rows(engine, first, readable, relation)}")
    faults: dict[str, int] = {}
    for source in group:
        for rule, count in source.faults.items():
            faults[rule] = faults.get(rule, 0) + count
    names = [source.file for source in group]
    label = ", ".join(names) if len(names) <= SHOWN_FILES else f"{names[0]} ... {names[-1]} ({len(names)})"
    records = sum(source.records for source in group)
    parts = tuple(group)
    return replace(first, file=label, relation=relation, records=records, faults=faults, sha256=None, parts=parts)


def _rows(engine: Engine, first: Staged, sources: Sequence[Staged], name: str) -> str:
    """SQL of the rows of all sources in the columns of `first`. Text files with the same order of columns are one
    relation: three hundred of them would be three hundred scans, each with its share of every join."""
    alike: dict[tuple[object, ...], list[Staged]] = {}
    for at, source in enumerate(sources):
        key = tuple(source.columns.items()) if source.lines is not None else (at,)
        alike.setdefault(key, []).append(source)
    listed = []
    for at, group in enumerate(alike.values()):
        relation, files = f"{name}_{at}", [source.lines for source in group if source.lines is not None]
        if files:
            engine.open_arrow(f"{relation}_file", files, names=[source.file for source in group])
            place = "source_file AS __file, source_line AS __line, 0 AS __item, * EXCLUDE (source_file, source_line)"
            engine.run(f"CREATE OR REPLACE TEMP VIEW {relation} AS SELECT {place} FROM {relation}_file")
        listed.append(columns_of(group[0], first, relation if files else group[0].relation))
    return " UNION ALL ".join(listed)


def columns_of(source: Staged, first: Staged, relation: str) -> str:
    """SQL of the rows of `relation`, written as `source` is, in the columns of `first`."""
    there = {plain(name): cell for name, cell in source.columns.items()}
    listed = ", ".join(f"{there[plain(name)]} AS {cell}" for name, cell in first.columns.items())
    return f"SELECT __file, __line, __item, {listed} FROM {relation}"
