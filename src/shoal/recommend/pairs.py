"""What each customer bought before, a row for each customer and product: how often, when, and how evenly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
Ints = NDArray[np.int32]
Real = NDArray[np.float64]


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

    @classmethod
    def of(cls, pair: Codes, day: Ints, since: Ints, products: int) -> Self:
        """From purchases: their pair (``customer * products + product``), day, and the customer's baskets since."""
        order = np.lexsort((day, pair))
        key, day = pair[order], day[order]
        kept = np.ones(len(key), bool)
        kept[1:] = (np.diff(key) != 0) | (np.diff(day) != 0)
        key, day, since = key[kept], day[kept], since[order][kept]
        start = np.flatnonzero(np.concatenate([[True], np.diff(key) != 0])) if len(key) else np.array([], np.int64)
        end = np.append(start[1:], len(key)) - 1 if len(key) else start
        gaps = np.zeros(len(key))
        gaps[1:] = np.where(np.diff(key) == 0, np.log(np.maximum(np.diff(day), 1)), 0)
        customer, product = np.divmod(key[start], max(products, 1))
        return cls(
            customer,
            product,
            (end - start + 1).astype(np.int32),
            day[start],
            day[end],
            _summed(gaps, start),
            _summed(0.9 ** since.astype(np.float64), start),
            since[end].astype(np.int32),
        )


def _summed(values: Real, start: Codes) -> Real:
    return np.asarray(np.add.reduceat(values, start)) if len(start) else np.zeros(0)
