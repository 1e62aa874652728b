"""Typical customers: who stands nearest to the middle of a segment in what people ask first, told in plain words.

What enters are features and the segment of each customer; what leaves are portraits with `typical`. The one thing to
know: the middle is the median of each thing said here (orders, money, last order, categories), each on the scale that
makes customers comparable. Who is nearest to it has the least summed difference from the others (L1), so these are real
customers and no averages; the space of the segments may see customers quite differently and is not used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from shoal.features.result import FeatureInfo, Features
from shoal.measures.clustering import Floats, Labels
from shoal.segments.favourites import REST
from shoal.segments.levels import is_level
from shoal.segments.likes import Typical
from shoal.segments.phrases import amount, of_a_shop
from shoal.segments.portrait import Segment
from shoal.segments.space import TRANSFORMS, numbers
from shoal.segments.spaces import ROOTED
from shoal.words.language import Text, Texts

texts = Texts("shoal.segments")
SHOWN = 3
TOLD, SPLIT = ("orders", "spend_total", "days_since_last_order"), ("category_money",)
TRIED = 30
"""So many of the nearest are looked at for customers of whom different things can be said."""


def with_typical(segments: Sequence[Segment], features: Features, labels: Labels) -> tuple[Segment, ...]:
    """The segments, each with up to three typical customers of whom different things can be said.

    `labels` (from 0) are row for row those of the features; equals go in the order of the features.
    """
    shop = of_a_shop(features.columns)
    told = [_stable(features, info) for info in features.columns if info.name in TOLD or info.kind in SPLIT or not shop]
    points = np.column_stack(told or [np.zeros(len(labels))])
    return tuple(replace(one, typical=_typical(one, features, labels, points, shop)) for one in segments)


def _stable(features: Features, info: FeatureInfo) -> Floats:
    """One feature to spread 1 in the shop, counts and money by their roots, gaps in the middle."""
    values = numbers(features.table, info.name)
    values = TRANSFORMS["signed_sqrt"](values) if info.kind in ROOTED else values
    known = values[~np.isnan(values)]
    if len(known) == 0 or np.ptp(known) == 0:
        return np.zeros(len(values))
    return np.asarray(np.where(np.isnan(values), np.median(known), values) / known.std())


def _typical(segment: Segment, features: Features, labels: Labels, points: Floats, shop: bool) -> tuple[Typical, ...]:
    ids = features.table["customer_id"]
    rows = np.flatnonzero(labels == segment.number - 1)
    apart = np.abs(points[rows] - np.median(points[rows], axis=0)).sum(axis=1)
    found = dict[str, Typical]()
    for row in rows[np.argsort(apart, kind="stable")][:TRIED].tolist():
        said = _of_shop(features, row) if shop else _of_table(features, segment, row)
        if said.en:
            found.setdefault(said.en, Typical(str(ids[row].as_py()), said))
    return tuple(found.values())[:SHOWN]


def _of_shop(features: Features, row: int) -> Text:
    """Orders, money, how long ago, and where most of the money went."""
    orders, spend, days = (_cell(features, name, row) for name in ("orders", "spend_total", "days_since_last_order"))
    if not orders:
        views = _cell(features, "views", row)
        return texts("typical.no_order") if not views else texts("typical.only_views", views=amount(views, "count"))
    parts = [_counted("orders", orders)]
    if spend:
        parts.append(texts("typical.spend", value=amount(spend, "money", features.currency)))
    if days is not None:
        parts.append(_counted("days", days))
    return _listed([*parts, *_mostly(features, row)])


def _listed(parts: Sequence[Text]) -> Text:
    return Text(", ".join(part.en for part in parts), "，".join(part.zh for part in parts))


def _mostly(features: Features, row: int) -> list[Text]:
    """The category that took more than half of the money, if one did."""
    known = [category for category in features.categories if category.key != REST]
    spend = {c.column: max(_cell(features, c.column, row) or 0.0, 0.0) for c in features.categories}
    best = max(known, key=lambda category: spend[category.column], default=None)
    if best is None or spend[best.column] * 2 <= sum(spend.values()):
        return []
    return [texts("typical.mostly", category=best.label)]


def _counted(what: str, value: float) -> Text:
    whole, own = int(value), f"typical.{what}_{int(value)}"
    return texts(own) if texts.has(own) else texts(f"typical.{what}", count=f"{whole:,}")


def _of_table(features: Features, segment: Segment, row: int) -> Text:
    """The columns that set the segment apart most, or the first ones; of a text column what it says."""
    infos = {info.name: info for info in features.columns}
    names = dict.fromkeys([one.feature for one in segment.contrasts] or infos)
    said = (_told(features, infos[name], row) for name in names)
    return _listed([*dict.fromkeys(text for text in said if text is not None)][:SHOWN])


def _told(features: Features, info: FeatureInfo, row: int) -> Text | None:
    """A number with its column; of a text column the level that stands there; None for an empty cell."""
    if is_level(info):
        levels = (one for one in features.columns if is_level(one) and one.category == info.category)
        return next((one.label for one in levels if _cell(features, one.name, row)), None)
    value = _cell(features, info.name, row)
    return None if value is None else texts("typical.cell", label=info.label, value=amount(value, "number"))


def _cell(features: Features, name: str, row: int) -> float | None:
    if name not in features.table.column_names:
        return None
    value = numbers(features.table.select([name]).slice(row, 1), name)[0]
    return None if np.isnan(value) else float(value)
