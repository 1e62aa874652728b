"""The clock of a log: where "now" stands and how far back features look.

In: how many events each local day has. Out: a `Clock` and the findings that say what was chosen. The one thing to know:
one row dated 2099 must not move "now", so days behind a gap longer than the horizon count only if they hold at least
a hundredth of the events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shoal.show.blocks import Finding
from shoal.words.clock import DAY_S, Clock, iso, parse_time, zone
from shoal.words.errors import InputError, error
from shoal.words.language import Texts

texts = Texts("shoal.events")

LEAST_SHARE = 0.01
LONGEST_LOOK_BACK = 365


@dataclass(frozen=True, slots=True)
class Day:
    """The events of one local day: how many, and the first and last second."""

    day: int
    events: int
    first_s: int
    last_s: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked for; None is for shoal to choose."""

    as_of: str | int | None
    look_back_days: int | None
    horizon_days: int
    timezone: str
    now: int

    @property
    def before(self) -> int | None:
        """The second asked for as `as_of`; None where it is to be chosen."""
        return parse_time(self.as_of, self.timezone) if isinstance(self.as_of, str) else self.as_of


def choose_clock(days: Sequence[Day], wish: Wish, first_s: int | None = None) -> tuple[Clock, list[Finding]]:
    """The clock, and a finding for each choice made. Raises `InputError` when no event lies before `as_of`.

    `first_s` is the first event there is, for that message: `days` may hold only those before `as_of`.
    """
    findings: list[Finding] = []
    as_of = wish.before
    if as_of is None:
        as_of = _chosen_as_of(days, wish)
        findings.append(Finding("as_of_chosen", "info", texts("finding.as_of_chosen", as_of=iso(as_of))))
    before = [day for day in days if day.first_s < as_of]
    if not before:
        first = iso(first_s if first_s is not None else min((day.first_s for day in days), default=as_of))
        raise error(InputError, texts, "nothing_before", as_of=iso(as_of), first=first)
    history = _history_days(before, as_of, wish)
    look_back = wish.look_back_days or _look_back(history, wish.horizon_days)
    key = "look_back_chosen" if wish.look_back_days is None else "look_back_long"
    if wish.look_back_days is None or look_back > history:
        said = texts(f"finding.{key}", days=look_back, history=history)
        findings.append(Finding(key, "info" if key == "look_back_chosen" else "warning", said))
    return Clock(as_of, look_back, wish.horizon_days, wish.timezone), findings


def _chosen_as_of(days: Sequence[Day], wish: Wish) -> int:
    """The local midnight after the last day that is neither in the future nor in a stray tail."""
    past = [day for day in days if day.first_s <= wish.now]
    runs = _main_runs(past, wish.horizon_days)
    if not runs:
        raise error(InputError, texts, "nothing_past", now=iso(wish.now))
    last = runs[-1][-1]
    midnight = _midnight(last.day + 1, wish.timezone)
    return midnight if midnight <= wish.now else min(last.last_s, wish.now) + 1


def _main_runs(days: Sequence[Day], gap: int) -> list[list[Day]]:
    """Stretches of days without a gap longer than `gap`, leaving out those with next to no events."""
    runs: list[list[Day]] = []
    for day in sorted(days, key=lambda d: d.day):
        if runs and day.day - runs[-1][-1].day <= gap:
            runs[-1].append(day)
        else:
            runs.append([day])
    total = sum(day.events for day in days)
    return [run for run in runs if sum(day.events for day in run) >= LEAST_SHARE * total]


def _history_days(days: Sequence[Day], as_of: int, wish: Wish) -> int:
    first = _main_runs(days, wish.horizon_days)[0][0]
    return max(1, -(-(as_of - _midnight(first.day, wish.timezone)) // DAY_S))


def _look_back(history: int, horizon: int) -> int:
    """Long, but such that the history also holds what a forecast and its proof need: two horizons after a look-back.

    Shorter histories give up the forecast first, then the proof; every cut of a study looks back equally far.
    """
    room = next((history - n * horizon for n in (2, 1) if history - n * horizon >= horizon), history)
    return max(1, min(LONGEST_LOOK_BACK, room))


def _midnight(day: int, timezone: str) -> int:
    """The epoch second at which a local day starts."""
    date = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)
    return int(date.replace(tzinfo=zone(timezone)).timestamp())


def days_from(rows: Mapping[int, tuple[int, int, int]]) -> list[Day]:
    """Days from ``{day: (events, first second, last second)}``."""
    return [Day(day, *figures) for day, figures in sorted(rows.items())]
