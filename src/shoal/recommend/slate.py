"""One list a customer out of the lists of all methods, with what each method says of each product.

In: proposals. Out: `Slate`, flat arrays ordered by customer, then product; a pair stands once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shoal.recommend.contract import Proposals
from shoal.recommend.interactions import Codes, Floats, Interactions, Ints

SIGNALS = 2
"""What a method says of a product: its score against the best of its kind in the list, and the logarithm of that,
from 1 for the best to 0 for one a thousand times weaker; both 0 for a product it did not propose."""
FAINT = 1e-3


@dataclass(frozen=True)
class Slate:
    """Candidates: `customer` and `product`, shape (pairs,); `said`, shape (pairs, 2 x methods), 0 where a method did
    not propose the product; `repeat`, whether the customer bought it before."""

    customer: Codes
    product: Ints
    said: Floats
    repeat: NDArray[np.bool_]


def merged(proposals: Sequence[Proposals], histories: Interactions) -> Slate:
    """The union of the methods' lists."""
    products = max(histories.products, 1)
    own = histories.own
    found = [_flat(one, own, products) for one in proposals]
    keys, place = np.unique(np.concatenate([keys for keys, _ in found]), return_inverse=True)
    said = np.zeros((len(keys), SIGNALS * len(found)), np.float32)
    first = 0
    for method, (listed, signals) in enumerate(found):
        said[place[first : first + len(listed)], SIGNALS * method : SIGNALS * (method + 1)] = signals
        first += len(listed)
    customer, product = np.divmod(keys, products)
    return Slate(customer, product.astype(np.int32), said, _among(keys, own))


def _flat(one: Proposals, own: Codes, products: int) -> tuple[Codes, Floats]:
    """The keys of a method's list and its signals; new products are measured against new ones, repeats against
    repeats, since the two are never in question for the same reason."""
    held = one.products >= 0
    keys = np.arange(len(held), dtype=np.int64)[:, None] * products + one.products
    repeat = _among(keys, own) & held
    signals = np.zeros((*held.shape, SIGNALS), np.float32)
    for group in (repeat, held & ~repeat):
        best = np.where(group, one.scores, 0).max(axis=1, initial=0)[:, None]
        relative = np.maximum(one.scores / np.maximum(best, 1e-30), FAINT)
        signals[group] = np.stack([relative, 1 - np.log(relative) / np.log(FAINT)], axis=2)[group]
    return keys[held], signals[held]


def _among(keys: Codes, own: Codes) -> NDArray[np.bool_]:
    if not len(own):
        return np.zeros(keys.shape, bool)
    return np.asarray(own[np.minimum(np.searchsorted(own, keys), len(own) - 1)] == keys)
