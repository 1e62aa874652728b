"""The rules that look at several records at once, as small tables of what is odd.

In: the relations ``events`` and ``log_customers``. Out: temporary relations ``odd_*`` that the group rules of
`rules.RULES` refer to. The one thing to know: one aggregate a key; only what is odd is kept, so later scans compare
with a few rows, and a rule whose relation is empty costs no scan.

Sources: the robust limit is median + 7 median absolute deviations (scaled by 1.4826) of the logarithm, which a
log-normal amount exceeds once in 10^11; the rate no person reaches, and the day that an order lasts, are ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import exp
from typing import TYPE_CHECKING

from shoal.engines.contract import Engine, literal

if TYPE_CHECKING:
    from shoal.events.typed.ledger import Ledger

DEVIATIONS = 7
BINS = 1000
"""Steps of the logarithm by which amounts are counted: a limit is exact to a thousandth."""
FASTEST = 120
"""Views, searches and carts in one minute that no person reaches."""
LONGEST_ORDER_S = 86_400
CUSTOMERS = "log_customers"
BROWSING = "event_type NOT IN ('purchase', 'refund', 'cancel')"
NAMES = ("category", "brand", "channel", "device", "coupon")
"""Names whose spellings are compared, beside the codes of products and customers."""

_ORDERS = "event_type IN ('purchase', 'refund') AND NOT starts_with(order_id, 'day-')"
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
        # only who browsed that much at all is counted by the minute
        f"SELECT customer_id FROM (SELECT customer_id, ts_s // 60 AS minute FROM events WHERE {BROWSING} AND "
        f"customer_id IN (SELECT customer_id FROM {CUSTOMERS} WHERE browsed > {FASTEST}) "
        f"GROUP BY ALL HAVING COUNT(*) > {FASTEST}) "
        "GROUP BY customer_id",
    ),
}
"""Relation -> what the log must have, and its SQL."""
FOUND = (*ODD, "odd_products", "odd_customers", "odd_names", "odd_limits")


def find_odd(engine: Engine, has: Iterable[str], ledger: Ledger | None = None) -> frozenset[str]:
    """Make every relation that this log can have; the names of those that hold something.

    What the ledger knows not to be there is not looked for.
    """
    there, made = set(has), list[str]()
    wanted = {relation: sql for relation, (needs, sql) in ODD.items() if needs <= there}
    spelt = {*there, "customer_id"}
    wanted |= _spelt(spelt if ledger is None else spelt & ledger.varied)
    if ledger is not None and not ledger.odd_orders(LONGEST_ORDER_S):
        wanted.pop("odd_orders", None)
    if ledger is not None and ledger.customers()[1] <= FASTEST:
        wanted.pop("odd_rates", None)
    if "amount" in there and (limits := _limits(engine)):
        wanted["odd_limits"] = limits
    for relation, sql in wanted.items():
        engine.run(f"CREATE OR REPLACE TEMP TABLE {relation} AS {sql}")
        made += [relation] if engine.rows(f"SELECT 1 FROM {relation} LIMIT 1") else []
    return frozenset(made)


def _spelt(there: set[str]) -> dict[str, str]:
    """The relations of what is written in several ways, of the columns that are `there`."""
    wanted = {}
    if "customer_id" in there:
        wanted["odd_customers"] = _rarer("customer_id", f"SELECT customer_id, events AS n FROM {CUSTOMERS}")
    if "product_id" in there:
        wanted["odd_products"] = _rarer("product_id", _counted("product_id"))
    names = [f"SELECT {literal(n)} AS kind, {n} AS name FROM ({_rarer(n, _counted(n))})" for n in NAMES if n in there]
    return wanted | ({"odd_names": " UNION ALL ".join(names)} if names else {})


def forget_odd(engine: Engine) -> None:
    """Remove the relations again."""
    for relation in FOUND:
        engine.run(f"DROP TABLE IF EXISTS {relation}")


def _counted(name: str) -> str:
    return f"SELECT {name}, COUNT(*) AS n FROM events WHERE {name} IS NOT NULL GROUP BY {name}"


def _rarer(name: str, counted: str) -> str:
    """SQL of the values that differ from a more frequent one only in case or blanks.

    Groups of spellings are looked for only where one of them is not written plainly already: in a tidy log none is.
    """
    plain = f"lower(regexp_replace({name}, '\\s+', '', 'g'))"
    return (
        f"WITH spelt AS (SELECT {name}, n, {plain} AS plain FROM ({counted})), "
        f"doubtful AS (SELECT plain FROM spelt WHERE plain <> {name} GROUP BY plain) "
        f"SELECT {name} FROM (SELECT {name}, ROW_NUMBER() OVER (PARTITION BY plain ORDER BY n DESC, {name}) AS place "
        f"FROM spelt WHERE plain IN (SELECT plain FROM doubtful)) WHERE place > 1"
    )


def _limits(engine: Engine) -> str:
    """SQL of the amount and the quantity of a line beyond which both lie far outside all others; empty for none."""
    limits = [_limit(engine, name) for name in ("amount", "quantity")]
    named = zip(limits, ("amount", "quantity"), strict=True)
    listed = (
        f"CAST({literal(None if limit is None else f'{limit:.6f}')} AS DOUBLE) AS most_{name}" for limit, name in named
    )
    return f"SELECT {', '.join(listed)}" if any(limits) else ""


def _limit(engine: Engine, name: str) -> float | None:
    """The limit of one number; None where nothing lies beyond it."""
    bins = engine.rows(
        f"SELECT CAST(floor(ln(CAST({name} AS DOUBLE)) * {BINS}) AS INTEGER) AS bin, COUNT(*) FROM events "
        f"WHERE event_type = 'purchase' AND {name} > 0 GROUP BY bin ORDER BY bin"
    )
    middle = _middle([(int(at), int(n)) for at, n in bins])
    spread = _middle(sorted((abs(int(at) - middle), int(n)) for at, n in bins))
    most = (middle + 1 + DEVIATIONS * 1.4826 * spread) / BINS
    # the last bin ends where the next would begin; a step more, for the rounding of logarithms
    return exp(most) if spread and (bins[-1][0] + 2) / BINS > most else None


def _middle(bins: Sequence[tuple[int, int]]) -> int:
    """The median of values counted in sorted bins; 0 where there are none."""
    half, seen = sum(n for _, n in bins) / 2, 0
    for at, n in bins:
        seen += n
        if seen >= half:
            return at
    return 0
