"""What could be said at best: one prediction for each customer, and the same prediction in as many groups.

Both are learned on the very weeks they predict (of other customers), which nobody could have known. The first says what
is lost by speaking of groups, the second whether better groups of that number were to be had.
"""

from __future__ import annotations

import numpy as np

from shoal.features.result import Lesson
from shoal.measures.validity import Floats, Groups
from shoal.proof.baselines import kmeans
from shoal.segments.predictive import PredictiveSpace


def one_prediction_each(now: Lesson) -> Floats:
    """The predictive map learned at the origin itself, for customers it was not learned on; shape (n, targets + 2).

    The targets, then the chance of buying, then a score that ranks customers by spend. Learned on the very weeks it
    predicts (of other customers), so it knows the season as the group means do.
    """
    learned = PredictiveSpace().fit_lessons([now])
    projection = learned.space_.projection
    assert projection is not None  # noqa: S101 - set by fit
    expected = learned.expected_[0] * np.array(projection.scale)
    return np.column_stack([expected, expected[:, 0]])


def in_groups(now: Lesson, predicted: Floats, k: int, seed: int) -> Groups:
    """K-means on `one_prediction_each`, each outcome in units of its own spread: about the best `k` groups there are.

    About, not exactly: k-means on expected outcomes keeps most of what they say among all groupings of that number,
    but a map that is no straight line could expect more.
    """
    known = np.column_stack([now.targets, now.bought])
    spread = known.std(0)
    return kmeans(predicted[:, : known.shape[1]] / np.where(spread > 0, spread, 1), k, seed)
