"""The rows of a plain table placed in the segments of an earlier one, a batch at a time.

In: a file or frame with the columns the segments were found in, and their model. Out: a row a customer, and what was
not placed. The one thing to know: of the table only the answer and one batch are ever in memory.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from shoal.segments.identity import find_id, repeated
from shoal.segments.model import ASSIGNED, BATCH_ROWS, SegmentModel, assign_batches
from shoal.segments.set_aside import counted
from shoal.segments.sheet import FRAME, Head, head_of, short, whole_frame
from shoal.segments.space import texts
from shoal.show.blocks import Finding
from shoal.words.errors import InputError, error

LARGEST = 1e150
RULES = ("ragged", "infinite_value", "missing_value")


@dataclass(frozen=True, slots=True)
class Placed:
    """Who is where (`ASSIGNED` columns, in the table's order), what is to be known, and how many rows there were."""

    table: pa.Table
    findings: tuple[Finding, ...]
    rows_in: int


@dataclass(slots=True)
class _Reader:
    """What the rows are read by, and what was counted on the way."""

    model: SegmentModel
    fill: Mapping[str, float]
    id_column: str | None = None
    counts: Counter[str] = field(default_factory=Counter)
    rows: int = 0

    @property
    def numbers(self) -> list[str]:
        return list(dict.fromkeys(c.feature for c in self.model.space.columns if c.level is None))

    @property
    def levels(self) -> list[str]:
        return list(dict.fromkeys(c.feature for c in self.model.space.columns if c.level is not None))

    @property
    def wanted(self) -> list[str]:
        own = [] if self.id_column is None else [self.id_column]
        return [*own, *(name for name in (*self.numbers, *self.levels) if name != self.id_column)]

    def sound(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The rows with every number, gaps filled where that was asked for; under the names the model knows."""
        values = {name: _values(batch.column(name)) for name in self.numbers}
        for name, value in self.fill.items():
            if name in values:
                values[name] = np.where(np.isnan(values[name]), value, values[name])
        matrix = np.column_stack(list(values.values())) if values else np.zeros((batch.num_rows, 0))
        infinite, empty = (np.abs(matrix) > LARGEST).any(axis=1), np.isnan(matrix).any(axis=1)
        self.counts["infinite_value"] += int(infinite.sum())
        self.counts["missing_value"] += int((empty & ~infinite).sum())
        columns = {"customer_id": self._ids(batch)} | {name: pa.array(value) for name, value in values.items()}
        columns |= {name: pc.cast(batch.column(name), pa.string()) for name in self.levels}
        self.rows += batch.num_rows
        return pa.RecordBatch.from_pydict(columns).filter(pa.array(~(infinite | empty)))

    def _ids(self, batch: pa.RecordBatch) -> pa.Array:
        if self.id_column is None:
            return pa.array(map(str, range(self.rows + 1, self.rows + batch.num_rows + 1)), pa.string())
        return pc.cast(batch.column(self.id_column), pa.string())


def place_table(model: SegmentModel, source: Any, id_column: str | None, fill: Mapping[str, float]) -> Placed:
    """Every row of a table placed by the model.

    `id_column` names the customer; None: found by its name, as when the segments were made, else rows are numbered.
    `fill` are the numbers that stand in for empty ones, by column; rows with an empty number that has none are counted
    and not placed, as are rows with an infinite one. Raises `InputError` for a table that cannot be read, lacks a
    column, or names a customer twice.
    """
    head = head_of(source)
    reader = _Reader(model, fill, find_id(head.names, head.source, id_column))
    missing = [name for name in reader.wanted if name not in head.names]
    if missing:
        lacking = {"missing": ", ".join(missing[:3]), "count": len(missing), "columns": ", ".join(head.names[:8])}
        raise error(InputError, texts, "table_lacks", source=head.source, **lacking)
    try:
        batches = (reader.sound(batch) for batch in _batches(source, head, reader))
        table = pa.Table.from_batches(assign_batches(model, batches), ASSIGNED)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeDecodeError, csv.Error) as problem:
        raise error(InputError, texts, "table_unreadable", source=head.source, reason=short(problem)) from problem
    table = _with_plain_ids(table)
    if reader.id_column is not None:
        _refuse_repeated(table, head.source, reader.id_column)
    every = reader.rows + reader.counts["ragged"]
    said = [counted(rule, count, every) for rule in RULES if (count := reader.counts[rule])]
    return Placed(table, tuple(said), every)


def _batches(source: Any, head: Head, reader: _Reader) -> Iterator[pa.RecordBatch]:
    if head.source == FRAME and not isinstance(source, str | Path):
        yield from whole_frame(source).select(reader.wanted).to_batches(BATCH_ROWS)
    elif head.delimiter is None:
        with pq.ParquetFile(Path(source)) as file:
            yield from file.iter_batches(BATCH_ROWS, columns=reader.wanted)
    else:
        yield from _lines(Path(source), head, reader)


def _lines(path: Path, head: Head, reader: _Reader) -> Iterator[pa.RecordBatch]:
    """The records of a text file, read in blocks; a record with too few or too many fields is counted."""

    def skip(row: pa_csv.InvalidRow) -> str:  # noqa: ARG001
        reader.counts["ragged"] += 1
        return "skip"

    kinds = {name: pa.bool_() if name in head.flags else pa.float64() for name in reader.numbers}
    kinds |= dict.fromkeys([*reader.levels, *([reader.id_column] if reader.id_column else [])], pa.string())
    convert = pa_csv.ConvertOptions(
        null_values=head.empty, strings_can_be_null=True, decimal_point=head.decimal_point,
        column_types=kinds, include_columns=reader.wanted,
    )  # fmt: skip
    parse = pa_csv.ParseOptions(delimiter=head.delimiter, newlines_in_values=True, invalid_row_handler=skip)
    with pa.input_stream(str(path), compression="detect") as stream:
        # one thread: the rows that are passed over are counted from one place
        read = pa_csv.ReadOptions(use_threads=False, block_size=1 << 22)
        with pa_csv.open_csv(stream, read_options=read, parse_options=parse, convert_options=convert) as rows:
            yield from rows


def _values(column: pa.Array) -> np.ndarray:
    if pa.types.is_boolean(column.type):
        column = pc.cast(column, pa.int8())
    return np.array(pc.cast(column, pa.float64(), safe=False).to_numpy(zero_copy_only=False))


def _with_plain_ids(table: pa.Table) -> pa.Table:
    """Ids that are all whole numbers written as such: ``0017`` and ``17.0`` are 17, as when the segments were made."""
    ids = table["customer_id"]
    for kind in (pa.int64(), pa.float64()):
        try:
            numbers = pc.cast(ids, kind)
        except pa.ArrowInvalid:
            continue
        if pc.all(pc.equal(numbers, pc.floor(numbers))).as_py():
            return table.set_column(0, "customer_id", pc.cast(pc.cast(numbers, pa.int64()), pa.string()))
    return table


def _refuse_repeated(table: pa.Table, source: str, name: str) -> None:
    ids = table["customer_id"]
    if ids.null_count:
        raise error(InputError, texts, "table_empty_ids", source=source, id=name, rows=ids.null_count)
    repeated(ids, source, name)
