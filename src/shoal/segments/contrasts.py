"""One feature, segment against rest: typical values, the difference and its 95 % interval, for all segments at once.

What enters is a column and the labels, what leaves are arrays of length k. The one thing to know: differences are in
the shop's standard deviations; counts and money are compared on the square-root scale, where one large buyer cannot
carry a mean. Empty cells take no part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from shoal.features.result import FeatureInfo
from shoal.measures.clustering import Floats, Labels
from shoal.segments.chance import standing
from shoal.segments.portrait import FeatureProfile
from shoal.segments.space import TRANSFORMS
from shoal.segments.spaces import ROOTED


@dataclass(frozen=True, slots=True)
class Slices:
    """The labels once sorted, so that each column is cut into its segments without searching."""

    labels: Labels
    order: Labels
    sizes: Labels

    @classmethod
    def of(cls, labels: Labels, k: int) -> Slices:
        return cls(labels, np.argsort(labels, kind="stable"), np.bincount(labels, minlength=k))

    def cut(self, values: Floats) -> list[Floats]:
        return np.split(values[self.order], np.cumsum(self.sizes)[:-1])

    def sums(self, values: Floats) -> Floats:
        return np.bincount(self.labels, weights=values, minlength=len(self.sizes)).astype(np.float64)

    def stand(self, centred: Floats) -> Floats:
        """How far each segment lies from what labels drawn by lot give (`chance.standing`)."""
        squares = np.array([float(centred @ centred)])
        return standing(self.sums(centred)[:, None], squares, self.sizes, len(centred))[:, 0]


def facts_of(info: FeatureInfo, values: Floats, slices: Slices) -> Facts:
    """What is typical of one feature in every segment, and how far each lies from the rest."""
    parts = [part[~np.isnan(part)] for part in slices.cut(values)]
    present = values[~np.isnan(values)]
    z = scores(info, values)
    difference, low, high = _differences(z, ~np.isnan(values), slices)
    whole = FeatureProfile(info.name, _known(_mean(present)), _known(_median(present)), _nonzero(present, len(values)))
    return Facts(
        info,
        np.array([_mean(part) for part in parts]),
        np.array([_median(part) for part in parts]),
        np.array([_nonzero(part, size) for part, size in zip(parts, slices.sizes, strict=True)]),
        difference,
        low,
        high,
        whole,
        slices.stand(z),
    )


def scores(info: FeatureInfo, values: Floats) -> Floats:
    """A column in the shop's standard deviations from its mean, counts and money as roots; 0 where it is not known."""
    stable = TRANSFORMS["signed_sqrt"](values) if info.kind in ROOTED else values
    known = ~np.isnan(stable)
    if known.sum() < 2 or np.ptp(stable[known]) == 0:
        return np.zeros(len(values))
    spread = float(stable[known].std()) or 1.0  # differences so small that their squares vanish are none
    return np.where(known, (stable - stable[known].mean()) / spread, 0.0)


def _differences(z: Floats, known: NDArray[np.bool_], slices: Slices) -> tuple[Floats, Floats, Floats]:
    """Segment against rest in the shop's standard deviations with Welch's 95 % interval; NaN where it is not known."""
    if not z.any():
        return (np.full(len(slices.sizes), np.nan),) * 3
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


@dataclass(frozen=True, slots=True)
class Facts:
    """One feature over k segments: arrays of length k, and the same for the whole shop.

    `stands` says how far each segment lies from what labels drawn by lot give, `p` how often those do (`chance`).
    """

    info: FeatureInfo
    mean: Floats
    median: Floats
    nonzero: Floats
    difference: Floats
    low: Floats
    high: Floats
    whole: FeatureProfile
    stands: Floats
    p: Floats | None = None

    def profile(self, segment: int) -> FeatureProfile:
        parts = (self.mean, self.median, self.nonzero, self.difference, self.low, self.high)
        mean, median, nonzero, difference, low, high = (_known(part[segment]) for part in parts)
        p = None if self.p is None or difference is None else float(self.p[segment])
        return FeatureProfile(self.info.name, mean, median, nonzero or 0.0, difference, low, high, p)


def _mean(part: Floats) -> float:
    return float(part.mean()) if len(part) else float("nan")


def _median(part: Floats) -> float:
    return float(np.median(part)) if len(part) else float("nan")


def _nonzero(part: Floats, size: int) -> float:
    return float(np.count_nonzero(part) / size) if size else 0.0


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
