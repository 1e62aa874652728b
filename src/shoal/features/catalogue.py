"""The list people edit: every feature of a customer, each with its SQL, unit and what it needs from the log.

A feature is one line: its name, the block it belongs to, how it is distributed (`Kind`), its unit, the grain its
expression is evaluated at, the expression, and what the log must carry. Words (label, meaning, what null means) stand
in ``texts.toml`` under ``feature.NAME``. The grains are the CTEs of ``sql/``; an expression may use their columns and
the placeholders ``{as_of}``, ``{start}`` and ``{look_back}`` (epoch seconds, epoch seconds, days) and
``{days_active}`` (the number of different days among rows of `events`).

Expressions keep to integers and decimals until the last step and divide only doubles: see CONTRIBUTING, "SQL".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shoal.features.result import Kind
from shoal.words.language import Text, Texts

texts = Texts("shoal.features")

Grain = Literal["known", "orders", "lines", "products", "categories", "events"]
Empty = Literal["zero", "null", "look_back"]
"""What a customer without any row at the grain gets: nothing bought is 0, a mean of nothing is null, and "days since"
something that did not happen in the look-back is the whole look-back."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One entry of the catalogue. `needs` are canonical columns or event types (``type:view``) the log must carry."""

    name: str
    block: str
    kind: Kind
    unit: str
    grain: Grain
    sql: str
    needs: tuple[str, ...] = ()
    window_days: int = 0
    empty: Empty = "zero"

    @property
    def additive(self) -> bool:
        """Whether it adds up over time: sums and counts do, means, maxima and ratios don't."""
        return self.name in ADDITIVE

    @property
    def label(self) -> Text:
        return texts(f"feature.{self.name}.label")

    @property
    def meaning(self) -> Text:
        return texts(f"feature.{self.name}.meaning")

    @property
    def null(self) -> Text | None:
        key = f"feature.{self.name}.null"
        return texts(key) if texts.has(key) else None


def _orders(
    name: str, kind: Kind, unit: str, sql: str, *needs: str, window_days: int = 0, empty: Empty = "zero"
) -> Feature:
    return Feature(name, "orders", kind, unit, "orders", sql, ("type:purchase", *needs), window_days, empty)


def _since(days: int) -> str:
    return f"first_s >= {{as_of}} - {days * 86_400}"


def _share_of_orders(name: str, condition: str, *needs: str) -> Feature:
    sql = f"CAST(COUNT(*) FILTER (WHERE {condition}) AS DOUBLE) / COUNT(*)"
    return Feature(name, "time", "share", "share of orders", "orders", sql, ("type:purchase", *needs), empty="null")


def _events(name: str, kind: str) -> Feature:
    sql = f"COUNT(*) FILTER (WHERE event_type = '{kind}')"
    return Feature(name, "browsing", "count", "events", "events", sql, (f"type:{kind}",))


CATALOGUE: tuple[Feature, ...] = (
    Feature(
        "tenure_days", "orders", "days", "days", "known", "MIN(least(({as_of} - first_seen_s) / 864e2, {look_back}))"
    ),
    _orders(
        "days_since_last_order",
        "days",
        "days",
        "least(({as_of} - MAX(first_s)) / 864e2, {look_back})",
        empty="look_back",
    ),
    _orders("orders", "count", "orders", "COUNT(*)"),
    _orders("orders_30d", "count", "orders", f"COUNT(*) FILTER (WHERE {_since(30)})", window_days=30),
    _orders("orders_90d", "count", "orders", f"COUNT(*) FILTER (WHERE {_since(90)})", window_days=90),
    _orders("days_with_orders", "count", "days", "COUNT(*) FILTER (WHERE first_of_day = 1)"),
    _orders("spend_total", "money", "currency", "CAST(SUM(amount) AS DOUBLE)", "amount"),
    _orders(
        "spend_30d",
        "money",
        "currency",
        f"CAST(coalesce(SUM(amount) FILTER (WHERE {_since(30)}), 0) AS DOUBLE)",
        "amount",
        window_days=30,
    ),
    _orders(
        "spend_90d",
        "money",
        "currency",
        f"CAST(coalesce(SUM(amount) FILTER (WHERE {_since(90)}), 0) AS DOUBLE)",
        "amount",
        window_days=90,
    ),
    _orders(
        "average_order_value", "money", "currency", "CAST(SUM(amount) AS DOUBLE) / COUNT(*)", "amount", empty="null"
    ),
    _orders("largest_order_value", "money", "currency", "CAST(MAX(amount) AS DOUBLE)", "amount"),
    _orders(
        "gap_mean_days",
        "days",
        "days",
        "CAST(SUM(gap_days) AS DOUBLE) / NULLIF(COUNT(gap_days), 0)",
        empty="null",
    ),
    _orders(
        "gap_std_days",
        "days",
        "days",
        "CASE WHEN COUNT(gap_days) > 1 THEN sqrt(greatest(CAST(SUM(gap_days * gap_days) AS DOUBLE) "
        "- CAST(SUM(gap_days) * SUM(gap_days) AS DOUBLE) / COUNT(gap_days), 0e0) / (COUNT(gap_days) - 1)) END",
        empty="null",
    ),
    Feature(
        "pieces_total",
        "products",
        "count",
        "pieces",
        "orders",
        "CAST(SUM(quantity) AS DOUBLE)",
        ("type:purchase", "quantity"),
    ),
    Feature(
        "pieces_per_order",
        "products",
        "count",
        "pieces",
        "orders",
        "CAST(SUM(quantity) AS DOUBLE) / COUNT(*)",
        ("type:purchase", "quantity"),
        empty="null",
    ),
    Feature(
        "lines_per_order",
        "products",
        "count",
        "order lines",
        "orders",
        "CAST(SUM(n_lines) AS DOUBLE) / COUNT(*)",
        ("type:purchase", "product_id"),
        empty="null",
    ),
    Feature(
        "average_unit_price",
        "products",
        "money",
        "currency",
        "orders",
        "CAST(SUM(amount) AS DOUBLE) / NULLIF(CAST(SUM(quantity) AS DOUBLE), 0e0)",
        ("type:purchase", "amount", "quantity"),
        empty="null",
    ),
    Feature(
        "products_distinct", "products", "count", "products", "products", "COUNT(*)", ("type:purchase", "product_id")
    ),
    Feature(
        "share_repeat_products",
        "products",
        "share",
        "share of products",
        "products",
        "CAST(COUNT(*) FILTER (WHERE n_orders > 1) AS DOUBLE) / COUNT(*)",
        ("type:purchase", "product_id"),
        empty="null",
    ),
    Feature(
        "categories_distinct",
        "categories",
        "count",
        "categories",
        "categories",
        "COUNT(*) FILTER (WHERE worth > 0)",
        ("categories",),
    ),
    Feature(
        "share_top_category",
        "categories",
        "share",
        "share of spend",
        "categories",
        "CAST(MAX(worth) AS DOUBLE) / NULLIF(CAST(SUM(worth) AS DOUBLE), 0e0)",
        ("categories",),
        empty="null",
    ),
    Feature(
        "refund_orders",
        "returns",
        "count",
        "orders",
        "lines",
        "COUNT(*) FILTER (WHERE n_refunds > 0)",
        ("type:refund",),
    ),
    Feature(
        "refunded_total",
        "returns",
        "money",
        "currency",
        "lines",
        "CAST(SUM(refunded) AS DOUBLE)",
        ("type:refund", "amount"),
    ),
    Feature(
        "share_refunded",
        "returns",
        "share",
        "share of spend",
        "lines",
        "CAST(SUM(refunded) AS DOUBLE) / NULLIF(CAST(SUM(bought) AS DOUBLE), 0e0)",
        ("type:refund", "amount"),
        empty="null",
    ),
    Feature(
        "share_discounted",
        "returns",
        "share",
        "share of spend",
        "lines",
        "CAST(SUM(discounted) AS DOUBLE) / NULLIF(CAST(SUM(bought) AS DOUBLE), 0e0)",
        ("type:purchase", "discount", "amount"),
        empty="null",
    ),
    _share_of_orders("share_weekend", "dow >= 5"),
    _share_of_orders("share_morning", "hour >= 5 AND hour < 12", "hour"),
    _share_of_orders("share_afternoon", "hour >= 12 AND hour < 18", "hour"),
    _share_of_orders("share_evening", "hour >= 18 AND hour < 23", "hour"),
    _share_of_orders("share_night", "hour >= 23 OR hour < 5", "hour"),
    Feature("days_active", "browsing", "count", "days", "events", "{days_active}", ("type:view",)),
    _events("views", "view"),
    _events("carts", "cart"),
    _events("favourites", "favourite"),
    _events("searches", "search"),
    _events("reviews", "review"),
    Feature(
        "days_since_last_visit",
        "browsing",
        "days",
        "days",
        "events",
        "least(({as_of} - MAX(ts_s)) / 864e2, {look_back})",
        ("type:view",),
        empty="look_back",
    ),
)

ADDITIVE = frozenset(
    {
        *("orders", "orders_30d", "orders_90d", "spend_total", "spend_30d", "spend_90d"),
        *("pieces_total", "products_distinct", "refund_orders", "refunded_total"),
        *("days_active", "views", "carts", "favourites", "searches", "reviews"),
    }
)
"""The totals. Distinct products count as one: few are bought in both halves of a look-back."""
