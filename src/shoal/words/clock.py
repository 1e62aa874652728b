"""The one clock: every number has an `as_of`, and nothing at or after it can change that number.

Times are whole seconds since 1970-01-01 UTC. Windows are half-open, ``[start, end)``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shoal.words.errors import UsageError, error
from shoal.words.language import Texts

DAY_S = 86_400
OF_THE_MACHINE = frozenset({"localtime", "posix", "posixrules", "right"})
"""Files among a machine's zones that are no zone anywhere else, and that no engine knows."""
texts = Texts("shoal.words")


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """The seconds from `start` up to, not including, `end`.

    Examples
    --------
    >>> Window(0, 86_400).days
    1.0
    >>> 86_400 in Window(0, 86_400)
    False
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a window cannot end ({self.end}) before it starts ({self.start})")

    def __contains__(self, second: int) -> bool:
        return self.start <= second < self.end

    @property
    def days(self) -> float:
        return (self.end - self.start) / DAY_S


@dataclass(frozen=True, slots=True)
class Clock:
    """Where "now" stands (`as_of`, epoch seconds), how far back features look and how far ahead outcomes look.

    Examples
    --------
    >>> clock = Clock(as_of=parse_time("2011-12-10"), look_back_days=30, horizon_days=7)
    >>> clock.features, clock.outcomes
    (Window(start=1320883200, end=1323475200), Window(start=1323475200, end=1324080000))
    >>> clock.earlier(7).as_of == clock.as_of - 7 * DAY_S
    True
    """

    as_of: int
    look_back_days: int
    horizon_days: int
    timezone: str = "UTC"

    @property
    def features(self) -> Window:
        return Window(self.as_of - self.look_back_days * DAY_S, self.as_of)

    @property
    def outcomes(self) -> Window:
        return Window(self.as_of, self.as_of + self.horizon_days * DAY_S)

    def earlier(self, days: int) -> Clock:
        """The same clock `days` earlier: same look-back, same horizon. This is the backtest."""
        return replace(self, as_of=self.as_of - days * DAY_S)

    @property
    def iso(self) -> str:
        return iso(self.as_of)

    @property
    def local_iso(self) -> str:
        """The same moment in the shop's own zone: it begins with the day the shop's calendar shows."""
        return local_iso(self.as_of, self.timezone)


def iso(second: int) -> str:
    """An epoch second as text: ``2011-12-10T00:00:00Z``."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local_iso(second: int, timezone: str) -> str:
    """An epoch second as text in a zone, with its offset.

    Examples
    --------
    >>> local_iso(parse_time("2025-01-01", "Asia/Shanghai"), "Asia/Shanghai")
    '2025-01-01T00:00:00+08:00'
    >>> local_iso(0, "UTC")
    '1970-01-01T00:00:00Z'
    """
    return datetime.fromtimestamp(second, zone(timezone)).isoformat(timespec="seconds").replace("+00:00", "Z")


def zone(name: str) -> ZoneInfo:
    """The time zone of that name. Raises `UsageError` for a name that is none."""
    if name.split("/")[0] in OF_THE_MACHINE:
        raise error(UsageError, texts, "no_such_zone", name=name)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise error(UsageError, texts, "no_such_zone", name=name) from problem


def parse_time(words: str, timezone: str = "UTC") -> int:
    """Epoch seconds of an ISO date or time; without an offset it is local to `timezone`.

    Examples
    --------
    >>> parse_time("1970-01-02")
    86400
    >>> parse_time("1970-01-01T08:00:00", "Asia/Shanghai")
    0
    """
    try:
        moment = datetime.fromisoformat(words.strip())
    except ValueError as problem:
        raise error(UsageError, texts, "no_time", words=words) from problem
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone(timezone))
    return int(moment.timestamp())


def parse_days(words: str | int) -> int:
    """A span in whole days: ``90d``, ``13w``, or a number of days.

    Examples
    --------
    >>> parse_days("90d"), parse_days("2w"), parse_days(30)
    (90, 14, 30)
    """
    match = re.fullmatch(r"\s*(\d+)\s*([dw]?)\s*", str(words).lower())
    days = int(match[1]) * (7 if match[2] == "w" else 1) if match else 0
    if not 1 <= days <= 36_500:
        raise error(UsageError, texts, "no_span", words=words)
    return days
