"""Some of the customers of a large shop: the same ones in every run and whatever the order of rows."""

from __future__ import annotations

import hashlib

import numpy as np

from shoal.recommend.interactions import Codes, Interactions


def sampled(seen: Interactions, most: int) -> Codes:
    """The codes of the `most` customers with the smallest md5 of their ids, rising; of all where there are no more."""
    if seen.customers <= most:
        return np.arange(seen.customers)
    digests = [hashlib.md5(name.encode(), usedforsecurity=False).digest()[:8] for name in seen.customer_ids.to_pylist()]
    order = np.argsort(np.frombuffer(b"".join(digests), ">u8"), kind="stable")
    return np.sort(order[:most])


def some_of(seen: Interactions, most: int) -> Interactions:
    """The histories of at most so many customers, chosen by `sampled`."""
    return seen if seen.customers <= most else seen.take(sampled(seen, most))
