"""Would the same groups be found again? Labels of two fits on the same rows go in, shares from 0 to 1 come out."""

from __future__ import annotations

import numpy as np

from shoal.measures.clustering import Floats, Labels


def crossed(rows: Labels, columns: Labels, shape: tuple[int, int] | None = None) -> Labels:
    """How many carry each pair of labels, (largest row label + 1, largest column label + 1) or of `shape`."""
    high, wide = shape or (int(rows.max()) + 1, int(columns.max()) + 1)
    counts: Labels = np.bincount(rows * wide + columns, minlength=high * wide).reshape(high, wide).astype(np.int64)
    return counts


def prediction_strength(own: Labels, predicted: Labels) -> float:
    """For the worst group: the share of its pairs that the groups learned elsewhere keep together; 0 if it is alone.

    `own` are the labels of a fit on these rows, `predicted` those of a fit on other rows applied to these.

    Source: Tibshirani and Walther 2005, "Cluster validation by prediction strength", equation 2.1.

    Examples
    --------
    >>> prediction_strength(np.array([0, 0, 0, 1, 1]), np.array([1, 1, 0, 0, 0]))
    0.3333333333333333
    """
    counts = crossed(own, predicted).astype(np.float64)
    sizes = counts.sum(1)
    together = (counts * (counts - 1)).sum(1) / np.maximum(sizes * (sizes - 1), 1)
    return float(together.min())


def jaccards(labels: Labels, again: Labels, k: int) -> Floats:
    """For each of `k` groups its likeness to the most alike group of another fit: shared rows / rows in either.

    NaN for a group that has none of these rows. Above 0.75 a group is stable, below 0.5 it has dissolved.

    Source: Hennig 2007, "Cluster-wise assessment of cluster stability" (``fpc::clusterboot``).

    Examples
    --------
    >>> jaccards(np.array([0, 0, 0, 1, 1]), np.array([1, 1, 0, 0, 0]), 2).round(4).tolist()
    [0.6667, 0.6667]
    """
    shared = crossed(labels, again, (k, int(again.max()) + 1)).astype(np.float64)
    either = shared.sum(1)[:, None] + shared.sum(0)[None] - shared
    alike = (shared / np.maximum(either, 1)).max(1)
    return np.where(shared.sum(1) > 0, alike, np.nan)
