"""A tree of plain questions grown for the cost of a clustering: who answers alike ends in the same leaf.

What enters are points, values to ask about, and the clustering's centres in both; what leaves are nodes. First the
greedy cut of Laber and Murtinho 2021 ("On the price of explainability for some clustering problems", Ex-Greedy), which
parts the centres until each leaf has one; then the leaf whose cut takes most cost away is cut, as often as asked
(Frost, Moshkovitz and Rashtchian 2020, ExKMC). The one thing to know: cost is always the squared distance to a centre
of the clustering, so the tree follows the segments and does not look for others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from shoal.measures.clustering import Floats, Labels

NEVER = 1 << 30


@dataclass(frozen=True, slots=True)
class Node:
    """One node. While the tree has fewer than `cut_at` leaves it is a leaf of `segment` (from 0).

    After that, values of `feature` (a column's place) that are at most `threshold` go to `low`, others to `high`.
    """

    segment: int
    cut_at: int = NEVER
    feature: int = -1
    threshold: float = 0.0
    low: int = -1
    high: int = -1


@dataclass(frozen=True, slots=True)
class _Cut:
    """A candidate: what it costs, the column, between which two values it stands."""

    cost: float
    feature: int
    above: float
    below: float


@dataclass(frozen=True)
class _Grower:
    """Distances (n, k) of points to centres, the columns to ask about with their sort orders, the centres in them."""

    apart: Floats
    values: Floats
    order: Labels
    middles: Floats

    def parting(self, rows: NDArray[np.bool_], centres: Labels) -> _Cut | None:
        """The cut that parts the centres at the least cost, None where they are equal in every column."""
        best: _Cut | None = None
        for feature in range(self.values.shape[1]):
            placed = centres[np.argsort(self.middles[centres, feature], kind="stable")]
            for cut in self._parting_by(feature, self.order[:, feature][rows[self.order[:, feature]]], placed):
                best = cut if best is None or cut.cost < best.cost else best
        return best

    def _parting_by(self, feature: int, order: Labels, placed: Labels) -> Iterator[_Cut]:
        """For each way to part the centres in the order of this column, the cheapest place among the customers."""
        values, middles = self.values[order, feature], self.middles[placed, feature]
        apart = self.apart[np.ix_(order, placed)]
        to_low = np.minimum.accumulate(apart, axis=1)
        to_high = np.minimum.accumulate(apart[:, ::-1], axis=1)[:, ::-1]
        start, end = np.r_[-np.inf, values], np.r_[values, np.inf]
        for left in np.flatnonzero(middles[:-1] < middles[1:]):
            low, high = _summed(to_low[:, left]), _summed(to_high[:, left + 1])
            above, below = np.maximum(start, middles[left]), np.minimum(end, middles[left + 1])
            cost = np.where(above < below, low + high[-1] - high, np.inf)
            if np.isfinite(cost[1:-1]).any():  # nobody on one side tells nothing
                cost[[0, -1]] = np.inf
            at = int(cost.argmin())
            yield _Cut(float(cost[at]), feature, float(above[at]), float(below[at]))

    def cheapest(self, rows: NDArray[np.bool_]) -> _Cut | None:
        """The cut whose sides cost least, each with the one centre that fits it best; None where all are alike."""
        best: _Cut | None = None
        for feature in range(self.values.shape[1]) if rows.sum() > 1 else ():
            order = self.order[:, feature][rows[self.order[:, feature]]]
            values, sums = self.values[order, feature], np.cumsum(self.apart[order], axis=0)
            cost = sums[:-1].min(axis=1) + (sums[-1] - sums[:-1]).min(axis=1)
            cost = np.where(values[:-1] < values[1:], cost, np.inf)
            at = int(cost.argmin())
            if cost[at] < (np.inf if best is None else best.cost):
                best = _Cut(float(cost[at]), feature, float(values[at]), float(values[at + 1]))
        return best

    def fits(self, rows: NDArray[np.bool_]) -> tuple[int, float]:
        """The centre that is nearest to these customers in sum, and the cost of it."""
        sums = self.apart[rows].sum(axis=0)
        return int(sums.argmin()), float(sums.min())


def _summed(column: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(column)])


def grow(points: Floats, values: Floats, centres: Floats, middles: Floats, most: int) -> tuple[Node, ...]:
    """The nodes of a tree with up to `most` leaves, the first at the root; a leaf for each centre at the least.

    `points` (n, d) and `centres` (k, d) are where the cost is counted, `values` (n, p) without gaps what is asked
    about, `middles` (k, p) where each centre stands in them. Where centres are equal in every column they share a leaf.
    Cost: columns times customers times centres, for each leaf.

    Examples
    --------
    >>> points, centres = np.array([[0.0], [1.0], [9.0], [10.0]]), np.array([[0.5], [9.5]])
    >>> root, *_ = grow(points, points, centres, centres, 2)
    >>> root.feature, root.threshold
    (0, 1.0)
    """
    apart = ((points[:, None, :] - centres[None]) ** 2).sum(axis=-1)
    grower = _Grower(apart, values, np.argsort(values, axis=0, kind="stable"), middles)
    everyone = np.ones(len(points), dtype=bool)
    nodes, members, held = [Node(grower.fits(everyone)[0])], [everyone], [np.arange(len(centres))]
    _part_centres(grower, nodes, members, held)
    _part_leaves(grower, nodes, members, most)
    return tuple(nodes)


def _part_centres(grower: _Grower, nodes: list[Node], members: list[NDArray[np.bool_]], held: list[Labels]) -> None:
    """Cut every node that holds several centres, until each leaf has one."""
    at, leaves = 0, 1
    while at < len(nodes):
        cut = grower.parting(members[at], held[at]) if len(held[at]) > 1 else None
        if cut is not None:
            leaves += 1
            threshold = between(cut.above, cut.below)
            sides = grower.middles[held[at], cut.feature] <= threshold
            held += [held[at][sides], held[at][~sides]]
            _divide(grower, nodes, members, at, cut.feature, threshold, leaves)
        if len(held[at]) == 1:
            nodes[at] = replace(nodes[at], segment=int(held[at][0]))
        at += 1


def _part_leaves(grower: _Grower, nodes: list[Node], members: list[NDArray[np.bool_]], most: int) -> None:
    """Cut the leaf whose cut takes most cost away, until there are `most` leaves or nothing is gained."""
    open_ = {at: _gain(grower, members[at], node) for at, node in enumerate(nodes) if node.cut_at == NEVER}
    leaves = len(open_)
    while leaves < most:
        at = max(open_, key=lambda leaf: (open_[leaf][0], -leaf))
        gain, cut = open_.pop(at)
        if cut is None or gain <= 0:
            return
        leaves += 1
        _divide(grower, nodes, members, at, cut.feature, between(cut.above, cut.below), leaves)
        open_ |= {new: _gain(grower, members[new], nodes[new]) for new in (nodes[at].low, nodes[at].high)}


def _gain(grower: _Grower, rows: NDArray[np.bool_], leaf: Node) -> tuple[float, _Cut | None]:
    cut = grower.cheapest(rows)
    now = float(grower.apart[rows, leaf.segment].sum())
    return (0.0, None) if cut is None else (now - cut.cost - 1e-9 * now, cut)


def _divide(
    grower: _Grower,
    nodes: list[Node],
    members: list[NDArray[np.bool_]],
    at: int,
    feature: int,
    threshold: float,
    leaves: int,
) -> None:
    below = grower.values[:, feature] <= threshold
    sides = members[at] & below, members[at] & ~below
    nodes[at] = replace(
        nodes[at], cut_at=leaves, feature=feature, threshold=threshold, low=len(nodes), high=len(nodes) + 1
    )
    nodes += [Node(grower.fits(side)[0]) for side in sides]
    members += sides


def answered(nodes: tuple[Node, ...], values: Floats, leaves: int) -> Labels:
    """The segment (from 0) of each row of values in the tree as it was with that many leaves."""
    at = np.zeros(len(values), dtype=np.int64)
    for place, node in enumerate(nodes):  # children stand after their parents
        if node.cut_at <= leaves:
            here = at == place
            at[here] = np.where(values[here, node.feature] <= node.threshold, node.low, node.high)
    segments: Labels = np.array([node.segment for node in nodes], dtype=np.int64)[at]
    return segments


def between(low: float, high: float) -> float:
    """The number with the fewest digits in [low, high): at most it holds `low` and leaves `high` out.

    Examples
    --------
    >>> between(3.0, 4.0), between(1.37, 1.42), between(-np.inf, 8.0)
    (3.0, 1.4, 7.0)
    """
    if not np.isfinite(low) or not np.isfinite(high):
        low, high = (high - 1, high) if np.isfinite(high) else (low, low + 1)
    for digits in range(1, 17):
        step = 10.0 ** (np.floor(np.log10(max(abs(low), abs(high)))) - digits + 1)
        rounded = float(f"{np.ceil(low / step) * step:.12g}")
        if low <= rounded < high:
            return rounded
    return float(low)
