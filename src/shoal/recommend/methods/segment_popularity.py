"""What sells in the customer's segment, shrunk to the shop as far as the segment is small or like the others."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from shoal.recommend.contract import Arrays, Proposals, best_dense
from shoal.recommend.interactions import Interactions
from shoal.recommend.methods.popularity import Popularity

STRENGTHS = np.geomspace(1, 1e7, 71)


class SegmentPopularity:
    """Products by their share of buying in the segment: ``(bought in segment + m p) / (all bought there + m)``.

    ``p`` is the shop's share and ``m``, in purchases, how much the shop says about a segment before the segment speaks:
    the strength under which what the segments bought is most likely, by Dirichlet-multinomial maximum likelihood
    (empirical Bayes; Minka 2000). Where segments buy alike ``m`` is huge and this is popularity. Each segment is
    compared with what all others bought, in whole purchases: the shop's share is mostly that of its largest segment,
    which would vouch for itself.
    """

    name: ClassVar[str] = "segment_popularity"

    def __init__(self, half_life: float | str = "tuned", ahead: int = 30) -> None:
        self.half_life = half_life
        self.ahead = ahead

    def fit(self, seen: Interactions) -> Self:
        shop = Popularity(self.half_life, self.ahead).fit(seen)
        shares, bought = shop.share_, sold_by_segment(seen, shop.half_life_)
        self.strength_ = _likeliest(sold_by_segment(seen, np.inf))
        self.share_ = (bought + self.strength_ * shares) / (bought.sum(1, keepdims=True) + self.strength_)
        return self

    def propose(self, histories: Interactions, n: int) -> Proposals:
        numbers = np.where(histories.segment < len(self.share_), histories.segment, 0)
        by_segment = best_dense(self.share_.astype(np.float32), n)
        return Proposals(by_segment.products[numbers], by_segment.scores[numbers])

    def arrays(self) -> Arrays:
        return {"share": self.share_, "strength": np.array([self.strength_])}

    def restored(self, arrays: Arrays) -> Self:
        self.share_ = np.asarray(arrays["share"], np.float64)
        self.strength_ = float(arrays["strength"][0])
        return self


def sold_by_segment(seen: Interactions, half_life: float) -> NDArray[np.float64]:
    """Purchases by segment and product, shape (segments + 1, products), halved every `half_life` days.

    Row 0 holds nobody: customers without a segment speak through the shop's share.
    """
    segments = int(seen.segment.max(initial=0)) + 1
    rows = np.flatnonzero(seen.bought & (seen.segment[seen.customer] > 0))
    age = seen.now[seen.customer[rows]] - 1 - seen.day[rows]
    where = seen.segment[seen.customer[rows]].astype(np.int64) * seen.products + seen.product[rows]
    sold = np.bincount(where, weights=np.exp2(-age / half_life), minlength=segments * seen.products)
    return sold.reshape(segments, seen.products).astype(np.float64)


def _likeliest(bought: NDArray[np.float64]) -> float:
    """The strength with the highest likelihood over the segments; the strongest where there are not two."""
    bought = bought[bought.sum(1) > 0][:, bought.sum(0) > 0]
    if len(bought) < 2:
        return float(STRENGTHS[-1])
    shop = bought.sum(0)
    others = shop - bought + shop / shop.sum()  # a product that nobody else bought is rare there, not impossible
    others /= others.sum(1, keepdims=True)
    totals = bought.sum(1)
    likelihood = [
        float((gammaln(m) - gammaln(m + totals)).sum() + (gammaln(bought + m * others) - gammaln(m * others)).sum())
        for m in STRENGTHS
    ]
    return float(STRENGTHS[int(np.argmax(likelihood))])
