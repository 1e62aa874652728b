"""What groups say of a customer whom they were learned without: means, AUC and capture, each customer left out in turn.

Inputs are arrays over the same customers: a group for each, and what each did. A grouping of many small cells would
otherwise be praised for remembering its own members. Leaving out one at a time needs no folds, so nothing depends on
how these were drawn (with ten folds the mean R² of a shop with few large buyers moves by half a point from draw to
draw), and costs no more than the sums.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shoal.measures.validity import Floats, Groups

Flags = NDArray[np.bool_]


def left_out_means(groups: Groups, outcomes: Floats) -> Floats:
    """For each customer the mean outcome of the others of the same group, shape (n, m).

    Leave-one-out cross-validation (Stone 1974), in closed form. A group of one knows nothing of its member: the mean
    of all others stands in.

    Examples
    --------
    >>> left_out_means(np.array([0, 0, 1]), np.array([[1.0], [3.0], [8.0]]))[:, 0]
    array([3., 1., 2.])
    """
    cells, sizes = _cells(groups)
    sums = np.zeros((len(sizes), outcomes.shape[1]))
    np.add.at(sums, cells, outcomes)
    others = sizes[cells][:, None] - 1
    everyone = (outcomes.sum(0) - outcomes) / max(len(outcomes) - 1, 1)
    return np.asarray(np.where(others > 0, (sums[cells] - outcomes) / np.maximum(others, 1), everyone))


def left_out_auc(groups: Groups, happened: Flags) -> float:
    """The chance that one to whom it happened is in the likelier group of the two, both left out; a tie counts half.

    Leave-pair-out cross-validation (Airola et al. 2011): leaving out one at a time would rank each below its own group
    because it happened to it, and call labels without meaning worse than chance. NaN when it happened to all or none.

    Examples
    --------
    >>> left_out_auc(np.array([0, 0, 0, 0, 1, 1]), np.array([True, True, True, False, False, False]))
    0.8333333333333334
    """
    cells, sizes = _cells(groups)
    yes = np.bincount(cells, happened, minlength=len(sizes))
    no = sizes - yes
    if not yes.sum() or not no.sum():
        return float("nan")
    everyone = (yes.sum() - 1) / max(len(groups) - 2, 1)
    others = np.maximum(sizes - 1, 1)
    without_one = np.where(sizes > 1, (yes - 1) / others, everyone)[:, None]
    without_none = np.where(sizes > 1, yes / others, everyone)[None, :]
    ahead = (without_one > without_none) + 0.5 * (without_one == without_none)
    np.fill_diagonal(ahead, 0.5)
    return float((yes[:, None] * no[None, :] * ahead).sum() / (yes.sum() * no.sum()))


def left_out_capture(groups: Groups, worth: Floats, share: float = 0.2) -> float:
    """Share of all `worth` held by the customers whose group would be in the top `share` without them.

    Groups are ranked by their mean worth; the own one counts with the mean of the others in it. Where a group, or
    several of equal means, lies across the border, its members share the places left. A group of one knows nothing of
    its member, who is in the top by lot. NaN when there is no worth at all.

    Examples
    --------
    >>> left_out_capture(np.array([0, 0, 1, 1, 1]), np.array([6.0, 2.0, 1.0, 1.0, 0.0]), 0.4)
    0.8
    """
    if not worth.sum():
        return float("nan")
    cells, sizes = _cells(groups)
    means = np.bincount(cells, worth) / sizes
    own = left_out_means(groups, worth[:, None])[:, 0]
    order = np.argsort(means, kind="stable")
    ordered, up_to = means[order], np.concatenate([[0], np.cumsum(sizes[order])])
    above = len(worth) - up_to[np.searchsorted(ordered, own, "right")]
    level = len(worth) - above - up_to[np.searchsorted(ordered, own, "left")]
    above = above - sizes[cells] * (means[cells] > own)
    level = level + sizes[cells] * (means[cells] != own)
    taken = np.where(sizes[cells] > 1, np.clip((share * len(worth) - above) / level, 0, 1), share)
    return float((taken * worth).sum() / worth.sum())


def _cells(groups: Groups) -> tuple[Groups, Floats]:
    """The groups numbered without gaps, and how many customers each has."""
    cells = np.unique(groups, return_inverse=True)[1].astype(np.int64)
    return cells, np.bincount(cells).astype(np.float64)
