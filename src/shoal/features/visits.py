"""The features of what customers do besides ordering: browsing, carts, visits, channels and devices, ratings.

A part of the catalogue with a file of its own; see `catalogue` for how an entry reads.
"""

from __future__ import annotations

from shoal.features.feature import Feature, Grain, count_of, ts_since
from shoal.features.result import Kind

VIEWS, CARTS, BOUGHT = (f"COUNT(*) FILTER (WHERE event_type = '{kind}')" for kind in ("view", "cart", "purchase"))


def _rate(name: str, part: str, whole: str, *kinds: str) -> Feature:
    sql = f"CAST({part} AS DOUBLE) / NULLIF(CAST({whole} AS DOUBLE), 0e0)"
    needs = tuple(f"type:{kind}" for kind in kinds)
    return Feature(name, "browsing", "number", "events an event", "events", sql, needs, empty="null")


def _different(name: str, grain: Grain, need: str) -> Feature:
    return Feature(name, "visits", "count", grain, grain, "COUNT(*)", (need,))


def _top(name: str, grain: Grain, need: str) -> Feature:
    sql = "CAST(MAX(n_events) AS DOUBLE) / NULLIF(CAST(SUM(n_events) AS DOUBLE), 0e0)"
    return Feature(name, "visits", "share", "share of events", grain, sql, (need,), empty="null")


def _of_sessions(name: str, kind: Kind, unit: str, sql: str, *needs: str) -> Feature:
    return Feature(name, "visits", kind, unit, "sessions", sql, ("session_id", *needs), empty="null")


VISITS: tuple[Feature, ...] = (
    Feature("days_active", "browsing", "count", "days", "events", "{days_active}", ("type:view",)),
    count_of("views", "view"),
    count_of("carts", "cart"),
    count_of("favourites", "favourite"),
    count_of("searches", "search"),
    count_of("reviews", "review"),
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
    count_of("uncarts", "uncart"),
    Feature(
        "views_30d",
        "browsing",
        "count",
        "events",
        "events",
        f"COUNT(*) FILTER (WHERE event_type = 'view' AND {ts_since(30)})",
        ("type:view",),
        30,
    ),
    _rate("view_to_cart", CARTS, VIEWS, "view", "cart"),
    _rate("cart_to_purchase", BOUGHT, CARTS, "cart", "purchase"),
    _rate("view_to_purchase", BOUGHT, VIEWS, "view", "purchase"),
    Feature(
        "cart_abandonment",
        "browsing",
        "share",
        "share of products",
        "carted",
        "CAST(COUNT(*) FILTER (WHERE bought = 0) AS DOUBLE) / COUNT(*)",
        ("type:cart", "type:purchase", "product_id"),
        empty="null",
    ),
    Feature("ratings_given", "browsing", "count", "ratings", "events", "COUNT(rating)", ("rating",)),
    Feature(
        "rating_mean",
        "browsing",
        "number",
        "as given",
        "events",
        "CAST(SUM(CAST(rating AS DECIMAL(18,4))) AS DOUBLE) / NULLIF(CAST(COUNT(rating) AS DOUBLE), 0e0)",
        ("rating",),
        empty="null",
    ),
    Feature("sessions", "visits", "count", "visits", "sessions", "COUNT(*)", ("session_id",)),
    _of_sessions("session_minutes", "number", "minutes", "CAST(SUM(last_s - first_s) AS DOUBLE) / 6e1 / COUNT(*)"),
    _of_sessions("events_per_session", "number", "events", "CAST(SUM(n_events) AS DOUBLE) / COUNT(*)"),
    _of_sessions(
        "share_sessions_with_order",
        "share",
        "share of visits",
        "CAST(COUNT(*) FILTER (WHERE n_purchases > 0) AS DOUBLE) / COUNT(*)",
        "type:purchase",
    ),
    _different("channels_distinct", "channels", "channel"),
    _top("share_top_channel", "channels", "channel"),
    _different("devices_distinct", "devices", "device"),
    _top("share_top_device", "devices", "device"),
)
