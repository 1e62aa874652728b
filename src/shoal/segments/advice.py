"""Which method suits these customers, and why: what was measured goes in, a name and a sentence come out.

The one thing to know: the advice is measured, not guessed. On a sample the density of the points is asked first
(HDBSCAN makes no assumption about shape); only where it finds groups that k-means does not, another method is better.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from shoal.measures.clustering import Floats, Labels
from shoal.segments.algorithms import density, kmeans, mixture
from shoal.segments.algorithms.task import Task
from shoal.words.language import Text, Texts

texts = Texts("shoal.segments")
ROWS = 2_000
MOST_NOISE = 0.2
"""Where more than this share of the sample stands alone, density says little of the customers as a whole."""
AGREE = 0.9
"""From this adjusted Rand index on two groupings are the same groups."""
HUGE = 5_000_000
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Advice:
    """The method that suits the data, why, and whether the choice was left to shoal."""

    algorithm: str
    reason: Text
    taken: bool = False


def advise(
    points: Floats,
    *,
    guided: bool = False,
    levels: bool = False,
    lessons: bool = False,
    number_asked: bool = False,
    seed: int = 0,
    sample: Labels,
) -> Advice:
    """The method that suits these points, measured on the rows `sample`.

    `guided` says that labels or links were given, `levels` that there are text columns, `lessons` that earlier dates
    judge the groups: then k-means, which was best at saying what customers do later wherever it was measured. Where
    the number was asked for (`number_asked`), a method that finds it itself is no answer.
    """
    if guided:
        return _named("labelled")
    if levels:
        return _named("kprototypes")
    if len(points) > HUGE:
        return _named("minibatch", rows=HUGE)
    if lessons:
        return _named("kmeans", "foreseen")
    return _by_shape(points[sample[:ROWS]], seed, number_asked)


def _by_shape(rows: Floats, seed: int, number_asked: bool) -> Advice:
    """K-means, unless density finds other groups: then the mixture if it finds those, else density itself."""
    if len(rows) < 2 * density.SMALLEST or rows.shape[1] == 0:
        return _named("kmeans", "few")
    dense = density.fit(Task(rows, 0, seed=seed))
    k, lone = len(dense.centres), _alone(dense.membership, rows)
    if k < 2 or lone.mean() > MOST_NOISE:
        return _named("kmeans", "no_gaps")
    known, found = ~lone, dict[str, float]()
    for method in (kmeans, mixture):
        labels = method.fit(Task(rows, k, seed=seed, n_init=3)).labels
        found[method.METHOD.name] = float(adjusted_rand_score(dense.labels[known], labels[known]))
    if found["kmeans"] >= AGREE:
        return _named("kmeans", "round", k=k)
    agree = f"{found['kmeans']:.2f}"
    if found["mixture"] >= AGREE or (number_asked and found["mixture"] > found["kmeans"]):
        return _named("mixture", k=k, agree=agree)
    return _named("kmeans", "number", k=k) if number_asked else _named("hdbscan", k=k, agree=agree)


def _alone(exemplars: density.Exemplars | None, rows: Floats) -> Flags:
    """Who (True) is farther from every exemplar than any member of the nearest group."""
    if exemplars is None:
        return np.zeros(len(rows), dtype=np.bool_)
    lone: Flags = exemplars.place(rows, rows[:0]).confidence == 0
    return lone


def _named(algorithm: str, why: str = "why", **values: object) -> Advice:
    return Advice(algorithm, texts(f"advice.{algorithm}.{why}", **values))
