"""What comes next: products that customers went on to after the ones this customer bought last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

import numpy as np
from scipy.sparse import csr_array, diags_array, vstack

from shoal.recommend.contract import Arrays, Proposals
from shoal.recommend.interactions import WEIGHTS, Interactions
from shoal.recommend.neighbours import packed, spoken_for, strongest, unpacked
from shoal.recommend.sample import some_of
from shoal.words.columns import EVENT_TYPES

BLOCK = 5_000


class Sequential:
    """Weighted transitions between days: "bought X, then Y" (ours; sequential rules as in Ludewig and Jannach 2018).

    From every day of a customer to each of the `reach` days after it counts ``fade ** (distance - 1)``; a step back
    counts `backward` of that, since near in time is related even in the other order. Transitions are divided by the
    sums of their rows and by the products' sales, each to the power `flatness`. A history speaks through its last
    days, each `memory` of the one after it. Larger shops teach through `sample` customers, chosen by md5.
    """

    name: ClassVar[str] = "sequential"

    def __init__(
        self,
        reach: int = 8,
        fade: float = 0.8,
        backward: float = 0.5,
        flatness: float = 0.3,
        memory: float = 0.6,
        neighbours: int = 200,
        sample: int = 100_000,
        weights: Mapping[str, float] = WEIGHTS,
    ) -> None:
        self.reach = reach
        self.fade = fade
        self.backward = backward
        self.flatness = flatness
        self.memory = memory
        self.neighbours = neighbours
        self.sample = sample
        self.weights = weights

    def fit(self, seen: Interactions) -> Self:
        baskets, owner = self._baskets(some_of(seen, self.sample))
        sold = np.maximum(np.asarray(baskets.sum(axis=0)).ravel(), 1)
        around = self._around(owner)
        parts = [self._next(baskets, around, a, sold) for a in range(0, max(seen.products, 1), BLOCK)]
        self.next_ = _stacked(parts, seen.products)
        return self

    def propose(self, histories: Interactions, n: int) -> Proposals:
        baskets, owner = self._baskets(histories)
        starts = np.searchsorted(owner, np.arange(histories.customers + 1))
        age = starts[1:][owner] - 1 - np.arange(len(owner))
        faded = np.float32(self.memory) ** age.astype(np.float32)
        whose = csr_array((faded, np.arange(len(owner)), starts), (histories.customers, len(owner)))
        return spoken_for(csr_array(whose @ baskets), self.next_, n)

    def arrays(self) -> Arrays:
        return packed(self.next_)

    def restored(self, arrays: Arrays) -> Self:
        self.next_ = unpacked(arrays)
        return self

    def _counted(self, seen: Interactions) -> Interactions:
        """The events that say of liking; a day of nothing but refunds is no step."""
        positive = np.array([self.weights.get(name, 0) > 0 for name in EVENT_TYPES])
        return seen.where(positive[seen.kind])

    def _baskets(self, seen: Interactions) -> tuple[csr_array, np.ndarray]:
        """One row a customer and day, in order, and whose it is."""
        counted = self._counted(seen)
        first = np.concatenate([[0], np.cumsum(counted.baskets, dtype=np.int64)])
        row = first[:-1][counted.customer] + counted.basket
        once = np.ones(len(row), np.float32)
        baskets = csr_array((once, (row, counted.product)), (int(first[-1]), seen.products))
        baskets.data[:] = 1
        return baskets, np.repeat(np.arange(seen.customers), counted.baskets)

    def _around(self, owner: np.ndarray) -> csr_array:
        """For each basket the weights of the baskets around it, shape (baskets, baskets)."""
        rows, columns, values = [], [], []
        here = np.arange(len(owner))
        for step in range(1, self.reach + 1):
            linked = here[step:][owner[step:] == owner[:-step]] if len(owner) > step else here[:0]
            weight = self.fade ** (step - 1)
            rows += [linked - step, linked]
            columns += [linked, linked - step]
            values += [np.full(len(linked), weight), np.full(len(linked), weight * self.backward)]
        where = (np.concatenate(rows), np.concatenate(columns))
        return csr_array((np.concatenate(values).astype(np.float32), where), (len(owner), len(owner)))

    def _next(self, baskets: csr_array, around: csr_array, first: int, sold: np.ndarray) -> csr_array:
        """Transitions from a block of products, the strongest kept."""
        block = baskets[:, first : first + BLOCK]
        moved = csr_array(csr_array(block.T) @ around @ baskets)
        out = np.maximum(np.asarray(moved.sum(axis=1)).ravel(), 1e-9) ** -self.flatness
        moved = diags_array(out.astype(np.float32)) @ moved @ diags_array((sold**-self.flatness).astype(np.float32))
        return strongest(csr_array(moved), self.neighbours)


def _stacked(parts: list[csr_array], products: int) -> csr_array:
    return csr_array(vstack(parts)) if products else csr_array((0, 0), dtype=np.float32)
