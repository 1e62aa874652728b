"""Why a customer belongs to a segment and not to the next one: features go in one by one, what each changes comes out.

The one thing to know: each feature in turn is set to what is typical of the runner-up (a text column to what most there
say), and the model is asked how sure it then is. What costs most certainty is the strongest reason. So it holds for
every method, and speaks of values in the features' own units.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from shoal.features.result import FeatureInfo, Features, Kind
from shoal.measures.clustering import Floats
from shoal.segments.changes import Tried, variants
from shoal.segments.levels import is_level
from shoal.segments.model import SegmentModel, assign
from shoal.segments.portrait import Segment
from shoal.words.language import Text

MOST = 3
LEAST = 0.01


@dataclass(frozen=True, slots=True)
class Reason:
    """One feature that speaks for the segment: the customer's value, and what is typical here and in the runner-up.

    `weight` is how much surer the model is for it: the confidence lost if the value were the runner-up's.
    """

    feature: str
    label: Text
    kind: Kind
    value: float | None
    here: float | None
    there: float | None
    weight: float


def reasons(
    model: SegmentModel, features: Features, customer: int, here: Segment, there: Segment, most: int = MOST
) -> tuple[Reason, ...]:
    """The strongest reasons why the customer in that row is in `here` and not in `there`, at most `most` of them."""
    tried = [*_typical_of(model, features, there), *_most_said(model, features, customer, there)]
    if not tried:
        return ()
    put_in = [put for _, put in tried]
    surer = _leaning(model, variants(features.table, customer, put_in), here.number, there.number)
    now = _leaning(model, features.table.slice(customer, 1), here.number, there.number)[0]
    lost = now - surer
    order = [int(i) for i in np.argsort(-lost, kind="stable")[:most] if lost[i] >= LEAST]
    return tuple(_reason(features.table, customer, tried[i][0], here, there, float(lost[i])) for i in order)


def _typical_of(model: SegmentModel, features: Features, segment: Segment) -> Iterator[tuple[FeatureInfo, Tried]]:
    """The numbers the model looks at, with what is typical of that segment."""
    names = {column.feature for column in model.space.columns}
    for info in features.columns:
        part = segment.of(info.name)
        if info.name in names and part is not None and part.median is not None:
            yield info, (info.name, np.array([part.median]))


def _most_said(
    model: SegmentModel, features: Features, customer: int, segment: Segment
) -> Iterator[tuple[FeatureInfo, Tried]]:
    """The customer's own level of each text column the model looks at, with the level that most of that segment say."""
    for name in dict.fromkeys(column.feature for column in model.space.columns if column.level is not None):
        levels = [info for info in features.columns if is_level(info) and info.category == name]
        own = next((info for info in levels if features.table[info.name][customer].as_py() == 1), None)
        often = max(levels, key=lambda info: _mean(segment, info.name), default=None)
        if own is not None and often is not None and often is not own:
            yield own, (name, np.array([often.level], dtype=object))


def _mean(segment: Segment, feature: str) -> float:
    part = segment.of(feature)
    return 0.0 if part is None or part.mean is None else part.mean


def _leaning(model: SegmentModel, table: pa.Table, here: int, there: int) -> Floats:
    """How sure the model is of `here`; below zero where it says `there` instead, 0 where it says a third."""
    found = assign(model, table)
    segment, sure = found["segment"].to_numpy(), found["confidence"].to_numpy()
    return np.where(segment == here, sure, np.where(segment == there, -sure, 0.0))


def _reason(table: pa.Table, customer: int, info: FeatureInfo, here: Segment, there: Segment, weight: float) -> Reason:
    value = table[info.name][customer].as_py()
    medians: Sequence[float | None] = [part.median if (part := one.of(info.name)) else None for one in (here, there)]
    return Reason(info.name, info.label, info.kind, value, medians[0], medians[1], weight)
