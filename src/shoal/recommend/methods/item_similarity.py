"""Products that the same people like: item-based nearest neighbours, as `implicit` computes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal, Self

import numpy as np
from implicit.nearest_neighbours import ItemItemRecommender
from scipy.sparse import csr_array, csr_matrix, diags_array

from shoal.recommend.contract import Arrays, Proposals
from shoal.recommend.interactions import WEIGHTS, Interactions
from shoal.recommend.neighbours import packed, spoken_for, strongest, unpacked


class ItemSimilarity:
    """Neighbours of what a customer likes, by cosine or BM25 (Sarwar et al. 2001; Robertson and Walker 1994).

    Parameters
    ----------
    measure
        ``cosine``, or ``bm25``, which hears a customer who likes everything less.
    neighbours
        Products kept beside each product.
    weights
        What an event type says of liking.
    """

    name: ClassVar[str] = "item_similarity"

    def __init__(
        self,
        measure: Literal["cosine", "bm25"] = "cosine",
        neighbours: int = 50,
        weights: Mapping[str, float] = WEIGHTS,
    ) -> None:
        self.measure = measure
        self.neighbours = neighbours
        self.weights = weights

    def fit(self, seen: Interactions) -> Self:
        liked = self._liked(seen)
        model = ItemItemRecommender(K=min(self.neighbours + 1, max(seen.products, 1)), num_threads=0)
        if liked.nnz:
            weighted = _unit(liked) if self.measure == "cosine" else _bm25(liked)
            weighted.indices, weighted.indptr = weighted.indices.astype(np.int32), weighted.indptr.astype(np.int32)
            model.fit(csr_matrix(weighted, dtype=np.float64), show_progress=False)
            similar = csr_array(model.similarity, dtype=np.float32)
            similar.setdiag(0)
            similar.eliminate_zeros()
        else:
            similar = csr_array((seen.products, seen.products), dtype=np.float32)
        self.similar_ = strongest(similar, self.neighbours)
        return self

    def propose(self, histories: Interactions, n: int) -> Proposals:
        return spoken_for(self._liked(histories), self.similar_, n)

    def arrays(self) -> Arrays:
        return packed(self.similar_)

    def restored(self, arrays: Arrays) -> Self:
        self.similar_ = unpacked(arrays)
        return self

    def _liked(self, histories: Interactions) -> csr_array:
        liked = histories.matrix(dict(self.weights))
        liked.data = np.sqrt(liked.data)  # the tenth purchase says less than the first
        return liked


def _unit(liked: csr_array) -> csr_array:
    """Products of length 1, so that their products are cosines."""
    length = np.sqrt(np.asarray(liked.multiply(liked).sum(axis=0)).ravel())
    return csr_array(liked @ diags_array(1 / np.maximum(length, 1e-12)))


def _bm25(liked: csr_array, saturation: float = 1.2, by_length: float = 0.75) -> csr_array:
    """Products as documents, customers as words: Robertson and Walker's weights with their usual constants."""
    rarity = np.log(liked.shape[0] / (1 + np.diff(liked.indptr)))
    heard = np.asarray(liked.sum(axis=0)).ravel()
    length = 1 - by_length + by_length * heard / heard.mean()
    weighted = liked.astype(np.float64)
    customer = np.repeat(np.arange(liked.shape[0]), np.diff(liked.indptr))
    data = weighted.data
    weighted.data = data * (saturation + 1) / (saturation * length[liked.indices] + data) * rarity[customer]
    return csr_array(weighted)
