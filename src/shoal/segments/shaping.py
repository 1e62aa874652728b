"""Who shapes the segments: customers with orders enough to say something. The others are placed in them afterwards.

What enters are features, lessons and a least number of orders, what leaves is the same of fewer customers; then the fit
on them, carried to everybody. The one thing to know: nobody is lost; who has too few orders for a say has a segment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shoal.features.result import Features, Lesson
from shoal.segments.fit import Fit
from shoal.segments.settings import texts
from shoal.segments.space import numbers
from shoal.segments.spaces import FittedSpace
from shoal.words.errors import InputError, UsageError, error


def of_many_orders(features: Features, least: int) -> Features:
    """The features of the customers with at least `least` orders in the look-back; all of them, as they are, for 0.

    Raises `UsageError` where orders are not known, `InputError` where nobody has so many.
    """
    if least <= 0:
        return features
    if "orders" not in features.table.column_names:
        raise error(UsageError, texts, "orders_unknown", least=least)
    enough = _enough(features, least)
    if not enough.any():
        most = int(np.nan_to_num(numbers(features.table, "orders")).max(initial=0))
        raise error(InputError, texts, "nobody_so_many", least=least, most=most)
    return features if enough.all() else replace(features, table=features.table.filter(pa.array(enough)))


def _enough(features: Features, least: int) -> NDArray[np.bool_]:
    return np.asarray(np.nan_to_num(numbers(features.table, "orders")) >= least)


def lesson_of_many_orders(lesson: Lesson, least: int) -> Lesson:
    """The lesson of the customers who had so many orders then; nobody may have had."""
    if least <= 0:
        return lesson
    kept = pa.array(_enough(lesson.features, least))
    features = replace(lesson.features, table=lesson.features.table.filter(kept))
    return replace(
        lesson, features=features, outcomes=replace(lesson.outcomes, table=lesson.outcomes.table.filter(kept))
    )


def everybody(fit: Fit, fitted: FittedSpace, features: Features, shaping: Sequence[str]) -> Fit:
    """The fit with everybody's group: those who shaped it and those placed in it, row by row of `features`."""
    row_of = {name: row for row, name in enumerate(features.table["customer_id"].cast(pa.string()).to_pylist())}
    placed = fit.model(fitted, shaping).place(features.table, fitted.points).label
    pinned = tuple((row_of[shaping[row]], group) for row, group in fit.found.pinned)
    return replace(fit, found=replace(fit.found, labels=placed, pinned=pinned))
