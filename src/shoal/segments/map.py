"""A map of customers: the space in two dimensions, a sample of dots, no ids.

What enters are the points of the space, the features and the labels, what leaves is a `CustomerMap`. The one thing to
know: it is the two directions in which customers differ most (principal components), so distances on it are shorter
than in the space, never longer; how much of the differences it shows is said.
"""

from __future__ import annotations

import numpy as np

from shoal.features.result import Features
from shoal.measures.clustering import Floats, Labels
from shoal.segments.fit import sample_rows
from shoal.segments.map_view import CustomerMap
from shoal.segments.space import TRANSFORMS, numbers
from shoal.segments.spaces import ROOTED
from shoal.words.language import Text

DOTS = 2_000
FEWEST_DOTS = 10


def customer_map(features: Features, points: Floats, labels: Labels) -> CustomerMap | None:
    """The map; None where the space has fewer than two directions or there are too few customers to draw."""
    rows = np.sort(sample_rows(features.table["customer_id"].to_pylist(), DOTS))
    centred = points[rows] - points[rows].mean(axis=0)
    if len(rows) < FEWEST_DOTS or centred.shape[1] < 2:
        return None
    _, strength, directions = np.linalg.svd(centred, full_matrices=False)
    total = float((strength**2).sum())
    if strength[1] <= 1e-9 * strength[0]:
        return None
    names, sides = _meaning(features, rows, flat := centred @ directions[:2].T)
    flat = np.round(flat * sides, 3) + 0.0
    return CustomerMap(
        tuple(flat[:, 0].tolist()),
        tuple(flat[:, 1].tolist()),
        tuple((labels[rows] + 1).tolist()),
        float((strength[:2] ** 2).sum()) / total,
        *names,
    )


def _meaning(features: Features, rows: Labels, flat: Floats) -> tuple[list[Text], Floats]:
    """The feature each direction goes along with most, no feature twice, and the sign that makes it grow."""
    columns = [_stable(features, info.name, info.kind, rows) for info in features.columns]
    z = np.column_stack(columns)
    along = z.T @ ((flat - flat.mean(axis=0)) / flat.std(axis=0)) / len(rows)
    first = int(np.argmax(np.abs(along[:, 0])))
    rest = np.abs(along[:, 1])
    rest[first] = -1.0
    picked = (first, int(np.argmax(rest)))
    sides = np.array([1.0 if along[at, axis] >= 0 else -1.0 for axis, at in enumerate(picked)])
    return [features.columns[at].label for at in picked], sides


def _stable(features: Features, name: str, kind: str, rows: Labels) -> Floats:
    """One feature of the sample to mean 0 and spread 1, counts and money by their roots, gaps in the middle."""
    values = numbers(features.table, name)[rows]
    values = TRANSFORMS["signed_sqrt"](values) if kind in ROOTED else values
    known = ~np.isnan(values)
    if not known.any() or np.ptp(values[known]) == 0:
        return np.zeros(len(rows))
    return np.where(known, (values - values[known].mean()) / values[known].std(), 0.0)
