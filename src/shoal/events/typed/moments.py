"""Seconds since 1970 UTC of times in which every sign has its place: ``2025-03-01 10:05:00``, ``2025/3/1 9:05``, with
``Z`` or ``+08:00``, ``20250301``, seconds and milliseconds since 1970.

In: the texts of a column, and the forms they may have. Out: seconds, and which values are such times. The one thing to
know: it reads no time that a calendar does not have; those are left to `events.times`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from shoal.events.typed.cells import Bytes, Field, Flags, Whole
from shoal.events.typed.forms import Form
from shoal.events.typed.zones import FIRST_YEAR, LAST_YEAR, ZoneTable

MOST_AHEAD_H = 14
UNITS = {"seconds": 1, "milliseconds": 1000, "microseconds": 1_000_000}
Codes = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Moments:
    """Seconds of each value, whether it is a time of one of the forms, and of which; the first where it is of none."""

    seconds: Whole
    good: Flags
    forms: Codes


def moments(field: Field, forms: Sequence[Form], zone: ZoneTable | None) -> Moments:
    """The moments of a column's values; times without an offset are those that the zone's clock shows."""
    lengths, count = field.lengths, len(field.starts)
    found = Moments(np.zeros(count, np.int64), np.zeros(count, bool), np.zeros(count, np.int16))
    for long in dict.fromkeys(form.long for form in forms):
        rows = np.flatnonzero(lengths == long)
        signs = _signs(field, rows, long) if len(rows) else np.empty((long, 0), np.uint8)
        for code, form in enumerate(forms):
            if form.long == long and len(rows):
                rows, signs = _taken(found, code, form, rows, signs)
    return found if zone is None else _in_zone(found, forms, zone)


def _taken(found: Moments, code: int, form: Form, rows: Whole, signs: Bytes) -> tuple[Whole, Bytes]:
    """Read values by one form; what is left of them."""
    seconds, good = _read(signs, form)
    where = slice(None) if len(rows) == len(found.good) else rows  # all in order: no need to scatter
    found.seconds[where], found.good[where], found.forms[where] = seconds, good, code
    if good.all():
        return rows[:0], signs[:, :0]
    left = np.flatnonzero(~good)
    found.seconds[rows[left]], found.forms[rows[left]] = 0, 0
    return rows[left], np.ascontiguousarray(signs[:, left])


def late_days(field: Field, codes: Codes, forms: Sequence[Form], among: Flags) -> int:
    """How many of the flagged dates whose year comes last have a day above the twelfth, which no month has."""
    found = 0
    for code, form in enumerate(forms):
        at, width = form.parts.get("day", (0, 0))
        if form.family == "year_last" and width == 2:
            first = field.starts[np.flatnonzero(among & (codes == code))] + at
            found += int(((field.body[first] - 48) * 10 + field.body[first + 1] - 48 > 12).sum())
    return found


def _in_zone(found: Moments, forms: Sequence[Form], zone: ZoneTable) -> Moments:
    local = np.array([form.local for form in forms], bool)
    if not local.any():
        return found
    seconds = zone.utc(found.seconds)
    if not local.all():
        seconds = np.where(local[found.forms], seconds, found.seconds)
    return Moments(seconds, found.good & (seconds >= 0), found.forms)


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


def _read(signs: Bytes, form: Form) -> tuple[Whole, Flags]:
    """Seconds of values of the form's length, in a clock without an offset; and which are of the form."""
    good = np.ones(signs.shape[1], bool)
    for at, allowed in form.signs.items():
        good &= signs[at] == allowed[0] if len(allowed) == 1 else (signs[at] == allowed[0]) | (signs[at] == allowed[1])
    digits = signs - np.uint8(48)
    for at in form.digits:
        good &= digits[at] <= 9
    if not good.any():
        return np.zeros(len(good), np.int64), good
    if "seconds" in form.parts:
        return _long(digits, *form.parts["seconds"]) // UNITS[form.family], good
    day, there = _days(_year(digits, form), _number(digits, form, "month"), _number(digits, form, "day"))
    hour, minute, second = (_number(digits, form, name) for name in ("hour", "minute", "second"))
    good &= there & (hour < 24) & (minute < 60) & (second < 60)
    clock = hour.astype(np.int32) * 3600 + minute.astype(np.int32) * 60 + second
    if "ahead_h" in form.parts:
        hours, minutes = _number(digits, form, "ahead_h"), _number(digits, form, "ahead_m")
        good &= (hours <= MOST_AHEAD_H) & (minutes < 60)
        ahead = hours.astype(np.int32) * 3600 + minutes.astype(np.int32) * 60
        clock = clock + ahead if form.shape[form.parts["ahead_h"][0] - 1] == ord("-") else clock - ahead
    seconds = day * 86_400 + clock
    return seconds, good & (seconds >= 0)


def _number(digits: Bytes, form: Form, name: str) -> Bytes:
    """A number of one or two digits; 0 where the form has none of the name."""
    at, width = form.parts.get(name, (0, 0))
    if width == 2:
        return _two(digits, at)
    return digits[at] if width else np.zeros(1, np.uint8)


def _year(digits: Bytes, form: Form) -> npt.NDArray[np.int32]:
    at, _ = form.parts["year"]
    year: npt.NDArray[np.int32] = _two(digits, at).astype(np.int32) * 100 + _two(digits, at + 2)
    return year


def _two(digits: Bytes, at: int) -> Bytes:
    number: Bytes = digits[at] * np.uint8(10) + digits[at + 1]
    return number


def _long(digits: Bytes, at: int, width: int) -> Whole:
    """A number of up to eighteen digits."""
    made = np.zeros(digits.shape[1], np.int64)
    for place in range(at, at + width):
        made *= 10
        made += digits[place]
    return made


def _days(year: npt.NDArray[np.int32], month: Bytes, day: Bytes) -> tuple[Whole, Flags]:
    """Days since 1970, and whether the calendar has such a day."""
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
