"""What the days of a log say about the log: gaps, sudden shifts, and columns that say nothing.

In: days with their counts; the relation ``events``. Out: findings. The one thing to know: a gap is judged by the log's
own rhythm, so a shop that rests on Sundays has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median

from shoal.events.moment import Day
from shoal.events.result import EventLog
from shoal.show.blocks import Finding
from shoal.words.language import Texts

texts = Texts("shoal.events")

LEAST_GAP_DAYS = 7
RHYTHMS = 4
SHIFT = 3.0
WEEKS_BEFORE = 8
LEAST_WEEKLY = 50
MOSTLY_EMPTY = 0.05
SHOWN = 3
FEW = 1000
UNTOLD = frozenset({"currency", "hour", "order_id", "customer_id", "event_type"})
"""Columns for which one value is nothing odd, or that loading fills itself."""


def gap_days(days: Sequence[Day]) -> list[tuple[int, int]]:
    """First and last day of every stretch without events that is longer than a week and than four usual pauses."""
    numbers = [day.day for day in days]
    pauses = [later - earlier - 1 for earlier, later in pairwise(numbers)]
    usual = sorted(pauses)[int(0.9 * (len(pauses) - 1))] if pauses else 0
    least = max(LEAST_GAP_DAYS, RHYTHMS * usual)
    return [(day + 1, day + pause) for day, pause in zip(numbers, pauses, strict=False) if pause > least]


def shifts(days: Sequence[Day]) -> list[tuple[int, float]]:
    """First day and factor of every change of the weekly volume by three that lasts two weeks."""
    if not days:
        return []
    first, weeks = days[0].day, dict[int, int]()
    for day in days:
        weeks[(day.day - first) // 7] = weeks.get((day.day - first) // 7, 0) + day.events
    counts = [weeks.get(week, 0) for week in range(max(weeks))]  # the last week may be cut off
    found, quiet_until = list[tuple[int, float]](), 0
    for week in range(WEEKS_BEFORE, len(counts) - 1):
        before, now = median(counts[week - WEEKS_BEFORE : week]), counts[week : week + 2]
        if week < quiet_until or before < LEAST_WEEKLY:
            continue
        if min(now) > SHIFT * before or max(now) < before / SHIFT:
            found.append((first + 7 * week, sum(now) / 2 / before))
            quiet_until = week + WEEKS_BEFORE
    return found


def pace_findings(log: EventLog, days: Sequence[Day], filled: Mapping[str, int]) -> Iterator[Finding]:
    """Gaps, shifts, and columns with one value or hardly any; `filled` are the values of each column."""
    if gaps := gap_days(days):
        listed = ", ".join(f"{_date(first)} - {_date(last)}" for first, last in gaps[:SHOWN])
        said = texts("finding.gap", count=len(gaps), days=listed)
        yield Finding("gap", "warning", said, texts("finding.gap_do"), len(gaps))
    for day, factor in shifts(days)[:SHOWN]:
        said = texts("finding.volume_shift", day=_date(day), factor=f"{factor:.1f}")
        yield Finding("volume_shift", "warning", said, texts("finding.volume_shift_do"))
    yield from _columns(log, filled)


def _columns(log: EventLog, filled: Mapping[str, int]) -> Iterator[Finding]:
    names = sorted(log.has - UNTOLD)
    if not names:
        return
    constant = _constant(log, names)
    facts = [(name, filled[name], name in constant) for name in names]
    for code, odd in (
        ("constant_column", [name for name, count, same in facts if same and count > 1]),
        ("mostly_empty", [name for name, count, _ in facts if count < MOSTLY_EMPTY * log.rows]),
    ):
        if odd:
            yield Finding(code, "info", texts(f"finding.{code}", columns=", ".join(odd)))


def _constant(log: EventLog, names: Sequence[str]) -> set[str]:
    """The columns with one value alone: first among a few events, then among all those that are left."""
    left = list(names)
    for rows in (f"(SELECT {', '.join(names)} FROM events LIMIT {FEW})", "events"):
        if not left:
            return set()
        same = log.engine.rows(f"SELECT {', '.join(f'MIN({name}) = MAX({name})' for name in left)} FROM {rows}")[0]
        left = [name for name, one in zip(left, same, strict=True) if one or (one is None and rows != "events")]
    return set(left)


def _date(day: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)).date().isoformat()
