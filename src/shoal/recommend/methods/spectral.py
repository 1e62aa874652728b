"""The broad tastes of the shop: customers are seen through its strongest directions and the noise is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

import numpy as np
from scipy.sparse import csr_array, diags_array
from sklearn.utils.extmath import randomized_svd

from shoal.recommend.contract import Arrays, Proposals, best_dense, stacked
from shoal.recommend.interactions import WEIGHTS, Floats, Interactions

ROWS = 2_000


class Spectral:
    """An ideal low-pass filter on the graph of customers and products (Shen et al. 2021, GF-CF).

    Likings are divided by the degrees of customer (power .5) and product (`flatness`), and projected on the leading
    singular directions.
    """

    name: ClassVar[str] = "spectral"

    def __init__(
        self, directions: int = 40, flatness: float = 0.3, weights: Mapping[str, float] = WEIGHTS, seed: int = 0
    ) -> None:
        self.directions = directions
        self.flatness = flatness
        self.weights = weights
        self.seed = seed

    def fit(self, seen: Interactions) -> Self:
        liked = seen.rooted(dict(self.weights))
        popular = np.maximum(np.asarray(liked.sum(axis=0)).ravel(), 1e-6)
        self.scale_: Floats = (popular**-self.flatness).astype(np.float32)
        customers = np.maximum(np.asarray(liked.sum(axis=1)).ravel(), 1e-6) ** -0.5
        filtered = csr_array(diags_array(customers.astype(np.float32)) @ liked @ diags_array(self.scale_))
        directions = min(self.directions, min(filtered.shape) - 1)
        if directions < 1 or not filtered.nnz:
            self.directions_: Floats = np.zeros((1, seen.products), np.float32)
            return self
        self.directions_ = randomized_svd(filtered, directions, n_iter=4, random_state=self.seed)[2].astype(np.float32)
        return self

    def propose(self, histories: Interactions, n: int) -> Proposals:
        liked = csr_array(histories.rooted(dict(self.weights)) @ diags_array(self.scale_))
        seen_through = liked @ self.directions_.T
        parts = [
            best_dense((seen_through[a : a + ROWS] @ self.directions_) / self.scale_, n)
            for a in range(0, max(len(seen_through), 1), ROWS)
        ]
        return stacked(parts, n)

    def arrays(self) -> Arrays:
        return {"directions": self.directions_, "scale": self.scale_}

    def restored(self, arrays: Arrays) -> Self:
        self.directions_ = np.asarray(arrays["directions"], np.float32)
        self.scale_ = np.asarray(arrays["scale"], np.float32)
        return self
