"""One record of delimited text, split strictly.

In: a text and its delimiter. Out: its fields, or why there are none. The one thing to know: a quote opens a field only
at the field's first character; anywhere else it is a character like any other.
"""

from __future__ import annotations

QUOTE = '"'


class UnclosedError(ValueError):
    """A quote was opened and the text ended before it closed."""


class BadlyClosedError(ValueError):
    """A quote closed in the middle of a field."""


def split_record(text: str, delimiter: str) -> list[str]:
    """The fields of one record.

    Raises
    ------
    UnclosedError, BadlyClosedError
        When a field opens with a quote that does not close where the field ends.

    Examples
    --------
    >>> split_record('1,"tray, blue",7" nail', ",")
    ['1', 'tray, blue', '7" nail']
    """
    if QUOTE not in text:
        return text.split(delimiter)
    fields, at = [], 0
    while at <= len(text):
        field, at = _field(text, at, delimiter)
        fields.append(field)
    return fields


def _field(text: str, at: int, delimiter: str) -> tuple[str, int]:
    """The field that starts at `at`, and where the next one starts (past the end after the last)."""
    if not text.startswith(QUOTE, at):
        end = text.find(delimiter, at)
        end = len(text) if end < 0 else end
        return text[at:end], end + 1
    end = _closing(text, at + 1)
    if end + 1 < len(text) and text[end + 1] != delimiter:
        raise BadlyClosedError
    return text[at + 1 : end].replace(QUOTE * 2, QUOTE), end + 2


def _closing(text: str, at: int) -> int:
    """Where the quoted field closes; two quotes in a row stand for one."""
    while (end := text.find(QUOTE, at)) >= 0:
        if not text.startswith(QUOTE, end + 1):
            return end
        at = end + 2
    raise UnclosedError
