"""From the events relation to `Interactions` and `Catalogue`: one of the three crossings from engine to memory.

In: the log and a clock. Out: who did what with which product on which day before the cut, as codes (13 bytes an
event and product, so twenty million fit), and what is known of the products. The one thing to know: `interactions`
never reads at or after the cut; `bought_after` alone does, to judge and to teach.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import csr_array

from shoal.engines.contract import literal
from shoal.events.result import EventLog
from shoal.recommend.coding import goal_of
from shoal.recommend.interactions import WEIGHTS, Interactions
from shoal.words.clock import DAY_S, Clock
from shoal.words.columns import EVENT_TYPES

MOST_DAYS = 730
"""History older than two years is not read: it says little and costs as much."""
DESCRIBED = ("name", "category", "brand", "description")


def interactions(log: EventLog, clock: Clock, sample: str = "") -> Interactions:
    """Every event with a product before the cut; `sample` is SQL that keeps some customers (``AND ...``).

    All products of the catalogue have a code, bought or not; so have all customers with any event, in the order of
    their ids.
    """
    who, what = _coded(log, clock, sample)
    kinds = " ".join(f"WHEN event_type = {literal(name)} THEN {EVENT_TYPES.index(name)}" for name in _kinds())
    table = log.engine.table(f"""
        SELECT who.code AS customer, what.code AS product, day, CAST(CASE {kinds} END AS INTEGER) AS kind,
               CAST(SUM(coalesce(quantity, 1)) AS DOUBLE) AS quantity
        FROM {log.relation} JOIN recommend_customers AS who USING (customer_id)
        JOIN recommend_products AS what USING (product_id)
        WHERE {_window(clock)} AND event_type IN ({", ".join(map(literal, _kinds()))})
        GROUP BY who.code, what.code, day, event_type
        ORDER BY customer, day, product, kind""").combine_chunks()
    customer = table["customer"].to_numpy()
    day = table["day"].to_numpy().astype(np.int32)
    now = max(clock.as_of // DAY_S, int(day.max(initial=0)) + 1)
    return Interactions(
        np.searchsorted(customer, np.arange(len(who) + 1)),
        table["product"].to_numpy().astype(np.int32),
        day,
        table["kind"].to_numpy().astype(np.int8),
        table["quantity"].to_numpy().astype(np.float32),
        who,
        what,
        np.full(len(who), now, np.int32),
        np.zeros(len(who), np.int32),
        goal_of(table["kind"].to_numpy()),
    )


def bought_after(log: EventLog, clock: Clock, seen: Interactions, days: int) -> csr_array:
    """What those customers bought in the `days` after the cut: 0/1, shape (customers, products).

    Uses the codes that `interactions` left in the engine; products that had none then are not in it.
    """
    until = clock.as_of + days * DAY_S
    table = log.engine.table(f"""
        SELECT who.code AS customer, what.code AS product
        FROM {log.relation} JOIN recommend_customers AS who USING (customer_id)
        JOIN recommend_products AS what USING (product_id)
        WHERE event_type = {literal(EVENT_TYPES[seen.goal])} AND ts_s >= {clock.as_of} AND ts_s < {until}
        GROUP BY who.code, what.code ORDER BY customer, product""")
    where = (table["customer"].to_numpy(), table["product"].to_numpy())
    return csr_array((np.ones(table.num_rows, np.float32), where), (seen.customers, seen.products))


def _kinds() -> list[str]:
    return [name for name in EVENT_TYPES if name in WEIGHTS]


def _window(clock: Clock) -> str:
    return f"ts_s < {clock.as_of} AND ts_s >= {clock.as_of - MOST_DAYS * DAY_S} AND product_id IS NOT NULL"


def _coded(log: EventLog, clock: Clock, sample: str) -> tuple[pa.Array, pa.Array]:
    """Leave a code for every customer and every product in the engine; the ids the codes stand for."""
    customers = f"SELECT customer_id FROM {log.relation} WHERE ts_s < {clock.as_of} {sample} GROUP BY customer_id"
    products = (
        f"SELECT product_id FROM (SELECT product_id FROM products UNION ALL "
        f"SELECT product_id FROM {log.relation} WHERE product_id IS NOT NULL GROUP BY product_id) AS known "
        "GROUP BY product_id"
    )
    for name, ids, key in (("customers", customers, "customer_id"), ("products", products, "product_id")):
        log.engine.run(
            f"CREATE OR REPLACE TEMP TABLE recommend_{name} AS SELECT {key}, "
            f"CAST(ROW_NUMBER() OVER (ORDER BY {key}) - 1 AS INTEGER) AS code FROM ({ids}) AS known"
        )
    return _ids(log, "customers", "customer_id"), _ids(log, "products", "product_id")


def _ids(log: EventLog, name: str, key: str) -> pa.Array:
    found = log.engine.table(f"SELECT {key} FROM recommend_{name} ORDER BY code")[key]
    return found.combine_chunks().cast(pa.string())


@dataclass(frozen=True)
class Catalogue:
    """What is known of the products, in the order of their codes.

    Texts are lists that may hold None. `price` and `cost` are in the shop's currency, NaN where unknown. `in_stock` and
    `repeatable` are 1, 0, or -1 where the shop did not say.
    """

    described: dict[str, list[str | None]]
    price: NDArray[np.float64]
    cost: NDArray[np.float64]
    in_stock: NDArray[np.int8]
    repeatable: NDArray[np.int8]

    @classmethod
    def nothing(cls, products: int) -> Catalogue:
        """A catalogue of which only the codes are known."""
        unknown, unsaid = np.full(products, np.nan), np.full(products, -1, np.int8)
        return cls({name: [None] * products for name in DESCRIBED}, unknown, unknown, unsaid, unsaid)

    @property
    def margin(self) -> NDArray[np.float64]:
        """``(price - cost) / price`` of each product; NaN where either is unknown or nothing is asked for it."""
        price = np.where(self.price > 0, self.price, np.nan)
        return np.asarray((price - self.cost) / price)

    def categories(self) -> NDArray[np.int64]:
        """A number for each product's category, -1 where it has none."""
        known = {name: place for place, name in enumerate(sorted({c for c in self.described["category"] if c}))}
        return np.array([known.get(name or "", -1) for name in self.described["category"]], np.int64)

    def names(self, ids: pa.Array) -> list[str]:
        """What to call each product: its name, or its id where it has none."""
        return [name or code for name, code in zip(self.described["name"], ids.to_pylist(), strict=True)]


def catalogue(log: EventLog) -> Catalogue:
    """The catalogue in the order of the codes that `interactions` left in the engine."""
    flags = ", ".join(
        f"CASE WHEN {flag} THEN 1 WHEN NOT {flag} THEN 0 ELSE -1 END AS {flag}" for flag in ("in_stock", "repeatable")
    )
    table = log.engine.table(f"""
        SELECT {", ".join(DESCRIBED)}, CAST(price AS DOUBLE) AS price, CAST(cost AS DOUBLE) AS cost, {flags}
        FROM recommend_products LEFT JOIN products USING (product_id) ORDER BY code""").combine_chunks()
    money = [table[name].cast(pa.float64()).fill_null(np.nan).to_numpy() for name in ("price", "cost")]
    said = [table[name].to_numpy().astype(np.int8) for name in ("in_stock", "repeatable")]
    return Catalogue({name: table[name].to_pylist() for name in DESCRIBED}, *money, *said)
