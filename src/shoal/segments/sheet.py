"""Reading a plain table: a CSV or Parquet file, or a frame, becomes one Arrow table that knows the line of each row.

What leaves is a `Sheet`. The one thing to know: values are read by Arrow at full speed; the file is walked a second
time, record by record, only where rows have to be named by their line.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from shoal.engines.arrow_text import spelt_out
from shoal.words.errors import InputError, error
from shoal.words.language import Texts

texts = Texts("shoal.segments")
DELIMITERS = (",", ";", "\t", "|")
EMPTY = [*pa_csv.ConvertOptions().null_values, "None", "<NA>"]
COMMA_NUMBER = r"^\s*[+-]?\d+(,\d+)?\s*$"
FRAME = "table"
HEAD_LINES = 1_000
Record = tuple[int, str]
"""A record as it was found: the line it starts on (from 1) and its raw text."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows that have as many fields as the header; `ragged` are those that have not.

    `delimiter` is None for Parquet and frames, whose rows are counted from 1 without a header.
    """

    source: str
    table: pa.Table
    ragged: tuple[Record, ...] = ()
    path: Path | None = None
    delimiter: str | None = field(default=None)

    def found(self, rows: Sequence[int]) -> list[Record]:
        """Line and raw text of the rows at these positions (from 0), in the order given."""
        if self.path is None or self.delimiter is None:
            return [(row + 1, _row_text(self.table, row)) for row in rows]
        wanted, places = set(rows), dict[int, Record]()
        for row, (line, raw) in enumerate(self._records()):
            if row in wanted:
                places[row] = (line, raw)
        return [places[row] for row in rows]

    def _records(self) -> Iterator[Record]:
        width = self.table.num_columns
        return ((line, raw) for line, raw, fields in _walk(self.path, self.delimiter) if fields == width)


@dataclass(frozen=True, slots=True)
class Head:
    """A table's columns, and how its text is read: `flags` are columns of true and false; no delimiter, no text."""

    source: str
    names: tuple[str, ...]
    delimiter: str | None = None
    decimal_point: str = "."
    flags: frozenset[str] = frozenset()

    @property
    def empty(self) -> list[str]:
        """What counts as an empty cell."""
        return EMPTY


def read_sheet(source: Any) -> Sheet:
    """The sheet of a CSV (comma, semicolon, tab or bar; .gz and .zst too) or Parquet file, or of a frame.

    Raises `InputError` for a file that is not there, is empty, is no table, or names two columns alike.
    """
    if hasattr(source, "__arrow_c_stream__") or isinstance(source, pa.Table):
        return _checked(Sheet(FRAME, whole_frame(source)))
    path = Path(source)
    try:
        sheet = _of_parquet(path) if _is_parquet(path) else _of_csv(path)
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise error(InputError, texts, "table_missing", source=path.name, reason=reason) from problem
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeDecodeError, csv.Error) as problem:
        raise error(InputError, texts, "table_unreadable", source=path.name, reason=short(problem)) from problem
    return _checked(sheet)


def head_of(source: Any) -> Head:
    """What the start of a table says of how it is to be read. Raises as `read_sheet` does."""
    if hasattr(source, "__arrow_c_stream__") or isinstance(source, pa.Table):
        return Head(FRAME, tuple(whole_frame(source).column_names))
    path = Path(source)
    try:
        if _is_parquet(path):
            return Head(path.name, tuple(pq.read_schema(path).names))
        return _head_of_text(path)
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise error(InputError, texts, "table_missing", source=path.name, reason=reason) from problem
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeDecodeError, csv.Error) as problem:
        raise error(InputError, texts, "table_unreadable", source=path.name, reason=short(problem)) from problem


def _head_of_text(path: Path) -> Head:
    delimiter = _delimiter(path)
    with _open_text(path) as lines:
        start = "".join(line for line, _ in zip(lines, range(HEAD_LINES), strict=False)).encode()
    parse = pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=lambda _: "skip")
    convert = pa_csv.ConvertOptions(null_values=EMPTY, strings_can_be_null=True)
    table = pa_csv.read_csv(pa.BufferReader(start), parse_options=parse, convert_options=convert)
    comma = delimiter != "," and any(_comma_numbers(column) for column in table.columns)
    flags = frozenset(field.name for field in table.schema if pa.types.is_boolean(field.type))
    return Head(path.name, tuple(table.column_names), delimiter, "," if comma else ".", flags)


def whole_frame(frame: Any) -> pa.Table:
    """A pandas, polars or Arrow frame as Arrow; an unnamed pandas index is dropped, for ids are columns."""
    table = _plain(pa.table(frame))
    names = table.column_names  # by place, for two may be alike: that is told later
    return table.select([at for at, name in enumerate(names) if not re.fullmatch(r"__index_level_\d+__", name)])


def is_number(kind: pa.DataType) -> bool:
    """Whether a column of this type holds numbers; true and false count as 1 and 0."""
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_boolean)
    return any(test(kind) for test in tests)


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _of_parquet(path: Path) -> Sheet:
    return Sheet(path.name, _plain(pq.ParquetFile(path).read()), path=path)


def _plain(table: pa.Table) -> pa.Table:
    """The table with one kind of text: the libraries have four, and Arrow computes with two of them."""
    table = spelt_out(table)
    return table.cast(pa.schema([field.with_type(_plain_type(field.type)) for field in table.schema]))


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        return _plain_type(kind.value_type)
    return pa.string() if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) else kind


def _of_csv(path: Path) -> Sheet:
    delimiter = _delimiter(path)
    table, ragged = _parsed(path, delimiter, ".")
    if delimiter != "," and any(_comma_numbers(column) for column in table.columns):
        table, ragged = _parsed(path, delimiter, ",")
    sheet = Sheet(path.name, table, path=path, delimiter=delimiter)
    return _with_ragged(sheet) if ragged else sheet


def _parsed(path: Path, delimiter: str, decimal_point: str) -> tuple[pa.Table, int]:
    ragged = list[pa_csv.InvalidRow]()

    def skip(row: pa_csv.InvalidRow) -> str:
        ragged.append(row)
        return "skip"

    parse = pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip)
    convert = pa_csv.ConvertOptions(null_values=EMPTY, strings_can_be_null=True, decimal_point=decimal_point)
    with pa.input_stream(str(path), compression="detect") as stream:
        table = pa_csv.read_csv(stream, parse_options=parse, convert_options=convert)
    return table, len(ragged)


def _with_ragged(sheet: Sheet) -> Sheet:
    width = sheet.table.num_columns
    ragged = tuple((line, raw) for line, raw, fields in _walk(sheet.path, sheet.delimiter) if fields != width)
    return Sheet(sheet.source, sheet.table, ragged, sheet.path, sheet.delimiter)


def _walk(path: Path | None, delimiter: str | None) -> Iterator[tuple[int, str, int]]:
    """Every record after the header that is not blank: its first line, its raw text, its number of fields."""
    assert path is not None  # noqa: S101
    assert delimiter is not None  # noqa: S101
    with _open_text(path) as lines:
        taken = list[str]()

        def noted() -> Iterator[str]:
            for line in lines:
                taken.append(line)
                yield line

        reader, before = csv.reader(noted(), delimiter=delimiter), 0
        for fields in reader:
            first, before, raw = before + 1, reader.line_num, "".join(taken).rstrip("\r\n")
            taken.clear()
            if fields and first > 1:
                yield first, raw, len(fields)


def _open_text(path: Path) -> IO[str]:
    import io

    stream = pa.input_stream(str(path), compression="detect")
    return io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")


def _delimiter(path: Path) -> str:
    """The delimiter the header uses most outside quotes; a comma where it has a single column."""
    with _open_text(path) as lines:
        header = lines.readline()
    bare = re.sub(r'"[^"]*"', "", header)
    return max(DELIMITERS, key=lambda mark: (bare.count(mark), -DELIMITERS.index(mark)))


def _comma_numbers(column: pa.ChunkedArray) -> bool:
    """Whether a text column is numbers with a decimal comma."""
    if not pa.types.is_string(column.type) or column.null_count == len(column):
        return False
    return bool(pc.all(pc.match_substring_regex(column, COMMA_NUMBER)).as_py())


def _checked(sheet: Sheet) -> Sheet:
    names = sheet.table.column_names
    double = sorted({name for name in names if names.count(name) > 1})
    if double:
        raise error(InputError, texts, "table_double_columns", source=sheet.source, names=", ".join(double[:3]))
    if sheet.table.num_rows == 0:
        raise error(InputError, texts, "table_empty", source=sheet.source)
    if sheet.delimiter is not None and all(re.fullmatch(r"\s*[+-]?[\d.]+\s*", name) for name in names):
        raise error(InputError, texts, "table_no_header", source=sheet.source, first=", ".join(names[:3]))
    return sheet


def _row_text(table: pa.Table, row: int) -> str:
    return ", ".join(str(column[row].as_py()) for column in table.columns)


def short(problem: Exception) -> str:
    """The first line of what a library says of a file."""
    return str(problem).strip().splitlines()[0][:200] if str(problem).strip() else type(problem).__name__
