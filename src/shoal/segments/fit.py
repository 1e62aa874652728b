"""The fit in a space: points go in, centres in the order of segment numbers come out.

The one thing to know: the textbook's space is always fitted on all rows with all runs. Other spaces on a large shop
take their first centres from a reproducible sample, which costs a tenth and differs by a fraction of a percent.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import md5

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from shoal.features.result import Features
from shoal.measures.clustering import Floats, Labels
from shoal.segments.algorithms.kmeans import KMeansFit, fit_kmeans
from shoal.segments.result import ranks
from shoal.segments.settings import SegmentSettings
from shoal.segments.space import numbers
from shoal.segments.spaces import FittedSpace

LARGE_ROWS = 50_000
SEED_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Fit:
    """A fit, and how many customers gave its first centres."""

    found: KMeansFit
    seeded_on: int


def run(
    X: Floats, k: int, settings: SegmentSettings, seeding_rows: Labels | None = None, runs: int | None = None
) -> KMeansFit:
    """One fit of k groups with the settings asked for; `runs` overrides how many starts are tried.

    Customers who differ by rounding alone may fall into fewer groups than asked. That is no news for stderr: the sizes
    of the groups are counted, and a group of nobody is never chosen.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Number of distinct clusters", ConvergenceWarning)
        return fit_kmeans(
            X,
            k,
            init=settings.init,
            n_init=runs or settings.n_init,
            max_iter=settings.max_iter,
            tol=settings.tol,
            random_state=settings.seed,
            seeding_rows=seeding_rows,
        )


def fit_space_points(fitted: FittedSpace, k: int, customers: Sequence[str], settings: SegmentSettings) -> Fit:
    """The fit of k groups in a space, on all customers; labels and centres as the method numbers them."""
    points = fitted.points
    if points.shape[1] == 0:
        alone = KMeansFit(points[:1], np.zeros(len(points), dtype=np.int64), 0.0, 0, True)
        return Fit(alone, len(points))
    if fitted.space.name == "standardised" or len(points) <= LARGE_ROWS:
        return Fit(run(points, k, settings), len(points))
    return Fit(run(points, k, settings, sample_rows(customers, SEED_ROWS)), SEED_ROWS)


def sample_rows(customers: Sequence[str], size: int) -> Labels:
    """Positions of a reproducible sample of customers: those with the smallest md5, whatever order they stand in."""
    heads = [int.from_bytes(md5(name.encode(), usedforsecurity=False).digest()[:8]) for name in customers]
    order: Labels = np.argsort(np.array(heads, dtype=np.uint64), kind="stable")[:size].astype(np.int64)
    return order


def in_order(fit: Fit, features: Features) -> Fit:
    """The same fit with its groups in the order of their numbers: by spend, in a plain table by size."""
    found = fit.found
    k = len(found.centres)
    sizes = np.bincount(found.labels, minlength=k).astype(np.float64)
    order = ranks(_spend(found.labels, k, features), sizes)
    place = np.empty(k, dtype=np.int64)
    place[order] = np.arange(k)
    return replace(fit, found=replace(found, centres=found.centres[order], labels=place[found.labels]))


def _spend(labels: Labels, k: int, features: Features) -> Floats:
    """Each group's spend, zero where none is known."""
    if not any(info.name == "spend_total" and info.kind == "money" for info in features.columns):
        return np.zeros(k)
    spent = np.nan_to_num(numbers(features.table, "spend_total"))
    return np.bincount(labels, weights=spent, minlength=k).astype(np.float64)
