"""What the method itself says of the fit: rules that are in force, and what people should know of its groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from shoal.engines.contract import quoted
from shoal.features.result import Features
from shoal.segments.grouping import Grouped, alone
from shoal.segments.guidance import kept_words
from shoal.segments.model import SegmentModel
from shoal.segments.portrait import Segment
from shoal.segments.rule import Condition, Rule, Side
from shoal.segments.settings import SegmentSettings, texts
from shoal.show.blocks import Finding


def of_method(grouped: Grouped, settings: SegmentSettings) -> Iterator[Finding]:
    """Which method was taken and why, who stands on no group's ground, and what became of labels."""
    fit, advice = grouped.fit, grouped.advice
    words = {"algorithm": texts(f"algorithm.{advice.algorithm}"), "reason": advice.reason}
    if advice.taken:
        yield Finding("segments.algorithm", "info", texts("finding.algorithm", **words))
    elif advice.algorithm not in (fit.algorithm, "kmeans") and settings.k != 1:  # one segment needs no method
        yield Finding("segments.other_algorithm", "info", texts("finding.other_algorithm", **words))
    lone = alone(grouped.found) if fit.algorithm == "hdbscan" else 0
    if lone:
        share = f"{lone / len(grouped.labels):.1%}"
        yield Finding("segments.alone", "info", texts("finding.alone", count=lone, share=share), count=lone)
    if fit.found.fitted_on is not None:
        yield Finding("segments.fitted_on", "info", texts("finding.fitted_on", rows=fit.found.fitted_on))
    placed = len(grouped.labels) - grouped.shaped_by
    if placed:
        said = texts("finding.min_orders", count=placed, least=settings.min_orders)
        yield Finding("segments.min_orders", "info", said, count=placed)
    if grouped.said is not None:
        yield kept_words(grouped.said, grouped.labels)
    if settings.k != "auto" and not isinstance(settings.k, int) and fit.algorithm == "mixture":
        yield Finding("segments.k_by_kmeans", "info", texts("finding.k_by_kmeans"))


def with_own_rules(segments: Sequence[Segment], model: SegmentModel, features: Features) -> tuple[Segment, ...]:
    """The portraits with the rules that are in force, where the segments are rules; none else."""
    if model.tree is None:
        return ()
    names = [column.feature for column in model.space.columns]
    labels = {info.name: info.label for info in features.columns}
    made = list[Segment]()
    for group, segment in enumerate(segments):
        conditions = tuple(
            Condition(names[axis], _side(side), threshold, labels[names[axis]])
            for axis, side, threshold in model.tree.conditions(group)
        )
        made.append(replace(segment, rule=_in_force(conditions, segment.customers)))
    return tuple(made)


def _side(side: str) -> Side:
    return "<=" if side == "<=" else ">"


def _in_force(conditions: tuple[Condition, ...], customers: int) -> Rule:
    """A rule that is the segment: precision and recall are 1 by definition."""
    exact = [np.format_float_scientific(one.threshold, trim="0") for one in conditions]
    said = (f"{quoted(c.feature)} {c.side} {number}" for c, number in zip(conditions, exact, strict=True))
    return Rule(conditions, " AND ".join(said) or "TRUE", customers, 1.0, 1.0, 1.0)
