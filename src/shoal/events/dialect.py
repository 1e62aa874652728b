"""How a text file is written: delimiter, header, columns.

In: the first lines of a file. Out: a `Dialect`. The one thing to know: it is decided on evidence from up to 100 lines
and said in the report; nothing is assumed from the file's name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from shoal.events.quoting import QUOTE, BadlyClosedError, UnclosedError, split_record

DELIMITERS = (",", ";", "\t", "|")
BLANKS = " "
MOST_TITLES = 20
LEAST_BODY = 5
_NUMBERLIKE = re.compile(r"[\d\s:/.,TZUC+-]*\d[\d\s:/.,TZUC+-]*")

_SPREADSHEET = re.compile(r"sep=[,;\t|]", re.IGNORECASE)
"""A first line that some spreadsheets write to say the delimiter."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """The writing of one file. `digits` are the columns that hold numbers or dates in every line looked at."""

    delimiter: str
    columns: tuple[str, ...]
    header: bool
    header_line: int
    digits: frozenset[int]

    @property
    def width(self) -> int:
        return len(self.columns)

    def like_record(self, line: str) -> bool:
        """Whether a physical line is a whole record by itself, so that no quote may swallow it."""
        fields = fields_of(line, self.delimiter)
        if fields is None or len(fields) != self.width:
            return False
        if not self.digits:  # nothing tells a record by what it holds: one with a quote may be the end of another
            return QUOTE not in line
        return sum(is_number(fields[at].strip(' "')) for at in self.digits) > len(self.digits) / 2


def is_number(field: str) -> bool:
    """Whether a field is a number, a date or a time by its characters."""
    return _NUMBERLIKE.fullmatch(field.strip()) is not None


def find_dialect(start: bytes) -> Dialect:
    """The dialect that the first bytes of a file speak."""
    lines = start.decode("utf-8", "replace").split("\n")
    lines = [line.rstrip("\r") for line in (lines if len(start) < 1 << 18 or len(lines) < 2 else lines[:-1])]
    first = next((at for at, line in enumerate(lines) if line.strip() and not _SPREADSHEET.fullmatch(line)), 0)
    first = _below_titles(lines, first)
    rest = [line for line in lines[first + 1 : first + 101] if line.strip()]
    delimiter = _delimiter(lines[first], rest)
    fields = fields_of(lines[first], delimiter) or [lines[first]]
    header = not any(is_number(field) for field in fields)
    whole = (line for line in rest if line.count(QUOTE) % 2 == 0)  # the others may be parts of a record over lines
    body = [found for line in whole if (found := fields_of(line, delimiter)) and len(found) == len(fields)]
    digits = frozenset(at for at in range(len(fields)) if _holds_numbers([row[at] for row in body]))
    names = unique_names(fields) if header else tuple(f"column_{at + 1}" for at in range(len(fields)))
    return Dialect(delimiter, names, header, first + 1, digits)


def _below_titles(lines: Sequence[str], first: int) -> int:
    """Where the header stands: below lines of a title, which have other numbers of fields than the table.

    Only where the first line fits no table itself, and the table is clear: nine of ten lines have as many fields as a
    line above them that names every column.
    """
    below = [line for line in lines[first + 1 : first + 101] if line.strip()]
    if any(_fit(lines[first], below, delimiter)[0] >= 0.5 for delimiter in (*DELIMITERS, BLANKS)):
        return first
    body = below[len(below) // 2 :]
    for delimiter in DELIMITERS:
        counts = Counter(len(fields_of(line, delimiter) or ()) for line in body)
        width, share = next(iter(counts.most_common(1)), (0, 0))
        if width < 3 or share < max(LEAST_BODY, 0.9 * len(body)):
            continue
        for at in range(first, min(first + MOST_TITLES, len(lines))):
            fields = fields_of(lines[at], delimiter) or []
            if len(fields) == width and all(field.strip() for field in fields):
                return at
    return first


def fields_of(line: str, delimiter: str) -> list[str] | None:
    """The fields of a line on its own, or None where it has no sound quotes."""
    if delimiter == BLANKS:
        return line.split()
    try:
        return split_record(line, delimiter)
    except (UnclosedError, BadlyClosedError):
        return None


def _delimiter(first: str, rest: Sequence[str]) -> str:
    """The delimiter under which most lines have as many fields as the first one; blanks only where no other fits."""
    best = max(DELIMITERS, key=lambda delimiter: _fit(first, rest, delimiter))
    if _fit(first, rest, best)[0] < 0.5 and _fit(first, rest, BLANKS)[0] >= 0.9:
        return BLANKS
    return best


def _fit(first: str, rest: Sequence[str], delimiter: str) -> tuple[float, int]:
    width = len(fields_of(first, delimiter) or ())
    if width < 2:
        return -1.0, 0
    counts = Counter(len(fields_of(line, delimiter) or ()) for line in rest)
    return (counts[width] / len(rest) if rest else 1.0), width


def _holds_numbers(values: Sequence[str]) -> bool:
    filled = [value for value in values if value.strip()]
    return len(values) > 1 and bool(filled) and all(is_number(value) for value in filled)  # one line is no evidence


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """Column names without blanks at their ends, each once: a nameless one gets its place, a twin its count."""
    seen: Counter[str] = Counter()
    unique = []
    for place, name in enumerate(names, 1):
        plain = name.strip() or f"column_{place}"
        seen[plain] += 1
        unique.append(plain if seen[plain] == 1 else f"{plain}_{seen[plain]}")
    return tuple(unique)
