"""Which space, and how many segments, say most of what customers do next? Asked of earlier cuts, before today.

What enters are lessons, what leaves is the choice with everything it was chosen from. The one thing to know: only cuts
before today's are used, and maps are judged on customers they were not learned from, so the later weeks that judge the
study (`proof`) have not been seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shoal.features.result import Lesson
from shoal.measures.clustering import Floats, Labels
from shoal.measures.validity import bootstrap_weights, cross_fitted_means, percentile_interval, r_squared
from shoal.segments.choose_k import Foresight
from shoal.segments.fit import run
from shoal.segments.predictive import PredictiveSpace
from shoal.segments.settings import SegmentSettings
from shoal.segments.space_choice import SpaceChoice, SpaceTrial
from shoal.segments.spaces import fit_space
from shoal.words.errors import InputError, UsageError
from shoal.words.language import Texts

texts = Texts("shoal.segments")
SIMPLEST_FIRST = ("rfm", "behaviour", "tastes", "predictive")
TRIAL_K = 8
DRAWS = 200


@dataclass(frozen=True)
class Trials:
    """The lessons with the points of their customers in each space, ready to be grouped and asked."""

    lessons: tuple[Lesson, ...]
    points: dict[str, list[Floats]]
    weights: tuple[Floats, ...]

    @classmethod
    def of(cls, lessons: Sequence[Lesson], learned: PredictiveSpace, seed: int) -> Trials:
        """The points of every space these lessons carry."""
        points: dict[str, list[Floats]] = {"predictive": learned.expected_}
        for name in SIMPLEST_FIRST[:-1]:
            try:
                points[name] = [fit_space(lesson.features, name).points for lesson in lessons]
            except (InputError, UsageError):  # a space that the log cannot carry does not take part
                continue
        weights = tuple(bootstrap_weights(len(lesson.targets), DRAWS, seed) for lesson in lessons)
        return cls(tuple(lessons), points, weights)

    def explained(self, space: str, k: int, settings: SegmentSettings) -> tuple[float, Floats, float]:
        """Mean R² over outcomes and lessons, its bootstrap draws, and the smallest group's share."""
        means, draws, smallest = [], [], 1.0
        for lesson, X, weights in zip(self.lessons, self.points[space], self.weights, strict=True):
            labels = run(X, min(k, len(X)), settings).labels.astype(np.int64)
            predicted = cross_fitted_means(labels, lesson.targets, seed=settings.seed)
            means.append(float(np.nanmean(r_squared(lesson.targets, predicted))))
            draws.append(np.nanmean(r_squared(lesson.targets, predicted, weights), axis=1))
            smallest = min(smallest, _smallest(labels))
        return float(np.mean(means)), np.mean(draws, axis=0), smallest


def choose_space_by_foresight(trials: Trials, settings: SegmentSettings) -> SpaceChoice:
    """The simplest space whose shortfall behind the best one may be chance (its 95 % interval holds zero)."""
    found = {name: trials.explained(name, TRIAL_K, settings)[:2] for name in SIMPLEST_FIRST if name in trials.points}
    best = max(found, key=lambda name: found[name][0])
    tried = [
        SpaceTrial(
            name,
            percentile_interval(mean, draws),
            percentile_interval(found[best][0] - mean, found[best][1] - draws),
        )
        for name, (mean, draws) in found.items()
    ]
    picked = next(trial for trial in tried if trial.space == best or trial.behind.low <= 0)
    key = "best" if picked.space == best else "as_good"
    words = {"space": texts(f"space.{picked.space}"), "best": texts(f"space.{best}")}
    shares = {"r": f"{picked.r_squared.value:.0%}", "best_r": f"{found[best][0]:.0%}"}
    reason = texts(f"space.reason.{key}", **words, **shares)
    return SpaceChoice(picked.space, reason, tuple(sorted(tried, key=lambda trial: -trial.r_squared.value)))


def foresee(trials: Trials, space: str, settings: SegmentSettings) -> tuple[Foresight, ...]:
    """The explained share at every K from 1 to ``k_max``. One group explains nothing: 0 by definition."""
    most = min(settings.k_max, *(len(np.unique(X, axis=0)) for X in trials.points[space]))
    found = [Foresight(1, 0.0, 0.0, 1.0)]
    for k in range(2, most + 1):
        mean, draws, smallest = trials.explained(space, k, settings)
        found.append(Foresight(k, mean, float(draws.std()), smallest))
    return tuple(found)


def _smallest(labels: Labels) -> float:
    sizes = np.bincount(labels)
    return float(sizes[sizes > 0].min() / len(labels))
