"""Implicit matrix factorisation by alternating least squares, as the `implicit` library computes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

import numpy as np
from implicit.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from shoal.recommend.contract import Arrays, Proposals
from shoal.recommend.interactions import WEIGHTS, Floats, Interactions

FAINT = 1e-6
"""A smaller share of one purchase is nothing but the rounding of numbers."""


class Als:
    """Factors for customers and products (Hu, Koren, Volinsky 2008), products learned, customers folded in.

    A history is folded in by one least-squares solve against the products' factors, so that a new event or a new
    customer needs no refit.

    Parameters
    ----------
    factors, iterations
        Dimensions and passes.
    confidence
        As in the paper: a liking of a whole purchase counts ``1 + confidence`` times what was never touched, which
        counts once.
    penalty
        Ridge penalty in multiples of ``sqrt(likings a customer) + sqrt(likings a product)``: about the largest singular
        value of a shop where everybody buys by lot, below which a direction is noise (Bai and Yin 1993). Penalties act
        as a threshold on singular values (Srebro et al. 2005), so one default serves small shops and large ones.
    """

    name: ClassVar[str] = "als"

    def __init__(
        self,
        factors: int = 64,
        penalty: float = 1.3,
        confidence: float = 1.0,
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
        liked = self._liked(seen)
        self.strength_ = self.penalty * _noise(liked)
        with threadpool_limits(1, "blas"):  # implicit brings its own threads
            model = self._model(min(self.factors, max(1, min(seen.customers, seen.products) - 1)))
            model.fit(liked, show_progress=False)
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
        order = np.lexsort((products, -scores))
        products, scores = np.take_along_axis(products, order, 1), np.take_along_axis(scores, order, 1)
        held = (scores > FAINT) & (np.diff(liked.indptr) > 0)[:, None]
        return Proposals(np.where(held, products, -1).astype(np.int32), np.where(held, scores, 0).astype(np.float32))

    def arrays(self) -> Arrays:
        return {"products": self.products_, "strength": np.array([self.strength_])}

    def restored(self, arrays: Arrays) -> Self:
        self.products_ = np.array(arrays["products"], np.float32)  # a copy: implicit wants to be able to write
        self.strength_ = float(arrays["strength"][0])
        with threadpool_limits(1, "blas"):
            self._folding = self._model(self.products_.shape[1])
        self._folding.item_factors = self.products_
        return self

    def _model(self, factors: int) -> AlternatingLeastSquares:
        return AlternatingLeastSquares(
            factors,
            regularization=self.strength_,
            iterations=self.iterations,
            random_state=self.seed,
            use_gpu=False,
        )

    def _liked(self, histories: Interactions) -> csr_matrix:
        liked = histories.rooted(dict(self.weights))
        liked.data = 1 + np.float32(self.confidence) * liked.data
        return csr_matrix(liked)


def _noise(liked: csr_matrix) -> float:
    customers, products = liked.shape
    return float(np.sqrt(liked.nnz / max(customers, 1)) + np.sqrt(liked.nnz / max(products, 1))) or 1.0
