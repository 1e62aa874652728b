"""The list people edit: every feature of a customer, each with its SQL, unit and what it needs from the log.

A feature is one line: its name, the block it belongs to, how it is distributed (`Kind`), its unit, the grain its
expression is evaluated at, the expression, and what the log must carry. Words (label, meaning, what null means) stand
in ``texts.toml`` under ``feature.NAME``. The grains are the CTEs of ``sql/``; an expression may use their columns and
the placeholders ``{as_of}``, ``{start}`` and ``{look_back}`` (epoch seconds, epoch seconds, days) and
``{days_active}`` (the number of different days among rows of `events`).

Expressions keep to integers and decimals until the last step and divide only doubles: see CONTRIBUTING, "SQL".
"""

from __future__ import annotations

from shoal.features.attributes import ATTRIBUTES
from shoal.features.feature import Feature, of_orders, share_of_orders, since
from shoal.features.forms import FORMS
from shoal.features.visits import VISITS

__all__ = ["CATALOGUE", "Feature"]
HALVED = "(1048576 >> CAST(floor(least(({as_of} - first_s) / 2592e3, 31e0)) AS INTEGER))"
"""The weight of an order in fixed point: 2^20, halved for every 30 days since. Whole numbers add up alike anywhere."""

CANCELLED = "COUNT(*) FILTER (WHERE event_type = 'cancel')"

CATALOGUE: tuple[Feature, ...] = (
    Feature(
        "tenure_days", "orders", "days", "days", "known", "MIN(least(({as_of} - first_seen_s) / 864e2, {look_back}))"
    ),
    of_orders(
        "days_since_last_order",
        "days",
        "days",
        "least(({as_of} - MAX(first_s)) / 864e2, {look_back})",
        empty="look_back",
    ),
    of_orders("orders", "count", "orders", "COUNT(*)"),
    of_orders("orders_30d", "count", "orders", f"COUNT(*) FILTER (WHERE {since(30)})", window_days=30),
    of_orders("orders_90d", "count", "orders", f"COUNT(*) FILTER (WHERE {since(90)})", window_days=90),
    of_orders("days_with_orders", "count", "days", "COUNT(*) FILTER (WHERE first_of_day = 1)"),
    of_orders("spend_total", "money", "currency", "CAST(SUM(amount) AS DOUBLE)", "amount"),
    of_orders(
        "spend_30d",
        "money",
        "currency",
        f"CAST(coalesce(SUM(amount) FILTER (WHERE {since(30)}), 0) AS DOUBLE)",
        "amount",
        window_days=30,
    ),
    of_orders(
        "spend_90d",
        "money",
        "currency",
        f"CAST(coalesce(SUM(amount) FILTER (WHERE {since(90)}), 0) AS DOUBLE)",
        "amount",
        window_days=90,
    ),
    of_orders(
        "average_order_value", "money", "currency", "CAST(SUM(amount) AS DOUBLE) / COUNT(*)", "amount", empty="null"
    ),
    of_orders("largest_order_value", "money", "currency", "CAST(MAX(amount) AS DOUBLE)", "amount"),
    of_orders(
        "gap_mean_days",
        "days",
        "days",
        "CAST(SUM(gap_days) AS DOUBLE) / NULLIF(COUNT(gap_days), 0)",
        empty="null",
    ),
    of_orders(
        "gap_std_days",
        "days",
        "days",
        "CASE WHEN COUNT(gap_days) > 1 THEN sqrt(greatest(CAST(SUM(gap_days * gap_days) AS DOUBLE) "
        "- CAST(SUM(gap_days) * SUM(gap_days) AS DOUBLE) / COUNT(gap_days), 0e0) / (COUNT(gap_days) - 1)) END",
        empty="null",
    ),
    of_orders("orders_decayed", "count", "orders, halved every 30 days", f"CAST(SUM({HALVED}) AS DOUBLE) / 1048576e0"),
    of_orders(
        "spend_decayed",
        "money",
        "currency, halved every 30 days",
        f"CAST(SUM(CAST(amount AS DECIMAL(28,4)) * {HALVED}) AS DOUBLE) / 1048576e0",
        "amount",
    ),
    of_orders("smallest_order_value", "money", "currency", "CAST(MIN(amount) AS DOUBLE)", "amount", empty="null"),
    of_orders(
        "days_since_first_order", "days", "days", "least(({as_of} - MIN(first_s)) / 864e2, {look_back})", empty="null"
    ),
    of_orders(
        "share_orders_90d",
        "share",
        "share of orders",
        f"CAST(COUNT(*) FILTER (WHERE {since(90)}) AS DOUBLE) / COUNT(*)",
        window_days=90,
        empty="null",
    ),
    of_orders(
        "overdue",
        "number",
        "times the usual gap",
        "({as_of} - MAX(first_s)) / 864e2 * COUNT(gap_days) / NULLIF(CAST(SUM(gap_days) AS DOUBLE), 0e0)",
        empty="null",
    ),
    share_of_orders("share_orders_with_coupon", "with_coupon = 1", "coupon"),
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
        "orders_of_favourite_product",
        "products",
        "count",
        "orders",
        "products",
        "MAX(n_orders)",
        ("type:purchase", "product_id"),
    ),
    Feature("brands_distinct", "products", "count", "brands", "brands", "COUNT(*)", ("type:purchase", "brand")),
    Feature(
        "share_top_brand",
        "products",
        "share",
        "share of spend",
        "brands",
        "CAST(MAX(amount) AS DOUBLE) / NULLIF(CAST(SUM(amount) AS DOUBLE), 0e0)",
        ("type:purchase", "brand", "amount"),
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
        "categories_effective",
        "categories",
        "number",
        "categories",
        "categories",
        "CAST(SUM(CAST(worth AS DECIMAL(19,2))) AS DOUBLE) * CAST(SUM(CAST(worth AS DECIMAL(19,2))) AS DOUBLE) / "
        "NULLIF(CAST(SUM(CAST(worth AS DECIMAL(19,2)) * CAST(worth AS DECIMAL(19,2))) AS DOUBLE), 0e0)",
        ("categories",),
        empty="null",
    ),
    Feature(
        "categories_entropy",
        "categories",
        "number",
        "nats",
        "categories",
        # ln(T) - sum(w ln w) / T is the entropy of the shares w / T; the sum is in whole millionths, so that it adds up
        # alike in any order.
        "CASE WHEN SUM(worth) > 0 THEN greatest(ln(CAST(SUM(worth) AS DOUBLE)) - CAST(SUM(CASE WHEN worth > 0 THEN "
        "CAST(floor(CAST(worth AS DOUBLE) * ln(CAST(worth AS DOUBLE)) * 1e6 + 5e-1) AS DECIMAL(38,0)) END) AS DOUBLE) "
        "/ 1e6 / NULLIF(CAST(SUM(worth) AS DOUBLE), 0e0), 0e0) END",
        ("categories",),
        empty="null",
    ),
    Feature(
        "price_level",
        "products",
        "number",
        "times the category's median",
        "prices",
        "CAST(SUM(amount) AS DOUBLE) / NULLIF(CAST(SUM(at_median) AS DOUBLE), 0e0)",
        ("type:purchase", "amount", "quantity", "product_id", "categories"),
        empty="null",
        shapes=False,
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
    Feature(
        "discount_rate",
        "returns",
        "share",
        "share of list price",
        "lines",
        "CAST(SUM(taken_off) AS DOUBLE) / NULLIF(CAST(SUM(bought) AS DOUBLE) + CAST(SUM(taken_off) AS DOUBLE), 0e0)",
        ("type:purchase", "discount", "amount"),
        empty="null",
    ),
    Feature("cancellations", "returns", "count", "events", "events", CANCELLED, ("type:cancel",)),
    share_of_orders("share_weekend", "dow >= 5"),
    share_of_orders("share_morning", "hour >= 5 AND hour < 12", "hour"),
    share_of_orders("share_afternoon", "hour >= 12 AND hour < 18", "hour"),
    share_of_orders("share_evening", "hour >= 18 AND hour < 23", "hour"),
    share_of_orders("share_night", "hour >= 23 OR hour < 5", "hour"),
    *VISITS,
    *ATTRIBUTES,
    *FORMS,
)
