"""One way of grouping, or of predicting each customer singly, judged on what came after one cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoal.features.result import Lesson
from shoal.measures.left_out import left_out_auc, left_out_capture, left_out_means
from shoal.measures.probability import auc
from shoal.measures.validity import Floats, Groups, capture, mean_explained, r_squared


@dataclass(frozen=True)
class Judged:
    """One contender at one origin: its measures and the bootstrap draws of its mean R²."""

    groups: int
    by_outcome: Floats
    draws: Floats
    auc: float
    capture: float

    @property
    def mean(self) -> float:
        return float(mean_explained(self.by_outcome))


def judge_groups(now: Lesson, groups: Groups, weights: Floats) -> Judged:
    """What each customer's group says of them, learned from the others in it; `weights` as `bootstrap_weights`."""
    return Judged(
        len(np.unique(groups)),
        *_explained(now, left_out_means(groups, now.targets), weights),
        left_out_auc(groups, now.bought),
        left_out_capture(groups, now.spend),
    )


def judge_predictions(now: Lesson, predicted: Floats, weights: Floats) -> Judged:
    """`predicted` holds the targets' columns, then the chance of buying, then a score that ranks customers by spend."""
    return Judged(
        0,
        *_explained(now, predicted[:, : now.targets.shape[1]], weights),
        auc(predicted[:, -2], now.bought),
        capture(predicted[:, -1], now.spend),
    )


def _explained(now: Lesson, predicted: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """R² of each outcome, and the bootstrap draws of their mean."""
    return r_squared(now.targets, predicted), mean_explained(r_squared(now.targets, predicted, weights))
