"""How much each method is believed, learned on an earlier window: one score out of many.

The one thing to know: weights come from a `Split` that ends before the cut that is judged, and they are separate for
what a customer bought before and for what is new to the customer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array

from shoal.recommend.interactions import Codes, Floats, Interactions
from shoal.recommend.neighbours import values_at
from shoal.recommend.slate import SIGNALS, Slate

Real = NDArray[np.float64]
SHARE_TRUST = 10.0
FEWEST_LEARNERS = 30
PENALTY = 1.0


def repeat_share(seen: Interactions) -> float:
    """How much of what is bought in the shop after a first basket was bought before by the same customer."""
    repeats, later = _repeated(seen)
    return float((repeats.sum() + 1) / (later.sum() + 2))


def repeat_shares(histories: Interactions, shop: float) -> Real:
    """How much of what each customer buys was bought before by that customer, shape (customers,), within (0, 1).

    Of all purchases after the first basket, leaning on the share of the `shop` by ten purchases.
    """
    repeats, later = _repeated(histories)
    return np.asarray((repeats + SHARE_TRUST * shop) / (later + SHARE_TRUST))


def _repeated(histories: Interactions) -> tuple[Real, Real]:
    """Purchases of something bought before, and all purchases after the first basket, each shape (customers,)."""
    known = histories.pairs
    repeats = np.bincount(known.customer, weights=known.days - 1, minlength=histories.customers)
    first_day = np.full(histories.customers, np.iinfo(np.int32).max)
    np.minimum.at(first_day, known.customer, known.first)
    later = np.bincount(
        known.customer, weights=known.days - (known.first == first_day[known.customer]), minlength=histories.customers
    )
    return repeats.astype(np.float64), later.astype(np.float64)


@dataclass(frozen=True)
class Blend:
    """Weights of a conditional logit (McFadden 1974): the odds of one candidate against another.

    `weights` has one number for each signal of each method on new products, then on repeated ones, then for being a
    repeat, and for that times the log odds of the customer's repeat share. `learned` is False for equal weights, which
    stand where fewer than thirty customers could teach.
    """

    weights: Real
    learned: bool
    learners: int

    def scores(self, slate: Slate, shares: Real) -> Floats:
        """One score a candidate; comparable within a customer only."""
        return _signals(slate, shares) @ self.weights.astype(np.float32)

    def of_methods(self, names: Sequence[str]) -> dict[str, tuple[float, float]]:
        """By method the weight on new and on repeated products: both signals of the top of its list together."""
        table = self.weights[: 2 * SIGNALS * len(names)].reshape(2, len(names), SIGNALS).sum(2)
        return {name: (float(new), float(again)) for name, new, again in zip(names, *table, strict=True)}


def equal(methods: int, learners: int = 0) -> Blend:
    """All methods believed alike, repeats by the customer's share."""
    return Blend(np.concatenate([np.ones(2 * SIGNALS * methods), [0.0, 1.0]]), False, learners)


def learn(slate: Slate, shares: Real, after: csr_array) -> Blend:
    """The weights under which what was bought after is most likely among the candidates, with a ridge penalty.

    `slate` holds candidates of the split's customers, `after` what they bought, shape (customers, products).
    """
    methods = slate.said.shape[1] // SIGNALS
    hit = values_at(after, slate.customer, slate.product) > 0
    judged = np.bincount(slate.customer, weights=hit, minlength=after.shape[0])
    kept = judged[slate.customer] > 0
    learners = int((judged > 0).sum())
    if learners < FEWEST_LEARNERS:
        return equal(methods, learners)
    signals = _signals(slate, shares)[kept].astype(np.float64)
    owner = slate.customer[kept]
    start = np.flatnonzero(np.concatenate([[True], np.diff(owner) != 0]))
    share = hit[kept] / judged[owner]
    found = minimize(
        _loss, _start(methods), (signals, start, share), jac=True, method="L-BFGS-B", options={"maxiter": 200}
    )
    return Blend(np.asarray(found.x), True, learners)


def _start(methods: int) -> Real:
    return np.concatenate([np.full(2 * SIGNALS * methods, 0.5), [0.0, 1.0]])


def _loss(weights: Real, signals: Real, start: Codes, share: Real) -> tuple[float, Real]:
    """Negative log-likelihood with its gradient; `share` sums to 1 over each customer's candidates."""
    behind, odds, total = against_the_best(signals @ weights, start)
    chance = odds / total
    loss = -float(share @ (behind - np.log(total))) + PENALTY * float(weights @ weights) / 2
    return loss, -(signals.T @ (share - chance)) + PENALTY * weights


def against_the_best(scores: Real, start: Codes) -> tuple[Real, Real, Real]:
    """For candidates whose customers begin at `start`: how far each is behind its customer's best, its odds against
    that one, and the sum of the odds of its customer's candidates; their ratio is the share of choice."""
    lengths = np.diff(np.append(start, len(scores)))
    behind = scores - np.repeat(np.maximum.reduceat(scores, start), lengths)
    odds = np.exp(behind)
    return behind, odds, np.repeat(np.add.reduceat(odds, start), lengths)


def _signals(slate: Slate, shares: Real) -> Floats:
    """Shape (pairs, 4 x methods + 2): the signals of new products, of repeats, then the two of repeating itself."""
    repeat = slate.repeat[:, None].astype(np.float32)
    odds = np.log(shares / (1 - shares))[slate.customer, None].astype(np.float32)
    return np.hstack([slate.said * (1 - repeat), slate.said * repeat, repeat, repeat * odds])
