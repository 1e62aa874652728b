"""Who shops at the demo shop: tastes, rates, lifetimes, habits. The truth that a segmentation should find again.

In: a seed and a chunk's number. Out: `People`, aligned arrays of one chunk of customers. The one thing to know: a chunk
is drawn from its own seed, so the shop grows without its first customers changing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoal.events.demo.catalogue import Floats, Ints, Names

DAYS = 730
GROUPS = np.array([0.24, 0.22, 0.20, 0.18, 0.16])
KINDS = ("ordinary", "reseller", "heavy_returner", "fraudster", "bot")
KIND_SHARES = np.array([0.955, 0.008, 0.015, 0.012, 0.010])
ORDERS_A_YEAR, SHAPE = 7.0, 1.6
MEAN_LIFE = 700.0
RING = 3
"""So many fraudsters share a card and an address."""


@dataclass(frozen=True, slots=True)
class People:
    """One chunk of customers. Days count from the shop's first; `taste` is one row of category shares a customer."""

    customer_id: Names
    group: Ints
    kind: Ints
    rate: Floats
    start: Floats
    end: Floats
    taste: Floats
    hour: Floats
    weekend: Floats
    discount: Floats
    chinese: np.ndarray
    mobile: Floats
    payment: Names
    address: Names

    def is_kind(self, name: str) -> np.ndarray:
        """Who is of that kind."""
        return np.asarray(self.kind == KINDS.index(name))

    def __len__(self) -> int:
        return len(self.customer_id)


def people(draw: np.random.Generator, first: int, size: int, structure: bool) -> People:
    """`size` customers, numbered from `first`; without `structure` all are one kind with one rate and one taste."""
    group = draw.choice(5, size, p=GROUPS)
    kind = draw.choice(5, size, p=KIND_SHARES) if structure else np.zeros(size, dtype=np.int64)
    kind[:RING] = KINDS.index("fraudster") if structure else 0
    group = np.where(kind == KINDS.index("fraudster"), 0, group) if structure else np.zeros(size, dtype=np.int64)
    rate = draw.gamma(SHAPE, ORDERS_A_YEAR / SHAPE, size) if structure else np.full(size, ORDERS_A_YEAR)
    start = np.maximum(draw.uniform(-500, DAYS - 20, size), 0.0) if structure else np.zeros(size)
    life = draw.exponential(draw.gamma(3.0, MEAN_LIFE / 3.0, size)) if structure else np.full(size, 2.0 * DAYS)
    ids = np.array([f"C{number:07d}" for number in range(first, first + size)], dtype=object)
    return People(
        ids,
        group,
        kind,
        rate,
        start,
        np.minimum(start + life, DAYS),
        _tastes(draw, group, structure),
        draw.choice([9.0, 14.0, 20.0], size, p=[0.25, 0.3, 0.45]) if structure else np.full(size, 15.0),
        draw.choice([0.6, 2.2], size, p=[0.75, 0.25]) if structure else np.ones(size),
        draw.beta(1.2, 6.0, size) if structure else np.full(size, 0.15),
        draw.random(size) < 0.4,
        draw.beta(2.0, 2.0, size),
        *_keys(kind, ids),
    )


def _tastes(draw: np.random.Generator, group: Ints, structure: bool) -> Floats:
    """Category shares: most of it goes to the favourite, the rest where it falls; flat where there is no structure."""
    size = len(group)
    if not structure:
        return np.full((size, 5), 0.2)
    favourite = draw.beta(22.0, 3.0, size)
    rest = draw.dirichlet(np.full(5, 2.0), size)
    rest[np.arange(size), group] = 0.0
    tastes = rest / rest.sum(axis=1, keepdims=True) * (1 - favourite)[:, None]
    tastes[np.arange(size), group] = favourite
    return np.asarray(tastes)


def _keys(kind: Ints, ids: Names) -> tuple[Names, Names]:
    """A card and an address each, as keyed hashes would stand in a log; a ring of fraudsters shares both."""
    fraud = kind == KINDS.index("fraudster")
    ring = np.where(fraud, np.cumsum(fraud) // RING, 0)
    owner = [f"{ids[0]}-{n}" if bad else name for name, bad, n in zip(ids, fraud, ring, strict=True)]
    return np.array([f"card-{o}" for o in owner], object), np.array([f"home-{o}" for o in owner], object)
