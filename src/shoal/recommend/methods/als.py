"""Implicit matrix factorisation by alternating least squares, as the `implicit` library computes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

import numpy as np
from implicit.als import AlternatingLeastSquares
from scipy.sparse import csr_array, csr_matrix
from threadpoolctl import threadpool_limits

from shoal.recommend.contract import Arrays, Proposals
from shoal.recommend.interactions import WEIGHTS, Floats, Interactions


class Als:
    """Factors for customers and products (Hu, Koren, Volinsky 2008), products learned, customers folded in.

    A history is folded in by one least-squares solve against the products' factors, so that a new event or a new
    customer needs no refit.

    Parameters
    ----------
    factors, penalty, confidence, iterations
        As in the paper: dimensions, ridge penalty, weight of a liking, passes.
    """

    name: ClassVar[str] = "als"

    def __init__(
        self,
        factors: int = 64,
        penalty: float = 20.0,
        confidence: float = 2.0,
        iterations: int = 10,
        weights: Mapping[str, float] = WEIGHTS,
        seed: int = 0,
    ) -> None:
        self.factors = factors
        self.penalty = penalty
        self.confidence = confidence
        self.iterations = iterations
        self.weights = weights
        self.seed = seed

    def fit(self, seen: Interactions) -> Self:
        with threadpool_limits(1, "blas"):  # implicit brings its own threads
            model = self._model(min(self.factors, max(1, min(seen.customers, seen.products) - 1)))
            model.fit(self._liked(seen), show_progress=False)
        self.products_: Floats = np.asarray(model.item_factors, np.float32)
        self._folding = model
        return self

    def propose(self, histories: Interactions, n: int) -> Proposals:
        liked, n = self._liked(histories), min(n, histories.products)
        who = np.arange(histories.customers)
        with threadpool_limits(1, "blas"):
            products, scores = self._folding.recommend(
                who, liked, N=n, filter_already_liked_items=False, recalculate_user=True
            )
        held = (scores > 0) & (np.diff(liked.indptr) > 0)[:, None]
        return Proposals(np.where(held, products, -1).astype(np.int32), np.where(held, scores, 0).astype(np.float32))

    def arrays(self) -> Arrays:
        return {"products": self.products_}

    def restored(self, arrays: Arrays) -> Self:
        self.products_ = np.asarray(arrays["products"], np.float32)
        self._folding = self._model(self.products_.shape[1])
        self._folding.item_factors = self.products_
        return self

    def _model(self, factors: int) -> AlternatingLeastSquares:
        return AlternatingLeastSquares(
            factors,
            regularization=self.penalty,
            alpha=self.confidence,
            iterations=self.iterations,
            random_state=self.seed,
            use_gpu=False,
        )

    def _liked(self, histories: Interactions) -> csr_matrix:
        liked: csr_array = histories.matrix(dict(self.weights))
        liked.data = np.sqrt(liked.data / self.weights["purchase"])
        return csr_matrix(liked)
