"""Products that the same people like: item-based nearest neighbours, as `implicit` computes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal, Self

import numpy as np
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender
from scipy.sparse import csr_array, csr_matrix

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
        kind = CosineRecommender if self.measure == "cosine" else BM25Recommender
        model = kind(K=min(self.neighbours + 1, max(seen.products, 1)), num_threads=0)
        if liked.nnz:
            model.fit(csr_matrix(liked), show_progress=False)
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
