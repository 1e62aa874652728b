"""Where a segment is going: new, growing, back again, drifting away, long quiet, or simply active.

What enters is a portrait, what leaves is one word's key or nothing. The one thing to know: a direction needs a fact of
the typical customer (such as twice the usual time since the last order) and a clear difference from the rest of the
shop, so neither a fixed threshold nor the company it keeps can say it alone.
"""

from __future__ import annotations

from shoal.segments.portrait import Segment
from shoal.segments.traits import clear

NEWS = ("new", "back", "growing", "drifting", "lapsed")
"""Directions that say more than that somebody is there; the remaining one is ``active``."""
NEW_DAYS = 120.0
OVERDUE = 2.0
"""So many times the usual gap between orders has passed since the last one."""
QUIET_DAYS = 60.0
LATELY = 0.5
"""So much of what was ordered in the look-back was ordered in its last 90 days."""
SEVERAL = 3
"""So many orders at least: of two, one would be half, and lately by chance nearly as often as not."""
KNOWN_DAYS = 270.0
"""Only who has been known longer than this can grow or come back: for others, lately is always."""


def direction(segment: Segment) -> str:
    """The direction's key, empty where nothing clear can be said or a typical one has no order at all."""
    if _median(segment, "orders") < 1:
        return ""
    tests = {"new": _new, "back": _back, "growing": _growing, "drifting": _drifting, "lapsed": _lapsed}
    found = next((key for key, holds in tests.items() if holds(segment)), "")
    return found or ("active" if _active(segment) else "")


def _new(segment: Segment) -> bool:
    return clear(segment, "tenure_days") < 0 and _median(segment, "tenure_days") <= NEW_DAYS


def _back(segment: Segment) -> bool:
    """Known for long, yet the first order of the look-back is recent. Views would say "known" of mere visitors."""
    known = _median(segment, "tenure_days") >= KNOWN_DAYS and segment.of("views") is None
    recent = _median(segment, "days_since_first_order", KNOWN_DAYS) <= NEW_DAYS
    return known and recent and clear(segment, "days_since_first_order") < 0


def _growing(segment: Segment) -> bool:
    known = _median(segment, "tenure_days") >= KNOWN_DAYS and _median(segment, "orders") >= SEVERAL
    return known and _median(segment, "share_orders_90d") >= LATELY and clear(segment, "share_orders_90d") > 0


def _drifting(segment: Segment) -> bool:
    """They used to come back, and by their own habit should have by now."""
    habit = _median(segment, "orders") >= 2 and _median(segment, "overdue") >= OVERDUE
    quiet = _median(segment, "days_since_last_order") >= QUIET_DAYS
    apart = (
        clear(segment, "overdue") > 0
        or clear(segment, "days_since_last_order") > 0
        or clear(segment, "share_orders_90d") < 0
    )
    return habit and quiet and apart


def _active(segment: Segment) -> bool:
    recent = _median(segment, "days_since_last_order", QUIET_DAYS) < QUIET_DAYS
    return recent and clear(segment, "days_since_last_order") < 0


def _lapsed(segment: Segment) -> bool:
    """Longer away than others, and long: of who came back before only their own habit could say it, as `_drifting`."""
    once = _median(segment, "orders") < 2
    quiet = _median(segment, "days_since_last_order") >= QUIET_DAYS
    return once and quiet and clear(segment, "days_since_last_order") > 0


def _median(segment: Segment, feature: str, missing: float = 0.0) -> float:
    profile = segment.of(feature)
    return missing if profile is None or profile.median is None else profile.median
