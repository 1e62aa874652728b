"""Which space, and how many segments, say most of what customers do next? Asked of earlier cuts, before today.

What enters are lessons, what leaves is the choice with everything it was chosen from. The one thing to know: only cuts
before today's are used, and maps are judged on customers they were not learned from, so the later weeks that judge the
study (`proof`) have not been seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shoal.features.result import FEWEST_BUYERS, Features, Lesson
from shoal.measures.clustering import Floats, Labels, distinct_rows
from shoal.measures.left_out import left_out_means
from shoal.measures.validity import bootstrap_weights, mean_explained, percentile_interval, r_squared
from shoal.segments.choose_k import Foresight
from shoal.segments.fit import run, sample_rows
from shoal.segments.predictive import PredictiveSpace
from shoal.segments.settings import SegmentSettings
from shoal.segments.space_choice import SpaceChoice, SpaceTrial
from shoal.segments.spaces import fit_space
from shoal.words.errors import InputError, UsageError
from shoal.words.language import Text, Texts

texts = Texts("shoal.segments")
SIMPLEST_FIRST = ("rfm", "behaviour", "tastes", "predictive")
TRIAL_K = 8
DRAWS = 200
TRIAL_ROWS = 20_000


@dataclass(frozen=True)
class Trials:
    """Customers of the lessons with their points in each space and what they did next, ready to be grouped and asked.

    `points[space][i]` and `targets[i]` are of the same customers; more than `TRIAL_ROWS` in a lesson teach no more.
    """

    points: dict[str, list[Floats]]
    targets: tuple[Floats, ...]
    weights: tuple[Floats, ...]

    @classmethod
    def of(cls, lessons: Sequence[Lesson], learned: PredictiveSpace, seed: int) -> Trials:
        """The points of every space these lessons carry."""
        kept = [sample_rows(lesson.features.table["customer_id"].to_pylist(), TRIAL_ROWS) for lesson in lessons]
        points = {"predictive": _of(learned.expected_, kept)}
        for name in SIMPLEST_FIRST[:-1]:
            try:
                points[name] = _of([fit_space(lesson.features, name).points for lesson in lessons], kept)
            except (InputError, UsageError):  # a space that the log cannot carry does not take part
                continue
        targets = tuple(_of([lesson.targets for lesson in lessons], kept))
        return cls(points, targets, tuple(bootstrap_weights(len(known), DRAWS, seed) for known in targets))

    def explained(self, space: str, k: int, settings: SegmentSettings) -> tuple[float, Floats, float]:
        """Mean R² over outcomes and lessons, its bootstrap draws, and the smallest group's share."""
        means, draws, smallest = [], [], 1.0
        for X, targets, weights in zip(self.points[space], self.targets, self.weights, strict=True):
            groups = distinct_rows(X, k)
            labels = _grouped(X, groups, settings)
            predicted = left_out_means(labels, targets)
            means.append(float(_said(r_squared(targets, predicted))))
            draws.append(_said(r_squared(targets, predicted, weights)))
            smallest = min(smallest, float(np.bincount(labels, minlength=groups).min() / len(labels)))
        return float(np.mean(means)), np.mean(draws, axis=0), smallest


def untaught(features: Features, lessons: Sequence[Lesson]) -> Text:
    """Why no earlier date can teach: what would be needed, and what these lessons hold."""
    if lessons:
        most, horizon = max(int(lesson.bought.sum()) for lesson in lessons), lessons[0].clock.horizon_days
        return texts("space.reason.few_buyers", buyers=FEWEST_BUYERS, horizon=horizon, most=most)
    look_back, ahead = features.made.look_back_days, features.made.horizon_days
    if look_back is None or ahead is None:
        return texts("space.reason.no_dates")
    return texts("space.reason.too_short", look_back=look_back, horizon=ahead, both=look_back + ahead)


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
    most = min(distinct_rows(X, settings.k_max) for X in trials.points[space])
    found = [Foresight(1, 0.0, 0.0, 1.0)]
    for k in range(2, most + 1):
        mean, draws, smallest = trials.explained(space, k, settings)
        found.append(Foresight(k, mean, float(draws.std()), smallest))
    return tuple(found)


def _of(whole: Sequence[Floats], kept: Sequence[Labels]) -> list[Floats]:
    return [values[rows] for values, rows in zip(whole, kept, strict=True)]


def _grouped(X: Floats, groups: int, settings: SegmentSettings) -> Labels:
    return run(X, groups, settings).labels if groups > 1 else np.zeros(len(X), dtype=np.int64)


def _said(explained: Floats) -> Floats:
    """The mean explained share; 0 where nothing was there to explain."""
    return np.nan_to_num(mean_explained(explained))
