"""Mini-batch k-means: for shops too large to go over again and again. Each step looks at a few thousand customers.

Source: Sculley 2010, "Web-scale k-means clustering"; scikit-learn's. The one thing to know: its inertia is a few
percent above that of k-means, so it is for tables where k-means would take minutes.
"""

from __future__ import annotations

from sklearn.cluster import MiniBatchKMeans

from shoal.segments.algorithms.kmeans import single_thread
from shoal.segments.algorithms.task import Found, Method, Task, by_centres

BATCH = 4_096


def fit(task: Task) -> Found:
    """Groups of the nearest centre, learned in batches.

    Examples
    --------
    >>> import numpy as np
    >>> fit(Task(np.array([[0.0], [1.0], [10.0], [11.0]]), 2)).labels.tolist() in ([0, 0, 1, 1], [1, 1, 0, 0])
    True
    """
    model = MiniBatchKMeans(
        task.k,
        init=task.init,
        n_init=task.n_init,
        max_iter=task.max_iter,
        tol=task.tol,
        batch_size=BATCH,
        random_state=task.seed,
    )
    with single_thread():
        model.fit(task.points)
    return by_centres(task.points, model.cluster_centers_, int(model.n_iter_), model.n_iter_ < task.max_iter)


METHOD = Method("minibatch", fit)
