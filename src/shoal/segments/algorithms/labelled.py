"""Groups a person has begun: some customers carry a label, or pairs belong together, or must not.

Seeded and constrained k-means (Basu, Banerjee and Mooney 2002; COP-KMeans: Wagstaff et al. 2001; pairwise constrained
k-means: Basu, Banerjee and Mooney 2004). Labels give the first centres and stay; customers who must be together are
moved as one; who must be apart are kept apart, the largest company choosing first. The one thing to know: a word is
kept even against the distances. Customers whose group is not the nearest are pinned, by name, in the frozen model.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from sklearn.cluster import kmeans_plusplus

from shoal.measures.clustering import Floats, Labels, nearest, within
from shoal.segments.algorithms.task import Found, Method, Task, means

SEED_ROWS = 10_000


class ContradictionError(ValueError):
    """What was said cannot all be so: rows that must be together and apart, or carry two labels."""


@dataclass
class Company:
    """Rows that stay together, the label they carry (-1: none), and the companies they must be apart from."""

    rows: Labels
    label: int
    apart: set[int] = field(default_factory=set)


def fit(task: Task) -> Found:
    """Groups around the labels, as many more as `k` asks for, with every word kept that can be.

    Raises
    ------
    ContradictionError
        Two labels, or a cannot-link, among rows that must be together; fewer groups than labels; no group left that a
        company may be in.
    """
    companies = _companies(task)
    centres = _seeds(task, companies)
    labels, steps, at_rest = np.full(len(task.points), -1, dtype=np.int64), 0, False
    while steps < task.max_iter and not at_rest:
        again, steps = _placed(task.points, centres, companies), steps + 1
        at_rest = bool((again == labels).all())
        empty = np.bincount(again, minlength=task.k) == 0
        labels, centres = again, np.where(empty[:, None], centres, means(task.points, again, task.k))
    free = nearest(task.points, centres).label
    pinned = tuple((int(row), int(labels[row])) for row in np.flatnonzero(free != labels))
    return Found(centres, labels, within(task.points, labels, centres), steps, at_rest, pinned=pinned)


def _companies(task: Task) -> list[Company]:
    """Everybody of whom something was said, in companies that stay together; the largest first."""
    known = np.full(len(task.points), -1, dtype=np.int64) if task.known is None else task.known
    said = {row for pair in (*task.must, *task.cannot) for row in pair} | set(np.flatnonzero(known >= 0).tolist())
    leader = {row: row for row in said}
    for one, other in task.must:
        leader[_first(leader, one)] = _first(leader, other)
    by_leader = dict[int, list[int]]()
    for row in sorted(said):
        by_leader.setdefault(_first(leader, row), []).append(row)
    companies = [Company(np.array(rows), _label_of(rows, known)) for rows in by_leader.values()]
    companies.sort(key=lambda company: (-len(company.rows), int(company.rows[0])))
    where = {int(row): number for number, company in enumerate(companies) for row in company.rows}
    for one, other in task.cannot:
        fixed = companies[where[one]].label
        if where[one] == where[other] or (fixed >= 0 and fixed == companies[where[other]].label):
            raise ContradictionError(one, other)
        companies[where[one]].apart.add(where[other])
        companies[where[other]].apart.add(where[one])
    return companies


def _first(leader: dict[int, int], row: int) -> int:
    while leader[row] != row:
        leader[row] = leader[leader[row]]
        row = leader[row]
    return row


def _label_of(rows: list[int], known: Labels) -> int:
    labels = {int(known[row]) for row in rows if known[row] >= 0}
    if len(labels) > 1:
        raise ContradictionError(*[next(row for row in rows if known[row] == label) for label in sorted(labels)[:2]])
    return labels.pop() if labels else -1


def _seeds(task: Task, companies: list[Company]) -> Floats:
    """A centre for each label, then the middles of the largest companies without one, then k-means++ for the rest."""
    labels = sorted({company.label for company in companies if company.label >= 0})
    seeds = {
        label: task.points[np.concatenate([c.rows for c in companies if c.label == label])].mean(axis=0)
        for label in labels
    }
    free = [group for group in range(task.k) if group not in seeds]
    middles = [task.points[c.rows].mean(axis=0) for c in companies if c.label < 0 and len(c.rows) > 1]
    seeds |= dict(zip(free, middles, strict=False))
    rows = task.points[task.sample(SEED_ROWS)]
    more = kmeans_plusplus(rows, task.k, random_state=task.seed)[0]
    for group in free[len(middles) :]:
        apart = [((more - seed) ** 2).sum(axis=1) for seed in seeds.values()] or [np.ones(len(more))]
        seeds[group] = more[int(np.min(apart, axis=0).argmax())]
    return np.array([seeds[group] for group in range(task.k)])


def _placed(points: Floats, centres: Floats, companies: list[Company]) -> Labels:
    """The nearest group of everybody nothing was said of; companies together, in the nearest group they may be in."""
    labels = nearest(points, centres).label
    taken = dict[int, int]()
    for number, company in enumerate(companies):
        taken[number] = company.label if company.label >= 0 else -1
    for number, company in enumerate(companies):
        if company.label < 0:
            step = points[company.rows][:, None] - centres[None]
            cost = np.einsum("ijk,ijk->j", step, step)
            cost[[taken[other] for other in company.apart if taken[other] >= 0]] = np.inf
            if not np.isfinite(cost).any():
                raise ContradictionError(int(company.rows[0]), int(companies[min(company.apart)].rows[0]))
            taken[number] = int(cost.argmin())
        labels[company.rows] = taken[number]
    return labels


METHOD = Method("labelled", fit)
