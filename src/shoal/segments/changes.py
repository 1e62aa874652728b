"""What would move a customer to the next segment: the smallest change of one feature that does it, all else as it is.

What enters are the frozen model and a customer's features, what leaves are changes in the features' own units. The one
thing to know: nothing is derived from the form of the model. Values that occur in the shop are put in, one feature at a
time, and the model is asked; so the answer holds for every method, and a change is one that somebody lives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from shoal.features.result import FeatureInfo, Features
from shoal.measures.clustering import Floats, Labels, Nearest
from shoal.segments.model import SegmentModel, assign
from shoal.segments.phrases import amount
from shoal.segments.portrait import Segment
from shoal.segments.prospect import Change, Move
from shoal.segments.space import TRANSFORMS, numbers
from shoal.segments.spaces import ROOTED
from shoal.words.language import Text, Texts

texts = Texts("shoal.segments")
TRIED = 60
"""So many values of a feature are tried, from the least to the largest that occur."""
MOST = 3
NEIGHBOURS = 2
LEAST_SHARE = 0.05
"""A neighbour that is the runner-up of fewer of a segment's customers is not spoken of."""


def smallest_changes(
    model: SegmentModel, features: Features, customer: int, to: int, most: int = MOST
) -> tuple[Change, ...]:
    """The smallest changes that take the customer in row `customer` to the segment `to`, at most `most` of them."""
    names = {column.feature for column in model.space.columns}
    tried = [found for info in features.columns if info.name in names and (found := _values(features, info, customer))]
    if not tried:
        return ()
    table = variants(features.table, customer, [(info.name, values) for info, _, values, _ in tried])
    segments = assign(model, table)["segment"].to_numpy()
    starts = np.cumsum([0, *(len(values) for _, _, values, _ in tried)])
    changes = list[Change]()
    for (info, own, values, apart), start in zip(tried, starts[:-1], strict=True):
        moved = np.flatnonzero(segments[start : start + len(values)] == to)
        if len(moved):
            at = int(moved[np.argmin(apart[moved])])
            changes.append(Change(info.name, info.label, info.kind, own, float(values[at]), float(apart[at])))
    return tuple(sorted(changes, key=lambda change: (change.spreads, change.feature))[:most])


def _values(features: Features, info: FeatureInfo, customer: int) -> tuple[FeatureInfo, float, Floats, Floats] | None:
    """A feature's own value, others that occur, and how many standard deviations of the shop each is away."""
    if not _is_number(features.table.schema.field(info.name).type):
        return None
    column = numbers(features.table, info.name)
    own, known = float(column[customer]), np.unique(column[~np.isnan(column)])
    if np.isnan(own) or len(known) < 2:
        return None
    values = np.quantile(known, np.linspace(0, 1, TRIED), method="nearest") if len(known) > TRIED else known
    values = np.unique(values[values != own])
    scale = TRANSFORMS["signed_sqrt" if info.kind in ROOTED else "identity"]
    spread = float(np.nanstd(scale(column))) or 1.0
    return info, own, values, np.abs(scale(values) - scale(np.array([own]))) / spread


def _is_number(type_: pa.DataType) -> bool:
    return bool(pa.types.is_floating(type_) or pa.types.is_integer(type_))


def variants(table: pa.Table, row: int, tried: Sequence[tuple[str, Floats]]) -> pa.Table:
    """The customer's row again and again, each time with one value put in."""
    total = sum(len(values) for _, values in tried)
    base = table.slice(row, 1).take(pa.array(np.zeros(total, dtype=np.int64)))
    start = 0
    for name, values in tried:
        column = np.array(base[name].to_numpy(zero_copy_only=False), dtype=np.float64)
        column[start : start + len(values)] = values
        base = base.set_column(base.schema.get_field_index(name), name, pa.array(column))
        start += len(values)
    return base


def with_moves(
    segments: Sequence[Segment], model: SegmentModel, features: Features, found: Nearest
) -> tuple[Segment, ...]:
    """The segments, each with what takes its typical customers to its neighbours."""
    customers = features.table["customer_id"].cast(pa.string()).to_pylist()
    return tuple(
        replace(one, moves=_moves(model, features, found, label, customers)) for label, one in enumerate(segments)
    )


def _moves(
    model: SegmentModel, features: Features, found: Nearest, label: int, customers: Sequence[str]
) -> tuple[Move, ...]:
    here = found.label == label
    seconds = np.bincount(found.second[here & (found.second >= 0)], minlength=len(model.numbers))
    often = [int(other) for other in np.argsort(-seconds, kind="stable")[:NEIGHBOURS]]
    moves = list[Move]()
    for other in often:
        if seconds[other] and seconds[other] >= LEAST_SHARE * here.sum():
            typical = _typical(found, np.flatnonzero(here & (found.second == other)), customers)
            to = model.numbers[other]
            moves.append(Move(to, int(seconds[other]), smallest_changes(model, features, typical, to)))
    return tuple(moves)


def _typical(found: Nearest, rows: Labels, customers: Sequence[str]) -> int:
    """The row whose confidence is in the middle of these; of equals the one whose id comes first."""
    order: list[int] = sorted(rows.tolist(), key=lambda row: (found.confidence[row], customers[row]))
    return order[(len(order) - 1) // 2]


def change_said(change: Change, currency: str | None) -> Text:
    """A change in words: "orders 3 instead of 7"."""
    value, needed = (amount(one, change.kind, currency) for one in (change.value, change.needed))
    return texts("move.change", label=change.label, value=value, needed=needed)
