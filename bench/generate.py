"""A large seeded event log of one shop, for measuring.

    python bench/generate.py events.parquet --events 20000000 --customers 1000000

Customers differ in activity as gamma-Poisson models say (a few buy often, most hardly ever), join and leave, and lean
to one of twelve departments. Rows are in the order of time. Memory does not depend on the number of events: one day is
made at a time.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

START = 1_704_067_200  # 2024-01-01
DAY_S = 86_400
DEPARTMENTS, SHELVES, PRODUCTS = 12, 8, 48_000
TYPES = ("view", "cart", "uncart", "purchase", "refund")
SHARES = (0.80, 0.09, 0.02, 0.085, 0.005)
SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("event_time", pa.timestamp("us")),
        ("event_type", pa.string()),
        ("product_id", pa.string()),
        ("category", pa.string()),
        ("quantity", pa.int32()),
        ("amount", pa.decimal128(18, 4)),
        ("order_id", pa.string()),
    ]
)
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Shop:
    """Who could come: the cumulated activity of all customers, when they join and leave, what they like, and prices."""

    activity: npt.NDArray[np.float64]
    joined: Ints
    left: Ints
    likes: Ints
    prices: Ints
    names: pa.Array
    products: pa.Array
    categories: pa.Array


def open_shop(rng: np.random.Generator, customers: int, days: int) -> Shop:
    """The customers and the shelves."""
    rate = rng.gamma(0.6, 1.0, customers)
    joined = np.where(rng.random(customers) < 0.5, 0, rng.integers(0, days, customers))
    left = joined + 1 + rng.exponential(days / 2, customers).astype(np.int64)
    shelf = np.arange(PRODUCTS) % (DEPARTMENTS * SHELVES)
    categories = [f"department {s // SHELVES:02d}/shelf {s % SHELVES}" for s in shelf]
    return Shop(
        np.cumsum(rate),
        joined,
        left,
        rng.integers(0, DEPARTMENTS, customers),
        np.maximum(50, rng.lognormal(7.0, 0.9, PRODUCTS)).astype(np.int64),
        pa.array([f"u{at:07d}" for at in range(customers)]),
        pa.array([f"p{at:05d}" for at in range(PRODUCTS)]),
        pa.array(categories),
    )


def one_day(rng: np.random.Generator, shop: Shop, day: int, events: int) -> pa.Table:
    """The events of one day, in the order of time."""
    who = np.searchsorted(shop.activity, rng.random(events) * shop.activity[-1])
    gone = (shop.joined[who] > day) | (shop.left[who] <= day)
    who[gone] = np.searchsorted(shop.activity, rng.random(gone.sum()) * shop.activity[-1])
    second = np.sort(np.minimum(DAY_S - 1, np.abs(rng.normal(14 * 3600, 4 * 3600, events))).astype(np.int64))
    kind = rng.choice(len(TYPES), events, p=SHARES)
    what = _products(rng, shop, who)
    sold = kind >= TYPES.index("purchase")
    pieces = np.where(rng.random(events) < 0.8, 1, rng.integers(2, 6, events))
    return _table(shop, day, {"who": who, "second": second, "kind": kind, "what": what, "pieces": pieces, "sold": sold})


def _products(rng: np.random.Generator, shop: Shop, who: Ints) -> Ints:
    """A product each: mostly from the liked department, and the first on a shelf far more often than the last."""
    n = len(who)
    department = np.where(rng.random(n) < 0.6, shop.likes[who], rng.integers(0, DEPARTMENTS, n))
    shelf = department * SHELVES + rng.integers(0, SHELVES, n)
    per_shelf = PRODUCTS // (DEPARTMENTS * SHELVES)
    place = (per_shelf * rng.random(n) ** 3).astype(np.int64)
    return place * DEPARTMENTS * SHELVES + shelf


def _table(shop: Shop, day: int, made: dict[str, Any]) -> pa.Table:
    sold, who, what = made["sold"], made["who"], made["what"]
    seconds = START + day * DAY_S + made["second"]
    cents = pa.array(shop.prices[what] * made["pieces"], mask=~sold)
    amount = pa.compute.multiply(cents.cast(pa.decimal128(19, 0)), pa.scalar(Decimal("0.01")))
    orders = pa.compute.binary_join_element_wise("o", str(day), shop.names.take(pa.array(who)), "-")
    return pa.table(
        [
            shop.names.take(pa.array(who)),
            pa.array(seconds * 1_000_000).cast(pa.timestamp("us")),
            pa.array(TYPES).take(pa.array(made["kind"])),
            shop.products.take(pa.array(what)),
            shop.categories.take(pa.array(what)),
            pa.array(made["pieces"].astype(np.int32), mask=~sold),
            amount.cast(pa.decimal128(18, 4)),
            pa.compute.if_else(pa.array(sold), orders, pa.scalar(None, pa.string())),
        ],
        schema=SCHEMA,
    )


def generate(path: Path, events: int, customers: int, days: int, seed: int) -> int:
    """Write the log to `path`; the number of events written, which is `events`."""
    rng = np.random.default_rng(seed)
    shop = open_shop(rng, customers, days)
    weekday = np.array([0.9, 0.9, 0.95, 1.0, 1.1, 1.2, 0.95])[np.arange(days) % 7]
    counts = rng.multinomial(events, weekday / weekday.sum())
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
        for first in range(0, days, 10):
            some = [one_day(rng, shop, day, int(counts[day])) for day in range(first, min(days, first + 10))]
            writer.write_table(pa.concat_tables(some), row_group_size=250_000)
    return int(counts.sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    written = generate(asked.path, asked.events, asked.customers, asked.days, asked.seed)
    print(f"{written:,} events, {asked.path.stat().st_size / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
