"""What a segment likes: categories that take a larger share of its money than of the shop's.

The one thing to know: a category is a favourite only where the whole 95 % interval of its share lies above the shop's.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shoal.features.result import FeatureInfo, Features
from shoal.measures.clustering import Floats
from shoal.segments.contrasts import Slices
from shoal.segments.portrait import Favourite, Segment
from shoal.segments.space import numbers
from shoal.words.language import Text

LEAST_LIFT = 1.15
LEAST_SHARE = 0.05
BUYERS = 0.5
"""At least this share of a segment must have bought anything before it is said to like something."""
REST = "other"
"""The category of everything that is in no main category: nobody likes that best."""
Z95 = 1.959963984540054


def with_favourites(features: Features, segments: list[Segment], slices: Slices) -> tuple[Segment, ...]:
    """The segments with their favourite categories, best first; as they are where the log knows no categories."""
    infos = [info for info in features.columns if info.kind == "category_money"]
    if not infos:
        return tuple(segments)
    spend = np.maximum(np.column_stack([np.nan_to_num(numbers(features.table, info.name)) for info in infos]), 0.0)
    whole = spend.sum(axis=0) / (float(spend.sum()) or 1.0)
    labels = {category.column: category.label for category in features.categories if category.key != REST}
    parts = np.split(spend[slices.order], np.cumsum(slices.sizes)[:-1])
    return tuple(
        replace(one, favourites=_favourites(infos, labels, part, whole))
        for one, part in zip(segments, parts, strict=True)
    )


def _favourites(
    infos: list[FeatureInfo], labels: dict[str, Text], spend: Floats, whole: Floats
) -> tuple[Favourite, ...]:
    """Categories whose share of the segment's spend is above the shop's with its whole 95 % interval, by lift.

    The interval of a ratio of sums is linearised over customers (Cochran 1977, section 6.4).
    """
    total = float(spend.sum())
    if total <= 0 or len(spend) < 2 or (spend > 0).any(axis=1).mean() < BUYERS:
        return ()
    share = spend.sum(axis=0) / total
    left_over = spend - share * spend.sum(axis=1, keepdims=True)
    half = Z95 * np.sqrt((left_over**2).sum(axis=0) * len(spend) / (len(spend) - 1)) / total
    found = [
        Favourite(
            info.name,
            labels[info.name],
            *(float(x) for x in (share[i], share[i] - half[i], share[i] + half[i], whole[i], share[i] / whole[i])),
        )
        for i, info in enumerate(infos)
        if info.name in labels
        and share[i] >= LEAST_SHARE
        and share[i] - half[i] > whole[i] > 0
        and share[i] >= LEAST_LIFT * whole[i]
    ]
    return tuple(sorted(found, key=lambda one: (-one.lift, one.feature)))
