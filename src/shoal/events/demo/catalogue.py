"""What the demo shop sells. In: a seed. Out: products in five categories, with how often each is picked.

The one thing to know: the catalogue depends on the seed alone, so any number of customers shop in the same shop.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Names = NDArray[np.object_]
MODELS = ("Classic", "Plus")


@dataclass(frozen=True, slots=True)
class Goods:
    """Aligned arrays, one entry a product: category (from 0), texts, price in cents, share returned.

    `cumulative` is the running sum of category + popularity within it: where ``category + u`` falls is the product.
    """

    category: Ints
    product_id: Names
    name: Names
    path: Names
    brand: Names
    cents: Ints
    returned: Floats
    cumulative: Floats
    categories: tuple[str, ...]

    def pick(self, draw: np.random.Generator, category: Ints) -> Ints:
        """A product for each category asked for, the well-known ones more often."""
        found: Ints = np.searchsorted(self.cumulative, category + draw.random(len(category)), side="right")
        return np.minimum(found, len(self.category) - 1)

    def table(self) -> pa.Table:
        """The products file."""
        price = self.cents / 100
        texts = {"product_id": self.product_id, "name": self.name, "category": self.path, "brand": self.brand}
        return pa.table(
            {name: pa.array(values, pa.string()) for name, values in texts.items()}
            | {"price": price, "cost": np.round(price * 0.6, 2)}
            | {"in_stock": np.ones(len(price), bool), "repeatable": self.category == self.categories.index("Food")}
        )


@cache
def words() -> dict[str, Any]:
    """The shop's vocabulary."""
    text = files("shoal.events.demo").joinpath("shop.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def goods(seed: int) -> Goods:
    """The catalogue."""
    draw = np.random.default_rng([seed, 1])
    rows = [row for number, entry in enumerate(words()["category"]) for row in _of_category(draw, number, entry)]
    category, path, name, brand, cents, returned, pull = zip(*rows, strict=True)
    ids = [f"P{number:04d}" for number in range(1, len(rows) + 1)]
    where = np.array(category, dtype=np.int64)
    weights = np.array(pull)
    share = weights / np.bincount(where, weights)[where]
    return Goods(
        where,
        np.array(ids, dtype=object),
        np.array(name, dtype=object),
        np.array(path, dtype=object),
        np.array(brand, dtype=object),
        np.array(cents, dtype=np.int64),
        np.array(returned),
        np.cumsum(share),
        tuple(entry["name"] for entry in words()["category"]),
    )


def _of_category(draw: np.random.Generator, number: int, entry: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Every kind in every model; popularity falls as one over the rank, in an order drawn by the seed."""
    made = [
        (f"{entry['name']}/{kind}", f"{entry['brands'][(i + j) % 4]} {noun} {model}", entry["brands"][(i + j) % 4])
        for i, (kind, nouns) in enumerate(entry["kinds"].items())
        for j, noun in enumerate(nouns)
        for model in MODELS
    ]
    cents = np.round(entry["price"] * np.exp(draw.normal(0, entry["spread"], len(made)))) * 100 - 5
    pull = 1.0 / (4.0 + draw.permutation(len(made)))
    return [
        (number, *texts, int(c), entry["returned"], float(p)) for texts, c, p in zip(made, cents, pull, strict=True)
    ]
