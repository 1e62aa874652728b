"""Every criterion at every K: points go in, one `KRow` for each K comes out. Nothing is decided here.

The one thing to know: all K share the same halves, bootstraps and reference boxes, so their numbers can be compared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from shoal.measures import clustering
from shoal.measures.clustering import Floats, Labels
from shoal.segments.algorithms.task import Found
from shoal.segments.choose_k import KRow
from shoal.segments.fit import run
from shoal.segments.settings import SegmentSettings
from shoal.segments.stability import BOOTSTRAPS, Trial


def sweep(
    X: Floats,
    settings: SegmentSettings,
    progress: Callable[[float], None] | None = None,
    bootstraps: int = BOOTSTRAPS,
) -> tuple[KRow, ...]:
    """The criteria on the rows of `X` at K = 1 and 2 to ``k_max``, never more than its distinct rows less one.

    Without `bootstraps` nothing is said of the groups' Jaccard.
    """
    k_max = settings.k_max
    highest = min(k_max, clustering.distinct_rows(X, k_max + 1) - 1)
    total = clustering.within(X, np.zeros(len(X), dtype=np.int64), X.mean(axis=0)[None])
    rows, labellings = [KRow(1, total, 1.0)], list[Labels]()
    trial = Trial.of(X, settings, bootstraps) if highest > 1 else None
    for k in range(2, highest + 1):
        found = run(X, k, settings)
        labellings.append(found.labels)
        rows.append(_row(X, k, found))
        if trial:
            rows[-1] = tried(rows[-1], trial, found.labels)
        if progress:
            progress((k - 1) / highest)
    if trial:
        one = trial.one()
        rows[0] = replace(rows[0], gap=one.gap, gap_error=one.gap_error)
    scores = clustering.silhouettes(X, labellings) if labellings else []
    return (rows[0], *(replace(row, silhouette=score) for row, score in zip(rows[1:], scores, strict=True)))


def tried(row: KRow, trial: Trial, labels: Labels) -> KRow:
    """The row with what refits say of its groups."""
    found = trial.refits(row.k, labels)
    return replace(
        row,
        gap=found.gap,
        gap_error=found.gap_error,
        prediction_strength=found.prediction_strength,
        between=found.between,
        jaccards=found.jaccards,
        valley=found.valley,
    )


def _row(X: Floats, k: int, found: Found) -> KRow:
    labels: Labels = found.labels
    smallest = float(np.bincount(labels, minlength=k).min() / len(X))
    pair = clustering.calinski_harabasz(X, labels), clustering.davies_bouldin(X, labels)
    return KRow(k, found.inertia, smallest, None, *pair)
