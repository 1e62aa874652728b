"""The predictive space: where customers lie close who will probably do alike.

A linear map from stabilised features to stabilised outcomes is learned at earlier cuts and applied today. Ours: K-means
in expected outcomes, each in units of its own spread, splits customers by what they will do, not by what they did. The
map is ridge regression (Hoerl and Kennard 1970), computed from X'X and X'Y alone, so one scan is enough and any engine
could make it; its strength is chosen for each outcome by cross-validation over customers, from the same sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self
from zlib import crc32

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shoal.features.result import Features, Lesson
from shoal.measures.clustering import Floats, Labels
from shoal.segments.space import Projection, Space
from shoal.segments.spaces import FittedSpace, edges, fit_everything

FOLDS = 5
STRENGTHS: Floats = np.logspace(-4, 1, 16)
"""Candidate ridge strengths, as shares of the number of customers (the axes have variance 1)."""
BUYS = "buys"
CONSTANT = 1e-12
"""An outcome whose variance is this share of its mean square, or less, is the same for everyone."""


@dataclass(frozen=True, slots=True)
class Moments:
    """What ridge needs of some customers: how many, and the sums X'X and X'Y (both with a leading column of ones)."""

    n: int
    xx: Floats
    xy: Floats
    yy: Floats

    @classmethod
    def of(cls, points: Floats, outcomes: Floats) -> Moments:
        X = np.column_stack([np.ones(len(points)), points])
        return cls(len(X), X.T @ X, X.T @ outcomes, (outcomes**2).sum(0))

    def __add__(self, other: Moments) -> Moments:
        return Moments(self.n + other.n, self.xx + other.xx, self.xy + other.xy, self.yy + other.yy)

    def __sub__(self, other: Moments) -> Moments:
        return Moments(self.n - other.n, self.xx - other.xx, self.xy - other.xy, self.yy - other.yy)

    def ridge(self, strength: float) -> Floats:
        """Coefficients (1 + axes, outcomes); the intercept is not shrunk."""
        penalty = np.full(len(self.xx), strength * self.n)
        penalty[0] = 0.0
        return np.asarray(np.linalg.solve(self.xx + np.diag(penalty + 1e-9 * self.n), self.xy))

    @property
    def spread(self) -> Floats:
        """Each outcome's sum of squares about its mean, (outcomes,)."""
        return np.asarray(np.maximum(self.yy - self.xy[0] ** 2 / self.n, 0.0))

    @property
    def varies(self) -> NDArray[np.bool_]:
        """Which outcomes are not the same for everyone, (outcomes,)."""
        return np.asarray(self.spread > CONSTANT * self.yy)

    def fitted(self, strengths: Floats) -> Floats:
        """`ridge` with a strength for each outcome; an outcome that does not vary is its mean for everyone."""
        coefficients = np.column_stack([self.ridge(strength)[:, m] for m, strength in enumerate(strengths)])
        mean = np.zeros_like(coefficients)
        mean[0] = self.xy[0] / self.n
        return np.where(self.varies, coefficients, mean)

    def squared_error(self, coefficients: Floats) -> Floats:
        """The sum of squared errors these coefficients make on these customers, (outcomes,)."""
        return np.asarray(
            self.yy - 2 * (coefficients * self.xy).sum(0) + (coefficients * (self.xx @ coefficients)).sum(0)
        )


class PredictiveSpace:
    """A space of expected outcomes.

    Attributes
    ----------
    space_ : Space
        The frozen map, usable on any later features.
    strengths_ : (m,) float
        The ridge strength chosen for each outcome, as a share of the number of customers.
    explained_ : (m,) float
        The share of each outcome's variance explained for customers left out of the fit; NaN where it has none.
    expected_ : list of (n, m) float
        For each lesson the points of its customers, by maps that were learned without them.

    Examples
    --------
    >>> PredictiveSpace().fit([lesson]).transform(features_now)  # doctest: +SKIP
    """

    def fit(self, lessons: Sequence[Lesson]) -> Self:
        """Learn from earlier cuts; the first is the latest and sets the scale. All must have the same categories."""
        base = _shared_axes(fit_everything(lessons[0].features).space, lessons)
        points = [base.transform(lesson.features.table) for lesson in lessons]
        outcomes = [_outcomes(lesson) for lesson in lessons]
        folds = [folds_of(lesson.features.table["customer_id"].to_pylist()) for lesson in lessons]
        parts = [_pooled(points, outcomes, folds, fold) for fold in range(FOLDS)]
        whole = _total(parts)
        self.strengths_, errors = _strengths(whole, parts)
        self.explained_ = np.where(whole.varies, 1 - errors / np.where(whole.varies, whole.spread, 1), np.nan)
        scale = np.where(whole.varies, np.sqrt(whole.spread / whole.n), 1.0)
        names = (*lessons[0].names, BUYS)
        maps = [_projection(whole - part, self.strengths_, names, scale, points) for part in parts]
        self.expected_ = [_left_out(maps, X, fold) for X, fold in zip(points, folds, strict=True)]
        self.space_ = replace(
            base, name="predictive", projection=_projection(whole, self.strengths_, names, scale, points)
        )
        return self

    def transform(self, features: Features | pa.Table) -> Floats:
        """The points of customers as they are now, (customers, outcomes)."""
        return self.space_.transform(features.table if isinstance(features, Features) else features)

    def drivers(self, outcome: str, most: int = 5) -> list[tuple[str, float]]:
        """The features that move an expected outcome most: its change for one spread of each, in its own spreads."""
        projection = self.space_.projection
        assert projection is not None  # noqa: S101 - set by fit
        weights = np.array(projection.weights)[:, projection.outcomes.index(outcome)]
        effects = weights / projection.scale[projection.outcomes.index(outcome)]
        strongest = np.argsort(-np.abs(effects), kind="stable")[:most]
        return [(self.space_.columns[axis].feature, float(effects[axis])) for axis in strongest]


def fit_predictive(features: Features, lessons: Sequence[Lesson]) -> tuple[FittedSpace, PredictiveSpace]:
    """The predictive space learned from `lessons`, with today's customers in it."""
    learned = PredictiveSpace().fit(lessons)
    return FittedSpace(learned.space_, learned.transform(features)), learned


def folds_of(customers: Sequence[str]) -> Labels:
    """The fold of each customer: by name, so that it is the same in every lesson and in every order of rows."""
    return np.array([crc32(customer.encode()) % FOLDS for customer in customers], dtype=np.int64)


def _shared_axes(space: Space, lessons: Sequence[Lesson]) -> Space:
    """The axes that every lesson has: an earlier cut may lack a feature."""
    shared = set.intersection(*(set(lesson.features.table.column_names) for lesson in lessons))
    return replace(space, columns=tuple(column for column in space.columns if column.feature in shared))


def _outcomes(lesson: Lesson) -> Floats:
    return np.column_stack([lesson.targets, lesson.bought])


def _pooled(points: list[Floats], outcomes: list[Floats], folds: list[Labels], fold: int) -> Moments:
    return _total(
        [Moments.of(X[where == fold], Y[where == fold]) for X, Y, where in zip(points, outcomes, folds, strict=True)]
    )


def _total(parts: Sequence[Moments]) -> Moments:
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def _strengths(whole: Moments, parts: Sequence[Moments]) -> tuple[Floats, Floats]:
    """For each outcome the strength with the least error on customers left out, and that error."""
    errors = np.array(
        [
            np.sum([part.squared_error((whole - part).ridge(strength)) for part in parts], axis=0)
            for strength in STRENGTHS
        ]
    )
    return STRENGTHS[errors.argmin(0)], errors.min(0)


def _projection(
    moments: Moments, strengths: Floats, names: tuple[str, ...], scale: Floats, points: Sequence[Floats]
) -> Projection:
    coefficients = moments.fitted(strengths)
    expected = np.vstack([X @ coefficients[1:] + coefficients[0] for X in points])
    limits = np.maximum([edges(column) for column in expected.T], 0.0)
    return Projection(
        names,
        tuple(map(tuple, coefficients[1:].tolist())),
        tuple(coefficients[0].tolist()),
        tuple(limits[:, 0].tolist()),
        tuple(limits[:, 1].tolist()),
        tuple(scale.tolist()),
    )


def _left_out(maps: Sequence[Projection], points: Floats, folds: Labels) -> Floats:
    expected = np.empty((len(points), len(maps[0].outcomes)))
    for fold, learned in enumerate(maps):
        expected[folds == fold] = learned.apply(points[folds == fold])
    return expected
