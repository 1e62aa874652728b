"""Which methods run on a shop of which size: the table, and the methods it gives.

The one thing to know: a method that would cost more than it brings on a large shop is left out and said so, never run
on less than was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from shoal.recommend.contract import Method
from shoal.recommend.interactions import Interactions
from shoal.recommend.lesson import Ahead
from shoal.recommend.methods.als import Als
from shoal.recommend.methods.buy_again import BuyAgain
from shoal.recommend.methods.content import Content
from shoal.recommend.methods.ease import Ease
from shoal.recommend.methods.item_similarity import ItemSimilarity
from shoal.recommend.methods.next_basket import NextBasket
from shoal.recommend.methods.popularity import Popularity
from shoal.recommend.methods.segment_popularity import SegmentPopularity
from shoal.recommend.methods.sequential import Sequential
from shoal.recommend.methods.spectral import Spectral

Described = Mapping[str, Sequence[str | None]]


@dataclass(frozen=True)
class Asked:
    """What the methods of one run are made from."""

    ahead: Ahead
    weights: Mapping[str, float]
    described: Described
    seed: int

    @property
    def days(self) -> int:
        """Days ahead, for what is tuned on a window of days; 30 where the next basket is foreseen."""
        return 30 if self.ahead == "basket" else int(self.ahead)


@dataclass(frozen=True)
class Range:
    """From which and up to which size a method runs."""

    make: Callable[[Asked], Method]
    most_customers: int | None = None
    most_products: int | None = None
    fewest_customers: int = 1


RANGES: dict[str, Range] = {
    "popularity": Range(lambda a: Popularity(ahead=a.days)),
    "segment_popularity": Range(lambda a: SegmentPopularity(ahead=a.days)),
    "buy_again": Range(lambda a: BuyAgain(a.ahead)),
    "item_similarity": Range(lambda a: ItemSimilarity(weights=a.weights)),
    "sequential": Range(lambda a: Sequential(weights=a.weights)),
    "als": Range(lambda a: Als(weights=a.weights, seed=a.seed), fewest_customers=50),
    "ease": Range(lambda a: Ease(weights=a.weights), most_products=8_000, fewest_customers=50),
    "spectral": Range(lambda a: Spectral(weights=a.weights, seed=a.seed), most_products=20_000, fewest_customers=50),
    "next_basket": Range(lambda _: NextBasket(), most_customers=200_000),
    "content": Range(lambda a: Content(a.described, weights=a.weights, seed=a.seed), most_products=100_000),
}


@dataclass(frozen=True)
class Choice:
    """The methods that run, unfitted, and by name why the others do not: `size`, `segments`, `catalogue`."""

    methods: tuple[Method, ...]
    left_out: dict[str, str]


def methods_for(seen: Interactions, asked: Asked, names: Sequence[str] = tuple(RANGES)) -> Choice:
    """The methods that suit the shop, in the order of the table."""
    why = {name: _reason(name, seen, asked) for name in names}
    kept = tuple(RANGES[name].make(asked) for name, reason in why.items() if reason is None)
    return Choice(kept, {name: reason for name, reason in why.items() if reason is not None})


def _reason(name: str, seen: Interactions, asked: Asked) -> str | None:
    size = RANGES[name]
    too_many = _above(seen.customers, size.most_customers) or _above(seen.products, size.most_products)
    if too_many or seen.customers < size.fewest_customers:
        return "size"
    if name == "segment_popularity" and len(set(seen.segment.tolist()) - {0}) < 2:
        return "segments"
    if name == "content" and not any(any(values) for values in asked.described.values()):
        return "catalogue"
    return None


def _above(found: int, most: int | None) -> bool:
    return most is not None and found > most
