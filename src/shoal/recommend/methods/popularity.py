"""What sells now: buyers of each product, recent ones counting more. The bar that every other method has to pass."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from shoal.recommend.contract import Arrays, Proposals, best_dense
from shoal.recommend.interactions import Interactions

HALF_LIVES = (3.0, 7.0, 14.0, 30.0, 60.0, 120.0, 365.0)
TOP = 20


class Popularity:
    """The same products for everybody: who bought on which day, halved every `half_life` days.

    Parameters
    ----------
    half_life
        Days, or "tuned": of `HALF_LIVES` the one whose top 20, made `ahead` days before the end, caught the largest
        share of what was bought in those days.
    """

    name: ClassVar[str] = "popularity"

    def __init__(self, half_life: float | str = "tuned", ahead: int = 30) -> None:
        self.half_life = half_life
        self.ahead = ahead

    def fit(self, seen: Interactions) -> Self:
        self.half_life_ = float(self._tuned(seen)) if self.half_life == "tuned" else float(self.half_life)
        self.share_ = buyers(seen, self.half_life_)
        return self

    def propose(self, histories: Interactions, n: int) -> Proposals:
        one = best_dense(self.share_[None, :].astype(np.float32), n)
        return Proposals(
            np.repeat(one.products, histories.customers, axis=0), np.repeat(one.scores, histories.customers, axis=0)
        )

    def arrays(self) -> Arrays:
        return {"share": self.share_, "half_life": np.array([self.half_life_])}

    def restored(self, arrays: Arrays) -> Self:
        self.share_ = np.asarray(arrays["share"], np.float64)
        self.half_life_ = float(arrays["half_life"][0])
        return self

    def _tuned(self, seen: Interactions) -> float:
        cut = int(seen.now.max(initial=0)) - self.ahead
        earlier = seen.before(np.minimum(seen.now, cut))
        sold = np.bincount(seen.product[seen.bought & (seen.day >= cut)], minlength=seen.products)
        if not earlier.events or not sold.any():
            return HALF_LIVES[-1]
        caught = [sold[np.argsort(-buyers(earlier, life), kind="stable")[:TOP]].sum() for life in HALF_LIVES]
        return HALF_LIVES[len(HALF_LIVES) - 1 - int(np.argmax(caught[::-1]))]  # the calmest of equals


def buyers(seen: Interactions, half_life: float) -> NDArray[np.float64]:
    """Each product's share of all buying, a customer's day counting once and halved every `half_life` days."""
    rows = np.flatnonzero(seen.bought)
    once = np.ones(len(rows), bool)
    once[1:] = (np.diff(seen.customer[rows]) != 0) | (np.diff(seen.day[rows]) != 0) | (np.diff(seen.product[rows]) != 0)
    rows = rows[once]
    age = int(seen.now.max(initial=0)) - 1 - seen.day[rows]
    worth = np.exp2(-np.maximum(age, 0) / half_life)
    sold = np.bincount(seen.product[rows], weights=worth, minlength=seen.products)
    return np.asarray(sold / max(sold.sum(), 1e-300))
