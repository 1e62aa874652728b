"""How alike two products are, so that a list does not say the same thing twice.

In: the products' categories and a table of neighbours. Out: numbers from 0 to 1 for pairs. The one thing to know: a
shop without categories is served by what its products are called, and without names by who buys them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from shoal.recommend.contract import Method
from shoal.recommend.interactions import Codes, Floats, Ints
from shoal.recommend.methods.content import Content
from shoal.recommend.methods.item_similarity import ItemSimilarity

By = Literal["category", "content", "buyers"]


@dataclass(frozen=True)
class Likeness:
    """Two products of one category are alike (1), of two categories not (0); where one has none, by a table of cosines.

    Attributes
    ----------
    category
        A number for each product's category, -1 for none.
    pair, cosine
        The table: ``product * products + product``, sorted, both ways round; and the cosine of each.
    by
        What it rests on: ``category``, else ``content`` (names, brands, descriptions), else ``buyers``; None where the
        shop says nothing of the kind.
    """

    category: Codes
    pair: Codes
    cosine: Floats
    by: By | None

    @classmethod
    def learned(cls, category: Codes, methods: Sequence[Method]) -> Likeness:
        """What the shop supports, from its categories and the fitted methods."""
        labelled = bool((category >= 0).any())
        table, by = (None, None) if (category >= 0).all() else _table(methods)
        pair, cosine = (np.zeros(0, np.int64), np.zeros(0, np.float32)) if table is None else _both_ways(table)
        return cls(category, pair, cosine, "category" if labelled else by)

    def to(self, products: Ints, other: Ints) -> Floats:
        """How alike each product, shape (lists, n), is to its list's `other`, shape (lists,)."""
        here, there = self.category[products], self.category[other][:, None]
        same = (here == there).astype(np.float32)
        if not len(self.pair):
            return np.where(here < 0, np.float32(0), same)
        asked = products.astype(np.int64) * len(self.category) + other[:, None]
        place = np.minimum(np.searchsorted(self.pair, asked), len(self.pair) - 1)
        near = np.where(self.pair[place] == asked, self.cosine[place], np.float32(0))
        return np.where((here < 0) | (there < 0), near, same)


def _table(methods: Sequence[Method]) -> tuple[csr_array | None, By | None]:
    """The first table of neighbours that says anything."""
    for method in sorted(methods, key=lambda method: isinstance(method, ItemSimilarity)):
        if isinstance(method, Content | ItemSimilarity) and method.similar_.nnz:
            return method.similar_, "content" if isinstance(method, Content) else "buyers"
    return None, None


def _both_ways(table: csr_array) -> tuple[Codes, Floats]:
    """A neighbour is one in either direction: each product keeps only its nearest."""
    alike = csr_array(table.maximum(table.T))
    alike.sort_indices()
    rows: NDArray[np.int64] = np.repeat(np.arange(alike.shape[0], dtype=np.int64), np.diff(alike.indptr))
    return rows * alike.shape[1] + alike.indices, np.clip(alike.data, 0, 1).astype(np.float32)
