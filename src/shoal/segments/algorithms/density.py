"""HDBSCAN: groups wherever customers stand close, of any shape; whoever stands alone is in none.

Source: Campello, Moulavi and Sander 2013; scikit-learn's. The one thing to know: the method finds the number itself and
says nothing of customers it has not seen. So each group is kept as exemplars, places all over the group where its
members stand; a customer belongs to the group of the nearest exemplar, and with confidence 0 where no member of that
group stands so far from one (ours).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
from sklearn.cluster import HDBSCAN, KMeans

from shoal.measures.clustering import Floats, Labels, Nearest
from shoal.segments.algorithms.kmeans import single_thread
from shoal.segments.algorithms.task import Found, Method, Task, by_rule, means

FIT_ROWS = 10_000
"""More customers than this are not compared with each other: cost grows with their square."""
SMALLEST = 10
SMALLEST_SHARE = 0.02
"""A group holds at least this share of the customers, and never fewer than ten: a smaller one is noise."""
EXEMPLARS = 240
"""So many exemplars in all: enough to follow a bent group, few enough to place a million customers in seconds."""
MOST_ALONE = 0.5
"""Where more customers than this share stand alone, what density finds is chance: one group."""
MEMBERS_A_BALL = 3
BLOCK = 8_192
DIGITS = 10
"""Squared distances count to so many digits, so that a tie is a tie whatever rows stand beside it."""


@dataclass(frozen=True, slots=True)
class Exemplars:
    """Places (m, d), the group of each, and for each group how far its members stand from their nearest exemplar."""

    kept_as: ClassVar[str] = "exemplars"

    places: tuple[tuple[float, ...], ...]
    groups: tuple[int, ...]
    reach: tuple[float, ...]

    def place(self, rows: Floats, centres: Floats) -> Nearest:  # noqa: ARG002  the exemplars are the centres here
        """The group of the nearest exemplar, and the nearest of another group; who is out of reach is on the border."""
        parts = [self._placed(rows[start : start + BLOCK]) for start in range(0, max(len(rows), 1), BLOCK)]
        return Nearest(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def _placed(self, rows: Floats) -> tuple[Labels, Labels, Floats, Floats]:
        places, groups = np.array(self.places), np.array(self.groups)
        lengths = (places**2).sum(1)
        close = _rounded((rows**2).sum(1)[:, None] - 2 * rows @ places.T + lengths, float(lengths.max()))
        at = np.arange(len(rows))
        nearest = close.argmin(axis=1)
        label = groups[nearest]
        own = _apart(rows, places[nearest])
        if len(self.reach) == 1:
            return label, np.full(len(rows), -1, dtype=np.int64), own, np.full(len(rows), np.inf)
        close[groups[None, :] == label[:, None]] = np.inf
        other = close.argmin(axis=1)
        beside = np.maximum(_apart(rows, places[other]), own)
        outside = own > np.array(self.reach)[label]
        return label, groups[other], np.where(outside, beside, own)[at], beside

    def renumbered(self, place: Labels) -> Self:
        """The same exemplars, their groups renamed."""
        reach = tuple(self.reach[i] for i in np.argsort(place))
        return replace(self, groups=tuple(int(place[group]) for group in self.groups), reach=reach)


def _rounded(squared: Floats, size: float) -> Floats:
    """Squared distances in steps far below `size`, that of the exemplars: the same whatever rows are placed."""
    step = 10.0 ** (np.floor(np.log10(max(size, 1e-300))) - DIGITS)
    return np.asarray(np.round(squared / step))


def _apart(rows: Floats, others: Floats) -> Floats:
    step = rows - others
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", step, step)))


def fit(task: Task) -> Found:
    """Groups where customers stand close; one group where fewer than two are found, or most customers stand alone.

    Learned on at most `FIT_ROWS` customers.
    """
    rows = task.points[task.sample(FIT_ROWS)]
    least = min(max(SMALLEST, int(SMALLEST_SHARE * len(rows))), max(2, len(rows) // 2))
    with single_thread():
        labels = HDBSCAN(min_cluster_size=least, min_samples=min(SMALLEST, least), copy=True).fit_predict(rows)
        found = int(labels.max()) + 1
        if found < 2 or (labels < 0).mean() > MOST_ALONE:
            return _everybody(task)
        learned = _exemplars(rows, labels.astype(np.int64), found)
    return by_rule(task, learned, 1, converged=True, learned_on=len(rows))


def _everybody(task: Task) -> Found:
    labels = np.zeros(len(task.points), dtype=np.int64)
    centre = means(task.points, labels, 1)
    return Found(centre, labels, float(((task.points - centre) ** 2).sum()), 1, True)


def _exemplars(rows: Floats, labels: Labels, k: int) -> Exemplars:
    """The exemplars of each group: the centres of many small balls its members fall into."""
    each = max(1, EXEMPLARS // k)
    places, groups, reach = list[Floats](), list[int](), list[float]()
    for group in range(k):
        members = rows[labels == group]
        balls = max(1, min(each, len(members) // MEMBERS_A_BALL, len(np.unique(members, axis=0))))
        around = KMeans(balls, n_init=1, random_state=0).fit(members).cluster_centers_
        apart = np.min([_apart(members, place[None]) for place in around], axis=0)
        places.append(around)
        groups += [group] * balls
        reach.append(float(apart.max()))
    return Exemplars(tuple(map(tuple, np.vstack(places).tolist())), tuple(groups), tuple(reach))


METHOD = Method("hdbscan", fit, finds_k=True)
