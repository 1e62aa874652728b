"""What a segment buys more often than the shop does: assigned customers and the log go in, named products come out.

The one thing to know: a product counts once a customer, and is measured against its part of everything chosen, so
heavy buyers are not fond of whatever they happen to buy. Where few bought a product its lift is drawn towards 1, and a
product is only named where chance, asked as often as we asked, hardly explains it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.stats import hypergeom

from shoal.events.result import EventLog
from shoal.segments.chance import ALPHA
from shoal.segments.likes import FavouriteProduct
from shoal.segments.portrait import Segment
from shoal.segments.result import Segments

PLACED = "segments_of_customers"
LEAST_BUYERS, LEAST_PART = 5, 0.01
"""A favourite has at least so many buyers in the segment, and at least this part of its buyers."""
LEAST_LIFT = 1.25
PRIOR = 5.0
"""So many buyers as expected by chance stand behind every lift: with 5 real ones it is halfway to 1."""
KEPT = 5


def with_products(segments: Segments, log: EventLog) -> Segments:
    """The segments with their favourite products, best first; as they are where the log names no products.

    Lift is (chosen + 5) / (expected + 5), a gamma-Poisson shrinkage (DuMouchel 1999) with a prior that says as often as
    in the shop; expected is the product's part of all choices times the segment's choices. A larger part of the
    segment than of the shop must have bought it too. Cost: one pass over the purchases of the look-back.
    """
    if "product_id" not in log.has or len(segments.segments) < 2:
        return segments
    log.engine.register(PLACED, segments.table.select(["customer_id", "segment"]))
    chosen, counted = log.engine.table(_choices_sql(log)), log.engine.rows(_totals_sql(log))
    totals = {int(segment): (int(choices), int(buyers)) for segment, choices, buyers in counted}
    looks = len(totals) * int(log.engine.rows(_might_sql(log))[0][0])
    listed = tuple(replace(one, products=_favourites(one, chosen, totals, looks)) for one in segments.segments)
    return replace(segments, segments=listed)


def _bought_sql(log: EventLog) -> str:
    window = log.clock.features
    return (
        f"bought AS (SELECT DISTINCT e.customer_id, e.product_id, s.segment FROM {log.relation} AS e "
        f"JOIN {PLACED} AS s ON s.customer_id = e.customer_id WHERE e.event_type = 'purchase' "
        f"AND e.product_id IS NOT NULL AND e.ts_s >= {window.start} AND e.ts_s < {window.end})"
    )


def _choices_sql(log: EventLog) -> str:
    """One row a segment and product that enough of the segment bought, with its buyers here and in the shop."""
    return (
        f"WITH {_bought_sql(log)}, "
        "here AS (SELECT segment, product_id, COUNT(*) AS buyers FROM bought GROUP BY segment, product_id), "
        "shop AS (SELECT product_id, SUM(buyers) AS buyers FROM here GROUP BY product_id) "
        "SELECT here.segment AS segment, here.product_id AS product_id, coalesce(p.name, here.product_id) AS name, "
        "CAST(here.buyers AS BIGINT) AS buyers, CAST(shop.buyers AS BIGINT) AS everywhere "
        "FROM here JOIN shop ON shop.product_id = here.product_id "
        f"LEFT JOIN products AS p ON p.product_id = here.product_id WHERE here.buyers >= {LEAST_BUYERS} "
        "ORDER BY segment NULLS LAST, product_id NULLS LAST"
    )


def _might_sql(log: EventLog) -> str:
    """How many products enough customers bought that a segment might be said to like them: so many were looked at."""
    return (
        f"WITH {_bought_sql(log)}, shop AS (SELECT product_id, COUNT(*) AS buyers FROM bought GROUP BY product_id) "
        f"SELECT COUNT(*) FROM shop WHERE buyers >= {LEAST_BUYERS}"
    )


def _totals_sql(log: EventLog) -> str:
    """One row a segment: its choices (customer and product), and how many of it bought anything."""
    return (
        f"WITH {_bought_sql(log)}, each_one AS (SELECT segment, customer_id, COUNT(*) AS n FROM bought "
        "GROUP BY segment, customer_id) SELECT segment, SUM(n) AS choices, COUNT(*) AS buyers FROM each_one "
        "GROUP BY segment ORDER BY segment NULLS LAST"
    )


def _favourites(
    segment: Segment, chosen: pa.Table, totals: dict[int, tuple[int, int]], looks: int
) -> tuple[FavouriteProduct, ...]:
    choices, buyers = totals.get(segment.number, (0, 0))
    rows = chosen.filter(np.asarray(chosen["segment"]) == segment.number)
    here, everywhere = (rows[name].to_numpy().astype(np.int64) for name in ("buyers", "everywhere"))
    whole = sum(n for n, _ in totals.values())
    lift = (here + PRIOR) / (everywhere * (choices / max(whole, 1)) + PRIOR)
    p = np.minimum(hypergeom.sf(here - 1, whole, everywhere, choices) * looks, 1.0)
    liked = here * sum(n for _, n in totals.values()) > everywhere * buyers  # what everybody buys is nobody's favourite
    kept = np.flatnonzero(liked & (lift >= LEAST_LIFT) & (p <= ALPHA) & (here >= LEAST_PART * buyers))
    best = sorted(kept.tolist(), key=lambda i: (-lift[i], -here[i], i))
    found = dict[str, FavouriteProduct]()  # one product may be sold under several numbers
    for i in best:
        product = _product(rows.slice(i, 1).to_pylist()[0], here[i] / buyers, lift[i], p[i])
        found.setdefault(product.name, product)
        if len(found) == KEPT:
            break
    return tuple(found.values())


def _product(row: dict[str, Any], share: float, lift: float, p: float) -> FavouriteProduct:
    return FavouriteProduct(row["product_id"], row["name"], row["buyers"], float(share), float(lift), float(p))
