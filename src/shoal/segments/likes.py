"""What a card says beyond numbers, as data: products a segment is fond of, and customers typical of it."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.words.language import Text


@dataclass(frozen=True, slots=True)
class FavouriteProduct:
    """A product that takes a larger part of what the segment buys than of what the shop buys.

    `buyers` of the segment bought it, `share` of those who bought anything. `lift` says how many times as often it is
    chosen here as in the shop, drawn towards 1 where few bought it; `p` how probable that is by chance, times the
    number of segments and products compared.
    """

    product_id: str
    name: str
    buyers: int
    share: float
    lift: float
    p: float


@dataclass(frozen=True, slots=True)
class Typical:
    """A customer near the middle of a segment, and what there is to say of them in plain words."""

    customer_id: str
    text: Text
