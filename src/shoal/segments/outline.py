"""All segments as one tree of plain questions, with what it costs to answer them instead of asking the model.

What enters are features, the points of the clustering and who belongs where; what leaves is a `SegmentTree`. The one
thing to know: the tree is a description. Who belongs where is said by the model; the curve says how far the tree at
each size is from it, and the smallest tree, one leaf a segment, is the one that is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from shoal.features.result import FeatureInfo, Features
from shoal.measures.clustering import Floats, Labels
from shoal.segments.fit import sample_rows
from shoal.segments.levels import is_level
from shoal.segments.questions import NEVER, Node, answered, grow
from shoal.segments.result import number_of
from shoal.segments.rule import Condition, Side, where
from shoal.segments.space import TRANSFORMS, Space, Transform, numbers
from shoal.segments.spaces import ROOTED
from shoal.segments.tree import Leaf, SegmentTree, TreeStep

GROWN_ON = 4_000
MEASURED_ON = 20_000
TIMES = 4
"""The tree is grown to this many leaves a segment."""


def find_tree(features: Features, space: Space, points: Floats, labels: Labels, k: int) -> SegmentTree | None:
    """The tree of the `k` segments; None for a single one, or where no feature is known for everyone and differs.

    `labels` are from 0 in the order of numbers, `points` where the customers stand in `space`.
    """
    columns = [info for info in features.columns if _askable(numbers(features.table, info.name))]
    if k < 2 or not columns or points.shape[1] == 0:
        return None
    rows = sample_rows(features.table["customer_id"].cast(pa.string()).to_pylist(), MEASURED_ON)
    values = np.column_stack([numbers(features.table, info.name)[rows] for info in columns])
    X, own = points[rows], labels[rows]
    held = np.flatnonzero(np.bincount(own, minlength=k))
    middles = np.column_stack([_middles(values[:, i], own, held, _scale(c, space)) for i, c in enumerate(columns)])
    few = slice(None, GROWN_ON)
    nodes = grow(X[few], values[few], _means(X, own, held), middles, TIMES * len(held))
    smallest = len(held)
    curve = _curve(nodes, X, values, own, held, smallest)
    leaves = tuple(_leaves(nodes, columns, values, own, held, smallest))
    return SegmentTree(leaves, _case(leaves), curve, len(rows))


def _askable(values: Floats) -> bool:
    """A question must have an answer for everyone, and not the same one."""
    return len(values) > 0 and not np.isnan(values).any() and bool(np.ptp(values) > 0)


def _scale(info: FeatureInfo, space: Space) -> Transform:
    """The scale on which the segments' means are taken: the space's own where the feature is an axis of it."""
    axis = next((column for column in space.columns if column.feature == info.name), None)
    if axis is not None:
        return axis.transform
    return "signed_sqrt" if info.kind in ROOTED else "identity"


def _middles(values: Floats, own: Labels, held: Labels, scale: Transform) -> Floats:
    """The mean of each segment on that scale, back in the feature's own unit, (segments,)."""
    means = _means(TRANSFORMS[scale](values)[:, None], own, held)[:, 0]
    if scale == "identity":
        return means
    return np.expm1(means) if scale == "log1p" else np.asarray(np.sign(means) * means**2)


def _means(values: Floats, own: Labels, held: Labels) -> Floats:
    return np.stack([values[own == label].mean(axis=0) for label in held])


def _curve(
    nodes: tuple[Node, ...], X: Floats, values: Floats, own: Labels, held: Labels, smallest: int
) -> tuple[TreeStep, ...]:
    """Cost and agreement of the best tree at every size, from one leaf a segment.

    Leaves are cut for the distance to the segments' centres; measured by the means of the groups they make, a larger
    tree may be a trace worse. Then the smaller one stands: nobody need ask more questions than help.
    """
    least = _cost(X, own)
    most = max(smallest, *(node.cut_at for node in nodes if node.cut_at < NEVER))
    said = ((size, held[answered(nodes, values, size)]) for size in range(smallest, most + 1))
    steps = list[TreeStep]()
    for size, to in said:
        step = TreeStep(size, _ratio(_cost(X, to), least), float((to == own).mean()))
        worse = bool(steps) and step.cost_ratio > steps[-1].cost_ratio
        steps.append(replace(steps[-1], leaves=size) if worse else step)
    return tuple(steps)


def _cost(X: Floats, groups: Labels) -> float:
    return sum(float(((X[groups == g] - X[groups == g].mean(axis=0)) ** 2).sum()) for g in np.unique(groups))


def _ratio(cost: float, least: float) -> float:
    return cost / least if least > 0 else 1.0


def _leaves(
    nodes: tuple[Node, ...],
    columns: Sequence[FeatureInfo],
    values: Floats,
    own: Labels,
    held: Labels,
    size: int,
) -> Iterator[Leaf]:
    """The leaves at that size, from the left, each with the shortest conditions that lead to it."""
    stack: list[tuple[int, tuple[Condition, ...], Labels]] = [(0, (), np.arange(len(values)))]
    while stack:
        at, path, rows = stack.pop()
        node = nodes[at]
        if node.cut_at > size:
            label = int(held[node.segment])
            right = float((own[rows] == label).mean()) if len(rows) else 0.0
            yield Leaf(_tightest(path), number_of(label), len(rows) / len(values), right)
            continue
        info, below = columns[node.feature], values[rows, node.feature] <= node.threshold
        asked: tuple[tuple[int, Side, Labels], ...] = ((node.high, ">", rows[~below]), (node.low, "<=", rows[below]))
        for child, side, inside in asked:
            stack.append(
                (child, (*path, Condition(info.name, side, node.threshold, info.label, is_level(info))), inside)
            )


def _tightest(path: Sequence[Condition]) -> tuple[Condition, ...]:
    """One condition a feature and side: the last on a path is the tightest."""
    return tuple({(one.feature, one.side): one for one in path}.values())


def _case(leaves: Sequence[Leaf]) -> str:
    """The tree as an SQL expression over ``features.parquet``."""
    return " ".join(["CASE", *(f"WHEN {where(leaf.conditions)} THEN {leaf.segment}" for leaf in leaves), "END"])
