"""One cell of a table as words: the same in the terminal, a page and a notebook."""

from __future__ import annotations

import math
import re
import unicodedata

from shoal.show.blocks import Cell, Table
from shoal.words.language import Language, Text, Texts

texts = Texts("shoal.show")
NOTHING = "–"
STAYS, JOINED = "\u00a0", "\u2060"
"""A blank at which no line may end, and no blank at which none may: browsers end lines after a dash."""
DASH = f"{STAYS}–{JOINED}{STAYS}"
"""From one end of an interval to the other, on one line."""


def is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def is_numeric(table: Table, place: int) -> bool:
    """Whether a column holds numbers and nothing else but gaps, so that its digits should stand below each other."""
    there = [row[place] for row in table.rows if row[place] is not None]
    return bool(there) and all(map(is_number, there))


def shown(cell: Cell, format: str, language: Language) -> str:  # noqa: A002  (the word of TableColumn)
    """The cell in words; a dash where there is nothing, or nothing that can be written as a number.

    Examples
    --------
    >>> shown(1234.5, ",.0f", "en"), shown(None, "", "en"), shown(1234, "", "en")
    ('1,234', '–', '1,234')
    """
    if isinstance(cell, Text):
        return cell.say(language)
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return NOTHING
    if isinstance(cell, bool):
        return texts("cell.yes" if cell else "cell.no").say(language)
    if isinstance(cell, str):
        return cell
    form = format or _fitting(cell)
    return f"{unsigned_zero(cell, form):{form}}".replace("-", "−", 1)  # the minus sign, as the charts write it


def between(low: float, high: float, format: str) -> str:  # noqa: A002
    """An interval in words, kept on one line: proper minus signs, no minus before nothing but zeros.

    Examples
    --------
    >>> between(-0.017, -0.0004, ".3f").split(DASH), between(-0.01, 0.02, "+.2f").split(DASH)
    (['−0.017', '0.000'], ['−0.01', '+0.02'])
    """
    return DASH.join(shown(float(end), format, "en") for end in (low, high))


def unsigned_zero(value: float, format: str) -> float:  # noqa: A002
    """The value, or 0 where it would be written as nothing but zeros: there is no such thing as -0.0 % more.

    Examples
    --------
    >>> unsigned_zero(-0.04, "+.1f"), unsigned_zero(-0.06, "+.1f")
    (0.0, -0.06)
    """
    return value if value >= 0 or re.search("[1-9]", f"{value:{format}}") else 0.0


def _fitting(value: float) -> str:
    """A format for a number whose author gave none: whole numbers whole, others with four digits that count."""
    whole = isinstance(value, int) or abs(value) >= 1000 or float(value).is_integer()
    return ",.0f" if whole else ".4g"


def printable(words: str) -> str:
    """The words without what could steer a terminal or turn the reading order: data is never a command.

    Examples
    --------
    >>> printable("tea\\x1b[31m\\n2")
    'tea�[31m 2'
    """
    return "".join(" " if sign in "\n\r\t" else "\ufffd" if _steers(sign) else sign for sign in words)


def _steers(sign: str) -> bool:
    return unicodedata.category(sign) == "Cc" or sign in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
