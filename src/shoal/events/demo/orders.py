"""What they buy and when: orders and their lines for one chunk of customers.

In: `People` and `Goods`. Out: `Orders` and `Lines`, aligned arrays. The one thing to know: buying is a Poisson process
with each customer's own rate, alive from the first day to the last (Schmittlein, Morrison and Colombo 1987), thinned by
the season and the weekday.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoal.events.demo.catalogue import Floats, Goods, Ints
from shoal.events.demo.people import DAYS, People

BUSY = 2.0
"""More than the most that season and weekday can multiply a rate by is never needed; thinning keeps what fits."""
CAMPAIGN_DAY, ANSWER_DAYS = 620.0, 21.0
UPLIFT = np.array([0.00, 0.03, 0.05, 0.12, 0.16])
"""What the campaign adds to the chance of an order, by group: electronics unmoved, food most."""


@dataclass(frozen=True, slots=True)
class Orders:
    """One entry an order: whose (row of the chunk), when (days from the first), share taken off, coupon or none."""

    owner: Ints
    day: Floats
    off: Floats
    coupon: np.ndarray
    number: Ints


@dataclass(frozen=True, slots=True)
class Lines:
    """One entry an order line: which order (row of `Orders`), which product, how many, cents paid, cents taken off."""

    order: Ints
    product: Ints
    quantity: Ints
    paid: Ints
    off: Ints


def orders(draw: np.random.Generator, who: People, treated: np.ndarray, structure: bool) -> Orders:
    """The orders of a chunk, by owner and time; the treated of the campaign have those it brought."""
    owner, day = _poisson(draw, who, structure)
    fraud = who.is_kind("fraudster")
    keep = ~(fraud | who.is_kind("bot"))[owner]
    extra = np.flatnonzero(treated & (draw.random(len(who)) < UPLIFT[who.group]))
    bursts = np.repeat(np.flatnonzero(fraud), 4)
    owner = np.concatenate([owner[keep], extra, bursts])
    answers = CAMPAIGN_DAY + draw.uniform(0, ANSWER_DAYS, len(extra))
    spree = np.minimum(who.start[bursts] + draw.uniform(0, 3, len(bursts)), DAYS - 0.01)
    day = np.concatenate([day[keep], answers, spree])
    rank = np.lexsort((day, owner))
    owner, day = owner[rank], day[rank]
    return Orders(owner, day, *_savings(draw, who, owner, day), np.arange(len(owner)))


def _poisson(draw: np.random.Generator, who: People, structure: bool) -> tuple[Ints, Floats]:
    span = who.end - who.start
    owner = np.repeat(np.arange(len(who)), draw.poisson(who.rate / 365 * span * BUSY))
    day = np.floor(who.start[owner] + draw.random(len(owner)) * span[owner])
    if structure:
        busy = (
            season(day)
            * np.where(
                day % 7 >= 5,  # the shop opened on a Monday
                who.weekend[owner],
                1.0,
            )
            / (5 / 7 + who.weekend[owner] * 2 / 7)
        )
    else:
        busy = np.ones(len(day))
    kept = draw.random(len(owner)) < busy / BUSY
    owner, day = owner[kept], day[kept]
    hour = np.clip(draw.normal(who.hour[owner], 2.5), 0.0, 23.7)
    return owner, day + hour / 24


def season(day: Floats) -> Floats:
    """How busy a day of the year is: a gentle wave, and the weeks before the year's end."""
    of_year = day % 365
    wave = 1 + 0.12 * np.cos(2 * np.pi * (of_year - 340) / 365)
    return np.asarray(wave * np.where((of_year >= 320) & (of_year < 358), 1.35, 1.0))


def _savings(draw: np.random.Generator, who: People, owner: Ints, day: Floats) -> tuple[Floats, np.ndarray]:
    """The share taken off an order, and its coupon: a welcome, a code of the season, or a sale."""
    first = np.r_[True, owner[1:] != owner[:-1]] if len(owner) else np.zeros(0, bool)
    keen = draw.random(len(owner)) < who.discount[owner]
    sale = (day % 365 >= 320) & (day % 365 < 330)
    welcome = first & (draw.random(len(owner)) < 0.5)
    coupon = np.where(welcome, "WELCOME10", np.where(keen, "SAVE15", "")).astype(object)
    off = np.where(welcome, 0.10, np.where(keen, 0.15, np.where(sale, 0.20, 0.0)))
    return off, coupon


def lines(draw: np.random.Generator, who: People, stock: Goods, bought: Orders) -> Lines:
    """What stands on the orders: mostly the favourite category, resellers by the dozen, fraudsters the dearest."""
    order = np.repeat(np.arange(len(bought.owner)), 1 + draw.poisson(1.4, len(bought.owner)))
    owner = bought.owner[order]
    category = (draw.random(len(order))[:, None] > np.cumsum(who.taste, axis=1)[owner]).sum(axis=1).clip(0, 4)
    product = stock.pick(draw, category)
    fraud = who.is_kind("fraudster")[owner]
    dear = np.argsort(-stock.cents, kind="stable")[:8]
    product = np.where(fraud, dear[draw.integers(0, 8, len(order))], product)
    quantity = 1 + (draw.random(len(order)) < 0.15) + draw.poisson(12, len(order)) * who.is_kind("reseller")[owner]
    full = stock.cents[product] * quantity
    off = np.round(full * bought.off[order]).astype(np.int64)
    return Lines(order, product, quantity.astype(np.int64), full - off, off)
