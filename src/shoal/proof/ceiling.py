"""One prediction for each customer instead of one for each group: about what any grouping can reach."""

from __future__ import annotations

import numpy as np

from shoal.features.result import Lesson
from shoal.measures.validity import Floats
from shoal.segments.predictive import PredictiveSpace


def one_prediction_each(now: Lesson) -> Floats:
    """The predictive map learned at the origin itself, for customers it was not learned on; shape (n, targets + 2).

    The targets, then the chance of buying, then a score that ranks customers by spend. Learned on the very weeks it
    predicts (of other customers), so it knows the season as the cross-fitted group means do.
    """
    learned = PredictiveSpace().fit([now])
    projection = learned.space_.projection
    assert projection is not None  # noqa: S101 - set by fit
    expected = learned.expected_[0] * np.array(projection.scale)
    return np.column_stack([expected, expected[:, 0]])
