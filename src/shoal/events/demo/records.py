"""The files beside the events: accounts, the campaign and who got it, who brought whom, and the truth.

In: people and their orders. Out: Arrow tables in canonical form.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from shoal.events.demo.catalogue import Floats, Goods
from shoal.events.demo.frames import OPENED_S
from shoal.events.demo.orders import ANSWER_DAYS, CAMPAIGN_DAY, Orders
from shoal.events.demo.people import DAYS, KINDS, People

CAMPAIGN = "autumn-letter"
REFERRED = 0.2


def accounts(who: People) -> pa.Table:
    """``customer_id, signed_up, email, consent_email, country, language``."""
    return pa.table(
        {
            "customer_id": pa.array(who.customer_id, pa.string()),
            "signed_up": _moments(who.start),
            "email": pa.array([f"{name.lower()}@example.com" for name in who.customer_id]),
            "consent_email": pa.array(who.mobile > 0.3),
            "country": pa.array(np.where(who.chinese, "CN", "GB")),
            "language": pa.array(np.where(who.chinese, "zh", "en")),
        }
    )


def campaign(who: People, bought: Orders, reached: np.ndarray, treated: np.ndarray) -> pa.Table:
    """A letter drawn by lot: ``campaign_id, customer_id, arm, sent_at, ordered`` within three weeks."""
    answered = (bought.day >= CAMPAIGN_DAY) & (bought.day < CAMPAIGN_DAY + ANSWER_DAYS)
    orders = np.bincount(bought.owner[answered], minlength=len(who))
    at = np.flatnonzero(reached)
    return pa.table(
        {
            "campaign_id": pa.array([CAMPAIGN]).take(np.zeros(len(at), dtype=np.int64)),
            "customer_id": pa.array(who.customer_id[at], pa.string()),
            "arm": pa.array(np.where(treated[at], "treated", "control")),
            "sent_at": _moments(np.full(len(at), CAMPAIGN_DAY)),
            "ordered": pa.array(orders[at] > 0),
        }
    )


def links(draw: np.random.Generator, who: People) -> pa.Table:
    """Who brought whom, mostly one of the same taste who came later: ``customer_id, other_id, kind, weight``."""
    order = np.argsort(who.start, kind="stable")
    pairs = list[tuple[int, int]]()
    last = dict[int, list[int]]()
    for place, new in enumerate(order):
        friends = last.get(int(who.group[new]), []) if draw.random() < 0.8 else order[:place]
        if place and len(friends) and draw.random() < REFERRED:
            pairs.append((int(new), int(friends[draw.integers(len(friends))])))
        last.setdefault(int(who.group[new]), []).append(int(new))
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return pa.table(
        {
            "customer_id": pa.array(who.customer_id[ends[:, 1]], pa.string()),
            "other_id": pa.array(who.customer_id[ends[:, 0]], pa.string()),
            "kind": pa.array(["referral"]).take(np.zeros(len(ends), dtype=np.int64)),
            "weight": np.ones(len(ends)),
        }
    )


def truth(who: People, bought: Orders, stock: Goods) -> pa.Table:
    """What is behind it all: ``customer_id, group, kind, orders_a_year, orders, left_at`` (null: still there)."""
    return pa.table(
        {
            "customer_id": pa.array(who.customer_id, pa.string()),
            "group": pa.array(stock.categories).take(who.group),
            "kind": pa.array(KINDS).take(who.kind),
            "orders_a_year": who.rate,
            "orders": np.bincount(bought.owner, minlength=len(who)),
            "left_at": pa.array(
                [None if day >= DAYS else int(s) for day, s in zip(who.end, _seconds(who.end), strict=True)]
            )
            .cast(pa.int64())
            .cast(pa.timestamp("s", "UTC")),
        }
    )


def _moments(day: Floats) -> pa.Array:
    return pa.array(_seconds(day)).cast(pa.timestamp("s", "UTC"))


def _seconds(day: Floats) -> np.ndarray:
    return OPENED_S + np.floor(day * 86_400).astype(np.int64)
