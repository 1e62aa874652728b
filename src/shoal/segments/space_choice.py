"""What was chosen as the space, why, and what it was chosen from."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.measures.validity import Interval
from shoal.words.language import Text


@dataclass(frozen=True, slots=True)
class SpaceTrial:
    """How much of what came next a space explains with eight groups; `behind` is the best space minus this one."""

    space: str
    r_squared: Interval
    behind: Interval


@dataclass(frozen=True, slots=True)
class SpaceChoice:
    """The space that was taken, why, and what it was taken from (best first; empty where it was not a choice)."""

    picked: str
    reason: Text
    trials: tuple[SpaceTrial, ...] = ()
