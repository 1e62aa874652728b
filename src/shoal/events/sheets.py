"""The sheets of a spreadsheet as tables of text.

In: a workbook (xlsx, xls, xlsb, ods). Out: one `Sheet` for each that holds a table. The one thing to know: the header
is the first row in which most columns are filled, so titles above it do no harm; rows keep the number they show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from shoal.events.dialect import is_number, unique_names
from shoal.words.errors import InputError, error
from shoal.words.extras import need
from shoal.words.language import Texts

texts = Texts("shoal.events")

WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How such files start: zip archives and the older compound files."""
MOST_EXACT = 1e15
"""Spreadsheets keep 15 digits of a number; whole numbers above this are no longer the ones that were typed."""

Line = tuple[int, list[str | None]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. `lines` have the row's number and one text a column; `blanks` are the empty rows between."""

    name: str
    columns: tuple[str, ...]
    header: bool
    lines: list[Line]
    blanks: list[int]


def read_sheets(path: Path) -> list[Sheet]:
    """Every sheet that holds a table. Raises `InputError` for a file that is damaged, locked or no workbook."""
    calamine = need("python_calamine", "excel", texts("need.excel"))
    try:
        with calamine.CalamineWorkbook.from_path(str(path)) as book:
            cells = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except (OSError, ValueError, calamine.CalamineError, calamine.PasswordError, calamine.ZipError) as problem:
        raise error(InputError, texts, "no_workbook", file=path.name, reason=problem) from problem
    found = [sheet for name, rows in cells.items() if (sheet := _sheet(name, rows)) is not None]
    if not found:
        raise error(InputError, texts, "empty_file", file=path.name)
    return found


def _sheet(name: str, rows: Sequence[Sequence[Any]]) -> Sheet | None:
    cells = [[_text(value) for value in row] for row in rows]
    filled = [sum(value is not None for value in row) for row in cells]
    width = max(filled, default=0)
    if width < 2:
        return None
    top = next(at for at, count in enumerate(filled) if count >= max(2, width / 2))
    header = not any(is_number(value) for value in cells[top] if value is not None)
    names = [value or "" if header else "" for value in cells[top]]
    last = max(at for at, count in enumerate(filled) if count)
    body = range(top + header, last + 1)
    lines = [(at + 1, cells[at]) for at in body if filled[at]]
    return Sheet(name, unique_names(names), header, lines, [at + 1 for at in body if not filled[at]])


def _text(value: Any) -> str | None:
    """A cell as text: whole numbers without a point, times as ISO."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < MOST_EXACT else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)
