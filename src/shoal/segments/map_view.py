"""How the map of customers looks: a `CustomerMap` goes in, a chart comes out. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shoal.segments.portrait import Segment
from shoal.show import charts
from shoal.show.blocks import Chart
from shoal.words.language import Text, Texts

texts = Texts("shoal.segments")


@dataclass(frozen=True, slots=True)
class CustomerMap:
    """Dots `x`, `y` in the units of the space with their `segment` (from 1), an md5 sample of at most 2,000 customers.

    `shown` is the share of the differences between customers that the two directions hold; `x_label` and `y_label` name
    the feature each goes along with most, growing to the right and upwards.
    """

    x: tuple[float, ...]
    y: tuple[float, ...]
    segment: tuple[int, ...]
    shown: float
    x_label: Text
    y_label: Text


def drawn(found: CustomerMap | None, segments: Sequence[Segment]) -> Iterator[Chart]:
    """The map as a chart, where there is one and more than one segment to tell apart."""
    if found is None or len(segments) < 2:
        return
    shown = f"{found.shown:.0%}"
    yield charts.points(
        "customer_map",
        texts("map.title", shown=shown),
        found.x,
        found.y,
        [number - 1 for number in found.segment],
        group_names=[one.name for one in segments],
        x_title=texts("map.right", feature=found.x_label),
        y_title=texts("map.up", feature=found.y_label),
        summary=texts("map.summary", dots=len(found.x), shown=shown),
    )
