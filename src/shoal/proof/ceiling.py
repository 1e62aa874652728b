"""One prediction for each customer instead of one for each group: what any segmentation of these features can reach."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import KFold

from shoal.measures.validity import Floats
from shoal.proof.origins import Origin
from shoal.segments.spaces import fit_space

FOLDS = 10
STRENGTHS = np.logspace(-1, 5, 13)


def one_prediction_each(origin: Origin, seed: int) -> Floats:
    """Cross-fitted ridge predictions: the targets, then the chance of buying, then spend; shape (n, targets + 2).

    The features are those of the space `behaviour`, so that root-scale outcomes meet root-scale features; the
    strength is chosen by leave-one-out within each fold's training customers.
    """
    points = fit_space(origin.features, "behaviour").points
    known = np.column_stack([origin.targets, origin.bought, origin.spend]).astype(float)
    predicted = np.empty_like(known)
    for rest, fold in KFold(FOLDS, shuffle=True, random_state=seed).split(points):
        predicted[fold] = RidgeCV(STRENGTHS).fit(points[rest], known[rest]).predict(points[fold])
    return predicted
