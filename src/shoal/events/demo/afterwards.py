"""What comes after an order: parcels sent back, reviews in two languages, and the bank's word on fraud weeks later.

In: people, their orders and lines. Out: event tables and labels. The one thing to know: a label carries the moment it
became known; before that moment no model may have it.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from shoal.events.demo.browsing import sessions_of_orders
from shoal.events.demo.catalogue import Goods, words
from shoal.events.demo.frames import CURRENCY, OPENED_S, code, frame
from shoal.events.demo.orders import Lines, Orders
from shoal.events.demo.people import DAYS, People

REVIEWED = 0.10
HEAVY_RETURNS = 0.6


def purchases(who: People, stock: Goods, bought: Orders, lines: Lines) -> pa.Table:
    """The order lines as events."""
    owner = bought.owner[lines.order]
    return frame(
        who,
        stock,
        owner,
        bought.day[lines.order],
        "purchase",
        product=lines.product,
        quantity=lines.quantity,
        amount=lines.paid / 100,
        discount=lines.off / 100,
        currency=np.full(len(owner), CURRENCY, dtype=object),
        coupon=bought.coupon[lines.order],
        order_id=code(who, owner, "O", bought.number[lines.order]),
        session_id=sessions_of_orders(who, bought).take(lines.order),
        payment_key=pa.array(who.payment, pa.string()).take(owner),
        address_key=pa.array(who.address, pa.string()).take(owner),
    )


def returns(draw: np.random.Generator, who: People, stock: Goods, bought: Orders, lines: Lines) -> pa.Table:
    """Lines sent back, three to twenty days later, for what was paid."""
    owner = bought.owner[lines.order]
    chance = np.where(who.is_kind("heavy_returner")[owner], HEAVY_RETURNS, stock.returned[lines.product])
    day = bought.day[lines.order] + draw.uniform(3, 20, len(owner))
    back = (draw.random(len(owner)) < chance) & (day < DAYS) & ~who.is_kind("fraudster")[owner]
    return frame(
        who,
        stock,
        owner[back],
        day[back],
        "refund",
        product=lines.product[back],
        quantity=lines.quantity[back],
        amount=lines.paid[back] / 100,
        currency=np.full(int(back.sum()), CURRENCY, dtype=object),
        order_id=code(who, owner[back], "O", bought.number[lines.order[back]]),
    )


def reviews(draw: np.random.Generator, who: People, stock: Goods, bought: Orders, lines: Lines) -> pa.Table:
    """Ratings with a sentence, in the customer's language."""
    owner = bought.owner[lines.order]
    day = bought.day[lines.order] + draw.uniform(4, 25, len(owner))
    told = np.flatnonzero((draw.random(len(owner)) < REVIEWED) & (day < DAYS) & ~who.is_kind("fraudster")[owner])
    rating = draw.choice(5, len(told), p=[0.05, 0.06, 0.13, 0.33, 0.43]) + 1
    which = draw.integers(0, 3, len(told))
    said = [
        words()["reviews"]["zh" if chinese else "en"][str(stars)][n]
        for chinese, stars, n in zip(who.chinese[owner[told]], rating, which, strict=True)
    ]
    product = lines.product[told]
    text = np.array(said, dtype=object)
    return frame(who, stock, owner[told], day[told], "review", product=product, rating=rating, text=text)


def labels(draw: np.random.Generator, who: People, bought: Orders) -> pa.Table:
    """``order_id, customer_id, label, known_at``: fraud after the bank's complaint, the others as no complaint came."""
    fraud = who.is_kind("fraudster")[bought.owner]
    known = bought.day + np.where(fraud, draw.uniform(15, 60, len(fraud)), 60.0)
    there = known < DAYS
    columns = {
        "order_id": code(who, bought.owner, "O", bought.number),
        "customer_id": pa.array(who.customer_id, pa.string()).take(bought.owner),
        "label": pa.array(np.where(fraud, "fraud", "legitimate")),
        "known_at": pa.array(OPENED_S + np.floor(known * 86_400).astype(np.int64)).cast(pa.timestamp("s", "UTC")),
    }
    return pa.table(columns).filter(pa.array(there))
