"""What the shop knows of each product's rhythm: after how many days it is bought again, and by how many.

In: `Pairs`, what each customer bought. Out: `Pace`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from shoal.recommend.contract import Arrays
from shoal.recommend.pairs import Pairs, Real

GAP_TRUST, OWN_TRUST, RATE_TRUST = 5.0, 2.0, 20.0
"""How many gaps (buyers) the shop's value counts for beside a product's own, the product's beside a customer's own."""


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
