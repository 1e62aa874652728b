"""The plain ways of grouping customers that everyone has: what a segmentation must beat to be worth its name.

Each takes what was known at an origin and a number of groups, and gives every customer a group from 0. Equal values
always share a group: cutting ties at random would favour whoever is compared with them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from sklearn.tree import DecisionTreeRegressor

from shoal.features.result import Features
from shoal.measures.clustering import distinct_rows
from shoal.measures.validity import Floats, Groups
from shoal.proof.origins import Origin
from shoal.segments.fit import run
from shoal.segments.predictive import PredictiveSpace
from shoal.segments.settings import SegmentSettings
from shoal.segments.spaces import fit_everything, fit_space
from shoal.words.errors import UsageError, error
from shoal.words.language import Texts

texts = Texts("shoal.proof")
Grouping = Callable[[Origin, int, int], Groups]
RFM = ("days_since_last_order", "orders", "spend_total")


def rfm_cells(origin: Origin, k: int, seed: int) -> Groups:
    """Quintiles of recency, frequency and money: up to 125 cells (Hughes 1994). `k` does not apply."""
    del k, seed
    scores = [quantile_bands(column, 5) for column in _rfm(origin.now.features)]
    return _numbered(np.ravel_multi_index(tuple(scores), (5, 5, 5)))


def rfm_bands(origin: Origin, k: int, seed: int) -> Groups:
    """The sum of the three quintile scores in `k` bands."""
    del seed
    recency, *others = _rfm(origin.now.features)
    score = sum(quantile_bands(column, 5) for column in (-recency, *others))
    return quantile_bands(np.asarray(score, dtype=float), k)


def spend_bands(origin: Origin, k: int, seed: int) -> Groups:
    """Quantiles of spend."""
    del seed
    return quantile_bands(_column(origin.now.features, "spend_total"), k)


def recency_bands(origin: Origin, k: int, seed: int) -> Groups:
    """Quantiles of the days since the last order."""
    del seed
    return quantile_bands(_column(origin.now.features, "days_since_last_order"), k)


def kmeans_rfm(origin: Origin, k: int, seed: int) -> Groups:
    """K-means on standardised recency, frequency and money as they are."""
    columns = np.column_stack(_rfm(origin.now.features))
    spread = columns.std(0)
    return kmeans((columns - columns.mean(0)) / np.where(spread > 0, spread, 1), k, seed)


def kmeans_in(space: str) -> Grouping:
    """K-means in one of shoal's own spaces."""

    def grouping(origin: Origin, k: int, seed: int) -> Groups:
        return kmeans(fit_space(origin.now.features, space).points, k, seed)

    return grouping


def kmeans_predictive(origin: Origin, k: int, seed: int) -> Groups:
    """K-means in what was learned from the dates before, whatever space was chosen then."""
    lessons = [lesson for lesson in origin.lessons if lesson.teaches]
    if not lessons:
        raise error(UsageError, texts, "no_lessons")
    return kmeans(PredictiveSpace().fit_lessons(lessons).transform(origin.now.features), k, seed)


def supervised_tree(origin: Origin, k: int, seed: int) -> Groups:
    """A regression tree with `k` leaves, grown on what followed the latest lesson (Breiman et al. 1984)."""
    lesson = next((lesson for lesson in origin.lessons if lesson.teaches), None)
    if lesson is None:
        raise error(UsageError, texts, "no_lessons")
    space = fit_everything(lesson.features).space
    scaled = lesson.targets / np.maximum(lesson.targets.std(0), 1e-12)
    tree = DecisionTreeRegressor(max_leaf_nodes=max(2, k), random_state=seed)
    tree.fit(space.transform(lesson.features.table), scaled)
    return _numbered(tree.apply(space.transform(origin.now.features.table)))


def random_labels(origin: Origin, k: int, seed: int) -> Groups:
    """Labels drawn by lot: what chance gives."""
    drawn = np.random.default_rng(seed).integers(0, k, origin.now.features.table.num_rows)
    return np.asarray(drawn, dtype=np.int64)


BASELINES: dict[str, Grouping] = {
    "rfm_cells": rfm_cells,
    "rfm_bands": rfm_bands,
    "spend_bands": spend_bands,
    "recency_bands": recency_bands,
    "kmeans_standardised": kmeans_in("standardised"),
    "kmeans_rfm": kmeans_rfm,
    "kmeans_log_rfm": kmeans_in("rfm"),
    "kmeans_behaviour": kmeans_in("behaviour"),
    "kmeans_tastes": kmeans_in("tastes"),
    "kmeans_predictive": kmeans_predictive,
    "supervised_tree": supervised_tree,
    "random": random_labels,
}


def quantile_bands(values: Floats, bands: int) -> Groups:
    """The quantile band of each value, from 0. Equal values share a band, so there may be fewer than asked.

    Examples
    --------
    >>> quantile_bands(np.array([1.0, 1.0, 1.0, 5.0]), 2)
    array([0, 0, 0, 1])
    """
    ordered = np.sort(values)
    middle = (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")) / 2
    return np.asarray(np.minimum((middle * bands / len(values)).astype(np.int64), bands - 1), dtype=np.int64)


def kmeans(points: Floats, k: int, seed: int) -> Groups:
    """Shoal's own k-means for every contender alike, so that none is beaten by poor starts; `k` groups at most."""
    groups = distinct_rows(points, k)
    if groups < 2:
        return np.zeros(len(points), dtype=np.int64)
    return run(points, groups, SegmentSettings(seed=seed)).labels


def _rfm(features: Features) -> list[Floats]:
    return [_column(features, name) for name in RFM]


def _column(features: Features, name: str) -> Floats:
    return np.asarray(features.table[name].to_numpy())


def _numbered(cells: Groups) -> Groups:
    return np.asarray(np.unique(cells, return_inverse=True)[1], dtype=np.int64)
