"""From aligned arrays to rows of the canonical event table.

In: whose, when, what, and the columns that are known. Out: an Arrow table with every canonical event column of the demo
shop. The one thing to know: what is not known is null, never a filler.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shoal.events.demo.catalogue import Floats, Goods, Ints
from shoal.events.demo.people import People

OPENED_S = 1_672_617_600
"""The shop's first second, 2023-01-02 00:00 UTC, a Monday; its last day is 730 days later, the end of 2024."""
CURRENCY = "EUR"
SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("event_time", pa.timestamp("s", "UTC")),
        ("event_type", pa.string()),
        ("product_id", pa.string()),
        ("category", pa.string()),
        ("brand", pa.string()),
        ("quantity", pa.int64()),
        ("amount", pa.float64()),
        ("discount", pa.float64()),
        ("currency", pa.string()),
        ("coupon", pa.string()),
        ("order_id", pa.string()),
        ("session_id", pa.string()),
        ("rating", pa.float64()),
        ("text", pa.string()),
        ("channel", pa.string()),
        ("device", pa.string()),
        ("payment_key", pa.string()),
        ("address_key", pa.string()),
    ]
)


def frame(who: People, stock: Goods, owner: Ints, day: Floats, what: str, **known: Any) -> pa.Table:
    """Events of one type. `product` gives product, category and brand; other keywords are columns by name."""
    rows = len(owner)
    columns: dict[str, Any] = {
        "customer_id": pa.array(who.customer_id, pa.string()).take(owner),
        "event_time": OPENED_S + np.floor(day * 86_400).astype(np.int64),
        "event_type": pa.array([what]).take(np.zeros(rows, dtype=np.int64)),
    }
    product = known.pop("product", None)
    if product is not None:
        for name, values in (("product_id", stock.product_id), ("category", stock.path), ("brand", stock.brand)):
            columns[name] = pa.array(values, pa.string()).take(product)
    columns |= known
    return pa.table([_column(columns.get(part.name), part.type, rows) for part in SCHEMA], schema=SCHEMA)


def _column(values: Any, kind: pa.DataType, rows: int) -> pa.Array:
    if values is None:
        return pa.nulls(rows, kind)
    if isinstance(values, pa.Array):
        return values.cast(kind)
    if isinstance(values, np.ndarray) and values.dtype == object:
        return pa.array([value or None for value in values], kind)
    return pa.array(values).cast(kind)


def code(who: People, owner: Ints, letter: str, number: Ints) -> pa.Array:
    """Ids such as ``C0000042-O7``: the customer, a letter, a running number."""
    name = pa.array(who.customer_id, pa.string()).take(owner)
    return pc.binary_join_element_wise(name, pa.array(number).cast(pa.string()), f"-{letter}")
