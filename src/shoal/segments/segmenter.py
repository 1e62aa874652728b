"""`Segmenter`: every method with scikit-learn's manners, on any matrix. What enters is (n, d), what leaves is labels.

The stage `segment` uses the same methods on a space of customer features; this is as good alone, in a pipeline or a
grid search.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted, check_random_state, validate_data

from shoal.measures.clustering import Floats, Labels, Nearest, nearest
from shoal.segments.algorithms.registry import METHODS
from shoal.segments.algorithms.task import Found, Task

Pairs = Sequence[tuple[int, int]]


class Segmenter(ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """Groups of rows that belong together.

    Parameters
    ----------
    k
        Number of segments. ``hdbscan`` finds its own.
    algorithm
        ``kmeans``, ``minibatch``, ``bisecting``, ``mixture``, ``hdbscan``, ``kprototypes``, ``labelled``, ``rules`` or
        ``factors``.
    init
        ``k-means++`` or ``random``: how the first centres are drawn.
    n_init
        Number of runs; the one with the smallest inertia is kept.
    max_iter, tol
        A run ends after `max_iter` steps, or when the centres move by no more than `tol` times the mean variance.
    random_state
        Seed of the draws.
    blocks
        For ``kprototypes``: the columns that are the levels of one text column each, one-hot, such as ``((2, 3, 4),)``.
    must, cannot
        For ``labelled``: pairs of rows that belong together, or must not.

    Attributes
    ----------
    labels_ : (n,) int, from 0
    cluster_centers_ : (k, d) float
    inertia_ : float, sum of squared distances to the own centre
    n_iter_ : int, steps of the run that was kept
    converged_ : bool, False where `max_iter` ended the run
    confidence_ : (n,) float, from 0 on the border of two segments to 1

    Examples
    --------
    >>> Segmenter(k=2, random_state=0).fit([[0.0], [1.0], [10.0], [11.0]]).inertia_
    1.0
    >>> Segmenter(k=2, algorithm="rules").fit([[0.0], [1.0], [10.0], [11.0]]).predict([[0.5], [4.0]]).tolist()
    [0, 1]
    """

    def __init__(
        self,
        k: int = 5,
        *,
        algorithm: str = "kmeans",
        init: str = "k-means++",
        n_init: int = 10,
        max_iter: int = 300,
        tol: float = 1e-4,
        random_state: int | np.random.RandomState | None = None,
        blocks: Sequence[Sequence[int]] = (),
        must: Pairs = (),
        cannot: Pairs = (),
    ) -> None:
        self.k = k
        self.algorithm = algorithm
        self.init = init
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state
        self.blocks = blocks
        self.must = must
        self.cannot = cannot

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Find the segments of the rows of `X`.

        `y` is ignored, but by ``labelled``: there it holds a group from 0 for rows whose group is known, -1 for others.
        Raises ``ValueError`` as scikit-learn does: fewer rows than `k`, missing or infinite values, words about rows
        that contradict each other.
        """
        if self.algorithm not in METHODS:
            raise ValueError(f"algorithm={self.algorithm!r}; there are {', '.join(METHODS)}")
        points: Floats = validate_data(self, X, dtype=np.float64)
        if len(points) < self.k:
            raise ValueError(f"n_samples={len(points)} should be >= k={self.k}.")
        known = None if y is None or self.algorithm != "labelled" else np.asarray(y, dtype=np.int64)
        self._found = METHODS[self.algorithm].fit(self._task(points, known))
        self.cluster_centers_ = self._found.centres
        self.inertia_, self.n_iter_, self.converged_ = self._found.inertia, self._found.n_iter, self._found.converged
        self.labels_, self.confidence_ = self._found.labels, self._placed(points).confidence
        return self

    def _task(self, points: Floats, known: Labels | None) -> Task:
        return Task(
            points,
            self.k,
            init=self.init,
            n_init=self.n_init,
            max_iter=self.max_iter,
            tol=self.tol,
            seed=self.random_state if self.random_state is None else self._draws(),
            blocks=tuple(tuple(block) for block in self.blocks),
            known=known,
            must=tuple(self.must),
            cannot=tuple(self.cannot),
        )

    def predict(self, X: ArrayLike) -> Labels:
        """The segment of each row, from 0, by the method's own rule; most take the nearest centre."""
        check_is_fitted(self)
        points: Floats = validate_data(self, X, reset=False, dtype=np.float64)
        return self._placed(points).label

    def _placed(self, points: Floats) -> Nearest:
        found: Found = self._found
        if found.membership is None:
            return nearest(points, found.centres)
        placed: Nearest = found.membership.place(points, found.centres)
        return placed

    def _draws(self) -> int | np.random.RandomState | None:
        if isinstance(self.random_state, int | np.integer):
            return int(self.random_state)
        drawn: np.random.RandomState = check_random_state(self.random_state)
        return drawn
