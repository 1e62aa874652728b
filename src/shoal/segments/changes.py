"""What would move a customer to the next segment: the smallest change of one feature that does it, all else as it is.

What enters are the frozen model and a customer's features, what leaves are changes in the features' own units. The one
thing to know: nothing is derived from the form of the model. Values that occur in the shop are put in, one feature at a
time, and the model is asked; so the answer holds for every method, and a change is one that somebody lives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from shoal.features.result import FeatureInfo, Features
from shoal.measures.clustering import Floats, Labels, Nearest
from shoal.segments.fit import sample_rows
from shoal.segments.levels import is_level
from shoal.segments.model import SegmentModel, assign
from shoal.segments.portrait import Segment
from shoal.segments.prospect import Change, Move
from shoal.segments.space import TRANSFORMS, Transform, numbers
from shoal.segments.spaces import ROOTED

SAMPLE_ROWS = 20_000
TRIED = 60
"""So many values of a feature are tried, from the least to the largest that occur."""
MOST = 3
NEIGHBOURS = 2
LEAST_SHARE = 0.05
"""A neighbour that is the runner-up of fewer of a segment's customers is not spoken of."""


Tried = tuple[str, np.ndarray]
"""A column of the table, and the values that are put into it: numbers, or texts as objects."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What is put in for one feature: values that occur, on which scale they are compared, and its spread there.

    For a level of a text column there is one value, 1: the text is made to say that level.
    """

    info: FeatureInfo
    values: Floats
    scale: Transform
    spread: float

    @property
    def column(self) -> str:
        """The column the model reads: the feature's own, or the text column behind a level."""
        return self.info.category or self.info.name if is_level(self.info) else self.info.name

    def cells(self, values: Floats) -> np.ndarray:
        """Values of the feature as they stand in its column."""
        return np.full(len(values), self.info.level, dtype=object) if is_level(self.info) else values

    def around(self, own: float) -> tuple[Floats, Floats]:
        """The values other than one's own, and how many standard deviations of the shop each is away from it."""
        values, move = self.values[self.values != own], TRANSFORMS[self.scale]
        return values, np.abs(move(values) - move(np.array([own]))) / self.spread


def trials(model: SegmentModel, features: Features) -> tuple[Trial, ...]:
    """What to try for each feature the model looks at, from a sample of a large shop's customers.

    Not who somebody is: an age or a country is not what a shop could move.
    """
    asked = [info for info in features.columns if info.block != "attributes" and _is_asked(info, model, features)]
    rows = sample_rows(features.table["customer_id"].cast(pa.string()).to_pylist(), SAMPLE_ROWS)
    return tuple(made for info in asked if (made := _trial(info, numbers(features.table, info.name)[rows])))


def _is_asked(info: FeatureInfo, model: SegmentModel, features: Features) -> bool:
    """Whether the model looks at it: at the number itself, or at the text column of which it is a level."""
    if is_level(info):
        return any(one.feature == info.category and one.level is not None for one in model.space.columns)
    return any(one.feature == info.name for one in model.space.columns) and _is_number(_type(features, info))


def _trial(info: FeatureInfo, column: Floats) -> Trial | None:
    known = np.unique(column[~np.isnan(column)])
    if len(known) < 2:
        return None
    if is_level(info):
        return Trial(info, np.ones(1), "identity", float(column.std()))
    values = np.quantile(known, np.linspace(0, 1, TRIED), method="nearest") if len(known) > TRIED else known
    scale: Transform = "signed_sqrt" if info.kind in ROOTED else "identity"
    return Trial(info, np.unique(values), scale, float(np.nanstd(TRANSFORMS[scale](column))) or 1.0)


def smallest_changes(
    model: SegmentModel, features: Features, customer: int, to: int, tried: Sequence[Trial] | None = None
) -> tuple[Change, ...]:
    """The smallest changes that take the customer in row `customer` to the segment `to`, at most three of them."""
    asked = [
        (trial, own, *trial.around(own))
        for trial in (trials(model, features) if tried is None else tried)
        if (own := own_value(features, trial.info.name, customer)) is not None
    ]
    if not asked:
        return ()
    table = variants(features.table, customer, [(trial.column, trial.cells(values)) for trial, _, values, _ in asked])
    segments = assign(model, table)["segment"].to_numpy()
    starts = np.cumsum([0, *(len(values) for _, _, values, _ in asked)])
    changes = list[Change]()
    for (trial, own, values, apart), start in zip(asked, starts[:-1], strict=True):
        moved = np.flatnonzero(segments[start : start + len(values)] == to)
        if len(moved):
            at, info = int(moved[np.argmin(apart[moved])]), trial.info
            spreads, level = float(apart[at]), is_level(info)
            changes.append(Change(info.name, info.label, info.kind, own, float(values[at]), spreads, level))
    return tuple(sorted(changes, key=lambda change: (change.spreads, change.feature))[:MOST])


def own_value(features: Features, name: str, customer: int) -> float | None:
    """The customer's own value of a feature; None where it is empty."""
    value = features.table[name][customer].as_py()
    return None if value is None or not np.isfinite(value) else float(value)


def _type(features: Features, info: FeatureInfo) -> pa.DataType:
    return features.table.schema.field(info.name).type


def _is_number(type_: pa.DataType) -> bool:
    return bool(pa.types.is_floating(type_) or pa.types.is_integer(type_))


def variants(table: pa.Table, row: int, tried: Sequence[Tried]) -> pa.Table:
    """The customer's row again and again, each time with one value put in."""
    total = sum(len(values) for _, values in tried)
    base = table.slice(row, 1).take(pa.array(np.zeros(total, dtype=np.int64)))
    start = 0
    for name, values in tried:
        kind = object if values.dtype == object else np.float64
        column = np.array(base[name].to_numpy(zero_copy_only=False), dtype=kind)
        column[start : start + len(values)] = values
        base = base.set_column(base.schema.get_field_index(name), name, pa.array(column))
        start += len(values)
    return base


def with_moves(
    segments: Sequence[Segment], model: SegmentModel, features: Features, found: Nearest
) -> tuple[Segment, ...]:
    """The segments, each with what takes its typical customers to its neighbours."""
    if len(segments) < 2:
        return tuple(segments)
    tried = trials(model, features)
    return tuple(replace(one, moves=_moves(model, features, found, label, tried)) for label, one in enumerate(segments))


def _moves(
    model: SegmentModel, features: Features, found: Nearest, label: int, tried: Sequence[Trial]
) -> tuple[Move, ...]:
    here = found.label == label
    seconds = np.bincount(found.second[here & (found.second >= 0)], minlength=len(model.numbers))
    often = [int(other) for other in np.argsort(-seconds, kind="stable")[:NEIGHBOURS]]
    moves = list[Move]()
    for other in often:
        if seconds[other] and seconds[other] >= LEAST_SHARE * here.sum():
            typical = _typical(found, np.flatnonzero(here & (found.second == other)), features)
            to = model.numbers[other]
            moves.append(Move(to, int(seconds[other]), smallest_changes(model, features, typical, to, tried)))
    return tuple(moves)


def _typical(found: Nearest, rows: Labels, features: Features) -> int:
    """The row whose confidence is in the middle of these; of equals the one whose id comes first."""
    sure, middle = found.confidence[rows], (len(rows) - 1) // 2
    equals = rows[sure == np.partition(sure, middle)[middle]]
    names = features.table["customer_id"].take(pa.array(equals)).to_pylist()
    return int(equals[names.index(min(names))])
