"""Why these customers belong together: features and labels go in, a `Segment` each comes out, still without a name.

The one thing to know: only a difference whose 95 % interval leaves out zero, and which labels drawn by lot do not show
(`chance`, corrected for everything looked at), is called a contrast. Intervals are analytic (Welch), one feature at a
time; they speak of these customers as a sample of the shop's, not of the labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from shoal.features.result import Features
from shoal.measures.clustering import Floats, Labels
from shoal.segments.chance import ROWS, adjusted
from shoal.segments.contrasts import Facts, Slices, facts_of, scores
from shoal.segments.favourites import leanings, with_favourites
from shoal.segments.fit import sample_rows
from shoal.segments.phrases import contrast, of_a_shop
from shoal.segments.portrait import Contrast, FeatureProfile, Segment
from shoal.segments.result import number_of
from shoal.segments.space import TRANSFORMS, numbers
from shoal.segments.spaces import ROOTED
from shoal.words.language import Text

ALIKE = 0.7
"""Two features correlated beyond this tell one story; the weaker one is not repeated."""
PLAIN = {"days_since_last_order": 1.5, "orders": 1.5, "spend_total": 1.5, "average_order_value": 1.25}
"""What people know by name comes first where it is nearly as strong: "orders" rather than "orders with a return"."""
SAMPLE_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Portraits:
    """The segments in the order of their numbers, the shop beside them, and the features that tell most apart."""

    segments: tuple[Segment, ...]
    whole: tuple[FeatureProfile, ...]
    key_features: tuple[str, ...]


def explain(features: Features, labels: Labels, k: int, seed: int = 0) -> Portraits:
    """The portraits of the `k` segments that `labels` (from 0, in the order of numbers) put the customers in.

    `seed` draws the permutations that say what chance would show.
    """
    slices = Slices.of(labels, k)
    facts = [facts_of(info, numbers(features.table, info.name), slices) for info in features.columns]
    facts, leans = _with_chance(features, facts, slices, seed)
    alike = _correlations(features)
    known = [PLAIN.get(info.name, 1.0) for info in features.columns]
    ranked = [
        _ranked([abs(f.profile(s).strength) * plain for f, plain in zip(facts, known, strict=True)], alike)
        for s in range(k)
    ]
    segments = [_segment(features, facts, slices, s, tuple(facts[i] for i in order)) for s, order in enumerate(ranked)]
    reach = [float(np.nanmax(np.abs(f.difference), initial=0.0)) * plain for f, plain in zip(facts, known, strict=True)]
    key = tuple(facts[i].info.name for i in _ranked(reach, alike))
    return Portraits(with_favourites(features, segments, slices, leans), tuple(f.whole for f in facts), key)


def _with_chance(features: Features, facts: Sequence[Facts], slices: Slices, seed: int) -> tuple[list[Facts], Floats]:
    """The facts with their adjusted p-values, and those of what each segment leans to: one test over all of them."""
    tastes = leanings(features)
    stands = [*(f.stands for f in facts), *(slices.stand(column) for column in tastes.T)]
    rows = sample_rows(features.table["customer_id"].cast(pa.string()).to_pylist(), ROWS)
    few = np.column_stack([*(scores(f.info, numbers(features.table, f.info.name))[rows] for f in facts), tastes[rows]])
    p = adjusted(np.column_stack(stands), few - few.mean(axis=0), slices.sizes, seed)
    return [replace(f, p=p[:, i]) for i, f in enumerate(facts)], p[:, len(facts) :]


def _segment(
    features: Features, facts: list[Facts], slices: Slices, number: int, distinct: tuple[Facts, ...]
) -> Segment:
    size = int(slices.sizes[number])
    shop = of_a_shop(features.columns)
    idle = any(f.info.name == "orders" and f.median[number] == 0 for f in facts)
    said = (contrast(f.info, f.profile(number), f.whole, features.currency, shop, idle) for f in distinct)
    contrasts: tuple[Contrast, ...] = tuple(one for one in said if one is not None)
    spend, share_spend = _share(features, "spend_total", slices, number)
    return Segment(
        number=number_of(number),
        name=Text("", ""),
        customers=size,
        share_customers=size / len(slices.labels),
        profile=tuple(f.profile(number) for f in facts),
        contrasts=contrasts,
        spend=spend,
        share_spend=share_spend,
        share_orders=_share(features, "orders", slices, number)[1],
    )


def _share(features: Features, column: str, slices: Slices, number: int) -> tuple[float | None, float | None]:
    """The segment's sum of a shop's column and its share of the whole; None where not known or nothing in sum."""
    if not any(info.name == column and info.kind != "number" for info in features.columns):
        return None, None
    totals = slices.sums(np.nan_to_num(numbers(features.table, column)))
    whole = float(totals.sum())
    return float(totals[number]), float(totals[number]) / whole if whole > 0 else None


def _correlations(features: Features) -> Floats:
    """Absolute correlations between features, on a strided sample; NaN-free, empty cells at the mean."""
    step = max(1, features.table.num_rows // SAMPLE_ROWS)
    columns = list[Floats]()
    for info in features.columns:
        values = numbers(features.table, info.name)[::step]
        stable = TRANSFORMS["signed_sqrt"](values) if info.kind in ROOTED else values
        known = ~np.isnan(stable)
        centred = np.where(known, stable - (stable[known].mean() if known.any() else 0.0), 0.0)
        columns.append(centred / (float(np.linalg.norm(centred)) or 1.0))
    matrix = np.stack(columns)
    return np.abs(matrix @ matrix.T)


def _ranked(strength: list[float], alike: Floats) -> list[int]:
    """Positions by falling strength, without those that are 0 and those alike to one already taken."""
    taken = list[int]()
    for position in sorted(range(len(strength)), key=lambda i: (-strength[i], i)):
        if strength[position] > 0 and all(alike[position, other] < ALIKE for other in taken):
            taken.append(position)
    return taken
