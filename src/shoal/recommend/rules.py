"""What may be offered, after all methods have spoken: the shop's rules, applied last.

In: candidates with scores. Out: lists. The one thing to know: an excluded product still counts as a signal of taste; it
is only never shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shoal.recommend.crossing import Catalogue
from shoal.recommend.interactions import PURCHASE, REFUND, Codes, Interactions, Ints
from shoal.recommend.personal import Pace
from shoal.words.errors import UsageError, error
from shoal.words.language import Texts

texts = Texts("shoal.recommend")
REPEATABLE_SHARE = 0.05
"""A product that this share of its buyers bought on a second day is one that people buy again."""
GONE_DAYS, GONE_CHANCE, GONE_DAYS_SOLD = 30, 1e-3, 5
"""A product is taken as delisted after a silence of at least so many days that its own rate of sale would leave to
chance once in a thousand times; only products sold on at least five days are judged."""
Bought = Literal["repeatable", "allow", "exclude"]


@dataclass(frozen=True)
class Rules:
    """The shop's rules.

    Attributes
    ----------
    bought
        Products the customer already has: offered where people buy them again (``repeatable``: as the catalogue says,
        else as the log shows), always (``allow``) or never (``exclude``). What was sent back is never offered again.
    most_per_category
        At most so many products of one category in a list.
    diversity
        From 0 to 1: how much a product loses for being like those above it (maximal marginal relevance; Carbonell and
        Goldstein 1998).
    allow, block
        Only these product ids; never these.
    minimum_margin
        Least ``(price - cost) / price``; products of unknown cost stay out.
    most_share
        No product stands in more than this share of all lists: not the same list for everybody.
    """

    bought: Bought = "repeatable"
    most_per_category: int | None = None
    diversity: float = 0.0
    allow: tuple[str, ...] = ()
    block: tuple[str, ...] = ()
    minimum_margin: float | None = None
    most_share: float | None = None

    def __post_init__(self) -> None:
        if self.bought not in ("repeatable", "allow", "exclude"):
            raise error(UsageError, texts, "bought", asked=self.bought)
        if not 0 <= self.diversity <= 1:
            raise error(UsageError, texts, "share", name="diversity", asked=self.diversity)
        if self.most_share is not None and not 0 < self.most_share <= 1:
            raise error(UsageError, texts, "share", name="most_share", asked=self.most_share)
        if self.most_per_category is not None and self.most_per_category < 1:
            raise error(UsageError, texts, "per_category", asked=self.most_per_category)


@dataclass(frozen=True)
class Shelf:
    """What can be offered at all, by product code: `offered`; by reason how many products stay out: `kept_out`."""

    offered: NDArray[np.bool_]
    repeatable: NDArray[np.bool_]
    kept_out: dict[str, int]


def shelf(rules: Rules, known: Catalogue, seen: Interactions, pace: Pace) -> Shelf:
    """The products that pass the rules that do not depend on the customer.

    Raises `UsageError` for product ids in the lists that the shop does not have.
    """
    margin = known.margin
    least = -np.inf if rules.minimum_margin is None else rules.minimum_margin
    reasons = {
        "out_of_stock": known.in_stock == 0,
        "gone": (known.in_stock == -1) & gone(seen),
        "blocked": _listed(rules.block, seen.product_ids),
        "not_allowed": ~_listed(rules.allow, seen.product_ids) if rules.allow else np.zeros(seen.products, bool),
        "margin": margin < least,
        "cost_unknown": np.isnan(margin) & (rules.minimum_margin is not None),
    }
    offered = ~np.logical_or.reduce(list(reasons.values()))
    again = np.where(known.repeatable >= 0, known.repeatable == 1, pace.repeat_share >= REPEATABLE_SHARE)
    return Shelf(offered, again, {name: int(mask.sum()) for name, mask in reasons.items() if mask.any()})


def gone(seen: Interactions) -> NDArray[np.bool_]:
    """Products that have been silent for longer than their rate of sale would leave to chance, shape (products,)."""
    rows = np.flatnonzero(seen.bought)
    key = np.unique(seen.product[rows].astype(np.int64) << 32 | seen.day[rows])
    product, day = key >> 32, key & 0xFFFFFFFF
    sold = np.bincount(product, minlength=seen.products)
    first, last = np.full(seen.products, np.inf), np.full(seen.products, -np.inf)
    np.minimum.at(first, product, day)
    np.maximum.at(last, product, day)
    silent = int(seen.now.max(initial=0)) - 1 - last
    with np.errstate(invalid="ignore"):
        chance = np.exp(-sold / (last - first + 1) * silent)
    return np.asarray((sold >= GONE_DAYS_SOLD) & (silent >= GONE_DAYS) & (chance < GONE_CHANCE))


def may_be_shown(
    rules: Rules, on: Shelf, histories: Interactions, customer: Codes, product: Ints, repeat: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which candidates may be shown to their customer, shape (pairs,)."""
    shown = on.offered[product] & ~_sent_back(histories, customer, product)
    if rules.bought == "exclude":
        return shown & ~repeat
    return shown & (~repeat | on.repeatable[product]) if rules.bought == "repeatable" else shown


def _sent_back(histories: Interactions, customer: Codes, product: Ints) -> NDArray[np.bool_]:
    """Pairs where the last thing the customer did with the product was to return it."""
    rows = np.flatnonzero((histories.kind == PURCHASE) | (histories.kind == REFUND))
    keys = histories.pair[rows]
    returned = histories.kind[rows] == REFUND
    touched = np.isin(keys, keys[returned])
    last = dict(
        zip(keys[touched].tolist(), returned[touched].tolist(), strict=True)
    )  # days are in order: the last stays
    back_keys = np.array([key for key, back in last.items() if back], np.int64)
    return np.isin(customer * histories.products + product, back_keys)


def _listed(ids: tuple[str, ...], known: pa.Array) -> NDArray[np.bool_]:
    unknown = sorted(set(ids) - set(known.filter(pc.is_in(known, pa.array(ids, pa.string()))).to_pylist()))
    if unknown:
        raise error(UsageError, texts, "no_product", missing=", ".join(unknown[:3]), count=len(unknown))
    return np.asarray(pc.is_in(known, value_set=pa.array(ids, pa.string())))
