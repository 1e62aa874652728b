"""An earlier cut: what was known before it and what was bought after, from which weights are learned.

The one thing to know: a lesson lies wholly before the cut that is judged, so nothing is learned from a test window.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.sparse import csr_array

from shoal.recommend.interactions import Codes, Interactions, Ints

Ahead = int | Literal["basket"]
"""What is foreseen: the purchases of so many days, or each customer's next basket."""


@dataclass(frozen=True)
class Split:
    """`before` are the histories up to a cut, `after` what was bought then: 0/1, shape (customers, products)."""

    before: Interactions
    after: csr_array

    @property
    def judged(self) -> Codes:
        """The customers who had a history and bought something after it."""
        return np.flatnonzero((np.diff(self.after.indptr) > 0) & (np.diff(self.before.starts) > 0))


def split(seen: Interactions, ahead: Ahead) -> Split:
    """The last `ahead` days of the log apart, or each customer's last basket (day of buying)."""
    cut = last_baskets(seen) if ahead == "basket" else np.minimum(seen.now, int(seen.now.max(initial=0)) - int(ahead))
    later = seen.bought & (seen.day >= cut[seen.customer])
    after = csr_array(
        (np.ones(int(later.sum()), np.float32), (seen.customer[later], seen.product[later])),
        (seen.customers, seen.products),
    )
    after.data[:] = 1
    return Split(seen.before(cut.astype(np.int32)), after)


def last_baskets(seen: Interactions) -> Ints:
    """The last day each customer bought anything on; `now` for who never did."""
    cut = seen.now.copy()
    rows = np.flatnonzero(seen.bought)
    cut[seen.customer[rows]] = seen.day[rows]  # rows are in the order of days: the last one stays
    return cut
