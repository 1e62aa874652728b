"""Seconds since 1970 of the plainest way to write a time: ``2025-03-01``, ``2025-03-01 10:05:00``, with ``Z`` or UTC.

In: the texts of a column. Out: seconds, and which values are such times. The one thing to know: it reads no other way
of writing, and no time that a calendar does not have; those are left to `events.times`.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from shoal.events.typed.cells import Bytes, Field, Flags, Whole

FIRST_YEAR, LAST_YEAR = 1970, 2199
SUFFIXES = (b"", b"Z", b" UTC")
SHAPES = {b"": "9999-99-99 99:99:99", b"Z": "9999-99-99 99:99:99Z", b" UTC": "9999-99-99 99:99:99 UTC"}
"""How `events.times` sees values with each suffix."""
DAY_LONG, MOMENT_LONG = 10, 19


def seconds(field: Field, suffix: bytes) -> tuple[Whole, Flags]:
    """Seconds of each value, and whether it is a time written so. A day alone is its midnight."""
    found, good = np.zeros(len(field.starts), np.int64), np.zeros(len(field.starts), bool)
    lengths = field.lengths
    for long in (MOMENT_LONG, DAY_LONG):
        whole = long + len(suffix)
        rows = np.flatnonzero(lengths == whole)
        if len(rows):
            found[rows], good[rows] = _read(_signs(field, rows, whole), long, suffix)
    return found, good


def _signs(field: Field, rows: Whole, long: int) -> Bytes:
    """The bytes of values of one length, a row for each place in them."""
    if len(rows) == len(field.starts):
        block = field.body[field.starts[0] : field.ends[-1]].reshape(-1, long)
        return np.ascontiguousarray(block.T)
    # others lie between them: gathered by eight bytes, which is ten times as quick as one by one
    signs, words, starts = np.empty((long, len(rows)), np.uint8), field.words(), field.starts[rows]
    for at in {*range(0, long - 7, 8), long - 8}:
        signs[at : at + 8] = words[starts + at].view(np.uint8).reshape(-1, 8).T
    return signs


def _read(signs: Bytes, long: int, suffix: bytes) -> tuple[Whole, Flags]:
    places = [(at, sign) for at, sign in ((4, b"-"), (7, b"-"), (13, b":"), (16, b":")) if at < long]
    places += [(long + at, suffix[at : at + 1]) for at in range(len(suffix))]
    good = np.ones(signs.shape[1], bool)
    for at, sign in places:
        good &= signs[at] == sign[0]
    if long == MOMENT_LONG:
        good &= (signs[10] == ord(" ")) | (signs[10] == ord("T"))
    digits = signs - np.uint8(48)
    for at in (0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18)[: 8 if long == DAY_LONG else 14]:
        good &= digits[at] <= 9
    day, there = _days(digits)
    good &= there
    if long == DAY_LONG:
        return day * 86_400, good
    hour, minute, second = (_two(digits, at) for at in (11, 14, 17))
    good &= (hour < 24) & (minute < 60) & (second < 60)
    return day * 86_400 + hour.astype(np.int32) * 3600 + minute.astype(np.int32) * 60 + second, good


def _two(digits: Bytes, at: int) -> Bytes:
    number: Bytes = digits[at] * np.uint8(10) + digits[at + 1]
    return number


def _days(digits: Bytes) -> tuple[Whole, Flags]:
    """Days since 1970, and whether the calendar has such a day."""
    year = _two(digits, 0).astype(np.int32) * 100 + _two(digits, 2)
    month, day = _two(digits, 5), _two(digits, 8)
    there = (year >= FIRST_YEAR) & (year <= LAST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1)
    at = np.where(there, (year - FIRST_YEAR) * 12 + month - 1, 0)
    firsts = _months()
    there &= day <= (firsts[at + 1] - firsts[at])
    return firsts[at] + day - 1, there


@cache
def _months() -> Whole:
    """The day on which each month since 1970 begins."""
    months = np.arange((LAST_YEAR + 1 - FIRST_YEAR) * 12 + 1).astype("datetime64[M]")
    return months.astype("datetime64[D]").astype(np.int64)
