"""Exports that lie in several files, or leave out what the line above says, as one table each.

In: staged sources. Out: the sources that are logs, with what stands beside them joined, and the files that were only
looked up. The one thing to know: a row of the log is neither lost nor doubled by a join; of several rows with one key
in a file beside it the first counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from shoal.engines.contract import Engine, quoted
from shoal.events.accounts import FileCount
from shoal.events.cells import bare_id, cell_text
from shoal.events.layouts import Beside, Layout, fitting, plain
from shoal.events.numbers import untabbed
from shoal.events.staged import Staged
from shoal.words.errors import InputError, error
from shoal.words.language import Texts

texts = Texts("shoal.events")


@dataclass(frozen=True, slots=True)
class Lookup:
    """A file that was looked up: its account by file, and SQL that is true for its rows without a key."""

    staged: Staged
    accounts: tuple[FileCount, ...]
    keyless: str


@dataclass(frozen=True, slots=True)
class Combiner:
    """Joins sources into tables, which it writes into `folder`."""

    engine: Engine
    folder: Path
    layouts: Sequence[Layout]

    def combined(self, sources: Sequence[Staged]) -> tuple[list[Staged], list[Lookup]]:
        """The logs, and the files looked up. Raises `InputError` where a log lacks a file it cannot do without."""
        logs, lookups = list(sources), list[Lookup]()
        for source in sources:
            layout = fitting(self.layouts, tuple(source.columns), source.first_rows)
            if source not in logs or layout is None or not (layout.beside or layout.fill):
                continue
            log = self._filled(source, layout) if layout.fill else source
            for beside in layout.beside:
                other = next((s for s in logs if s is not source and _fits(beside, s)), None)
                if other is not None and _column(log, beside.key):
                    log, lookup = self._joined(log, other, beside)
                    lookups.append(lookup)
                    logs.remove(other)
                elif beside.needed:
                    missing = ", ".join(beside.known_by)
                    raise error(InputError, texts, "no_beside", file=source.file, layout=layout.code, missing=missing)
            logs[logs.index(source)] = self._written(log)
        return logs, lookups

    def _filled(self, source: Staged, layout: Layout) -> Staged:
        """What only an order's first line says, on all its lines."""
        key, *names = (_column(source, name) for name in layout.fill)
        cells = [source.columns[name] for name in names if name]
        firsts = ", ".join(f"MIN(NULLIF(trim({cell}), '')) AS {cell}" for cell in cells)
        filled = ", ".join(f"COALESCE(NULLIF(trim(m.{cell}), ''), f.{cell}) AS {cell}" for cell in cells)
        order = source.columns[key]
        self.engine.run(
            f"CREATE OR REPLACE TEMP VIEW {source.relation}_filled AS SELECT m.* REPLACE ({filled}) FROM "
            f"{source.relation} AS m LEFT JOIN (SELECT {order} AS __order, {firsts} FROM {source.relation} "
            f"GROUP BY {order}) AS f ON m.{order} = f.__order"
        )
        return replace(source, relation=f"{source.relation}_filled")

    def _joined(self, log: Staged, other: Staged, beside: Beside) -> tuple[Staged, Lookup]:
        rows = self._keyed(other, beside)
        names = [f"{beside.code}_{at}" for at in range(len(beside.take))]
        taken = ", ".join(f"k.{quoted(name)} AS {new}" for name, new in zip(beside.take, names, strict=True))
        key = _column(log, beside.key)
        relation = f"{log.relation}_{beside.code}"
        own = _shared(cell_text(f"m.{log.columns[key]}", log.types[key]))
        self.engine.run(
            f"CREATE OR REPLACE TEMP VIEW {relation} AS SELECT m.*, {taken} FROM {log.relation} AS m LEFT JOIN "
            f"(SELECT * FROM {rows} WHERE __place = 1) AS k ON {own} = k.__key"
        )
        columns = {**log.columns, **dict(zip(beside.take, names, strict=True))}
        types = {**log.types, **dict.fromkeys(beside.take, "VARCHAR")}
        own_columns = log.own or tuple(log.columns)
        joined = replace(log, relation=relation, columns=columns, types=types, own=own_columns)
        return joined, Lookup(other, self._accounts(other, beside, rows), f"{_cell(other, beside.their_key)} IS NULL")

    def _keyed(self, other: Staged, beside: Beside) -> str:
        """Make the table of what is taken, with its key and its place among the rows of that key."""
        rows, made = f"{other.relation}_keyed", other.relation
        cells = {name: _cell(other, name) for name in (beside.their_key, *beside.take)}
        place = "__file, __line, __item"
        if beside.sql:
            made, sql = f"{other.relation}_made", beside.sql.replace("{rows}", other.relation)
            for name in other.columns:
                sql = sql.replace(f"{{{plain(name)}}}", _cell(other, name))
            self.engine.run(f"CREATE OR REPLACE TEMP VIEW {made} AS SELECT *, '' AS __file FROM ({sql})")
            cells, place = {name: quoted(name) for name in cells}, ", ".join(map(quoted, cells))
        taken = ", ".join(f"{cells[name]} AS {quoted(name)}" for name in beside.take)
        key = _shared(cells[beside.their_key])
        self.engine.run(
            f"CREATE OR REPLACE TEMP TABLE {rows} AS SELECT __file, {key} AS __key, "
            f"ROW_NUMBER() OVER (PARTITION BY {key} ORDER BY {place}) AS __place, {taken} "
            f"FROM {made} WHERE {cells[beside.their_key]} IS NOT NULL"
        )
        return rows

    def _accounts(self, other: Staged, beside: Beside, rows: str) -> tuple[FileCount, ...]:
        """Where the rows of a file looked up went: its first row of a key is used, others repeat it."""
        sql = f"SELECT __file, COUNT(*) FILTER (__place = 1), COUNT(*) FILTER (__place > 1) FROM {rows} GROUP BY __file"
        if beside.sql:
            sql = f"SELECT __file, COUNT({_cell(other, beside.their_key)}), 0 FROM {other.relation} GROUP BY __file"
        counts = {str(file): (int(used), int(twice)) for file, used, twice in self.engine.rows(sql)}
        accounts = []
        for file in other.files:
            used, twice = counts.get(file.file, (0, 0))
            rest = file.records - used - twice
            accounts.append(
                FileCount(file.file, "lookup", beside.code, file.records, used, twice, 0, rest, file.sha256)
            )
        return tuple(accounts)

    def _written(self, log: Staged) -> Staged:
        """The joined table on disk: what follows reads it several times."""
        target = self.folder / f"{log.relation}.parquet"
        self.engine.write_parquet(f"SELECT * FROM {log.relation}", target)
        self.engine.open_parquet(f"{log.relation}_written", [target])
        return replace(log, relation=f"{log.relation}_written")


def _fits(beside: Beside, source: Staged) -> bool:
    return {plain(name) for name in beside.known_by} <= {plain(name) for name in source.columns}


def _column(source: Staged, name: str) -> str:
    """The source's own spelling of a column, empty where it has none."""
    return next((column for column in source.columns if plain(column) == plain(name)), "")


def _cell(source: Staged, name: str) -> str:
    column = _column(source, name)
    return cell_text(source.columns[column], source.types[column]) if column else "CAST(NULL AS VARCHAR)"


def _shared(text: str) -> str:
    """A key as both files write it: e-mail addresses and hexadecimal numbers differ in case alone, and only one of the
    two may guard an order's number from a spreadsheet's arithmetic."""
    return f"lower({bare_id(untabbed(text))})"
