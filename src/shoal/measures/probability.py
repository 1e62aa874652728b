"""How well a score tells those who will from those who won't."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata


def auc(score: NDArray[np.float64], happened: NDArray[np.bool_]) -> float:
    """The chance that one to whom it happened scores above one to whom it did not; ties count half.

    The Mann-Whitney form of the area under the ROC curve. NaN when it happened to all or to none.

    Examples
    --------
    >>> auc(np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, False, True, True]))
    0.875
    """
    positives = int(happened.sum())
    negatives = len(happened) - positives
    if not positives or not negatives:
        return float("nan")
    ranks = rankdata(score)
    return float((ranks[happened].sum() - positives * (positives + 1) / 2) / (positives * negatives))
