"""Why a product is offered: a code, what it is because of, and a figure. Words are made when they are
read (`reason_words`).

In: chosen pairs and the evidence. Out: three arrays beside them. The one thing to know: a reason states a count of the
log that holds for this customer and product, whatever the method that proposed it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shoal.recommend.evidence import Evidence, best_companion
from shoal.recommend.interactions import Codes, Interactions, Ints
from shoal.words.columns import EVENT_TYPES

CODES = ("due", "regular", "again", "cart", "favourite", "viewed", "together", "alike", "segment", "popular", "new")
DUE_FROM = 0.8
"""A product counts as due again from this share of its usual interval on."""
SEGMENT_LIFT = 1.25
TOUCHED = {"cart": "cart", "favourite": "favourite", "view": "viewed"}
Alike = Callable[[Interactions, Codes, Ints], tuple[Codes, NDArray[np.float64]]]
"""For pairs of customer and product the liked product most alike by content (-1 for none) and how alike."""


@dataclass(frozen=True)
class Reasons:
    """Shape (pairs,) each: index into `CODES`; what it is because of, as text; the figure."""

    code: NDArray[np.int8]
    because: NDArray[np.object_]
    figure: NDArray[np.float64]

    def set(
        self, where: NDArray[np.bool_], code: str, because: NDArray[np.object_] | str, figure: NDArray[Any]
    ) -> None:
        """Give the pairs that are marked and have no reason yet this one."""
        free = where & (self.code < 0)
        self.code[free] = CODES.index(code)
        self.because[free] = because if isinstance(because, str) else because[free]
        self.figure[free] = figure[free]


def reasons(
    evidence: Evidence, histories: Interactions, customer: Codes, product: Ints, alike: Alike | None = None
) -> Reasons:
    """The strongest thing the log says for each pair, in the order of `CODES`.

    ``due``: usual days between purchases (because), days since the last (figure). ``regular``: days it was bought on,
    days since. ``again``: days since it was bought, share of its buyers who bought it again. ``cart``, ``favourite``,
    ``viewed``: days since (figure). ``together``: the product the customer bought, share of its buyers who bought this
    too. ``alike``: the product it resembles, cosine. ``segment``: the segment's number, share of it that bought this.
    ``popular``: buyers in the last thirty days. ``new``: nobody bought it yet.
    """
    found = Reasons(
        np.full(len(product), -1, np.int8), np.full(len(product), "", object), np.full(len(product), np.nan)
    )
    _habits(found, evidence, histories, customer, product)
    _touched(found, histories, customer, product)
    _others(found, evidence, histories, customer, product)
    if alike is not None:
        near, how = alike(histories, customer, product)
        found.set(near >= 0, "alike", _ids(histories, near), how)
    _crowd(found, evidence, histories, customer, product)
    return found


def _habits(found: Reasons, evidence: Evidence, histories: Interactions, customer: Codes, product: Ints) -> None:
    """Bought before: due, bought regularly, or a product that people buy again."""
    known, keys = histories.pairs, histories.own
    place = np.searchsorted(keys, customer * histories.products + product)
    place = np.minimum(place, max(len(keys) - 1, 0))
    if not len(keys):
        return
    own = keys[place] == customer * histories.products + product
    since = histories.now[customer] - known.last[place]
    usual = evidence.pace.usual_days(known)[place]
    often = own & (known.days[place] > 1)
    found.set(often & (since >= DUE_FROM * usual), "due", _text(np.maximum(usual.round(), 1)), since)
    found.set(often, "regular", _text(known.days[place]), since)
    again = evidence.buyers_again[product] / np.maximum(evidence.buyers[product], 1)
    found.set(own & (again > 0), "again", _text(since), again)


def _touched(found: Reasons, histories: Interactions, customer: Codes, product: Ints) -> None:
    """Put into the cart, marked or looked at, and not bought since."""
    pair = customer * histories.products + product
    key = histories.pair
    for kind, code in TOUCHED.items():
        rows = np.flatnonzero(histories.kind == EVENT_TYPES.index(kind))
        order = rows[np.lexsort((histories.day[rows], key[rows]))]
        place = np.searchsorted(key[order], pair, side="right") - 1
        here = place >= 0
        here[here] = key[order][place[here]] == pair[here]
        days = np.where(here, histories.now[customer] - histories.day[order[place]] if len(order) else 0, 0)
        found.set(here, code, "", days)


def _others(found: Reasons, evidence: Evidence, histories: Interactions, customer: Codes, product: Ints) -> None:
    free = np.flatnonzero(found.code < 0)
    companion = np.full(len(product), -1, np.int64)
    companion[free] = best_companion(evidence, histories, customer[free], product[free])
    share = np.zeros(len(product))
    has = companion >= 0
    share[has] = evidence.share_of(companion[has], product[has].astype(np.int64))
    found.set(has, "together", _ids(histories, companion), share)


def _crowd(found: Reasons, evidence: Evidence, histories: Interactions, customer: Codes, product: Ints) -> None:
    segment = np.where(histories.segment < len(evidence.segment_sizes), histories.segment, 0)[customer]
    here = evidence.in_segment[segment, product] / np.maximum(evidence.segment_sizes[segment], 1)
    shop = evidence.buyers[product] / max(evidence.customers, 1)
    found.set((segment > 0) & (here > SEGMENT_LIFT * shop), "segment", _text(segment), here)
    found.set(evidence.buyers_lately[product] > 0, "popular", "", evidence.buyers_lately[product])
    found.set(evidence.buyers[product] > 0, "popular", "all", evidence.buyers[product])
    found.set(np.ones(len(product), bool), "new", "", np.zeros(len(product)))


def _text(numbers: NDArray[np.generic]) -> NDArray[np.object_]:
    return np.array([str(int(number)) for number in numbers.tolist()], object)


def _ids(histories: Interactions, codes: Codes) -> NDArray[np.object_]:
    if not histories.products:
        return np.full(len(codes), "", object)
    return np.array(histories.product_ids.take(pa.array(np.maximum(codes, 0))).to_pylist(), object)
