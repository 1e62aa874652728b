"""The doors: what a user may hand over, staged so that SQL can read it.

In: paths, folders, patterns, addresses of database tables, frames. Out: `Staged` sources. The one thing to know:
nothing is judged here but whether a line is a record at all; lines that are none are set aside at once.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from shoal.engines.arrow_text import spelt_out
from shoal.engines.contract import Engine, literal, quoted
from shoal.events.arrays import number_array, text_array
from shoal.events.database import read_table
from shoal.events.dialect import Dialect, fields_of, find_dialect
from shoal.events.flat import FlatRows
from shoal.events.jsons import Rows, form, read_document, read_lines
from shoal.events.lines import Plain, open_plain
from shoal.events.nested import is_nested, nested_rows
from shoal.events.records import Fault, read_records
from shoal.events.sheets import WORKBOOKS, Sheet, read_sheets
from shoal.events.sources import is_database, names_of, opened
from shoal.events.staged import Staged
from shoal.events.typed.plan import Plan, Planner
from shoal.events.typed.sorting import Piles
from shoal.words.errors import InputError, UsageError, error
from shoal.words.language import Texts
from shoal.words.progress import Progress

texts = Texts("shoal.events")

BATCH = 1 << 16
"""Rows that are read at once from what was staged."""
FAULTS = pa.schema(
    [("source_file", pa.string()), ("source_line", pa.int64()), ("rule", pa.string()), ("raw", pa.string())]
)


@dataclass(slots=True)
class Door:
    """Stages sources one after the other into `folder`, and the lines that are no records into one file beside."""

    engine: Engine
    folder: Path
    progress: Progress
    staged: list[Staged] = field(default_factory=list)
    _relations: int = 0
    _faults: pq.ParquetWriter | None = None

    def enter(self, sources: Sequence[Any], planner: Planner | None = None) -> list[Staged]:
        """Every source staged; what is beyond doubt is typed at once where there is a planner.

        Raises `InputError` or `UsageError` for one that cannot be read at all.
        """
        if not sources:
            raise error(UsageError, texts, "no_sources")
        singles = opened(sources)
        before = len(self.staged)
        names = names_of([source for source, _ in singles])
        for at, ((source, named), name) in enumerate(zip(singles, names, strict=True)):
            self.progress(texts("progress.reading", file=name), at / len(singles))
            staged = self._stage(source, name, planner)
            self.staged += [replace(table, named=named and len(staged) == 1) for table in staged]
        return self.staged[before:]

    def close(self) -> Path | None:
        """The file of the lines that are no records, or None when there are none."""
        if self._faults is None:
            return None
        self._faults.close()
        return self.folder / "faults.parquet"

    def _stage(self, source: Any, name: str, planner: Planner | None) -> list[Staged]:
        if is_database(source):
            with read_table(source) as reader:
                return [self._arrow(reader, name, "database")]
        if not isinstance(source, str | Path):
            return [self._arrow(_reader(source, name), name, "frame")]
        path = Path(source)
        with path.open("rb") as file:
            start = file.read(4)
        if start.startswith(WORKBOOKS):
            sheets = read_sheets(path)
            digest = _sha256(path)
            return [self._sheet(s, name if len(sheets) == 1 else f"{name} [{s.name}]", digest) for s in sheets]
        return [self._parquet(path, name) if start == b"PAR1" else self._text(path, name, planner)]

    def _relation(self) -> str:
        self._relations += 1
        return f"source_{self._relations}"

    def _arrow(self, reader: pa.RecordBatchReader, name: str, kind: str) -> Staged:
        path = self.folder / f"{self._relation()}.parquet"
        schema = spelt_out(reader.schema.empty_table()).schema
        with pq.ParquetWriter(path, schema, compression="snappy") as writer:
            for batch in reader:
                writer.write_table(spelt_out(pa.Table.from_batches([batch])).cast(schema))
        return self._parquet(path, name, kind)

    def _parquet(self, path: Path, name: str, kind: str = "parquet") -> Staged:
        digest = _sha256(path) if kind == "parquet" else None
        try:
            file = pq.ParquetFile(path)
        except (OSError, pa.ArrowInvalid) as problem:
            raise error(InputError, texts, "broken_file", file=name, reason=problem) from problem
        with file:
            if is_nested(file.schema_arrow):
                return self._flat(nested_rows(file), name, kind, digest)
            rows = file.metadata.num_rows
        relation = self._relation()
        self.engine.open_parquet(f"{relation}_file", [path], line="__line")
        self._view(relation, name, "0 AS __item, *")
        types = self._types(relation)
        columns = {column: quoted(column) for column in types}
        return Staged(name, relation, columns, types, rows, kind, sha256=digest)

    def _view(self, relation: str, name: str, columns: str) -> None:
        self.engine.run(
            f"CREATE OR REPLACE TEMP VIEW {relation} AS SELECT {literal(name)} AS __file, {columns} "
            f"FROM {relation}_file"
        )

    def _types(self, relation: str) -> dict[str, str]:
        """The columns under the engine's own names, which tell apart those that differ only in case."""
        described = self.engine.rows(f"DESCRIBE {relation}")
        return {str(row[0]): str(row[1]) for row in described if not str(row[0]).startswith("__")}

    def _text(self, path: Path, name: str, planner: Planner | None) -> Staged:
        plain, start = open_plain(path)
        if json := form(start):
            blocks = read_lines(plain) if json == "lines" else read_document(plain)
            return self._flat(blocks, name, "json", _sha256(path))
        dialect = find_dialect(start)
        columns = {column: f"c{at}" for at, column in enumerate(dialect.columns)}
        staged = Staged(
            name, self._relation(), columns, dict.fromkeys(columns, "VARCHAR"), 0, "text", {},
            dialect.delimiter, dialect.header, _first_rows(start, dialect), None, plain.encoding,
            titles=_titles(start, dialect),
        )  # fmt: skip
        return self._delimited(plain, dialect, staged, None if planner is None else planner.plan(staged))

    def _delimited(self, plain: Plain, dialect: Dialect, staged: Staged, plan: Plan | None) -> Staged:
        relation, piles = staged.relation, Piles(plan, self.folder, staged.relation)
        target = self.folder / f"{relation}.arrow"
        schema = pa.schema([("source_line", pa.int64()), *((f"c{at}", pa.string()) for at in range(dialect.width))])
        records, faults = 0, Counter[str]()
        # uncompressed: written once, read a few times, removed; packing it cost more than all reading
        with pa.OSFile(str(target), "wb") as file, pa.ipc.new_file(file, schema) as writer:
            for parsed in read_records(plain, dialect):
                for batch in piles.rest(parsed.table):
                    writer.write_table(pa.Table.from_batches([batch]), max_chunksize=BATCH)
                records += parsed.records
                faults.update(rule for _, rule, _ in parsed.faults)
                self._set_aside(staged.file, parsed.faults)
        self.engine.open_arrow(f"{relation}_file", [target])
        self._view(relation, staged.file, "source_line AS __line, 0 AS __item, * EXCLUDE (source_line)")
        digest = _sha256(plain.path)
        typed = piles.typed(plain, dialect)
        return replace(staged, records=records, faults=dict(faults), sha256=digest, typed=typed, lines=target)

    def _flat(self, blocks: Iterable[Rows], name: str, kind: str, digest: str | None) -> Staged:
        rows = FlatRows(self.folder, self._relation(), name)
        rows.write(blocks, self._set_aside)
        return rows.staged(self.engine, kind, digest)

    def _sheet(self, sheet: Sheet, name: str, digest: str) -> Staged:
        rows = [(at, 0, dict(zip(sheet.columns, cells, strict=True))) for at, cells in sheet.lines]
        staged = self._flat([Rows(rows, [(at, "blank_line", "") for at in sheet.blanks])], name, "excel", digest)
        first = tuple(tuple(value or "" for value in cells) for _, cells in sheet.lines[:3])
        return replace(staged, header=sheet.header, first_rows=() if sheet.header else first)

    def _set_aside(self, name: str, faults: Sequence[Fault]) -> None:
        if not faults:
            return
        if self._faults is None:
            self._faults = pq.ParquetWriter(self.folder / "faults.parquet", FAULTS, compression="snappy")
        lines, rules, raws = zip(*faults, strict=True)
        columns = [
            text_array([name] * len(faults)),
            number_array(np.array(lines, np.int64)),
            *map(text_array, (rules, raws)),
        ]
        self._faults.write_table(pa.Table.from_arrays(columns, schema=FAULTS))


def _reader(frame: Any, name: str) -> pa.RecordBatchReader:
    """The rows of any table that speaks Arrow: pandas, polars, Arrow itself."""
    if hasattr(frame, "__arrow_c_stream__"):
        return pa.RecordBatchReader.from_stream(frame)
    raise error(UsageError, texts, "no_frame", name=name, type=type(frame).__name__)


def _first_rows(start: bytes, dialect: Dialect) -> tuple[tuple[str, ...], ...]:
    """The first three rows of a file without a header, which is then known by what it holds."""
    lines: Iterator[str] = (line for line in start.decode("utf-8", "replace").splitlines() if line.strip())
    rows = (fields_of(line, dialect.delimiter) for line, _ in zip(lines, range(3), strict=False))
    return () if dialect.header else tuple(tuple(row) for row in rows if row)


def _titles(start: bytes, dialect: Dialect) -> int:
    """How many lines above the header say anything but how the file is delimited."""
    above = start.decode("utf-8", "replace").split("\n")[: dialect.header_line - 1] if dialect.header else []
    return sum(bool(line.strip()) and not line.lower().startswith("sep=") for line in above)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
