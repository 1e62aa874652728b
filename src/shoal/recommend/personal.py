"""What each customer bought before, a row for each customer and product: how often, when, and when again.

In: histories. Out: `Pairs`, flat arrays; and `Pace`, what the shop knows of each product's rhythm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from shoal.recommend.contract import Arrays
from shoal.recommend.interactions import Codes, Interactions, Ints

Real = NDArray[np.float64]
GAP_TRUST, OWN_TRUST, RATE_TRUST = 5.0, 2.0, 20.0
"""How many gaps (buyers) the shop's value counts for beside a product's own, the product's beside a customer's own."""


@dataclass(frozen=True)
class Pairs:
    """One row for each customer and product bought, ordered by both; all arrays of shape (pairs,).

    `days` counts the different days it was bought on, `last` and `first` are days, `log_gaps` is the sum of the
    logarithms of the days between, `fading` the sum of ``0.9 ** (baskets since)`` and `baskets_since` those since the
    last time.
    """

    customer: Codes
    product: Codes
    days: Ints
    first: Ints
    last: Ints
    log_gaps: Real
    fading: Real
    baskets_since: Ints


def pairs(histories: Interactions) -> Pairs:
    """Who bought what, how often and when; refunds are not counted here (rules see to them)."""
    seen = histories.where(histories.bought)
    customer, product = seen.customer.astype(np.int64), seen.product.astype(np.int64)
    order = np.lexsort((seen.day, product, customer))
    key, day = (customer * max(seen.products, 1) + product)[order], seen.day[order]
    kept = np.ones(len(key), bool)
    kept[1:] = (np.diff(key) != 0) | (np.diff(day) != 0)
    order, key, day = order[kept], key[kept], day[kept]
    start = np.flatnonzero(np.concatenate([[True], np.diff(key) != 0])) if len(key) else np.array([], np.int64)
    end = np.append(start[1:], len(key)) - 1 if len(key) else start
    gaps = np.zeros(len(key))
    gaps[1:] = np.where(np.diff(key) == 0, np.log(np.maximum(np.diff(day), 1)), 0)
    since = seen.baskets[customer[order]] - 1 - seen.basket[order]
    return Pairs(
        customer[order][start],
        product[order][start],
        (end - start + 1).astype(np.int32),
        day[start],
        day[end],
        _summed(gaps, start),
        _summed(0.9 ** since.astype(np.float64), start),
        since[end].astype(np.int32),
    )


def _summed(values: Real, start: Codes) -> Real:
    return np.asarray(np.add.reduceat(values, start)) if len(start) else np.zeros(0)


@dataclass(frozen=True)
class Pace:
    """Each product's rhythm, shape (products,): the log of the usual days between two purchases of one customer, and
    the share of its buyers who bought it on more than one day, both shrunk to the shop's."""

    log_gap: Real
    repeat_share: Real

    @classmethod
    def learned(cls, bought: Pairs, products: int) -> Self:
        gaps = np.bincount(bought.product, weights=bought.days - 1, minlength=products)
        logs = np.bincount(bought.product, weights=bought.log_gaps, minlength=products)
        shop_gap = logs.sum() / gaps.sum() if gaps.sum() else np.log(90.0)
        again = np.bincount(bought.product, weights=bought.days > 1, minlength=products)
        buyers = np.bincount(bought.product, minlength=products)
        shop_share = (again.sum() + 1) / (buyers.sum() + 2)
        return cls(
            (logs + GAP_TRUST * shop_gap) / (gaps + GAP_TRUST),
            (again + RATE_TRUST * shop_share) / (buyers + RATE_TRUST),
        )

    def usual_days(self, bought: Pairs) -> Real:
        """The days after which each pair is usually bought again: the customer's own gaps, leaning on the product's."""
        own = bought.log_gaps + OWN_TRUST * self.log_gap[bought.product]
        return np.asarray(np.exp(own / (bought.days - 1 + OWN_TRUST)))

    def arrays(self) -> Arrays:
        return {"log_gap": self.log_gap, "repeat_share": self.repeat_share}

    @classmethod
    def restored(cls, arrays: Arrays) -> Self:
        return cls(np.asarray(arrays["log_gap"], np.float64), np.asarray(arrays["repeat_share"], np.float64))
