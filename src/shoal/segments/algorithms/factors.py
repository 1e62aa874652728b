"""Groups by collaborative-filtering factors: customers who like the same things, however much they buy.

Each row is taken to length 1, reduced to a few factors (truncated SVD: Deerwester et al. 1990, Koren et al. 2009) and
grouped by the direction it points in (spherical k-means: Dhillon and Modha 2001). The one thing to know: columns must
be amounts of liking (orders, spend by product or category, or factors of them); how much in all does not count.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
from sklearn.utils.extmath import randomized_svd

from shoal.measures.clustering import Floats, Labels, Nearest, distinct_rows, nearest
from shoal.segments.algorithms.kmeans import fit_kmeans, single_thread
from shoal.segments.algorithms.task import Found, Method, Task, by_centres, by_rule

DIMENSIONS = 16
SEED_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class FactorMap:
    """Directions (d, f) that turn a row into factors, and the groups' centres among them (k, f)."""

    kept_as: ClassVar[str] = "factors"

    directions: tuple[tuple[float, ...], ...]
    centres: tuple[tuple[float, ...], ...]

    def place(self, rows: Floats, centres: Floats) -> Nearest:  # noqa: ARG002  the map holds centres of its own
        """The group whose direction is nearest to the row's."""
        return nearest(self.factors(rows), np.array(self.centres))

    def factors(self, rows: Floats) -> Floats:
        """The factors of each row, of length 1; a row without anything stays at 0.

        Axis by axis, so that a row's are the same to the last bit whatever rows stand beside it.
        """
        turned = np.zeros((len(rows), len(self.directions[0])))
        for axis, weights in enumerate(self.directions):
            turned += rows[:, axis, None] * np.array(weights)
        return unit(turned)

    def renumbered(self, place: Labels) -> Self:
        """The same groups in another order."""
        return replace(self, centres=tuple(self.centres[i] for i in np.argsort(place)))


def unit(rows: Floats) -> Floats:
    """Rows of length 1; zero rows stay.

    Examples
    --------
    >>> unit(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [[0.6, 0.8], [0.0, 0.0]]
    """
    length = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    return np.asarray(rows / np.where(length > 0, length, 1.0)[:, None])


def fit(task: Task) -> Found:
    """Groups of customers whose factors point the same way; fewer than asked where there are fewer directions."""
    rows = unit(task.points[task.sample(SEED_ROWS)])
    wanted = min(DIMENSIONS, *rows.shape)
    seed = task.seed if isinstance(task.seed, int) else 0
    with single_thread():
        directions = randomized_svd(rows, wanted, random_state=seed)[2].T
        whole = FactorMap(tuple(map(tuple, directions.tolist())), ((0.0,) * wanted,))
        everybody = whole.factors(task.points)
        seeding = task.sample(SEED_ROWS) if len(everybody) > SEED_ROWS else None
        groups = distinct_rows(everybody, task.k)
        found = fit_kmeans(everybody, groups, n_init=task.n_init, random_state=task.seed, seeding_rows=seeding)
    centres = by_centres(everybody, found.centres, found.n_iter, found.converged).centres
    learned = replace(whole, centres=tuple(map(tuple, centres.tolist())))
    made = by_rule(task, learned, found.n_iter, found.converged, len(task.points))
    return replace(made, inertia=found.inertia)


METHOD = Method("factors", fit)
