"""Would this very segment be found again? The groups and their points go in, shares from 0 to 1 a segment come out.

Three trials with the method in force: other seeds, bootstrap samples of the customers (Hennig 2007), and the groups of
the date before today, learned from the customers as they were then and applied to those of today. Each says for every
segment the Jaccard of the group that is most like it. The one thing to know: it is not asked whether customers moved
(they do), but whether the segment is still there to move to. At most a few thousand customers take part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from shoal.features.result import Features, Lesson
from shoal.measures.clustering import Floats, Labels, nearest
from shoal.measures.stability import jaccards
from shoal.segments.algorithms.registry import METHODS
from shoal.segments.fit import sample_rows, task_of
from shoal.segments.grouping import Grouped
from shoal.segments.phrases import called
from shoal.segments.portrait import Segment
from shoal.segments.prospect import Steadiness
from shoal.segments.settings import SegmentSettings
from shoal.show.blocks import Finding
from shoal.words.errors import InputError
from shoal.words.language import Texts

texts = Texts("shoal.segments")
ROWS = 2_000
SEEDS, BOOTSTRAPS, RUNS = 4, 10, 3
BY_CENTRE = ("kmeans", "minibatch", "bisecting")
"""Methods whose groups are told by the nearest centre: these can be carried from one date to another."""


def with_steadiness(
    segments: Sequence[Segment],
    grouped: Grouped,
    features: Features,
    lessons: Sequence[Lesson],
    settings: SegmentSettings,
) -> tuple[Segment, ...]:
    """The segments, each with how much of it is found again; as they are where there is but one, or people said so."""
    method = grouped.fit.algorithm
    if len(segments) < 2 or method == "labelled":
        return tuple(segments)
    settings = replace(settings, algorithm=method)
    rows = sample_rows(features.table["customer_id"].cast(pa.string()).to_pylist(), ROWS)
    points, labels = grouped.fitted.points[rows], grouped.labels[rows]
    k = len(segments)
    seeds = _mean([jaccards(labels, again, k) for again in _other_seeds(points, k, settings)], k)
    boots = _mean([jaccards(labels[kept], again, k) for kept, again in _bootstraps(points, k, settings)], k)
    dates = _mean(list(_dates(grouped, points, labels, lessons, settings)), k)
    return tuple(
        replace(one, steadiness=Steadiness(*(_known(part[label]) for part in (seeds, boots, dates))))
        for label, one in enumerate(segments)
    )


def _refit(points: Floats, k: int, settings: SegmentSettings) -> Labels:
    return METHODS[settings.algorithm].fit(task_of(points, k, settings, RUNS)).labels


def _other_seeds(points: Floats, k: int, settings: SegmentSettings) -> Iterator[Labels]:
    for more in range(1, SEEDS + 1):
        yield _refit(points, k, replace(settings, seed=settings.seed + more))


def _bootstraps(points: Floats, k: int, settings: SegmentSettings) -> Iterator[tuple[Labels, Labels]]:
    rng = np.random.default_rng(settings.seed)
    for _ in range(BOOTSTRAPS):
        kept: Labels = np.unique(rng.integers(0, len(points), len(points)))
        if len(kept) >= 2 * k:
            yield kept, _refit(points[kept], k, settings)


def _dates(
    grouped: Grouped, points: Floats, labels: Labels, lessons: Sequence[Lesson], settings: SegmentSettings
) -> Iterator[Floats]:
    """The groups of each earlier date, in today's space, among the customers of today."""
    k = len(grouped.model.numbers)
    for lesson in lessons if settings.algorithm in BY_CENTRE else ():
        try:
            then = grouped.fitted.space.transform(lesson.features.table)
        except InputError:  # a feature of today's space did not exist then
            continue
        few = then[sample_rows(lesson.features.table["customer_id"].to_pylist(), ROWS)]
        if len(few) >= 2 * k:
            centres = METHODS[settings.algorithm].fit(task_of(few, k, settings, RUNS)).centres
            yield jaccards(labels, nearest(points, centres).label, k)


def _mean(found: list[Floats], k: int) -> Floats:
    """The mean over the trials, segment by segment; NaN where none had customers of it."""
    if not found:
        return np.full(k, np.nan)
    known = ~np.isnan(found)
    tried = known.sum(axis=0)
    return np.where(tried > 0, np.where(known, found, 0.0).sum(axis=0) / np.maximum(tried, 1), np.nan)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def unsteady(segments: Sequence[Segment]) -> Iterator[Finding]:
    """A warning that names the segments that would not be found again."""
    shaky = [one for one in segments if one.steadiness is not None and one.steadiness.word == "shaky"]
    if shaky:
        words = texts("steady.warning", count=len(shaky), names=called(shaky))
        yield Finding("segments.unstable", "warning", words, texts("steady.warning_do"), len(shaky))
