"""The clock of a zone as a table: what it is ahead of UTC, from which second on.

In: an engine and a zone's name. Out: a `ZoneTable`. The one thing to know: the engine is asked, not a second calendar,
so that a time means the same moment however it is read. An hour that the clock passes over in spring is counted as if
the clock had not been put forward yet, one that comes twice in autumn is the second of the two. Both follow from one
rule: an offset holds from the local time on that it shows first.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.engines.contract import Engine
from shoal.events.arrays import number_array
from shoal.events.times import local_second
from shoal.events.typed.cells import Whole

DAY_S = 86_400
FIRST_YEAR, LAST_YEAR = 1970, 2199
BUFFER_DAYS = 2
_DAYS = 366 * (LAST_YEAR + 1 - FIRST_YEAR)
_CHANGING = np.int32(1 << 30)
Offsets = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class ZoneTable:
    """What the clock of a zone is ahead of UTC: ``offsets[0]`` before the second ``starts[0]``, and so on."""

    starts: Whole
    offsets: Whole
    _by_utc: Offsets = field(init=False)
    _by_local: Offsets = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_utc", _by_day(self.starts, self.offsets))
        object.__setattr__(self, "_by_local", _by_day(self.shown, self.offsets))

    @property
    def shown(self) -> Whole:
        """The local times that the clock shows first after each change."""
        return self.starts + self.offsets[1:]

    def utc(self, local: Whole) -> Whole:
        """Seconds since 1970 UTC of local seconds."""
        return local - self._of(local, self._by_local, self.shown)

    def ahead(self, seconds: Whole) -> Offsets:
        """What the clock is ahead of UTC at each second."""
        return self._of(seconds, self._by_utc, self.starts)

    def _of(self, seconds: Whole, by_day: Offsets, starts: Whole) -> Offsets:
        found = by_day[np.clip(seconds // DAY_S + BUFFER_DAYS, 0, len(by_day) - 1)]
        changing = np.flatnonzero(found == _CHANGING)
        if len(changing):
            found[changing] = self.offsets[np.searchsorted(starts, seconds[changing], "right")]
        return found


def zone_table(engine: Engine, timezone: str) -> ZoneTable | None:
    """The table of a zone, as the engine knows it; None for UTC, which needs none. Takes some 0.04 s."""
    if timezone == "UTC":
        return None
    days = np.arange(-BUFFER_DAYS, _DAYS, dtype=np.int64) * DAY_S
    ahead = _asked(engine, days, timezone)
    places = np.flatnonzero(ahead[1:] != ahead[:-1])
    before, changed, first = days[places], days[places + 1], ahead[places]
    while len(places) and int((changed - before).max()) > 1:
        middle = (before + changed) // 2
        same = _asked(engine, middle, timezone) == first
        before, changed = np.where(same, middle, before), np.where(same, changed, middle)
    return ZoneTable(changed, np.concatenate((ahead[:1], ahead[places + 1])))


def _asked(engine: Engine, seconds: Whole, timezone: str) -> Whole:
    """What the clock is ahead of UTC at these seconds, which are sorted."""
    engine.register("asked_seconds", pa.Table.from_arrays([number_array(seconds)], names=["ts_s"]))
    ahead = f"{local_second('ts_s', timezone)} - ts_s"
    found = engine.table(f"SELECT CAST({ahead} AS BIGINT) AS ahead FROM asked_seconds ORDER BY ts_s").column(0)
    return np.concatenate([np.frombuffer(p.buffers()[1], np.int64)[p.offset :][: len(p)] for p in found.chunks])


def _by_day(starts: Whole, offsets: Whole) -> Offsets:
    """The offset of each day, from two days before 1970 on; a mark where it changes within the day."""
    days = np.arange(-BUFFER_DAYS, _DAYS, dtype=np.int64) * DAY_S
    found = offsets[np.searchsorted(starts, days, "right")].astype(np.int32)
    changes = starts // DAY_S + BUFFER_DAYS
    found[changes[(changes >= 0) & (changes < len(found))]] = _CHANGING
    return found
