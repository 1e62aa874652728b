"""Why these customers belong together: features and labels go in, a `Segment` each comes out, still without a name.

The one thing to know: only a difference whose 95 % interval leaves out zero is called a contrast. Intervals are
analytic (Welch), one feature at a time; they speak of these customers as a sample of the shop's, not of the labels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from scipy.special import stdtrit

from shoal.features.result import FeatureInfo, Features
from shoal.measures.clustering import Floats, Labels
from shoal.segments.phrases import contrast
from shoal.segments.portrait import Contrast, Favourite, FeatureProfile, Segment
from shoal.segments.space import TRANSFORMS, numbers
from shoal.segments.spaces import ROOTED
from shoal.words.language import Text

ALIKE = 0.7
"""Two features correlated beyond this tell one story; the weaker one is not repeated."""
SAMPLE_ROWS = 20_000
LEAST_LIFT = 1.15
LEAST_SHARE = 0.05
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Portraits:
    """The segments in the order of their numbers, the shop beside them, and the features that tell most apart."""

    segments: tuple[Segment, ...]
    whole: tuple[FeatureProfile, ...]
    key_features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Facts:
    """One feature over k segments: arrays of length k, and the same for the whole shop."""

    info: FeatureInfo
    mean: Floats
    median: Floats
    nonzero: Floats
    difference: Floats
    low: Floats
    high: Floats
    whole: FeatureProfile

    def profile(self, segment: int) -> FeatureProfile:
        parts = (self.mean, self.median, self.nonzero, self.difference, self.low, self.high)
        mean, median, nonzero, difference, low, high = (_known(part[segment]) for part in parts)
        return FeatureProfile(self.info.name, mean, median, nonzero or 0.0, difference, low, high)


def explain(features: Features, labels: Labels, k: int) -> Portraits:
    """The portraits of the `k` segments that `labels` (from 0, in the order of numbers) put the customers in."""
    slices = _Slices.of(labels, k)
    facts = [_facts(info, numbers(features.table, info.name), slices) for info in features.columns]
    alike = _correlations(features)
    ranked = [_ranked([abs(f.profile(s).strength) for f in facts], alike) for s in range(k)]
    segments = [_segment(features, facts, slices, s, tuple(facts[i] for i in order)) for s, order in enumerate(ranked)]
    reach = [float(np.nanmax(np.abs(f.difference), initial=0.0)) for f in facts]
    key = tuple(facts[i].info.name for i in _ranked(reach, alike))
    return Portraits(_with_favourites(features, segments, slices), tuple(f.whole for f in facts), key)


def _segment(
    features: Features, facts: list[_Facts], slices: _Slices, number: int, distinct: tuple[_Facts, ...]
) -> Segment:
    size = int(slices.sizes[number])
    shop = any(info.kind != "number" for info in features.columns)
    said = (contrast(f.info, f.profile(number), f.whole, features.currency, shop) for f in distinct)
    contrasts: tuple[Contrast, ...] = tuple(one for one in said if one is not None)
    spend, share_spend = _share(features.table, "spend_total", slices, number)
    return Segment(
        number=number + 1,
        name=Text("", ""),
        customers=size,
        share_customers=size / len(slices.labels),
        profile=tuple(f.profile(number) for f in facts),
        contrasts=contrasts,
        spend=spend,
        share_spend=share_spend,
        share_orders=_share(features.table, "orders", slices, number)[1],
    )


def _share(table: pa.Table, column: str, slices: _Slices, number: int) -> tuple[float | None, float | None]:
    """The segment's sum of a column and its share of the shop's; None where there is no such column or no sum."""
    if column not in table.column_names:
        return None, None
    totals = slices.sums(np.nan_to_num(numbers(table, column)))
    whole = float(totals.sum())
    return float(totals[number]), float(totals[number]) / whole if whole > 0 else None


@dataclass(frozen=True, slots=True)
class _Slices:
    """The labels once sorted, so that each column is cut into its segments without searching."""

    labels: Labels
    order: Labels
    sizes: Labels

    @classmethod
    def of(cls, labels: Labels, k: int) -> _Slices:
        return cls(labels, np.argsort(labels, kind="stable"), np.bincount(labels, minlength=k))

    def cut(self, values: Floats) -> list[Floats]:
        return np.split(values[self.order], np.cumsum(self.sizes)[:-1])

    def sums(self, values: Floats) -> Floats:
        return np.bincount(self.labels, weights=values, minlength=len(self.sizes)).astype(np.float64)


def _facts(info: FeatureInfo, values: Floats, slices: _Slices) -> _Facts:
    parts = [part[~np.isnan(part)] for part in slices.cut(values)]
    present = values[~np.isnan(values)]
    difference, low, high = _differences(info, values, slices)
    whole = FeatureProfile(info.name, _known(_mean(present)), _known(_median(present)), _nonzero(present, len(values)))
    return _Facts(
        info,
        np.array([_mean(part) for part in parts]),
        np.array([_median(part) for part in parts]),
        np.array([_nonzero(part, size) for part, size in zip(parts, slices.sizes, strict=True)]),
        difference,
        low,
        high,
        whole,
    )


def _differences(info: FeatureInfo, values: Floats, slices: _Slices) -> tuple[Floats, Floats, Floats]:
    """Segment against rest in the shop's standard deviations with Welch's 95 % interval; NaN where it is not known."""
    stable = TRANSFORMS["signed_sqrt"](values) if info.kind in ROOTED else values
    known = ~np.isnan(stable)
    if known.sum() < 2 or np.ptp(stable[known]) == 0:
        return (np.full(len(slices.sizes), np.nan),) * 3
    z = np.where(known, (stable - stable[known].mean()) / stable[known].std(), 0.0)
    n, s1, s2 = (slices.sums(part) for part in (known.astype(np.float64), z, z * z))
    here, there = _moments(n, s1, s2), _moments(n.sum() - n, s1.sum() - s1, s2.sum() - s2)
    difference = here[0] - there[0]
    half = _welch(here[1], n, there[1], n.sum() - n)
    return difference, difference - half, difference + half


def _moments(n: Floats, s1: Floats, s2: Floats) -> tuple[Floats, Floats]:
    """Mean and variance from sums; a single value takes the shop's variance, 1, and none at all is NaN."""
    size = np.where(n > 0, n, np.nan)
    mean = s1 / size
    variance = np.where(n > 1, np.maximum(s2 - s1 * mean, 0.0) / np.maximum(size - 1, 1), 1.0)
    return mean, variance


def _welch(v1: Floats, n1: Floats, v2: Floats, n2: Floats) -> Floats:
    """Half the 95 % interval of a difference of means. Source: Welch 1947, degrees of freedom by Satterthwaite."""
    a, b = v1 / np.where(n1 > 0, n1, np.nan), v2 / np.where(n2 > 0, n2, np.nan)
    below = a * a / np.maximum(n1 - 1, 1) + b * b / np.maximum(n2 - 1, 1)
    freedom = np.where(below > 0, (a + b) ** 2 / np.where(below > 0, below, 1.0), 1e9)
    half: Floats = stdtrit(np.clip(freedom, 1.0, 1e9), 0.975) * np.sqrt(a + b)
    return half


def _correlations(features: Features) -> Floats:
    """Absolute correlations between features, on a strided sample; NaN-free, empty cells at the mean."""
    step = max(1, features.table.num_rows // SAMPLE_ROWS)
    columns = list[Floats]()
    for info in features.columns:
        values = numbers(features.table, info.name)[::step]
        stable = TRANSFORMS["signed_sqrt"](values) if info.kind in ROOTED else values
        known = ~np.isnan(stable)
        centred = np.where(known, stable - (stable[known].mean() if known.any() else 0.0), 0.0)
        columns.append(centred / (float(np.linalg.norm(centred)) or 1.0))
    matrix = np.stack(columns)
    return np.abs(matrix @ matrix.T)


def _ranked(strength: list[float], alike: Floats) -> list[int]:
    """Positions by falling strength, without those that are 0 and those alike to one already taken."""
    taken = list[int]()
    for position in sorted(range(len(strength)), key=lambda i: (-strength[i], i)):
        if strength[position] > 0 and all(alike[position, other] < ALIKE for other in taken):
            taken.append(position)
    return taken


def _with_favourites(features: Features, segments: list[Segment], slices: _Slices) -> tuple[Segment, ...]:
    infos = [info for info in features.columns if info.kind == "category_money"]
    if not infos:
        return tuple(segments)
    spend = np.maximum(np.column_stack([np.nan_to_num(numbers(features.table, info.name)) for info in infos]), 0.0)
    whole = spend.sum(axis=0) / (float(spend.sum()) or 1.0)
    labels = {category.column: category.label for category in features.categories}
    return tuple(
        replace(one, favourites=_favourites(infos, labels, spend[slices.labels == one.number - 1], whole))
        for one in segments
    )


def _favourites(
    infos: list[FeatureInfo], labels: dict[str, Text], spend: Floats, whole: Floats
) -> tuple[Favourite, ...]:
    """Categories whose share of the segment's spend is above the shop's with its whole 95 % interval, by lift.

    The interval of a ratio of sums is linearised over customers (Cochran 1977, section 6.4).
    """
    total = float(spend.sum())
    if total <= 0 or len(spend) < 2:
        return ()
    share = spend.sum(axis=0) / total
    left_over = spend - share * spend.sum(axis=1, keepdims=True)
    half = Z95 * np.sqrt((left_over**2).sum(axis=0) * len(spend) / (len(spend) - 1)) / total
    found = [
        Favourite(
            info.name,
            labels.get(info.name, info.label),
            *(float(x) for x in (share[i], share[i] - half[i], share[i] + half[i], whole[i], share[i] / whole[i])),
        )
        for i, info in enumerate(infos)
        if share[i] >= LEAST_SHARE and share[i] - half[i] > whole[i] > 0 and share[i] >= LEAST_LIFT * whole[i]
    ]
    return tuple(sorted(found, key=lambda one: (-one.lift, one.feature)))


def _mean(part: Floats) -> float:
    return float(part.mean()) if len(part) else float("nan")


def _median(part: Floats) -> float:
    return float(np.median(part)) if len(part) else float("nan")


def _nonzero(part: Floats, size: int) -> float:
    return float(np.count_nonzero(part) / size) if size else 0.0


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
