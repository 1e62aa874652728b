"""Some of the customers of a large shop: the same ones in every run and whatever the order of rows."""

from __future__ import annotations

import numpy as np

from shoal.measures.sampling import smallest_digests
from shoal.recommend.interactions import Codes, Interactions


def sampled(seen: Interactions, most: int) -> Codes:
    """The codes of the `most` customers with the smallest md5 of their ids, rising; of all where there are no more."""
    if seen.customers <= most:
        return np.arange(seen.customers)
    return np.sort(smallest_digests(seen.customer_ids.to_pylist(), most))


def some_of(seen: Interactions, most: int) -> Interactions:
    """The histories of at most so many customers, chosen by `sampled`."""
    return seen if seen.customers <= most else seen.take(sampled(seen, most))
