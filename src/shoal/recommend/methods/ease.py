"""EASE: the best linear map from what a customer has to what the customer wants, in closed form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky
from scipy.linalg.lapack import dpotri

from shoal.recommend.contract import Arrays, Proposals, best_dense, stacked
from shoal.recommend.interactions import WEIGHTS, Floats, Interactions

ROWS = 2_000


class Ease:
    """Embarrassingly shallow autoencoder (Steck 2019): ``B = I - P / diag(P)`` with ``P = (X'X + penalty I)^-1``.

    Costs products squared in memory and cubed in time: for catalogues of some thousands.

    Parameters
    ----------
    penalty
        Ridge penalty, in multiples of the mean diagonal of ``X'X`` times ten; scale-free, so that one default serves.
    """

    name: ClassVar[str] = "ease"

    def __init__(self, penalty: float = 0.5, weights: Mapping[str, float] = WEIGHTS) -> None:
        self.penalty = penalty
        self.weights = weights

    def fit(self, seen: Interactions) -> Self:
        liked = seen.rooted(dict(self.weights))
        gram = (liked.T @ liked).toarray().astype(np.float64)
        held = gram.diagonal() > 0
        strength = 10 * self.penalty * float(gram.diagonal()[held].mean()) if held.any() else 1.0
        gram[np.diag_indices_from(gram)] += strength
        inverse = _inverse(gram)
        linear = -inverse / inverse.diagonal()
        linear[np.diag_indices_from(linear)] = 0
        self.linear_: Floats = linear.astype(np.float32)
        return self

    def propose(self, histories: Interactions, n: int) -> Proposals:
        liked = histories.rooted(dict(self.weights))
        parts = [best_dense(liked[a : a + ROWS] @ self.linear_, n) for a in range(0, max(liked.shape[0], 1), ROWS)]
        return stacked(parts, n)

    def arrays(self) -> Arrays:
        return {"linear": self.linear_}

    def restored(self, arrays: Arrays) -> Self:
        self.linear_ = np.asarray(arrays["linear"], np.float32)
        return self


def _inverse(gram: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse of a positive definite matrix from its Cholesky factor: a third of the work of solving for it."""
    lower, problem = dpotri(cholesky(gram, lower=True, overwrite_a=True, check_finite=False), lower=1, overwrite_c=1)
    if problem:
        raise np.linalg.LinAlgError(f"dpotri: {problem}")
    inverse = np.tril(lower)
    return np.asarray(inverse + np.tril(lower, -1).T)
