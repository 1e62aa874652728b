"""Lessons made by hand: what was known of customers at a cut, and what each did after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from shoal.features.result import Features, Lesson, Outcomes
from shoal.words.clock import DAY_S, Clock
from tests.segments.made import features_of

AS_OF = 20_000 * DAY_S


def lesson_of(
    features: Features, orders: Sequence[float], spend: Sequence[float] | None = None, **categories: Sequence[float]
) -> Lesson:
    """A lesson of these customers; `categories` are the columns of spend by category, as the features name them."""
    columns = {"orders": orders, "spend": [0.0] * len(orders) if spend is None else spend, **categories}
    table = pa.table(
        {"customer_id": features.table["customer_id"]}
        | {name: pa.array(np.asarray(values, dtype=np.float64)) for name, values in columns.items()}
    )
    return Lesson(Clock(AS_OF, 365, 90), features, Outcomes(table, tuple(categories), has_spend=spend is not None))


def drawn(customers: int = 400, seed: int = 0, **effects: float) -> tuple[Mapping[str, np.ndarray], Lesson]:
    """Customers of independent features, whose orders to come are ``2 + effect * feature`` and nothing but noise else.

    The features are ``share_weekend``, ``share_evening`` and ``share_refunded``, each drawn from a normal law, so that
    no space changes them but for their scale.
    """
    draw = np.random.default_rng(seed)
    columns = {name: draw.normal(size=customers) for name in ("share_weekend", "share_evening", "share_refunded")}
    root = 2 + sum(effects[name] * columns[name] for name in effects) + 0.1 * draw.normal(size=customers)
    orders = np.maximum(root, 0) ** 2
    return columns, lesson_of(features_of(columns), orders, 10 * orders)
