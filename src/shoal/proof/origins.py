"""Rolling origins: earlier cuts at which the whole way of segmenting is tried again and judged by what came after.

At each origin the segments are made as they are made today: from that day's features and from the lessons before it.
Nothing learned at or after the cut, not even a category, takes part.
"""

from __future__ import annotations

from dataclasses import dataclass

from shoal.events.result import EventLog
from shoal.features.categories import learn_categories
from shoal.features.lessons import cuts, learned_before, observe
from shoal.features.result import Lesson
from shoal.words.clock import Clock


@dataclass(frozen=True)
class Origin:
    """One cut with what came after it (`now`), and the lessons that were known by then, latest first."""

    now: Lesson
    lessons: tuple[Lesson, ...]


def origins(log: EventLog, seed: int) -> tuple[Origin, ...]:
    """The origins the history carries, latest first; empty when not one look-back and one horizon fit.

    Where some origins have lessons before them and some do not, only the former count: the others would judge a way
    of segmenting that is not today's.
    """
    found = tuple(cuts(log, log.clock))
    taught = tuple(clock for clock in found if cuts(log, clock))
    return tuple(_origin(log, clock, seed) for clock in (taught or found))


def _origin(log: EventLog, clock: Clock, seed: int) -> Origin:
    scheme = learn_categories(log, clock, seed)
    return Origin(observe(log, clock, scheme, seed), learned_before(log, clock, scheme, seed))
