"""Segments that can be carried away: each as at most three conditions on features, with how well they hold.

What enters are the features and the label of each customer, what leaves is a `Rule` a segment: SQL over
``features.parquet``, with precision and recall against the segment itself. The one thing to know: a rule is a
description in plain conditions; who belongs where is said by the model, and F1 says how far the two agree.

Found by a beam search over conjunctions for the best F1, after Friedman and Fisher's bump hunting (1999): thresholds
stand between values that occur, rounded to the fewest digits that keep them apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shoal.features.result import FeatureInfo, Features
from shoal.measures.clustering import Floats, Labels
from shoal.measures.rounding import shortest_between
from shoal.segments.fit import sample_rows
from shoal.segments.levels import is_level
from shoal.segments.portrait import Segment
from shoal.segments.rule import Condition, Rule, Side, where
from shoal.segments.space import numbers

MOST_CONDITIONS = 3
BEAM = 6
CUTS = 48
SEARCH_ROWS = 20_000
WORTH_ANOTHER = 0.01
"""A further condition must raise F1 by this much: shorter is better."""
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class _Feature:
    """A feature ready to be cut: its thresholds, and for each customer searched how many of them lie below the value.

    Empty cells have the code -1 and meet no condition, as in SQL.
    """

    info: FeatureInfo
    cuts: Floats
    codes: Labels


def find_rules(features: Features, labels: Labels, k: int) -> tuple[Rule, ...]:
    """The rule of each of the `k` segments, searched on a reproducible sample and measured on all customers."""
    customers = features.table["customer_id"].cast(pa.string()).to_pylist()
    rows = sample_rows(customers, SEARCH_ROWS)
    values = {info.name: numbers(features.table, info.name) for info in features.columns}
    ready = [made for info in features.columns if (made := _ready(info, values[info.name][rows])) is not None]
    searched = labels[rows]
    found = (_search(ready, searched == number) for number in range(k))
    return tuple(_measured(best, values, labels == number) for number, best in enumerate(found))


def _ready(info: FeatureInfo, values: Floats) -> _Feature | None:
    known = np.unique(values[~np.isnan(values)])
    if len(known) < 2:
        return None
    at = np.unique(np.linspace(0, len(known) - 2, min(CUTS, len(known) - 1)).astype(int))
    spread = np.unique(np.quantile(values[~np.isnan(values)], np.linspace(0, 1, CUTS + 2)[1:-1], method="lower"))
    at = np.union1d(at[:: max(1, len(at) // 12)], np.searchsorted(known, spread[spread < known[-1]]))
    cuts = np.array([shortest_between(float(known[i]), float(known[i + 1])) for i in at])
    codes = np.where(np.isnan(values), -1, np.searchsorted(cuts, values, "left"))
    return _Feature(info, cuts, codes.astype(np.int64))


def _search(ready: Sequence[_Feature], wanted: Mask) -> tuple[Condition, ...]:
    """The conjunction with the best F1; the empty one (everybody) where nothing is better."""
    everybody = np.ones(len(wanted), dtype=bool)
    beam: list[tuple[float, tuple[Condition, ...], Mask]] = [(_f1(everybody, wanted), (), everybody)]
    best = beam[0]
    for _ in range(MOST_CONDITIONS):
        grown = [one for _, conditions, inside in beam for one in _grown(ready, wanted, conditions, inside)]
        if not grown:
            break
        beam = sorted(grown, key=lambda one: (-one[0], tuple(map(str, one[1]))))[:BEAM]
        if beam[0][0] > best[0] + (WORTH_ANOTHER if best[1] else 0.0):
            best = beam[0]
    return best[1]


def _grown(
    ready: Sequence[_Feature], wanted: Mask, conditions: tuple[Condition, ...], inside: Mask
) -> Iterator[tuple[float, tuple[Condition, ...], Mask]]:
    """Each feature's best further condition on either side."""
    total = int(wanted.sum())
    taken = {(condition.feature, condition.side) for condition in conditions}
    for feature in ready:
        kept = inside & (feature.codes >= 0)
        size = np.bincount(feature.codes[kept], minlength=len(feature.cuts) + 1)
        hits = np.bincount(feature.codes[kept & wanted], minlength=len(feature.cuts) + 1)
        below = np.cumsum(size)[:-1], np.cumsum(hits)[:-1]
        above = size.sum() - below[0], hits.sum() - below[1]
        sides: tuple[tuple[Side, tuple[Labels, Labels]], ...] = (("<=", below), (">", above))
        for side, (held, hit) in sides:
            if (feature.info.name, side) in taken:
                continue
            scores = 2 * hit / np.maximum(held + total, 1)
            at = int(np.argmax(scores))
            meets = feature.codes <= at if side == "<=" else feature.codes > at
            info = feature.info
            condition = Condition(info.name, side, float(feature.cuts[at]), info.label, is_level(info))
            yield float(scores[at]), (*conditions, condition), kept & meets


def _f1(chosen: Mask, wanted: Mask) -> float:
    return float(2 * (chosen & wanted).sum() / max(1, chosen.sum() + wanted.sum()))


def measured(conditions: tuple[Condition, ...], features: Features, wanted: Mask) -> Rule:
    """The rule of these conditions, measured against the customers that are `wanted`."""
    return _measured(conditions, {one.feature: numbers(features.table, one.feature) for one in conditions}, wanted)


def _measured(conditions: tuple[Condition, ...], values: dict[str, Floats], wanted: Mask) -> Rule:
    chosen = np.ones(len(wanted), dtype=bool)
    for condition in conditions:
        column = values[condition.feature]
        with np.errstate(invalid="ignore"):
            chosen &= column <= condition.threshold if condition.side == "<=" else column > condition.threshold
    both = int((chosen & wanted).sum())
    precision, recall = both / max(1, int(chosen.sum())), both / max(1, int(wanted.sum()))
    return Rule(conditions, where(conditions), int(chosen.sum()), precision, recall, _f1(chosen, wanted))


def with_rules(segments: Sequence[Segment], features: Features, labels: Labels) -> tuple[Segment, ...]:
    """The portraits with a rule each."""
    found = find_rules(features, labels, len(segments))
    return tuple(replace(segment, rule=rule) for segment, rule in zip(segments, found, strict=True))
