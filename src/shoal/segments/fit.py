"""The fit in a space: points go in, centres in the order of segment numbers come out.

The one thing to know: the textbook's space with a number asked for is always fitted on all rows with all runs. Other
fits on a large shop take their first centres from a reproducible sample, which costs a tenth and differs by a fraction
of a percent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from shoal.features.result import Features
from shoal.measures.clustering import Floats, Labels, Nearest
from shoal.measures.sampling import smallest_digests
from shoal.segments.algorithms import kmeans
from shoal.segments.algorithms.labelled import ContradictionError
from shoal.segments.algorithms.registry import METHODS
from shoal.segments.algorithms.task import Found, Task
from shoal.segments.guidance import Said, contradicted
from shoal.segments.model import SegmentModel
from shoal.segments.result import number_of, ranks
from shoal.segments.settings import SegmentSettings, texts
from shoal.segments.space import numbers
from shoal.segments.spaces import FittedSpace
from shoal.words.errors import UsageError, error


@dataclass(frozen=True, slots=True)
class Fit:
    """A fit, how many customers gave its first centres, and the name of the method that made it."""

    found: Found
    seeded_on: int
    algorithm: str = "kmeans"

    def model(self, fitted: FittedSpace, customers: Sequence[str]) -> SegmentModel:
        """The fit, frozen: who stands where in that space."""
        numbers = tuple(number_of(label) for label in range(len(self.found.centres)))
        return SegmentModel.of(fitted.space, self.found, numbers, self.algorithm, customers)

    def placed(self, fitted: FittedSpace, features: Features, customers: Sequence[str]) -> Nearest:
        """Everybody's group as the frozen model gives it."""
        return self.model(fitted, customers).place(features.table, fitted.points)


def task_of(points: Floats, k: int, settings: SegmentSettings, runs: int | None = None) -> Task:
    """The points with the settings asked for; `runs` overrides how many starts are tried."""
    return Task(
        points,
        k,
        init=settings.init,
        n_init=runs or settings.n_init,
        max_iter=settings.max_iter,
        tol=settings.tol,
        seed=settings.seed,
    )


def run(X: Floats, k: int, settings: SegmentSettings, runs: int | None = None) -> Found:
    """One k-means of k groups with the settings asked for; `runs` overrides how many starts are tried."""
    return kmeans.fit(task_of(X, k, settings, runs))


def fit_space_points(
    fitted: FittedSpace,
    k: int,
    features: Features,
    customers: Sequence[str],
    settings: SegmentSettings,
    said: Said | None = None,
) -> Fit:
    """The fit of k groups in a space, on all customers; labels and centres as the method numbers them.

    `settings.algorithm` is a method's name here. Raises `UsageError` where a number was asked for that the method does
    not fill, or where what was said of customers cannot all be so.
    """
    points = fitted.points
    if points.shape[1] == 0:
        alone = Found(points[:1], np.zeros(len(points), dtype=np.int64), 0.0, 0, converged=True)
        return Fit(alone, len(points), settings.algorithm)
    task = replace(
        task_of(points, k, settings),
        values=_behind(fitted, features) if settings.algorithm == "rules" else None,
        blocks=fitted.space.blocks,
        sampled=None if _textbook(fitted, settings) else lambda size: sample_rows(customers, size),
        **(said.of_rows if said else {}),
    )
    try:
        found = (METHODS[settings.algorithm] if k > 1 else kmeans.METHOD).fit(task)  # one group is one group
    except ContradictionError as problem:
        raise contradicted(problem, customers) from problem
    _refuse_unfilled(found, settings)
    return Fit(found, found.fitted_on or _seeded_on(task, settings), settings.algorithm)


def _textbook(fitted: FittedSpace, settings: SegmentSettings) -> bool:
    return fitted.space.name == "standardised" and isinstance(settings.k, int) and settings.algorithm == "kmeans"


def _seeded_on(task: Task, settings: SegmentSettings) -> int:
    sampled = settings.algorithm == "kmeans" and task.sampled is not None and len(task.points) > kmeans.LARGE_ROWS
    return kmeans.SEED_ROWS if sampled else len(task.points)


def _behind(fitted: FittedSpace, features: Features) -> Floats:
    """The features behind the axes in their own units, NaN where one is empty: a rule must not invent a value."""
    bare = replace(fitted.space, columns=tuple(replace(column, fill=None) for column in fitted.space.columns))
    return bare.values(features.table)


def _refuse_unfilled(found: Found, settings: SegmentSettings) -> None:
    filled = len(found.centres)
    if isinstance(settings.k, int) and filled < settings.k:
        raise error(UsageError, texts, "unfilled", algorithm=settings.algorithm, k=settings.k, filled=filled)


def sample_rows(customers: Sequence[str], size: int) -> Labels:
    """Positions of a reproducible sample of customers: those with the smallest md5, whatever order they stand in."""
    return smallest_digests(customers, size)


def in_order(fit: Fit, features: Features) -> Fit:
    """The same fit with its groups in the order of their numbers: by spend, in a plain table by size."""
    found = fit.found
    k = len(found.centres)
    sizes = np.bincount(found.labels, minlength=k).astype(np.float64)
    order = ranks(_spend(found.labels, k, features), sizes)
    place = np.empty(k, dtype=np.int64)
    place[order] = np.arange(k)
    return replace(fit, found=found.renumbered(place))


def _spend(labels: Labels, k: int, features: Features) -> Floats:
    """Each group's spend, zero where none is known."""
    if not any(info.name == "spend_total" and info.kind == "money" for info in features.columns):
        return np.zeros(k)
    spent = np.nan_to_num(numbers(features.table, "spend_total"))
    return np.bincount(labels, weights=spent, minlength=k).astype(np.float64)
