"""A text file as records: sound ones in columns, the others set aside with line, rule and raw text.

In: a file and its dialect. Out: Arrow tables, block by block. The one thing to know: joining lines into one record is
accepted only where the quote closes properly, the fields fit and no line inside is a whole record by itself; otherwise
the first line alone is set aside and reading goes on with the next, so a stray quote never costs another row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from pyarrow import csv

from shoal.events.arrays import flag_array, number_array, text_array
from shoal.events.dialect import BLANKS, Dialect
from shoal.events.lines import Plain
from shoal.events.marks import Flags, Marks, is_utf8, mark
from shoal.events.quoting import QUOTE, BadlyClosedError, UnclosedError, split_record

MOST_JOINED = 500
LONGEST_RECORD = 32 << 20

Fault = tuple[int, str, str]
"""Line, rule, raw text."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one block held. `table` has ``source_line`` and one text column a field, named ``c0``, ``c1`` ..."""

    table: pa.Table
    faults: list[Fault]
    records: int
    lines: int


@dataclass(slots=True)
class _Odd:
    """The records of a block that were read one by one."""

    lines: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    swallowed: list[int] = field(default_factory=list)
    stop: int | None = None


class _NeedMoreError(Exception):
    """The record may go on in the next block."""


def read_records(plain: Plain, dialect: Dialect) -> Iterator[Parsed]:
    """The file's records behind its header, block by block."""
    carry, line, skip = b"", 1, dialect.header_line if dialect.header else 0
    for block, last in _with_last(plain.blocks()):
        data = carry + (_single_blanks(block) if dialect.delimiter == BLANKS else block)
        while skip and data:
            _, _, data = data.partition(b"\n")
            line, skip = line + 1, skip - 1
        if data:
            parsed, carry = _parse(data, line, dialect, last)
            line += parsed.lines
            yield parsed


def _with_last(blocks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    before: bytes | None = None
    for block in blocks:
        if before is not None:
            yield before, False
        before = block
    if before is not None:
        yield before, True


def _single_blanks(block: bytes) -> bytes:
    """Columns set by any number of blanks, with exactly one between them. The raw text of such lines is this."""
    return re.sub(rb"(?m)^ | (?=\r?$)", b"", re.sub(rb"[ \t]+", b" ", block))


def _parse(data: bytes, line: int, dialect: Dialect, last: bool) -> tuple[Parsed, bytes]:
    """The records of a block, and the bytes that wait for the next one."""
    marks = mark(data, dialect.delimiter)
    table, sound = _sound_table(marks, line, dialect)
    odd = _one_by_one(marks, sound, line, dialect, last)
    stop = len(marks.starts) if odd.stop is None else odd.stop
    if odd.stop is not None or odd.swallowed:
        kept = sound.copy()
        kept[stop:] = False
        kept[odd.swallowed] = False
        table = table.filter(flag_array(kept[sound]))
    table = pa.concat_tables([table, _odd_table(odd, dialect.width)])
    rest = data[marks.starts[stop] :] if stop < len(marks.starts) else b""
    return Parsed(table, odd.faults, table.num_rows + len(odd.faults), stop), rest


def _one_by_one(marks: Marks, sound: Flags, line: int, dialect: Dialect, last: bool) -> _Odd:
    """Read the lines that are not sound, each with as many of its followers as its quote needs."""
    odd, free = _Odd(), 0
    for at in np.flatnonzero(~sound).tolist():
        if at < free:
            continue
        try:
            fields, free, rule = _record(marks, at, dialect, last)
        except _NeedMoreError:
            odd.stop = at
            break
        if fields is None:
            odd.faults.append((line + at, rule, marks.line(at).decode("utf-8", "backslashreplace")))
        else:
            odd.lines.append(line + at)
            odd.rows.append(fields)
            odd.swallowed.extend(range(at + 1, free))
    return odd


def _record(marks: Marks, at: int, dialect: Dialect, last: bool) -> tuple[list[str] | None, int, str]:
    """The fields of the record at a line, where the next record starts, and the rule when there are no fields."""
    raw = marks.line(at)
    if not raw.strip():
        return None, at + 1, "blank_line"
    if b"\0" in raw or not is_utf8(raw):
        return None, at + 1, "bad_encoding"
    try:
        fields = _split(raw.decode(), dialect.delimiter)
    except UnclosedError:
        return _spanning(marks, at, dialect, last)
    except BadlyClosedError:
        return None, at + 1, "unclosed_quote"
    if len(fields) != dialect.width:
        return None, at + 1, "malformed_line"
    return fields, at + 1, ""


def _spanning(marks: Marks, at: int, dialect: Dialect, last: bool) -> tuple[list[str] | None, int, str]:
    """A record whose quote stays open at the end of its first line: join lines while that is safe."""
    text, end = marks.line(at).decode(), min(len(marks.starts), at + MOST_JOINED)
    for upto in range(at + 1, end):
        raw = marks.line(upto)
        if not is_utf8(raw) or b"\0" in raw or len(text) > LONGEST_RECORD:
            return None, at + 1, "unclosed_quote"
        if dialect.like_record(raw.decode()) and not _goes_on(text, raw.decode(), dialect):
            return None, at + 1, "unclosed_quote"
        text += "\n" + raw.decode()
        if QUOTE.encode() in raw and (closed := _closed(text, dialect)) is not None:
            return (closed, upto + 1, "") if closed else (None, at + 1, "unclosed_quote")
    if end == len(marks.starts) and not last and end < at + MOST_JOINED:
        raise _NeedMoreError
    return None, at + 1, "unclosed_quote"


def _goes_on(opened: str, line: str, dialect: Dialect) -> bool:
    """Whether a line that looks like a record ends what was opened: its first field closes a quote it did not open,
    as an id or a name with a line break does in the first column; and what was opened is no record either."""
    first = line.split(dialect.delimiter, 1)[0]
    closes = first.endswith(QUOTE) and not first.startswith(QUOTE) and first.count(QUOTE) % 2 == 1
    return closes and not dialect.like_record(opened.replace(QUOTE, ""))


def _closed(text: str, dialect: Dialect) -> list[str] | None:
    """The fields of a joined text; empty when they do not fit, None while a quote is still open."""
    try:
        fields = _split(text, dialect.delimiter)
    except UnclosedError:
        return None
    except BadlyClosedError:
        return []
    return fields if len(fields) == dialect.width else []


def _split(text: str, delimiter: str) -> list[str]:
    return text.split(delimiter) if delimiter == BLANKS else split_record(text, delimiter)


def _sound_table(marks: Marks, line: int, dialect: Dialect) -> tuple[pa.Table, Flags]:
    """The sound lines as columns, and which lines these are: the parser finds those with too few or many fields."""
    names = [f"c{at}" for at in range(dialect.width)]
    places = np.flatnonzero(marks.sound).astype(np.int64)
    if not len(places):
        return _odd_table(_Odd(), dialect.width), marks.sound
    body, unfit = marks.joined(), list[int]()

    def pass_over(row: csv.InvalidRow) -> str:
        unfit.append(row.number - 1)
        return "skip"

    table = csv.read_csv(
        pa.BufferReader(body),
        # one thread: only then does the parser number the rows it passes over
        read_options=csv.ReadOptions(column_names=names, block_size=len(body) + 1, use_threads=False),
        parse_options=csv.ParseOptions(
            delimiter=dialect.delimiter, quote_char=False if QUOTE.encode() not in body else QUOTE,
            invalid_row_handler=pass_over,
        ),
        convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False,
            check_utf8=False,  # that was judged line by line
        ),
    )  # fmt: skip
    sound = marks.sound.copy()
    sound[places[unfit]] = False
    return table.add_column(0, "source_line", number_array(np.flatnonzero(sound) + line)), sound


def _odd_table(odd: _Odd, width: int) -> pa.Table:
    names = ("source_line", *(f"c{at}" for at in range(width)))
    columns = [text_array([row[at] for row in odd.rows]) for at in range(width)]
    return pa.Table.from_arrays([number_array(np.array(odd.lines, np.int64)), *columns], names=names)
