"""K-means: a matrix (n, d) goes in, k centres and labels from 0 come out. The work is scikit-learn's.

The one thing to know: fits run on one thread. Sums over several threads are added in the order the threads happen to
end, so the last bits of a centre would depend on the machine; one thread makes two runs equal byte for byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from sklearn.cluster import KMeans
from threadpoolctl import ThreadpoolController

from shoal.measures.clustering import Floats, Labels, distinct_rows


@dataclass(frozen=True, slots=True)
class KMeansFit:
    """Centres (k, d), labels from 0 (n), the inertia, Lloyd iterations of the best run, and whether it converged."""

    centres: Floats
    labels: Labels
    inertia: float
    n_iter: int
    converged: bool


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
) -> KMeansFit:
    """The best of `n_init` runs of Lloyd's k-means on the rows of `X`.

    Without `seeding_rows` this is ``KMeans(k, init, n_init, max_iter, tol, random_state)`` on all rows, the textbook
    recipe. With them the runs happen on those rows only and one run on all rows starts from their best centres: a
    million rows for the price of a sample, at the same inertia to a fraction of a percent.
    """
    with _threads().limit(limits=1):
        settings = {"max_iter": max_iter, "tol": tol, "random_state": random_state}
        if seeding_rows is not None and distinct_rows(X[seeding_rows], k) >= k:
            seeded = KMeans(k, init=init, n_init=n_init, **settings).fit(X[seeding_rows])
            best = KMeans(k, init=seeded.cluster_centers_, n_init=1, **settings).fit(X)
        else:
            best = KMeans(k, init=init, n_init=n_init, **settings).fit(X)
    labels = best.labels_.astype(np.int64)
    converged = best.n_iter_ < max_iter or _at_rest(X, labels, best.cluster_centers_, tol)
    return KMeansFit(best.cluster_centers_, labels, float(best.inertia_), int(best.n_iter_), converged)


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
