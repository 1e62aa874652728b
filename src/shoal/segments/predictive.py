"""The predictive space: where customers lie close who will probably do alike.

A linear map from stabilised features to stabilised outcomes is learned at earlier cuts and applied today. Ours: K-means
in expected outcomes, each in units of its own spread, splits customers by what they will do, not by what they did. The
map is ridge regression (Hoerl and Kennard 1970), computed from X'X and X'Y alone, so one scan is enough and any engine
could make it; its strength is chosen for each outcome by cross-validation over customers, from the same sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from shoal.features.result import Features, Lesson
from shoal.measures.clustering import Floats, Labels
from shoal.segments.space import Projection, Space, texts
from shoal.segments.spaces import FittedSpace, edges, fit_everything
from shoal.segments.taught import FEWEST, Taught, as_table, has_names, of_lesson, taught
from shoal.words.errors import UsageError, error

FOLDS = 5
STRENGTHS: Floats = np.logspace(-4, 1, 16)
"""Candidate ridge strengths, as shares of the number of customers (the axes have variance 1)."""
BUYS = "buys"
ALLOWED = "allow-nan"
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
        return np.asarray(np.linalg.solve(self.xx + np.diag(penalty + 1e-9 * max(self.n, 1)), self.xy))

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
        mean[0] = self.xy[0] / max(self.n, 1)
        return np.where(self.varies, coefficients, mean)

    def squared_error(self, coefficients: Floats) -> Floats:
        """The sum of squared errors these coefficients make on these customers, (outcomes,)."""
        return np.asarray(
            self.yy - 2 * (coefficients * self.xy).sum(0) + (coefficients * (self.xx @ coefficients)).sum(0)
        )


class PredictiveSpace(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """A space of expected outcomes: customers lie close in it who will probably do alike.

    Attributes
    ----------
    space_ : Space
        The frozen map, usable on any later features.
    outcomes_ : tuple of str
        What each dimension expects: the outcomes in order, then ``buys``, whether anything is done at all.
    strengths_ : (m,) float
        The ridge strength chosen for each outcome, as a share of the number of customers.
    explained_ : (m,) float
        The share of each outcome's variance explained for customers left out of the fit; NaN where it has none.
    expected_ : list of (n, m) float
        For each lesson the points of its customers, by maps that were learned without them.

    Examples
    --------
    Of a log: what was known a horizon ago and what came after teach what today's customers will do.

    >>> import shoal
    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> from shoal.engines.choose import open_engine
    >>> shop = Path(mkdtemp())
    >>> made = shoal.write_demo(shop, customers=60)
    >>> with open_engine("duckdb", shop, "500MB") as engine:
    ...     log, quality = shoal.load([shop / "events.parquet"], engine, shop, currency="EUR", timezone="UTC")
    ...     then = log.clock.earlier(log.clock.horizon_days)
    ...     features_then = shoal.build(log, then)
    ...     outcomes = shoal.outcomes(log, then, like=features_then)
    ...     features_now = shoal.build(log, log.clock, like=features_then)
    >>> space = PredictiveSpace().fit(features_then, outcomes)
    >>> space.transform(features_now).shape == (features_now.table.num_rows, len(space.outcomes_))
    True

    Of any table, as scikit-learn's transformers:

    >>> visits = np.arange(40.0)[:, None] % 7
    >>> space = PredictiveSpace().fit(visits, 2 * visits)
    >>> space.outcomes_, space.transform([[0.0], [4.0], [6.0]]).shape, space.drivers("outcome0")[0][0]
    (('outcome0', 'buys'), (3, 2), 'x0')
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Learn what customers did after a cut from what was known of them then.

        Parameters
        ----------
        X
            `Features`, a pandas, polars or Arrow frame of numbers with one row a customer, or a matrix (n, d). A list
            of several pools as many cuts, the latest first. Gaps are filled with the median.
        y
            `Outcomes`, a frame or a matrix (n, m): what each did, such as spend, orders, spend by category. Rows are
            matched by ``customer_id`` where both have that column, else by place; who did nothing has zeros. Customers
            that `X` does not know are left out.

        Raises
        ------
        InputError
            Columns that are no numbers, gaps in `y`, ids that repeat or are empty, customers of whom `y` says nothing,
            fewer than two.
        UsageError
            Rows or lists of different lengths.
        ValueError
            Of plain matrices, as scikit-learn does.
        """
        if y is None:
            raise ValueError("PredictiveSpace requires y to be passed, but the target y is None.")
        if not has_names(X):
            X, y = validate_data(
                self, X, y, multi_output=True, y_numeric=True, ensure_all_finite=ALLOWED, ensure_min_samples=FEWEST
            )
            y = check_array(y, ensure_2d=False, dtype=np.float64)
        return self._learn(taught(X, y))

    def fit_lessons(self, lessons: Sequence[Lesson]) -> Self:
        """Learn from earlier cuts of a log with the same categories; the first is the latest and sets the scale."""
        return self._learn(tuple(of_lesson(lesson) for lesson in lessons))

    def _learn(self, lessons: Sequence[Taught]) -> Self:
        base = _shared_axes(fit_everything(lessons[0].features).space, lessons)
        points = [base.transform(lesson.features.table) for lesson in lessons]
        outcomes = [np.column_stack([lesson.roots, lesson.bought]) for lesson in lessons]
        folds = [folds_of(lesson.features.table["customer_id"].to_pylist()) for lesson in lessons]
        parts = [_pooled(points, outcomes, folds, fold) for fold in range(FOLDS)]
        whole = _total(parts)
        self.outcomes_ = (*lessons[0].names, BUYS)
        self.strengths_, errors = _strengths(whole, parts)
        self.explained_ = np.where(whole.varies, 1 - errors / np.where(whole.varies, whole.spread, 1), np.nan)
        scale = np.where(whole.varies, np.sqrt(whole.spread / whole.n), 1.0)
        signed = np.min([outcome.min(0) for outcome in outcomes], axis=0) < 0
        freeze = partial(_projection, strengths=self.strengths_, names=self.outcomes_, scale=scale, signed=signed)
        maps = [freeze(whole - part, points=points) for part in parts]
        self.expected_ = [_left_out(maps, X, fold) for X, fold in zip(points, folds, strict=True)]
        self.space_ = replace(base, name="predictive", projection=freeze(whole, points=points))
        return self

    def transform(self, X: Any) -> Floats:
        """The points of customers as they are now, (customers, outcomes); each outcome in units of its own spread.

        Raises `InputError` where a feature that was learned from is not there, ``ValueError`` before the fit.
        """
        check_is_fitted(self)
        if not has_names(X):
            X = validate_data(self, X, reset=False, ensure_all_finite=ALLOWED)
        return self.space_.transform(X.table if isinstance(X, Features) else as_table(X, "x"))

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:  # noqa: ARG002
        """The names of the dimensions, `outcomes_`."""
        check_is_fitted(self)
        return np.array(self.outcomes_, dtype=object)

    def drivers(self, outcome: str, most: int = 5) -> list[tuple[str, float]]:
        """The features that move an expected outcome most: its change for one spread of each, in its own spreads."""
        check_is_fitted(self)
        if outcome not in self.outcomes_:
            raise error(UsageError, texts, "no_such_outcome", name=outcome, known=", ".join(self.outcomes_))
        projection = self.space_.projection
        assert projection is not None  # noqa: S101 - set by fit
        weights = np.array(projection.weights)[:, projection.outcomes.index(outcome)]
        effects = weights / projection.scale[projection.outcomes.index(outcome)]
        strongest = np.argsort(-np.abs(effects), kind="stable")[:most]
        return [(self.space_.columns[axis].feature, float(effects[axis])) for axis in strongest]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.target_tags.multi_output = True
        tags.input_tags.allow_nan = True
        return tags


def fit_predictive(features: Features, lessons: Sequence[Lesson]) -> tuple[FittedSpace, PredictiveSpace]:
    """The predictive space learned from `lessons`, with today's customers in it."""
    learned = PredictiveSpace().fit_lessons(lessons)
    return FittedSpace(learned.space_, learned.transform(features)), learned


def folds_of(customers: Sequence[str]) -> Labels:
    """The fold of each customer: by name, so that it is the same in every lesson and in every order of rows."""
    return np.array([crc32(customer.encode()) % FOLDS for customer in customers], dtype=np.int64)


def _shared_axes(space: Space, lessons: Sequence[Taught]) -> Space:
    """The axes that every lesson has: an earlier cut may lack a feature."""
    shared = set.intersection(*(set(lesson.features.table.column_names) for lesson in lessons))
    return replace(space, columns=tuple(column for column in space.columns if column.feature in shared))


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
    moments: Moments,
    strengths: Floats,
    names: tuple[str, ...],
    scale: Floats,
    signed: NDArray[np.bool_],
    points: Sequence[Floats],
) -> Projection:
    """The map of these moments; what never was negative is not expected to be."""
    coefficients = moments.fitted(strengths)
    expected = np.vstack([X @ coefficients[1:] + coefficients[0] for X in points])
    limits = np.array([edges(column) for column in expected.T])
    limits = np.where(signed[:, None], limits, np.maximum(limits, 0.0))
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
