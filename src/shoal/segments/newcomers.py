"""Where somebody of whom only attributes are known probably belongs: attributes in, the share of each segment out.

Learned from the customers who have both. Multinomial logistic regression with a ridge penalty (le Cessie and van
Houwelingen 1992): few numbers, and attributes that say nothing are shrunk away. The one thing to know: the strength is
chosen on customers left out, and where nothing beats the segments' plain shares by a standard error the map is those
shares and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec
import numpy as np
import pyarrow as pa
from sklearn.linear_model import LogisticRegression

from shoal.features.result import FeatureInfo, Features
from shoal.measures.clustering import Floats, Labels
from shoal.measures.sampling import smallest_digests
from shoal.segments.model import ASSIGNED
from shoal.segments.settings import texts
from shoal.segments.space import numbers
from shoal.segments.spaces import edges
from shoal.words.errors import UsageError, error

FILE = "model/newcomers.json"
BLOCK = "attributes"
NOT_YET = ("days_since_sign_up",)
"""What grows with being a customer tells nothing of one who is new."""
ROWS = 10_000
FOLDS = 3
STRENGTHS = (0.001, 0.03, 1.0)
"""Inverse penalties that are tried, per customer of the sample as scikit-learn counts them."""


@dataclass(frozen=True, slots=True)
class AttributeAxis:
    """One attribute, or one value of it, as the map sees it: ``(clip(value) - centre) / scale``, 0 where not known."""

    feature: str
    attribute: str | None
    level: str | None
    centre: float
    scale: float
    low: float
    high: float

    def place(self, values: Floats) -> Floats:
        moved = (np.clip(values, self.low, self.high) - self.centre) / self.scale
        return np.where(np.isnan(values), 0.0, moved)


@dataclass(frozen=True, slots=True)
class Likely:
    """The likeliest segment, its share, and the shares of all; `told` is False where these are the shop's own."""

    segment: int
    share: float
    shares: dict[int, float]
    told: bool


@dataclass(frozen=True, slots=True)
class NewcomerMap:
    """Attributes to shares of segments.

    `shares` are the segments' own, by number. `gain` is what the attributes save of the mean logarithm of the share
    given to the true segment (nats a customer, on customers left out), 0 where they save nothing; then `weights`, one
    row a segment, are all 0.
    """

    axes: tuple[AttributeAxis, ...]
    weights: tuple[tuple[float, ...], ...]
    intercepts: tuple[float, ...]
    shares: tuple[float, ...]
    gain: float
    learned_from: int

    @property
    def tells(self) -> bool:
        """Whether attributes say more of a newcomer than the segments' own shares do."""
        return self.gain > 0

    @property
    def attributes(self) -> frozenset[str]:
        """What can be said of a customer: columns of the customers file, and features by their own names."""
        return frozenset(name for axis in self.axes for name in (axis.attribute, axis.feature) if name)

    def likely(self, attributes: Mapping[str, Any]) -> Likely:
        """Where one customer probably belongs. Keys are columns of the customers file (or names of features, such as
        ``age_years``); what is not said is not known. Raises `UsageError` for a number that is none.

        Examples
        --------
        >>> axis = AttributeAxis("attribute_country_gb", "country", "GB", 0.5, 0.5, 0.0, 1.0)
        >>> found = NewcomerMap((axis,), ((1.0,), (-1.0,)), (0.0, 0.0), (0.5, 0.5), 0.1, 100)
        >>> likely = found.likely({"country": "GB"})
        >>> likely.segment, round(likely.share, 2)
        (1, 0.88)
        """
        row = np.array([[_value(axis, attributes) for axis in self.axes]], dtype=np.float64)
        shares = self._shares(row)[0]
        best = int(shares.argmax())
        by_number = {place + 1: float(share) for place, share in enumerate(shares)}
        return Likely(best + 1, float(shares[best]), by_number, self.tells)

    def of_table(self, table: pa.Table) -> Floats:
        """The shares of the segments for each row of a table with the features, (rows, segments)."""
        columns = [numbers(table, axis.feature) for axis in self.axes]
        return self._shares(np.column_stack(columns) if columns else np.empty((table.num_rows, 0)))

    def _shares(self, values: Floats) -> Floats:
        scores = np.tile(np.array(self.intercepts), (len(values), 1))
        for at, axis in enumerate(self.axes):
            scores += axis.place(values[:, at])[:, None] * np.array([row[at] for row in self.weights])
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _value(axis: AttributeAxis, attributes: Mapping[str, Any]) -> float:
    if axis.feature in attributes or axis.level is None:
        said = attributes.get(axis.feature, attributes.get(axis.attribute or ""))
        return float("nan") if said is None else _number(axis, said)
    said = attributes.get(axis.attribute or "")
    return float("nan") if said is None else float(str(said) == axis.level)


def _number(axis: AttributeAxis, said: Any) -> float:
    try:
        return float(said)
    except (TypeError, ValueError) as problem:
        raise error(UsageError, texts, "no_number", attribute=axis.attribute or axis.feature, said=said) from problem


def learn_newcomers(features: Features, labels: Labels, k: int) -> NewcomerMap | None:
    """The map of a shop's segments (`labels` from 0); None without attributes, or with one segment alone."""
    infos = [info for info in features.columns if info.block == BLOCK and info.name not in NOT_YET]
    shares = np.bincount(labels, minlength=k) / max(len(labels), 1)
    if not infos or k < 2:
        return None
    customers = features.table["customer_id"].cast(pa.string()).to_pylist()
    rows = smallest_digests(customers, ROWS)
    axes = [axis for info in infos if (axis := _axis(info, numbers(features.table, info.name)[rows]))]
    points = np.column_stack(
        [axis.place(numbers(features.table, axis.feature)[rows]) for axis in axes] or [np.zeros(len(rows))]
    )
    known, folds = labels[rows], np.array([crc32(customers[row].encode()) % FOLDS for row in rows])
    strength, gain = _chosen(points, known, folds, k)
    weights, intercepts = np.zeros((k, len(axes))), np.log(np.maximum(shares, 1e-12))
    if gain > 0:
        weights, intercepts = _fitted(points, known, strength, k)
    return NewcomerMap(
        tuple(axes), tuple(map(tuple, weights.tolist())), tuple(intercepts.tolist()), tuple(shares.tolist()), gain,
        len(rows),
    )  # fmt: skip


def _axis(info: FeatureInfo, values: Floats) -> AttributeAxis | None:
    known = values[~np.isnan(values)]
    if len(known) == 0 or np.ptp(known) == 0:
        return None
    low, high = edges(known) if info.level is None else (0.0, 1.0)
    inside = np.clip(known, low, high)
    scale = float(inside.std())
    if scale == 0:
        return None
    return AttributeAxis(info.name, info.attribute, info.level, float(inside.mean()), scale, low, high)


def _chosen(points: Floats, labels: Labels, folds: Labels, k: int) -> tuple[float, float]:
    """The strength that says most of customers left out, and what it saves beside shares alone: 0 within a standard
    error of nothing."""
    alone = _left_out(points[:, :0], labels, folds, k, 1.0)
    saved = {strength: _left_out(points, labels, folds, k, strength) - alone for strength in STRENGTHS}
    best = max(STRENGTHS, key=lambda strength: float(saved[strength].mean()))
    mean = float(saved[best].mean())
    error = float(saved[best].std() / np.sqrt(max(len(labels), 1)))
    return best, mean if mean > error else 0.0


def _left_out(points: Floats, labels: Labels, folds: Labels, k: int, strength: float) -> Floats:
    """For each customer the logarithm of the share given to the true segment, by maps learned without the customer."""
    found = np.empty(len(labels))
    for fold in range(FOLDS):
        learn, test = folds != fold, folds == fold
        weights, intercepts = _fitted(points[learn], labels[learn], strength, k)
        scores = points[test] @ weights.T + intercepts
        scores -= np.logaddexp.reduce(scores, axis=1, keepdims=True)
        found[test] = scores[np.arange(int(test.sum())), labels[test]]
    return found


def _fitted(points: Floats, labels: Labels, strength: float, k: int) -> tuple[Floats, Floats]:
    """Weights (segments, axes) and intercepts; a segment that no customer here is in gets next to no share."""
    counts = np.bincount(labels, minlength=k)
    intercepts = np.log((counts + 0.5) / (counts.sum() + 0.5 * k))
    weights = np.zeros((k, points.shape[1]))
    there = np.flatnonzero(counts)
    if points.shape[1] == 0 or len(there) < 2:
        return weights, intercepts
    made = LogisticRegression(C=strength, max_iter=2000).fit(points, labels)
    scores, offsets = (made.coef_, made.intercept_)
    if len(there) == 2:  # two groups share one row
        scores, offsets = np.vstack([-scores / 2, scores / 2]), np.concatenate([-offsets / 2, offsets / 2])
    weights[there], intercepts[there] = scores, offsets
    intercepts[np.setdiff1d(np.arange(k), there)] += float(offsets.mean())
    return weights, intercepts


def placed(model: NewcomerMap, table: pa.Table) -> pa.Table:
    """The likeliest segment of each row, as `assign` gives them; `confidence` is its share less the next one's."""
    shares = model.of_table(table)
    order, rows = np.argsort(-shares, axis=1, kind="stable"), np.arange(len(shares))
    ahead = shares[rows, order[:, 0]] - shares[rows, order[:, 1]]
    customers = table["customer_id"].combine_chunks().cast(pa.string())
    first, second = (pa.array(order[:, at] + 1, pa.int32()) for at in (0, 1))
    return pa.Table.from_arrays([customers, first, pa.array(ahead), second], schema=ASSIGNED)


def read_newcomers(folder: Path) -> NewcomerMap | None:
    """The map of a study's folder, without the rest of it; None where its shop had no customers file."""
    path = folder / FILE
    if not path.is_file():
        return None
    kept = msgspec.json.decode(path.read_bytes())["newcomers"]
    return None if kept is None else msgspec.convert(kept, NewcomerMap)
