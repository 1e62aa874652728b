"""Tiny logs made by hand: a test writes the events down and works the numbers out on paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from shoal.engines.contract import Engine
from shoal.events.result import EventLog
from shoal.words.clock import DAY_S, Clock
from shoal.words.columns import DERIVED, EVENTS, PRODUCTS

TYPES = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "DOUBLE": pa.float64(),
    "TIMESTAMP": pa.timestamp("us"),
    "DECIMAL(18,4)": pa.decimal128(18, 4),
    "BOOLEAN": pa.bool_(),
}
MakeLog = Callable[..., EventLog]
AS_OF_DAY = 100


def event(customer: str, day: float, amount: float | None = None, **more: Any) -> dict[str, Any]:
    """One event of a customer on a day since 1970 (a fraction is the time of day); a purchase unless said otherwise."""
    seconds = round(day * DAY_S)
    found = {
        "customer_id": customer,
        "event_type": "purchase",
        "ts_s": seconds,
        "day": seconds // DAY_S,
        "hour": seconds % DAY_S // 3600,
        "dow": (seconds // DAY_S + 3) % 7,
        "order_id": f"{customer}-{int(day)}",
        "quantity": 1,
        "amount": amount,
        **more,
    }
    found.setdefault("category_1", (found.get("category") or "").split("/")[0] or None)
    return found


def relation(events: Sequence[dict[str, Any]]) -> pa.Table:
    """The canonical relation of hand-made events, every column typed."""
    columns = {}
    for column in (*EVENTS, *DERIVED):
        kind, values = TYPES[column.type], [row.get(column.name) for row in events]
        if pa.types.is_decimal(kind):
            values = [None if value is None else Decimal(str(value)).quantize(Decimal("0.0001")) for value in values]
        columns[column.name] = pa.array(values, kind)
    return pa.table(columns)


def log_of(
    engine: Engine,
    events: Sequence[dict[str, Any]],
    *,
    as_of: int = AS_OF_DAY,
    look_back: int = 50,
    horizon: int = 10,
    names: dict[str, str] | None = None,
    products: Sequence[dict[str, Any]] | None = None,
) -> EventLog:
    """An `EventLog` over hand-made events, all of which lie before ``as_of``."""
    clock = Clock(as_of * DAY_S, look_back, horizon)
    known = [row for row in events if row["ts_s"] < clock.as_of]
    engine.register("events", relation(known))
    named = [{"product_id": code, "name": name} for code, name in (names or {}).items()]
    goods = named if products is None else list(products)
    engine.register(
        "products",
        pa.table({c.name: pa.array([row.get(c.name) for row in goods], TYPES[c.type]) for c in PRODUCTS}),
    )
    optional = {c.name for c in EVENTS} - {"customer_id", "event_time", "event_type"}
    has = {name for name in optional if any(row.get(name) is not None for row in known)}
    has |= {"hour"} if any(row["hour"] for row in known) else set()
    times = [row["ts_s"] for row in known]
    return EventLog(
        engine,
        "events",
        frozenset(has),
        frozenset(row["event_type"] for row in known),
        min(times),
        max(times),
        len(known),
        len({row["customer_id"] for row in known}),
        "UTC",
        "GBP",
        clock,
        bool(goods),
    )


@pytest.fixture
def make_log(engine: Engine) -> MakeLog:
    return lambda events, **how: log_of(engine, events, **how)
