"""What a segment likes: categories that take a larger share of its money than of the shop's.

The one thing to know: a category is a favourite only where the whole 95 % interval of its share lies above the shop's,
and where labels drawn by lot do not show as much (`leanings`, tested in `explain` together with all contrasts).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shoal.features.result import FeatureInfo, Features
from shoal.measures.clustering import Floats
from shoal.segments.chance import ALPHA
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


def leanings(features: Features) -> Floats:
    """How much more of their own money each customer spends on each category than buyers do on average: (customers, c).

    Every buyer counts once, however much they spend, so a large one cannot make a taste and a small segment of one
    taste is as clear as it looks; 0 for who bought nothing. The columns sum to 0 over the shop.
    """
    infos = _categories(features)
    if not infos:
        return np.empty((features.table.num_rows, 0))
    spend = _spend(features, infos)
    whole = spend.sum(axis=1, keepdims=True)
    bought = whole[:, 0] > 0
    share = spend / np.where(whole > 0, whole, 1.0)
    centre = share[bought].mean(axis=0) if bought.any() else np.zeros(len(infos))
    return np.where(bought[:, None], share - centre, 0.0)


def _categories(features: Features) -> list[FeatureInfo]:
    return [info for info in features.columns if info.kind == "category_money"]


def _spend(features: Features, infos: list[FeatureInfo]) -> Floats:
    return np.maximum(np.column_stack([np.nan_to_num(numbers(features.table, info.name)) for info in infos]), 0.0)


def with_favourites(features: Features, segments: list[Segment], slices: Slices, p: Floats) -> tuple[Segment, ...]:
    """The segments with their favourite categories, best first; as they are where the log knows no categories.

    `p` (segments, categories) is the adjusted p-value of each leaning.
    """
    infos = _categories(features)
    if not infos:
        return tuple(segments)
    spend = _spend(features, infos)
    whole = spend.sum(axis=0) / (float(spend.sum()) or 1.0)
    labels = {category.column: category.label for category in features.categories if category.key != REST}
    parts = np.split(spend[slices.order], np.cumsum(slices.sizes)[:-1])
    return tuple(
        replace(one, favourites=_favourites(infos, labels, part, whole, chance))
        for one, part, chance in zip(segments, parts, p, strict=True)
    )


def _favourites(
    infos: list[FeatureInfo], labels: dict[str, Text], spend: Floats, whole: Floats, p: Floats
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
        Favourite(info.name, labels[info.name], *map(float, numbers_of))
        for i, (info, *numbers_of) in enumerate(
            zip(
                infos, share, share - half, share + half, whole, share / np.where(whole > 0, whole, 1.0), p, strict=True
            )
        )
        if info.name in labels
        and p[i] <= ALPHA
        and share[i] >= LEAST_SHARE
        and share[i] - half[i] > whole[i] > 0
        and share[i] >= LEAST_LIFT * whole[i]
    ]
    return tuple(sorted(found, key=lambda one: (-one.lift, one.feature)))
