"""What the customer buys regularly, and whether it is due: the chance of each earlier purchase to come back."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
from sklearn.linear_model import LogisticRegression

from shoal.recommend.contract import Arrays, Proposals, best_flat
from shoal.recommend.interactions import Interactions
from shoal.recommend.lesson import Ahead, split
from shoal.recommend.neighbours import values_at
from shoal.recommend.pairs import Pairs, Real
from shoal.recommend.personal import Pace
from shoal.recommend.sample import some_of

MOST_PAIRS = 200_000
MOST_TEACHERS = 100_000
FEWEST = 20
PRIOR = np.array([-3.0, 1.0, 0.5, 1.0, -0.3, -0.3, -0.2, 1.0, 0.0, -0.3])
"""Used where fewer than twenty repurchases were seen: often, lately, and of products that people repeat."""


class BuyAgain:
    """A logistic regression of "bought again" on frequency, fading frequency, recency and the replenishment interval.

    Learned on the last `ahead` days (or last baskets) of the histories it is fitted to, applied at their end. Ours; the
    parts are personal frequency with decay (Hu et al. 2020) and time since the last purchase against the usual
    interval (Bhagat et al. 2018).
    """

    name: ClassVar[str] = "buy_again"

    def __init__(self, ahead: Ahead = 30) -> None:
        self.ahead = ahead

    def fit(self, seen: Interactions) -> Self:
        lesson = split(some_of(seen, MOST_TEACHERS), self.ahead)
        known = lesson.before.pairs
        self.learned_, self.coefficients_ = False, PRIOR
        if len(known.customer):
            columns = _columns(known, Pace.learned(known, seen.products), lesson.before)
            again = values_at(lesson.after, known.customer, known.product) > 0
            chosen = np.random.default_rng(0).permutation(len(again))[:MOST_PAIRS]
            if FEWEST <= again[chosen].sum() <= len(chosen) - FEWEST:
                model = LogisticRegression(C=1.0, max_iter=500).fit(columns[chosen][:, 1:], again[chosen])
                self.learned_, self.coefficients_ = True, np.concatenate([model.intercept_, model.coef_[0]])
        self.pace_ = Pace.learned(seen.pairs, seen.products)
        return self

    def propose(self, histories: Interactions, n: int) -> Proposals:
        known = histories.pairs
        chance = self.chances(known, histories)
        shape = (histories.customers, min(n, histories.products))
        return best_flat(known.customer, known.product.astype(np.int32), chance.astype(np.float32), shape)

    def chances(self, known: Pairs, histories: Interactions) -> Real:
        """The chance of each pair to be bought again in the time ahead, shape (pairs,)."""
        return np.asarray(1 / (1 + np.exp(-_columns(known, self.pace_, histories) @ self.coefficients_)))

    def arrays(self) -> Arrays:
        learned = {"coefficients": self.coefficients_, "learned": np.array([self.learned_])}
        return {**learned, **self.pace_.arrays()}

    def restored(self, arrays: Arrays) -> Self:
        self.coefficients_ = np.asarray(arrays["coefficients"], np.float64)
        self.learned_ = bool(arrays["learned"][0])
        self.pace_ = Pace.restored(arrays)
        return self


def _columns(known: Pairs, pace: Pace, histories: Interactions) -> Real:
    """What is known of each pair, shape (pairs, 10); the first column is 1."""
    baskets = np.maximum(histories.baskets_bought[known.customer], 1)
    since = np.maximum(histories.now[known.customer] - known.last, 1)
    due = np.log(since / pace.usual_days(known))
    share = pace.repeat_share[known.product]
    return np.column_stack(
        [
            np.ones(len(due)),
            np.log(known.days),
            np.log(known.fading + 0.01),
            known.days / baskets,
            np.log1p(known.baskets_since),
            np.maximum(due, 0),
            np.maximum(-due, 0),
            np.log(share / (1 - share)),
            np.log(baskets),
            np.log(since / 30),
        ]
    )
