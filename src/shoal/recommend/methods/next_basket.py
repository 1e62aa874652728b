"""The next basket: a customer's own fading habits, mixed with those of the customers most alike."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
from scipy.sparse import csr_array, diags_array

from shoal.recommend.contract import Arrays, Proposals, stacked
from shoal.recommend.interactions import Interactions
from shoal.recommend.neighbours import best_sparse, strongest
from shoal.recommend.sample import some_of

ROWS = 1_000


class NextBasket:
    """TIFU-KNN (Hu et al. 2020): personal frequency that fades within and between groups of baskets, and neighbours.

    Parameters
    ----------
    fade, group_fade, groups
        What each basket counts of the one after it in its group, each group of the next, and how many groups there are.
    neighbours, own
        How many neighbours speak, and the share of the customer's own habits.
    sample
        On larger shops neighbours come from so many customers, chosen by the md5 of their ids.
    """

    name: ClassVar[str] = "next_basket"

    def __init__(
        self,
        fade: float = 0.9,
        group_fade: float = 0.7,
        groups: int = 7,
        neighbours: int = 100,
        own: float = 0.8,
        sample: int = 20_000,
    ) -> None:
        self.fade = fade
        self.group_fade = group_fade
        self.groups = groups
        self.neighbours = neighbours
        self.own = own
        self.sample = sample

    def fit(self, seen: Interactions) -> Self:
        self.habits_ = self._habits(some_of(seen, self.sample))
        return self

    def propose(self, histories: Interactions, n: int) -> Proposals:
        own = self._habits(histories)
        parts = [best_sparse(self._with_neighbours(own[a : a + ROWS]), n) for a in range(0, own.shape[0], ROWS)]
        return stacked(parts, min(n, histories.products))

    def arrays(self) -> Arrays:
        return {
            "starts": self.habits_.indptr.astype(np.int64),
            "products": self.habits_.indices.astype(np.int32),
            "values": self.habits_.data.astype(np.float32),
            "shape": np.array(self.habits_.shape),
        }

    def restored(self, arrays: Arrays) -> Self:
        columns = (arrays["values"], arrays["products"], arrays["starts"])
        self.habits_ = csr_array(columns, tuple(int(side) for side in arrays["shape"]))
        return self

    def _habits(self, histories: Interactions) -> csr_array:
        """The customers' fading frequencies, shape (customers, products), float32."""
        seen = histories.where(histories.bought)
        baskets = np.maximum(seen.baskets, 1)
        size = np.ceil(baskets / self.groups)
        since = (seen.baskets[seen.customer] - 1 - seen.basket).astype(np.float32)
        group, within = np.divmod(since, size[seen.customer])
        weight = self.fade**within / size[seen.customer]
        weight *= self.group_fade**group / np.ceil(baskets / size)[seen.customer]
        return seen.spread(weight)

    def _with_neighbours(self, own: csr_array) -> csr_array:
        alike = strongest(csr_array(_unit(own) @ _unit(self.habits_).T), self.neighbours)
        total = np.maximum(np.asarray(alike.sum(axis=1)).ravel(), 1e-12)
        theirs = diags_array(((1 - self.own) / total).astype(np.float32)) @ alike @ self.habits_
        return csr_array(own * np.float32(self.own) + theirs)


def _unit(habits: csr_array) -> csr_array:
    length = np.sqrt(np.asarray(habits.multiply(habits).sum(axis=1)).ravel())
    return csr_array(diags_array((1 / np.maximum(length, 1e-12)).astype(np.float32)) @ habits)
