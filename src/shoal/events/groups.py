"""The rules that look at several records at once, as small tables of what is odd.

In: the relation ``events``. Out: temporary relations ``odd_*`` that the group rules of `rules.RULES` refer to. The one
thing to know: one aggregate a key; only what is odd is kept, so later scans compare with a few rows.

Sources: the robust limit is median + 7 median absolute deviations (scaled by 1.4826) of the logarithm, which a
log-normal amount exceeds once in 10^11; the rate no person reaches, and the day that an order lasts, are ours.
"""

from __future__ import annotations

from collections.abc import Iterable

from shoal.engines.contract import Engine

DEVIATIONS = 7
FASTEST = 120
"""Views, searches and carts in one minute that no person reaches."""
LONGEST_ORDER_S = 86_400

_ORDERS = "event_type IN ('purchase', 'refund') AND NOT starts_with(order_id, 'day-')"
_LOGS = "FROM events WHERE event_type = 'purchase' AND {name} > 0"
_LIMIT = (
    "(SELECT exp(m + {k} * 1.4826 * (SELECT NULLIF(median(abs(ln(CAST({name} AS DOUBLE)) - m)), 0) {logs})) "
    "FROM (SELECT median(ln(CAST({name} AS DOUBLE))) AS m {logs})) AS most_{name}"
)
ODD = {
    "odd_orders": (
        {"order_id"},
        "SELECT order_id, MIN(customer_id) <> MAX(customer_id) AS several_customers, "
        f"MAX(ts_s) - MIN(ts_s) > {LONGEST_ORDER_S} AS several_days FROM events WHERE {_ORDERS} GROUP BY order_id "
        f"HAVING MIN(customer_id) <> MAX(customer_id) OR MAX(ts_s) - MIN(ts_s) > {LONGEST_ORDER_S}",
    ),
    "odd_sessions": (
        {"session_id"},
        "SELECT session_id FROM events WHERE session_id IS NOT NULL GROUP BY session_id "
        "HAVING MIN(customer_id) <> MAX(customer_id)",
    ),
    "odd_rates": (
        {"hour"},
        "SELECT customer_id FROM (SELECT customer_id, ts_s // 60 AS minute FROM events WHERE event_type NOT IN "
        f"('purchase', 'refund', 'cancel') GROUP BY ALL HAVING COUNT(*) > {FASTEST}) GROUP BY customer_id",
    ),
    "odd_products": (
        {"product_id"},
        "SELECT product_id FROM (SELECT product_id, ROW_NUMBER() OVER (PARTITION BY lower(regexp_replace(product_id, "
        "'\\s+', '', 'g')) ORDER BY n DESC, product_id) AS place FROM (SELECT product_id, COUNT(*) AS n FROM events "
        "WHERE product_id IS NOT NULL GROUP BY product_id)) WHERE place > 1",
    ),
    "odd_refunds": (
        {"product_id"},
        "SELECT source_file, source_line FROM events AS r LEFT JOIN (SELECT customer_id, product_id, MIN(ts_s) AS "
        "first_s FROM events WHERE event_type = 'purchase' GROUP BY customer_id, product_id) AS b "
        "USING (customer_id, product_id) WHERE event_type = 'refund' AND COALESCE(first_s, ts_s + 1) > ts_s",
    ),
    "odd_limits": (
        {"amount"},
        "SELECT "
        + ", ".join(
            _LIMIT.format(name=name, k=DEVIATIONS, logs=_LOGS.format(name=name)) for name in ("amount", "quantity")
        ),
    ),
}
"""Relation -> what the log must have, and its SQL."""


def find_odd(engine: Engine, has: Iterable[str]) -> None:
    """Make every relation of `ODD` that this log can have."""
    there = set(has)
    for relation, (needs, sql) in ODD.items():
        if needs <= there:
            engine.run(f"CREATE OR REPLACE TEMP TABLE {relation} AS {sql}")


def forget_odd(engine: Engine) -> None:
    """Remove the relations again."""
    for relation in ODD:
        engine.run(f"DROP TABLE IF EXISTS {relation}")
