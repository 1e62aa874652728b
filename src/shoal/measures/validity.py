"""Does a grouping say what customers do next? Out-of-time R², top-share capture, and their bootstrap.

Inputs are arrays over the same customers: a group for each, decided before a cut, and what each did after it. Pure
functions; nothing here knows a shop.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Groups = NDArray[np.int64]


def r_squared(outcomes: Floats, predicted: Floats, weights: Floats | None = None) -> Floats:
    """Explained share of each outcome's variance, shape (m,) or (b, m) with `weights` of shape (b, n).

    ``1 - SSE / SST`` about the (weighted) mean. An outcome that does not vary has nothing to explain: NaN.
    """
    weighted = np.ones((1, len(outcomes))) if weights is None else weights
    total = weighted.sum(1)[:, None]
    error = weighted @ (outcomes - predicted) ** 2
    spread = weighted @ outcomes**2 - (weighted @ outcomes) ** 2 / total
    with np.errstate(invalid="ignore", divide="ignore"):
        explained = np.where(spread > 1e-12 * np.maximum(weighted @ outcomes**2, 1e-300), 1 - error / spread, np.nan)
    return np.asarray(explained[0] if weights is None else explained)


def mean_explained(explained: Floats) -> Floats:
    """The mean over the last axis, outcomes that have nothing to explain left out; NaN where none has.

    Examples
    --------
    >>> mean_explained(np.array([[0.5, np.nan], [np.nan, np.nan]]))
    array([0.5, nan])
    """
    known = ~np.isnan(explained)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, explained, 0.0).sum(-1) / known.sum(-1))


def bootstrap_weights(n: int, draws: int, seed: int) -> Floats:
    """How often each of `n` customers is drawn in each of `draws` resamples, shape (draws, n) (Efron 1979)."""
    rng = np.random.default_rng(seed)
    return np.stack([np.bincount(rng.integers(0, n, n), minlength=n) for _ in range(draws)]).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its percentile bootstrap interval."""

    value: float
    low: float
    high: float


def percentile_interval(value: float, draws: Floats, level: float = 0.95) -> Interval:
    """`value` between the percentiles of its bootstrap draws. NaN draws (an outcome that vanished) are left out."""
    low, high = np.nanquantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(value), float(low), float(high))


def capture(score: Floats, worth: Floats, share: float = 0.2) -> float:
    """Share of all `worth` held by the top `share` of customers by `score`, ties sharing their place in proportion.

    NaN when there is no worth at all.

    Examples
    --------
    >>> capture(np.array([2.0, 1.0, 1.0, 1.0, 0.0]), np.array([4.0, 2.0, 1.0, 0.0, 1.0]), 0.4)
    0.625
    """
    if not worth.sum():
        return float("nan")
    values, place = np.unique(-score, return_inverse=True)
    size = np.bincount(place, minlength=len(values)).astype(float)
    held = np.bincount(place, worth, minlength=len(values))
    before = np.cumsum(size) - size
    taken = np.clip((share * len(score) - before) / size, 0, 1)
    return float((taken * held).sum() / worth.sum())
