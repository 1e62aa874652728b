"""What may come of a segment, as data: what to expect, what would move its customers, whether it is found again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shoal.features.result import Kind
from shoal.measures.validity import Interval
from shoal.words.language import Text

DISSOLVED, STABLE = 0.5, 0.75
"""Below the first a group is not found again, from the second it is (Hennig 2007)."""


@dataclass(frozen=True, slots=True)
class ExpectedCategory:
    """What the segment will probably spend on one main category, in the shop's currency."""

    feature: str
    label: Text
    spend: Interval


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the segment will probably do in the horizon ahead, in sum: `orders`, `spend`, spend by category.

    Told from the `customers_then` who stood where the segment stands at the earlier date `cut` (ISO), by what they did
    in the `horizon_days` after it. `spend` is None where the log has no amounts.
    """

    cut: str
    horizon_days: int
    customers_then: int
    orders: Interval
    spend: Interval | None
    categories: tuple[ExpectedCategory, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One feature that alone, from `value` to `needed` (its own unit), takes a customer to the other segment.

    With `level` the feature is a level of a text column, which would have to say it (from 0 to 1).
    """

    feature: str
    label: Text
    kind: Kind
    value: float
    needed: float
    spreads: float
    level: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """What takes the customers of a segment to a neighbour: `to` is the runner-up of so many `customers` of it.

    The changes are those of a typical one of them, the smallest first, in standard deviations of the shop; empty where
    no single feature does it.
    """

    to: int
    customers: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Steadiness:
    """How much of a segment is found again, from 0 to 1 (Jaccard): from other `seeds`, on `bootstrap` samples, and by
    the segments of the `dates` before today. None where it could not be tried."""

    seeds: float | None
    bootstrap: float | None
    dates: float | None

    @property
    def word(self) -> Literal["steady", "shifting", "shaky"]:
        """The worst of the three: steady from 0.75, shaky below 0.5."""
        known = [one for one in (self.seeds, self.bootstrap, self.dates) if one is not None]
        least = min(known, default=1.0)
        return "shaky" if least < DISSOLVED else "steady" if least >= STABLE else "shifting"
