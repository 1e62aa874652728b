"""How good is a grouping of points? Matrices, labels and centres go in, numbers come out; labels start at 0.

The one thing to know: `silhouettes` scores many groupings of the same points in one pass over their distances, because
the distances, not the groupings, are what costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score
from sklearn.metrics.pairwise import euclidean_distances

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
CHUNK_ROWS = 32_768
"""Rows compared at once: keeps the working memory of `nearest` at a few MB whatever the number of customers."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """For each row its nearest centre, the second nearest (-1 where there is one centre) and both distances."""

    label: Labels
    second: Labels
    distance: Floats
    second_distance: Floats

    @property
    def confidence(self) -> Floats:
        """1 - distance to own centre / distance to the next: 0 on the border, 1 on the own centre or with one only."""
        apart = np.where(self.second_distance > 0, self.second_distance, 1.0)
        share = np.where(self.second_distance > 0, self.distance / apart, 1.0)
        return np.where(self.second < 0, 1.0, 1.0 - share)


def nearest(X: Floats, centres: Floats) -> Nearest:
    """The nearest and second nearest of `centres` (k, d) for each row of `X` (n, d). Ties go to the lower number.

    Distances are summed from differences, not from the expanded square, so that a point on a centre is at distance 0.

    Examples
    --------
    >>> found = nearest(np.array([[0.0], [3.0]]), np.array([[0.0], [4.0]]))
    >>> found.label.tolist(), found.second.tolist(), found.distance.tolist(), found.second_distance.tolist()
    ([0, 1], [1, 0], [0.0, 1.0], [4.0, 3.0])
    """
    parts = [_nearest(X[start : start + CHUNK_ROWS], centres) for start in range(0, max(len(X), 1), CHUNK_ROWS)]
    return Nearest(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _nearest(X: Floats, centres: Floats) -> tuple[Labels, Labels, Floats, Floats]:
    squared = np.empty((len(X), len(centres)))
    for number, centre in enumerate(centres):
        step = X - centre
        squared[:, number] = np.einsum("ij,ij->i", step, step)
    rows = np.arange(len(X))
    label = squared.argmin(axis=1)
    own = np.sqrt(squared[rows, label])
    if len(centres) == 1:
        return label, np.full(len(X), -1, dtype=np.int64), own, np.full(len(X), np.inf)
    squared[rows, label] = np.inf
    second = squared.argmin(axis=1)
    return label, second, own, np.sqrt(squared[rows, second])


def silhouettes(X: Floats, labellings: Sequence[Labels], chunk: int = 512) -> list[float]:
    """The mean silhouette of each labelling of the same rows, exact, in one pass over the n x n distances.

    A row alone in its group scores 0. Cost: n * n * (d + sum of k) multiplications, memory chunk * n.

    Source: Rousseeuw 1987, "Silhouettes", J. Comput. Appl. Math. 20; equal to ``sklearn.metrics.silhouette_score``.

    Examples
    --------
    >>> X = np.array([[0.0], [1.0], [10.0], [11.0]])
    >>> [round(score, 4) for score in silhouettes(X, [np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])])]
    [0.8997, 0.0263]
    """
    members = [np.eye(int(labels.max()) + 1)[labels] for labels in labellings]
    stacked = np.hstack(members)
    edges = np.cumsum([0, *(member.shape[1] for member in members)])
    totals = np.zeros(len(labellings))
    for start in range(0, len(X), chunk):
        rows = slice(start, start + chunk)
        distances = euclidean_distances(X[rows], X)
        np.put_along_axis(distances, np.arange(len(X))[rows, None], 0.0, axis=1)
        sums = distances @ stacked
        for number, labels in enumerate(labellings):
            part = sums[:, edges[number] : edges[number + 1]]
            totals[number] += _silhouette_sum(part, labels[rows], members[number].sum(axis=0))
    return [float(total / len(X)) for total in totals]


def _silhouette_sum(sums: Floats, labels: Labels, sizes: Floats) -> float:
    rows, own_size = np.arange(len(labels)), sizes[labels]
    own = sums[rows, labels] / np.maximum(own_size - 1, 1)
    others = np.where(sizes > 0, sums / np.maximum(sizes, 1), np.inf)
    others[rows, labels] = np.inf
    other = others.min(axis=1)
    largest = np.maximum(own, other)
    known = (own_size > 1) & (largest > 0)
    return float(((other - own)[known] / largest[known]).sum())


def calinski_harabasz(X: Floats, labels: Labels) -> float:
    """Spread between groups over spread within, each per degree of freedom. Larger is better.

    Source: Calinski and Harabasz 1974; scikit-learn's.
    """
    return float(calinski_harabasz_score(X, labels))


def davies_bouldin(X: Floats, labels: Labels) -> float:
    """Mean over groups of the worst (own spread + other's spread) / distance of centres. Smaller is better.

    Source: Davies and Bouldin 1979; scikit-learn's.
    """
    return float(davies_bouldin_score(X, labels))


def within(X: Floats, labels: Labels, centres: Floats) -> float:
    """The sum of squared distances of rows to their own centre (inertia)."""
    step = X - centres[labels]
    return float(np.einsum("ij,ij->", step, step))


def elbow(x: Sequence[float], y: Sequence[float]) -> int | None:
    """The position of the knee of a falling, convex curve: where it lies farthest below the chord between its ends.

    None for fewer than three points or a curve that nowhere lies below its chord.

    Source: Satopaa et al. 2011, "Finding a 'kneedle' in a haystack", section III, without smoothing and with the
    global rather than the first local maximum, so that no sensitivity has to be chosen.

    Examples
    --------
    >>> elbow([1, 2, 3, 4, 5], [100, 40, 10, 8, 7])
    2
    >>> elbow([1, 2, 3], [3, 2, 1]) is None
    True
    """
    if len(x) < 3 or y[0] <= y[-1]:
        return None
    across = (np.asarray(x, float) - x[0]) / (x[-1] - x[0])
    down = (y[0] - np.asarray(y, float)) / (y[0] - y[-1])
    gain = down - across
    best = int(gain.argmax())
    return best if gain[best] > 1e-9 else None


def distinct_rows(X: Floats, at_most: int) -> int:
    """How many different rows `X` has, counted no further than `at_most`: cheap on a million rows, equal or not."""
    if X.shape[1] == 0:
        return min(len(X), 1, at_most)
    seen = X[:0]
    for start in range(0, len(X), CHUNK_ROWS):
        seen = np.unique(np.concatenate([seen, X[start : start + CHUNK_ROWS]]), axis=0)
        if len(seen) >= at_most:
            return at_most
    return len(seen)


def condensed(X: Floats, most: float) -> tuple[Floats, Floats | None, Labels | None]:
    """The different rows of `X`, how often each stands there, and which of them each row is.

    As they are (and None twice) where more than the share `most` of them is different: looking once at each would save
    nothing. Equal rows are found by a 64-bit mix of their bits, then compared.

    Examples
    --------
    >>> rows, weights, where = condensed(np.array([[1.0], [2.0], [1.0], [1.0]]), 0.5)
    >>> rows[where].ravel().tolist(), sorted(weights.tolist())
    ([1.0, 2.0, 1.0, 1.0], [1.0, 3.0])
    """
    bits = (X + 0.0).view(np.uint64)  # adding zero makes -0 and 0 the same bits
    mixed = np.zeros(len(X), dtype=np.uint64)
    for column in bits.T:
        mixed = (mixed ^ column) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    _, first, where, counts = np.unique(mixed, return_index=True, return_inverse=True, return_counts=True)
    if len(first) > most * len(X) or not np.array_equal(X[first][where], X):
        return X, None, None
    return X[first], counts.astype(np.float64), where.astype(np.int64)
