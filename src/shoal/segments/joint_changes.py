"""Two changes that only together take a customer to the next segment, for whom no change of one feature does.

What enters are the frozen model and a customer's features, what leaves is the smallest pair. The one thing to know: as
for single changes the model is asked with values that occur in the shop, first a few of each feature, then all of the
two that were found.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pyarrow as pa

from shoal.features.result import Features
from shoal.measures.clustering import Floats, Labels
from shoal.segments.changes import Trial, own_value, trials
from shoal.segments.levels import is_level
from shoal.segments.model import SegmentModel, assign
from shoal.segments.prospect import Change

FEW = 7
"""So many values of each feature are tried with so many of every other."""


def smallest_pair(model: SegmentModel, features: Features, customer: int, to: int) -> tuple[Change, ...]:
    """The pair of changes that takes the customer in row `customer` to the segment `to`; none where no pair does.

    The size of a pair is the sum of its changes in standard deviations of the shop.
    """
    asked = [
        (trial, own)
        for trial in trials(model, features)
        if (own := own_value(features, trial.info.name, customer)) is not None
    ]
    found = _best(model, features.table.slice(customer, 1), asked, to, FEW)
    if not found:
        return ()
    two = [one for one in asked if one[0].info.name in {change.feature for change in found}]
    return _best(model, features.table.slice(customer, 1), two, to, None)


def _best(
    model: SegmentModel, row: pa.Table, asked: Sequence[tuple[Trial, float]], to: int, few: int | None
) -> tuple[Change, ...]:
    """The smallest pair over `few` values of each feature, or over all."""
    tried = [_some(*trial.around(own), few) for trial, own in asked]
    pairs = combinations(range(len(asked)), 2)
    grids = [_grid(tried, i, j) for i, j in pairs if asked[i][0].column != asked[j][0].column]
    if not grids:
        return ()
    first, second, a, b, apart = (np.concatenate(parts) for parts in zip(*grids, strict=True))
    moved = np.flatnonzero(assign(model, _variants(row, asked, first, second, a, b))["segment"].to_numpy() == to)
    if not len(moved):
        return ()
    at = int(moved[np.argmin(apart[moved])])
    chosen = ((int(first[at]), float(a[at])), (int(second[at]), float(b[at])))
    return tuple(_change(*asked[place], needed) for place, needed in chosen)


def _some(values: Floats, apart: Floats, few: int | None) -> tuple[Floats, Floats]:
    if few is None or len(values) <= few:
        return values, apart
    places = np.linspace(0, len(values) - 1, few).round().astype(int)
    return values[places], apart[places]


def _grid(tried: Sequence[tuple[Floats, Floats]], i: int, j: int) -> tuple[Labels, Labels, Floats, Floats, Floats]:
    """Every value of one feature with every value of another: which features, which values, how far away."""
    (a, far), (b, further) = tried[i], tried[j]
    n = len(a) * len(b)
    apart = np.repeat(far, len(b)) + np.tile(further, len(a))
    return np.full(n, i), np.full(n, j), np.repeat(a, len(b)), np.tile(b, len(a)), apart


def _variants(
    row: pa.Table, asked: Sequence[tuple[Trial, float]], first: Labels, second: Labels, a: Floats, b: Floats
) -> pa.Table:
    """The customer's row again and again, each time with two values put in."""
    table = row.take(pa.array(np.zeros(len(first), dtype=np.int64)))
    for place, (trial, _) in enumerate(asked):
        name = trial.column
        column = table[name].to_numpy(zero_copy_only=False).astype(object if is_level(trial.info) else float)
        for values, here in ((a, first == place), (b, second == place)):
            column[here] = trial.cells(values[here])
        table = table.set_column(table.schema.get_field_index(name), name, pa.array(column))
    return table


def _change(trial: Trial, own: float, needed: float) -> Change:
    values, apart = trial.around(own)
    info = trial.info
    return Change(info.name, info.label, info.kind, own, needed, float(apart[values == needed][0]), is_level(info))
