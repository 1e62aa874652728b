"""What they look at: sessions of views, favourites and carts, before an order or without one; and bots, that only look.

In: people, what they bought. Out: event tables. The one thing to know: everything bought was viewed and put into the
cart in the same session, minutes before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from shoal.events.demo.catalogue import Floats, Goods, Ints
from shoal.events.demo.frames import code, frame
from shoal.events.demo.orders import Lines, Orders
from shoal.events.demo.people import People

MINUTE = 1 / 1440
LOOKS_PER_ORDER = 2.5
BOT_SESSIONS, BOT_VIEWS, BOT_PACE = 12, 60, 1.5 / 86_400


@dataclass(frozen=True, slots=True)
class Visits:
    """One entry a session: whose, from when; the first ones are those of the orders, row for row."""

    owner: Ints
    start: Floats


def browsing(draw: np.random.Generator, who: People, stock: Goods, bought: Orders, lines: Lines) -> list[pa.Table]:
    """Views, carts, favourites and what was put back, of everybody in the chunk."""
    ids = sessions_of_orders(who, bought)
    owner, product = bought.owner[lines.order], lines.product
    at = bought.day[lines.order] - MINUTE * (2 + 6 * draw.random(len(owner)))
    session = ids.take(lines.order)
    before = [
        frame(
            who, stock, owner, at - MINUTE * 2, "view", product=product, session_id=session, **_how(draw, who, owner)
        ),
        frame(who, stock, owner, at, "cart", product=product, session_id=session, **_how(draw, who, owner)),
    ]
    return [*before, *_looking(draw, who, stock, _visits(draw, who))]


def sessions_of_orders(who: People, bought: Orders) -> pa.Array:
    """The session an order was placed in, row for row."""
    return code(who, bought.owner, "S", bought.number)


def _visits(draw: np.random.Generator, who: People) -> Visits:
    """Visits that end without an order."""
    span, bot = who.end - who.start, who.is_kind("bot")
    each = np.where(bot, BOT_SESSIONS, draw.poisson(who.rate / 365 * span * LOOKS_PER_ORDER))
    owner = np.repeat(np.arange(len(who)), each)
    day = np.floor(who.start[owner] + draw.random(len(owner)) * span[owner])
    return Visits(owner, day + np.clip(draw.normal(who.hour[owner], 3.0), 0.0, 23.0) / 24)


def _looking(draw: np.random.Generator, who: People, stock: Goods, visits: Visits) -> list[pa.Table]:
    bot = who.is_kind("bot")[visits.owner]
    each = np.where(bot, BOT_VIEWS, 1 + draw.poisson(2.5, len(visits.owner)))
    visit = np.repeat(np.arange(len(each)), each)
    place = np.arange(len(visit)) - np.repeat(np.cumsum(each) - each, each)
    owner = visits.owner[visit]
    pace = np.where(bot[visit], BOT_PACE, MINUTE * 1.3)
    category = (draw.random(len(visit))[:, None] > np.cumsum(who.taste, axis=1)[owner]).sum(axis=1).clip(0, 4)
    category = np.where(bot[visit], draw.integers(0, 5, len(visit)), category)
    product, at = stock.pick(draw, category), visits.start[visit] + place * pace
    session = code(who, owner, "V", visit)
    luck = np.where(bot[visit], 1.0, draw.random(len(visit)))
    chosen = {"view": luck >= 0.0, "cart": luck < 0.12, "uncart": luck < 0.03, "favourite": luck > 0.95}
    chosen["favourite"] &= ~bot[visit]
    late = {"view": 0.0, "cart": 0.5, "uncart": 0.9, "favourite": 0.4}
    how = _how(draw, who, owner)
    return [
        frame(
            who,
            stock,
            owner[rows],
            at[rows] + late[what] * MINUTE,
            what,
            product=product[rows],
            session_id=session.filter(pa.array(rows)),
            **{name: values[rows] for name, values in how.items()},
        )
        for what, rows in chosen.items()
    ]


def _how(draw: np.random.Generator, who: People, owner: Ints) -> dict[str, np.ndarray]:
    """The device and the channel of an event."""
    mobile = draw.random(len(owner)) < who.mobile[owner]
    channel = draw.choice(np.array(["direct", "search", "email", "social"], dtype=object), len(owner))
    return {"device": np.where(mobile, "mobile", "desktop").astype(object), "channel": channel}
