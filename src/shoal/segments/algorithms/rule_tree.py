"""Segments that are rules: a customer belongs where the conditions say, and nothing else.

A regression tree grown best first, whose target is the points themselves: each cut is the one that takes most inertia
away (the greedy cost of Laber and Murtinho 2021, "On the price of explainability for some clustering problems",
without reference centres). The one thing to know: conditions stand on features in their own units, rounded to the
fewest digits that keep two customers apart, so the rule that people read is the rule that is in force.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil, log2
from typing import ClassVar, Self

import numpy as np
from sklearn.tree import DecisionTreeRegressor

from shoal.measures.clustering import Floats, Labels, Nearest, within
from shoal.measures.rounding import shortest_between
from shoal.segments.algorithms.task import Found, Method, Task, means

FIT_ROWS = 20_000
SMALLEST = 5
SMALLEST_SHARE = 0.01
LEAF = -1


@dataclass(frozen=True, slots=True)
class Cut:
    """One node: rows with at most `threshold` on `axis` go to node `low`, others to `high`; or a leaf's group."""

    axis: int
    threshold: float
    low: int
    high: int
    group: int


@dataclass(frozen=True, slots=True)
class RuleTree:
    """The nodes, the first at the root. Rows are features in their own units, in the order of the space's columns."""

    kept_as: ClassVar[str] = "tree"

    nodes: tuple[Cut, ...]

    def groups(self, values: Floats) -> Labels:
        """The group of each row of feature values."""
        at = np.zeros(len(values), dtype=np.int64)
        rows = np.arange(len(values))
        axis, threshold, low, high, group = (np.array(part) for part in zip(*map(_parts, self.nodes), strict=True))
        for _ in range(len(self.nodes)):
            inner = axis[at] != LEAF
            if not inner.any():
                break
            goes_low = values[rows, np.maximum(axis[at], 0)] <= threshold[at]
            at = np.where(inner, np.where(goes_low, low[at], high[at]), at)
        found: Labels = group[at].astype(np.int64)
        return found

    def place(self, rows: Floats, centres: Floats, values: Floats | None = None) -> Nearest:
        """The group the rules say; `values` are the features behind the points (the points themselves when None).

        The runner-up is the nearest other centre; a row nearer to it than to its own has confidence 0.
        """
        label = self.groups(rows if values is None else values)
        at = np.arange(len(rows))
        apart = np.column_stack([np.sqrt(np.einsum("ij,ij->i", step, step)) for step in (rows - c for c in centres)])
        own = apart[at, label]
        if len(centres) == 1:
            return Nearest(label, np.full(len(rows), LEAF, dtype=np.int64), own, np.full(len(rows), np.inf))
        apart[at, label] = np.inf
        second = apart.argmin(axis=1)
        return Nearest(label, second, np.minimum(own, apart[at, second]), apart[at, second])

    def renumbered(self, place: Labels) -> Self:
        """The same rules, their groups renamed."""
        named = tuple(replace(node, group=int(place[node.group])) if node.axis == LEAF else node for node in self.nodes)
        return replace(self, nodes=named)

    def conditions(self, group: int) -> tuple[tuple[int, str, float], ...]:
        """What a group's members meet: (axis, "<=" or ">", threshold), the tightest of each kind."""
        tight = dict[tuple[int, str], float]()
        for axis, side, threshold in next(path for leaf, path in self._paths(0) if leaf == group):
            known = tight.get((axis, side), threshold)
            tight[axis, side] = min(known, threshold) if side == "<=" else max(known, threshold)
        return tuple((axis, side, threshold) for (axis, side), threshold in tight.items())

    def _paths(self, at: int) -> Iterator[tuple[int, list[tuple[int, str, float]]]]:
        node = self.nodes[at]
        if node.axis == LEAF:
            yield node.group, []
            return
        for child, side in ((node.low, "<="), (node.high, ">")):
            for leaf, path in self._paths(child):
                yield leaf, [(node.axis, side, node.threshold), *path]


def _parts(node: Cut) -> tuple[int, float, int, int, int]:
    return node.axis, node.threshold, node.low, node.high, node.group


def fit(task: Task) -> Found:
    """At most `k` groups, each of at least 1 % of the customers and five of them; fewer where no cut is left.

    Learned on at most `FIT_ROWS` customers. Features that are empty for somebody take no part. The tree is as deep as
    `k` groups need, and two more.
    """
    values = task.points if task.values is None else task.values
    rows = task.sample(FIT_ROWS)
    usable = np.flatnonzero(~np.isnan(values).any(axis=0))
    learned = RuleTree((Cut(LEAF, 0.0, LEAF, LEAF, 0),))
    if task.k > 1 and len(usable):
        least = min(max(SMALLEST, ceil(SMALLEST_SHARE * len(rows))), max(1, len(rows) // (2 * task.k)))
        depth = ceil(log2(task.k)) + 2
        model = DecisionTreeRegressor(max_leaf_nodes=task.k, min_samples_leaf=least, max_depth=depth, random_state=0)
        known, codes = zip(*(np.unique(values[rows, axis], return_inverse=True) for axis in usable), strict=True)
        learned = _readable(model.fit(np.column_stack(codes), task.points[rows]), known, usable)
    labels = learned.groups(values)
    centres = means(task.points, labels, int(labels.max()) + 1)
    fitted_on = len(rows) if len(rows) < len(labels) else None
    return Found(centres, labels, within(task.points, labels, centres), 1, True, learned, fitted_on)


def _readable(model: DecisionTreeRegressor, known: tuple[Floats, ...], usable: Labels) -> RuleTree:
    """The tree with thresholds in the features' own units. It was grown on the order of values, which loses nothing."""
    grown, nodes, leaves = model.tree_, list[Cut](), 0
    for feature, code, low, high in zip(
        grown.feature, grown.threshold, grown.children_left, grown.children_right, strict=True
    ):
        if low == LEAF:
            nodes.append(Cut(LEAF, 0.0, LEAF, LEAF, leaves))
            leaves += 1
            continue
        values, below = known[feature], int(np.floor(code))
        threshold = shortest_between(float(values[below]), float(values[below + 1]))
        nodes.append(Cut(int(usable[feature]), threshold, int(low), int(high), LEAF))
    return RuleTree(tuple(nodes))


METHOD = Method("rules", fit)
