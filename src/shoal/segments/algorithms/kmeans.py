"""K-means: a matrix (n, d) goes in, k centres and labels from 0 come out. The work is scikit-learn's.

The one thing to know: fits run on one thread. Sums over several threads are added in the order the threads happen to
end, so the last bits of a centre would depend on the machine; one thread makes two runs equal byte for byte.
"""

from __future__ import annotations

import warnings
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

import numpy as np
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import ThreadpoolController

from shoal.measures.clustering import Floats, Labels, condensed, distinct_rows
from shoal.segments.algorithms.task import Found, Method, Task

LARGE_ROWS = 50_000
SEED_ROWS = 20_000
REPEATED = 0.5
"""Where no more than this share of the rows is different, each is looked at once, with its number as a weight."""


def fit_kmeans(
    X: Floats,
    k: int,
    *,
    init: str = "k-means++",
    n_init: int = 10,
    max_iter: int = 300,
    tol: float = 1e-4,
    random_state: int | np.random.RandomState | None = 0,
    seeding_rows: Labels | None = None,
) -> Found:
    """The best of `n_init` runs of Lloyd's k-means on the rows of `X`.

    Without `seeding_rows` this is ``KMeans(k, init, n_init, max_iter, tol, random_state)`` on all rows, the textbook
    recipe. With them the runs happen on those rows only and one run on all rows starts from their best centres; equal
    rows are looked at once, with a weight: a million rows for the price of a sample, at the same inertia to a fraction
    of a percent.
    """
    settings = {"max_iter": max_iter, "tol": tol, "random_state": random_state}
    with single_thread():
        if seeding_rows is not None and distinct_rows(X[seeding_rows], k) >= k:
            return _seeded(X, k, init, n_init, settings, seeding_rows)
        best = KMeans(k, init=init, n_init=n_init, **settings).fit(X)
    return _found(X, best, best.labels_.astype(np.int64), settings)


def _seeded(X: Floats, k: int, init: str, n_init: int, settings: dict[str, Any], seeding_rows: Labels) -> Found:
    rows, weights, _ = condensed(X[seeding_rows], REPEATED)
    seeded = KMeans(k, init=init, n_init=n_init, **settings).fit(rows, sample_weight=weights)
    repeated = len(rows) < len(seeding_rows)
    rows, weights, where = condensed(X, REPEATED) if repeated else (X, None, None)
    best = KMeans(k, init=seeded.cluster_centers_, n_init=1, **settings).fit(rows, sample_weight=weights)
    labels = best.labels_ if where is None else best.labels_[where]
    return _found(X, best, labels.astype(np.int64), settings)


def _found(X: Floats, best: KMeans, labels: Labels, settings: dict[str, Any]) -> Found:
    converged = best.n_iter_ < settings["max_iter"] or _at_rest(X, labels, best.cluster_centers_, settings["tol"])
    return Found(best.cluster_centers_, labels, float(best.inertia_), int(best.n_iter_), converged)


def fit(task: Task) -> Found:
    """Groups of the nearest centre, the best of `n_init` runs; on many rows seeded on a sample.

    Customers who differ by rounding alone may fall into fewer groups than asked. That is no news for stderr: the sizes
    of the groups are counted, and a group of nobody is never chosen.
    """
    large = len(task.points) > LARGE_ROWS and task.sampled is not None
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Number of distinct clusters", ConvergenceWarning)
        return fit_kmeans(
            task.points,
            task.k,
            init=task.init,
            n_init=task.n_init,
            max_iter=task.max_iter,
            tol=task.tol,
            random_state=task.seed,
            seeding_rows=task.sample(SEED_ROWS) if large else None,
        )


METHOD = Method("kmeans", fit)


def single_thread() -> AbstractContextManager[Any]:
    """Inside, the libraries compute on one thread."""
    limited: AbstractContextManager[Any] = _threads().limit(limits=1)
    return limited


@cache
def _threads() -> ThreadpoolController:
    """The thread pools of this process, looked up once: a look-up costs as much as a small fit."""
    return ThreadpoolController()


def _at_rest(X: Floats, labels: Labels, centres: Floats, tol: float) -> bool:
    """Whether one more step would move the centres by no more than scikit-learn's tolerance."""
    sizes = np.bincount(labels, minlength=len(centres)).astype(np.float64)
    sums = np.stack([np.bincount(labels, weights=column, minlength=len(centres)) for column in X.T], axis=1)
    moved = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], centres) - centres
    return bool((moved**2).sum() <= tol * X.var(axis=0).mean())
