"""Bisecting k-means: the group with the largest inertia is cut in two until there are enough.

Source: Steinbach, Karypis and Kumar 2000, "A comparison of document clustering techniques"; scikit-learn's. The one
thing to know: every customer then goes to the nearest of the final centres, which may lie across an early cut.
"""

from __future__ import annotations

from sklearn.cluster import BisectingKMeans

from shoal.segments.algorithms.kmeans import single_thread
from shoal.segments.algorithms.task import Found, Method, Task, by_centres


def fit(task: Task) -> Found:
    """Groups of the nearest centre, the centres found by cutting in two.

    Examples
    --------
    >>> import numpy as np
    >>> fit(Task(np.array([[0.0], [1.0], [10.0], [11.0]]), 2)).inertia
    1.0
    """
    model = BisectingKMeans(
        task.k, init=task.init, n_init=task.n_init, max_iter=task.max_iter, tol=task.tol, random_state=task.seed
    )
    with single_thread():
        model.fit(task.points)
    return by_centres(task.points, model.cluster_centers_, task.k - 1, converged=True)


METHOD = Method("bisecting", fit)
