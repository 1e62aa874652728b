"""Small logs that the tests of this room share: one with tastes and habits, and the odd ones every method must bear."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from shoal.recommend.interactions import Interactions

DAYS = 120
ODD = (
    "nobody",
    "one customer",
    "one product",
    "ten products",
    "views alone",
    "purchases alone",
    "refunds alone",
    "a history without events",
    "a product that nobody bought",
)


def columns(customers: int = 80, products: int = 24, seed: int = 5) -> dict[str, Any]:
    """Columns of a log: four tastes of products, each customer mostly in one, coming back every week or two."""
    draw = np.random.default_rng(seed)
    rows: list[tuple[str, str, int, str, float]] = []
    for customer in range(customers):
        taste = draw.integers(4)
        for day in np.cumsum(draw.integers(3, 20, 12)):
            for _ in range(draw.integers(1, 4)):
                where = taste if draw.random() < 0.8 else draw.integers(4)
                product = int(where) * (products // 4) + min(int(draw.geometric(0.35)), products // 4) - 1
                kind = str(draw.choice(["purchase", "view", "cart", "refund"], p=[0.6, 0.25, 0.1, 0.05]))
                if day < DAYS:
                    rows.append((f"u{customer:03d}", f"p{product:03d}", int(day), kind, float(draw.integers(1, 4))))
    names = ("customer", "product", "day", "kind", "count")
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def shop(customers: int = 80, products: int = 24, seed: int = 5, segments: bool = True) -> Interactions:
    """The log above; customers in two segments by turns."""
    told = columns(customers, products, seed)
    seen = Interactions.of(
        **told,
        now=DAYS,
        customers=pa.array([f"u{c:03d}" for c in range(customers)]),
        products=pa.array([f"p{p:03d}" for p in range(products)]),
    )
    return seen.in_segments(np.arange(customers) % 2 + 1) if segments else seen


def odd(name: str) -> Interactions:
    """A log that real shops send, by its name in `ODD`."""
    whole, whose = shop(), pa.array(["u1", "u2", "u3"])
    three = {"customer": ["u1", "u1", "u2", "u3"], "product": ["a", "b", "a", "b"], "day": [1, 2, 2, 5]}
    match name:
        case "nobody":
            return Interactions.of([], [], [], products=pa.array(["a", "b"]), customers=whose, now=9)
        case "one customer":
            return whole.take(np.array([0]))
        case "one product":
            return Interactions.of(["u1", "u1", "u2", "u3"], ["a"] * 4, [1, 2, 2, 5])
        case "ten products":
            return shop(60, 10)
        case "views alone":
            return whole.where(whole.kind == 0)
        case "purchases alone":
            return whole.where(whole.bought)
        case "refunds alone":
            return Interactions.of(**three, kind="refund")
        case "a history without events":
            return Interactions.of(**three, customers=pa.array(["u1", "u2", "u3", "u4"]))
        case _:
            return Interactions.of(**three, products=pa.array(["a", "b", "c"]))


DESCRIBED = {
    "name": [f"tin of beans number {p}" if p % 2 else f"红色 茶杯 {p}" for p in range(24)],
    "category": [f"taste {p // 6}/shelf {p % 2}" for p in range(24)],
    "brand": [None if p % 5 else "Acme" for p in range(24)],
}


def described(products: int) -> dict[str, list[str | None]]:
    """What a catalogue says of the first `products` products."""
    return {name: list(values[:products]) for name, values in DESCRIBED.items()}
