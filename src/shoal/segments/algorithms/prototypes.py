"""K-prototypes: k-means for tables with text columns. A centre has a mean for each number and a mode for each text.

Source: Huang 1998, "Extensions to the k-means algorithm for clustering large data sets with categorical values". The
one thing to know: a text column is a block of axes, one a level. A centre with the mode's axis alone lies at squared
distance 2 w² from every row of another level (w: the axes' weight) and at 0 from its own, so the nearest centre is
Huang's nearest prototype with gamma = 2 w², and the frozen model needs no rule of its own.
"""

from __future__ import annotations

import numpy as np
from sklearn.cluster import kmeans_plusplus

from shoal.measures.clustering import Floats, Labels, within
from shoal.segments.algorithms.kmeans import single_thread
from shoal.segments.algorithms.task import Found, Method, Task, by_centres, means

SEED_ROWS = 10_000


def fit(task: Task) -> Found:
    """Groups of the nearest prototype: the best of `n_init` starts on a sample, then moved on all rows."""
    rows = task.points[task.sample(SEED_ROWS)]
    rng = np.random.RandomState(task.seed) if isinstance(task.seed, int) else task.seed or np.random.RandomState()
    with single_thread():
        starts = [kmeans_plusplus(rows, task.k, random_state=rng)[0] for _ in range(task.n_init)]
        tried = [_moved(rows, prototypes(start, task.blocks, rows), task)[0] for start in starts]
        best = min(tried, key=lambda centres: within(rows, _nearest(rows, centres), centres))
        centres, steps, at_rest = _moved(task.points, best, task)
    return by_centres(task.points, centres, steps, at_rest)


def prototypes(centres: Floats, blocks: tuple[tuple[int, ...], ...], rows: Floats) -> Floats:
    """The centres with each block at its mode: the largest axis at the height a row of that level has, the rest 0.

    Examples
    --------
    >>> prototypes(np.array([[5.0, 0.7, 0.3]]), ((1, 2),), np.eye(3)).tolist()
    [[5.0, 1.0, 0.0]]
    """
    moded = centres.copy()
    for block in blocks:
        axes = np.array(block)
        mode = axes[moded[:, axes].argmax(axis=1)]
        moded[:, axes] = 0.0
        moded[np.arange(len(moded)), mode] = rows[:, mode].max(axis=0)
    return moded


def _moved(rows: Floats, centres: Floats, task: Task) -> tuple[Floats, int, bool]:
    """Prototypes moved until no row changes its group, the steps taken, and whether they came to rest."""
    labels = _nearest(rows, centres)
    for step in range(1, task.max_iter + 1):
        empty = np.bincount(labels, minlength=task.k) == 0
        centres = np.where(empty[:, None], centres, prototypes(means(rows, labels, task.k), task.blocks, rows))
        again = _nearest(rows, centres)
        if (again == labels).all():
            return centres, step, True
        labels = again
    return centres, task.max_iter, False


def _nearest(rows: Floats, centres: Floats) -> Labels:
    """The nearest centre by one matrix product: quick, and near ties do not matter on the way."""
    labels: Labels = ((centres**2).sum(1) - 2 * rows @ centres.T).argmin(axis=1)
    return labels


METHOD = Method("kprototypes", fit)
