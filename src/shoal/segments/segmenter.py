"""`Segmenter`: k-means with scikit-learn's manners, on any matrix. What enters is (n, d), what leaves is labels from 0.

The stage `segment` uses it on a space of customer features; it is as good alone, in a pipeline or a grid search.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted, check_random_state, validate_data

from shoal.measures.clustering import Floats, Labels, nearest
from shoal.segments.algorithms.kmeans import fit_kmeans


class Segmenter(ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """Groups of rows that lie close together.

    Parameters
    ----------
    k
        Number of segments.
    init
        ``k-means++`` or ``random``: how the first centres are drawn.
    n_init
        Number of runs; the one with the smallest inertia is kept.
    max_iter, tol
        A run ends after `max_iter` steps, or when the centres move by no more than `tol` times the mean variance.
    random_state
        Seed of the draws.

    Attributes
    ----------
    labels_ : (n,) int, from 0
    cluster_centers_ : (k, d) float
    inertia_ : float, sum of squared distances to the own centre
    n_iter_ : int, steps of the run that was kept
    converged_ : bool, False where `max_iter` ended the run

    Examples
    --------
    >>> Segmenter(k=2, random_state=0).fit([[0.0], [1.0], [10.0], [11.0]]).inertia_
    1.0
    """

    def __init__(
        self,
        k: int = 5,
        *,
        init: str = "k-means++",
        n_init: int = 10,
        max_iter: int = 300,
        tol: float = 1e-4,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.k = k
        self.init = init
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: Any = None, seeding_rows: Labels | None = None) -> Self:  # noqa: ARG002
        """Find the segments of the rows of `X`. `y` is ignored; `seeding_rows` draws the first centres from those rows.

        Raises ``ValueError`` as scikit-learn does: fewer rows than `k`, missing or infinite values.
        """
        points: Floats = validate_data(self, X, dtype=np.float64)
        found = fit_kmeans(
            points,
            self.k,
            init=self.init,
            n_init=self.n_init,
            max_iter=self.max_iter,
            tol=self.tol,
            random_state=self.random_state if self.random_state is None else self._draws(),
            seeding_rows=seeding_rows,
        )
        self.labels_, self.cluster_centers_ = found.labels, found.centres
        self.inertia_, self.n_iter_, self.converged_ = found.inertia, found.n_iter, found.converged
        return self

    def predict(self, X: ArrayLike) -> Labels:
        """The nearest segment of each row, from 0."""
        check_is_fitted(self)
        points: Floats = validate_data(self, X, reset=False, dtype=np.float64)
        return nearest(points, self.cluster_centers_).label

    def _draws(self) -> int | np.random.RandomState | None:
        if isinstance(self.random_state, int | np.integer):
            return int(self.random_state)
        drawn: np.random.RandomState = check_random_state(self.random_state)
        return drawn
