"""A small shop's features, drawn by hand or by a seed, with the names the catalogue has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from shoal.features.result import Category, FeatureInfo, Features, Kind
from shoal.words.language import Text
from shoal.words.provenance import Made

KINDS: dict[str, tuple[str, Kind]] = {
    "days_since_last_order": ("orders", "days"),
    "tenure_days": ("orders", "days"),
    "orders": ("orders", "count"),
    "orders_30d": ("orders", "count"),
    "orders_90d": ("orders", "count"),
    "spend_total": ("orders", "money"),
    "spend_30d": ("orders", "money"),
    "spend_90d": ("orders", "money"),
    "average_order_value": ("orders", "money"),
    "gap_mean_days": ("orders", "days"),
    "products_distinct": ("products", "count"),
    "categories_distinct": ("categories", "count"),
    "refund_orders": ("returns", "count"),
    "share_refunded": ("returns", "share"),
    "share_weekend": ("time", "share"),
    "share_evening": ("time", "share"),
}


TOTALS = {name for name, (_, kind) in KINDS.items() if kind in ("count", "money")} - {
    "average_order_value",
    "categories_distinct",
}


def features_of(columns: Mapping[str, Sequence[float | None]], customers: Sequence[str] | None = None) -> Features:
    """Features from plain columns; ``spend_in_x`` is spend on the category x, an unknown name is a plain number."""
    rows = len(next(iter(columns.values())))
    names = list(customers) if customers is not None else [f"c{i:07d}" for i in range(rows)]
    table = pa.table(
        {"customer_id": pa.array(names, pa.string())}
        | {name: pa.array(list(values), pa.float64()) for name, values in columns.items()}
    )
    infos = tuple(_info(name) for name in columns)
    categories = tuple(
        Category(info.category or "", info.name, Text.same(info.category), 0.0) for info in infos if info.category
    )
    return Features(
        made=Made("features", as_of="2024-01-01T00:00:00Z", look_back_days=365, rows_out=rows),
        table=table,
        product_groups=pa.table({"product_id": pa.array([], pa.string()), "category": pa.array([], pa.string())}),
        columns=infos,
        categories=categories,
        currency="GBP",
    )


def _info(name: str) -> FeatureInfo:
    words = Text(name.replace("_", " "), name)
    if name.startswith("spend_in_"):
        category = name.removeprefix("spend_in_")
        return FeatureInfo(name, "categories", "category_money", "currency", words, words, None, category, True)
    block, kind = KINDS.get(name, ("table", "number"))
    return FeatureInfo(name, block, kind, "", words, words, additive=name in TOTALS)


def shop(customers: int = 600, seed: int = 0) -> Features:
    """A shop with three planted kinds of customer: loyal cooks, lapsed one-timers, recent gardeners."""
    draw = np.random.default_rng(seed)
    kind = np.arange(customers) % 3
    orders = np.select([kind == 0, kind == 1], [draw.poisson(12, customers) + 3, np.ones(customers)], 3.0)
    recency = np.select([kind == 0, kind == 1], [draw.uniform(1, 20, customers), draw.uniform(200, 360, customers)], 15)
    value = draw.lognormal(3.5, 0.3, customers)
    spend = orders * value
    kitchen = np.select([kind == 0, kind == 2], [0.8, 0.1], 0.4)
    gap = np.where(orders > 1, 300 / np.maximum(orders - 1, 1), np.nan)
    return features_of(
        {
            "days_since_last_order": recency + draw.uniform(0, 5, customers),
            "orders": orders,
            "spend_total": spend,
            "average_order_value": value,
            "gap_mean_days": [None if np.isnan(g) else float(g) for g in gap],
            "products_distinct": orders * 2 + draw.poisson(1, customers),
            "share_weekend": draw.beta(2, 5, customers),
            "share_refunded": np.zeros(customers),
            "spend_in_Kitchen": spend * kitchen,
            "spend_in_Garden": spend * (1 - kitchen),
        }
    )
