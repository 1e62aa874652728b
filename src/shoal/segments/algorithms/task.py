"""What every method is given, and what every method gives back.

The one thing to know: labels are never the method's own report but what its membership rule says of the same rows, so
a frozen model repeats the study to the last customer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Protocol, Self

import numpy as np

from shoal.measures.clustering import Floats, Labels, Nearest, nearest, within

BLOCK = 16_384


class Membership(Protocol):
    """How a point finds its group where the nearest centre is not the rule; plain numbers, kept as JSON."""

    kept_as: ClassVar[str]

    def place(self, rows: Floats, centres: Floats) -> Nearest:
        """The group of each row, the next one, and how far both are."""

    def renumbered(self, place: Labels) -> Self:
        """The same rule with group ``i`` called ``place[i]``."""


@dataclass(frozen=True, slots=True)
class Found:
    """Centres (k, d), labels from 0 (n), the inertia, steps taken, and whether it came to rest.

    `membership` is None where the nearest centre is the rule. `fitted_on` rows were learned from; None means all.
    `pinned` are rows that a person's word keeps in a group whose centre is not the nearest: (row, group).
    """

    centres: Floats
    labels: Labels
    inertia: float
    n_iter: int
    converged: bool
    membership: Any = None
    fitted_on: int | None = None
    pinned: tuple[tuple[int, int], ...] = ()

    def renumbered(self, place: Labels) -> Found:
        """The same groups with group ``i`` called ``place[i]``."""
        return replace(
            self,
            centres=self.centres[np.argsort(place)],
            labels=place[self.labels],
            membership=None if self.membership is None else self.membership.renumbered(place),
            pinned=tuple((row, int(place[group])) for row, group in self.pinned),
        )


@dataclass(frozen=True)
class Task:
    """What a method may look at: points (n, d), and how it is to go about them.

    `k` is the number of groups; a method that finds the number itself ignores it. `values` are the features behind the
    points in their own units, for methods whose groups are rules (the points themselves when None). `blocks` names the
    axes that are the levels of one text column each. `known` holds a group from 0 a person gave to a row, -1 for none;
    `must` and `cannot` are pairs of rows. `sampled` gives the positions of a reproducible sample of so many rows.
    """

    points: Floats
    k: int
    n_init: int = 10
    init: str = "k-means++"
    max_iter: int = 300
    tol: float = 1e-4
    seed: int | np.random.RandomState | None = 0
    values: Floats | None = None
    blocks: tuple[tuple[int, ...], ...] = ()
    known: Labels | None = None
    must: tuple[tuple[int, int], ...] = ()
    cannot: tuple[tuple[int, int], ...] = ()
    sampled: Callable[[int], Labels] | None = None

    def sample(self, size: int) -> Labels:
        """Positions of at most `size` rows: all of them, or a reproducible sample in the order of the rows."""
        if len(self.points) <= size:
            return np.arange(len(self.points), dtype=np.int64)
        if self.sampled is not None:
            return np.sort(self.sampled(size))
        rng = np.random.default_rng(self.seed if isinstance(self.seed, int) else 0)
        return np.sort(rng.permutation(len(self.points))[:size]).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Method:
    """A method by name. `finds_k` says that it finds the number of groups itself.

    `best_k` is its own criterion for the number, from 1 to a highest one, where it has one.
    """

    name: str
    fit: Callable[[Task], Found]
    finds_k: bool = False
    best_k: Callable[[Task, int], int] | None = None


def by_centres(points: Floats, centres: Floats, n_iter: int, converged: bool, fitted_on: int | None = None) -> Found:
    """What was found, each row in the group of its nearest centre; a centre without rows is moved first."""
    labels = nearest(points, centres).label
    for _ in range(len(centres)):
        empty = np.flatnonzero(np.bincount(labels, minlength=len(centres)) == 0)
        if not len(empty):
            break
        centres, labels = _restarted(points, centres, labels, int(empty[0]))
    return Found(centres, labels, within(points, labels, centres), n_iter, converged, fitted_on=fitted_on)


def _restarted(points: Floats, centres: Floats, labels: Labels, empty: int) -> tuple[Floats, Labels]:
    """A centre without rows starts again on the row that lies farthest from its own."""
    step = points - centres[labels]
    moved = centres.copy()
    moved[empty] = points[int(np.einsum("ij,ij->i", step, step).argmax())]
    return moved, nearest(points, moved).label


def means(points: Floats, labels: Labels, k: int) -> Floats:
    """The mean point of each group, (k, d); zero for a group of nobody."""
    sums, sizes = np.zeros((k, points.shape[1])), np.maximum(np.bincount(labels, minlength=k), 1)
    for start in range(0, len(points), BLOCK):
        rows = slice(start, start + BLOCK)
        sums += (labels[rows] == np.arange(k)[:, None]).astype(np.float64) @ points[rows]
    return np.asarray(sums / sizes[:, None])


def by_rule(task: Task, membership: Membership, n_iter: int, converged: bool, learned_on: int) -> Found:
    """What was found, each row where the membership rule puts it; the centres are the groups' mean points."""
    labels = membership.place(task.points, task.points[:0]).label
    centres = means(task.points, labels, int(labels.max()) + 1)
    fitted_on = learned_on if learned_on < len(labels) else None
    return Found(centres, labels, within(task.points, labels, centres), n_iter, converged, membership, fitted_on)
