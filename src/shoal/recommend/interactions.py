"""Who did what with which product on which day: what every method of this room reads.

In: the log's events (`interactions`, one of the three crossings from engine to memory) or any arrays. Out:
`Interactions`, a few flat arrays, ordered by customer and day. The one thing to know: methods learn from one
`Interactions` and propose for another (`histories`), so a customer's new events count without a refit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from shoal.recommend.coding import PURCHASE as PURCHASE
from shoal.recommend.coding import REFUND as REFUND
from shoal.recommend.coding import coded, fit_together, goal_of, kinds_of, strings
from shoal.recommend.pairs import Pairs
from shoal.words.columns import EVENT_TYPES

Ints = NDArray[np.int32]
Codes = NDArray[np.int64]
Floats = NDArray[np.float32]
WEIGHTS = {"view": 1.0, "favourite": 2.0, "cart": 3.0, "purchase": 5.0, "review": 1.0, "refund": -5.0, "uncart": -3.0}
"""What one event says of liking, unless other weights are learned or given; a refund takes back its purchase."""


@dataclass(frozen=True)
class Interactions:
    """Flat arrays of the same length, ordered by customer, then day.

    Attributes
    ----------
    starts
        Shape (customers + 1,): the events of customer ``c`` are ``starts[c]:starts[c + 1]``.
    product, day, kind, count
        Code of the product, day (any whole number that orders them), index into `EVENT_TYPES`, how many.
    customer_ids, product_ids
        What the codes stand for, sorted.
    now
        Shape (customers,): the day from which each is looked at; a history ends before it.
    segment
        Shape (customers,): number of the customer's segment, 0 where none is known.
    goal
        Index of the event type that is to be foreseen and counts as buying: purchase, or the strongest kind of a log
        without any. It stays with every part of the log, so that a visitor who only looked has bought nothing.

    Examples
    --------
    >>> seen = Interactions.of(["u2", "u1", "u1"], ["b", "a", "b"], [3, 1, 2])
    >>> seen.customers, seen.products, seen.matrix({"purchase": 1.0}).toarray().tolist()
    (2, 2, [[1.0, 1.0], [0.0, 1.0]])
    """

    starts: Codes
    product: Ints
    day: Ints
    kind: NDArray[np.int8]
    count: Floats
    customer_ids: pa.Array
    product_ids: pa.Array
    now: Ints
    segment: Ints
    goal: int = PURCHASE

    @classmethod
    def of(
        cls,
        customer: Any,
        product: Any,
        day: ArrayLike,
        kind: Any = "purchase",
        count: ArrayLike | None = None,
        *,
        now: int | None = None,
        products: pa.Array | None = None,
        customers: pa.Array | None = None,
        goal: str | None = None,
    ) -> Interactions:
        """Interactions from columns of one length: ids, days, event types and how many.

        `kind` may be one event type for all. `now` is the day after the last by default; what happened on it or later
        is left out. `products` and `customers` give ids (sorted) that must have a code even without events. `goal` is
        what counts as buying; by default the strongest of purchase, cart, favourite and view in the log. Raises
        `InputError` for columns that do not fit.
        """
        customer, product, days = strings(customer), strings(product), np.asarray(day, np.int32)
        fit_together(customer, product, days)
        who, customers = coded(customer, customers)
        what, products = coded(product, products)
        counts = np.ones(len(days), np.float32) if count is None else np.asarray(count, np.float32)
        kinds = kinds_of(kind, len(days))
        order = np.lexsort((counts, kinds, what, days, who))  # to the last key: no sum may hang on the order of rows
        end = int(days.max()) + 1 if len(days) else 0
        found = cls(
            np.searchsorted(who[order], np.arange(len(customers) + 1)),
            what[order].astype(np.int32),
            days[order],
            kinds[order],
            counts[order],
            customers,
            products,
            np.full(len(customers), end if now is None else now, np.int32),
            np.zeros(len(customers), np.int32),
            goal_of(kinds) if goal is None else EVENT_TYPES.index(goal),
        )
        return found if now is None else found.before(now)

    @property
    def customers(self) -> int:
        return len(self.starts) - 1

    @property
    def products(self) -> int:
        return len(self.product_ids)

    @property
    def events(self) -> int:
        return len(self.product)

    @cached_property
    def customer(self) -> Ints:
        """The customer's code of every event."""
        return np.repeat(np.arange(self.customers, dtype=np.int32), np.diff(self.starts))

    @cached_property
    def bought(self) -> NDArray[np.bool_]:
        """Which events count as buying, shape (events,)."""
        return np.asarray(self.kind == self.goal)

    @cached_property
    def pair(self) -> Codes:
        """Customer and product of every event in one number, ``customer * products + product``."""
        return np.asarray(self.customer.astype(np.int64) * self.products + self.product)

    @cached_property
    def pairs(self) -> Pairs:
        """Who bought what, how often and when; refunds are not counted here (rules see to them)."""
        bought = self.where(self.bought)
        since = bought.baskets[bought.customer] - 1 - bought.basket
        return Pairs.of(bought.pair, bought.day, since, self.products)

    @cached_property
    def own(self) -> Codes:
        """The sorted `pair` numbers of what the customers have bought, each once."""
        return np.asarray(self.pairs.customer * self.products + self.pairs.product)

    @cached_property
    def owned(self) -> csr_array:
        """What each customer has bought: 0/1, shape (customers, products)."""
        known = self.pairs
        ones = np.ones(len(known.customer), np.float32)
        return csr_array((ones, (known.customer, known.product)), (self.customers, self.products))

    def matrix(self, weights: dict[str, float], half_life: float | None = None, cap: float = 10.0) -> csr_array:
        """Liking, shape (customers, products), float32, never negative: the weighted sum of events.

        With `half_life` (days before `now`) an event counts half after so many days. A cell that refunds have brought
        to zero or below is empty; none passes `cap` times a purchase, so that no reseller outvotes a street.
        """
        by_kind = np.array([weights.get(name, 0.0) for name in EVENT_TYPES], np.float32)
        worth = by_kind[self.kind] * np.where((self.kind == PURCHASE) | (self.kind == REFUND), 1.0, self.count)
        if half_life:
            age = self.now[self.customer] - 1 - self.day
            worth = worth * np.exp2(-age / np.float32(half_life)).astype(np.float32)
        matrix = self.spread(worth)
        matrix.data = np.clip(matrix.data, 0, cap * max(weights.values()))
        matrix.eliminate_zeros()
        return matrix

    def rooted(self, weights: dict[str, float]) -> csr_array:
        """`matrix` in square roots of purchases: the tenth purchase says less than the first, which is 1."""
        liked = self.matrix(weights)
        liked.data = np.sqrt(liked.data / weights["purchase"])
        return liked

    def spread(self, worth: NDArray[np.floating]) -> csr_array:
        """One number an event, summed over each customer and product: shape (customers, products), float32."""
        # copied, because sums are made in place and would reach into these arrays
        where = (worth.astype(np.float32), self.product, self.starts)
        matrix = csr_array(where, (self.customers, self.products), copy=True)
        matrix.sum_duplicates()
        return matrix

    def take(self, customers: Codes) -> Interactions:
        """The histories of some customers, in the order asked for."""
        lengths = np.diff(self.starts)[customers]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        rows = np.repeat(self.starts[:-1][customers] - starts[:-1], lengths) + np.arange(starts[-1])
        return replace(
            self.keep_rows(rows),
            starts=starts,
            customer_ids=self.customer_ids.take(pa.array(customers)),
            now=self.now[customers],
            segment=self.segment[customers],
        )

    def before(self, day: int | Ints) -> Interactions:
        """The same customers with what they did before `day` (one for all, or one each), looked at from then."""
        ends = np.broadcast_to(np.asarray(day, np.int32), (self.customers,))
        return replace(self.where(self.day < ends[self.customer]), now=np.array(ends))

    def where(self, mask: NDArray[np.bool_]) -> Interactions:
        """The same customers and products with some of the events."""
        starts = np.concatenate([[0], np.cumsum(mask)])[self.starts]
        return replace(self.keep_rows(np.flatnonzero(mask)), starts=starts)

    def keep_rows(self, rows: NDArray[np.int64]) -> Interactions:
        return replace(
            self, product=self.product[rows], day=self.day[rows], kind=self.kind[rows], count=self.count[rows]
        )

    def in_segments(self, segment: Ints) -> Interactions:
        """The same with the customers' segments, shape (customers,)."""
        return replace(self, segment=np.asarray(segment, np.int32))

    @cached_property
    def basket(self) -> Ints:
        """For every event the place of its day among the customer's days with such events, counted from 0."""
        new_day = np.ones(self.events, bool)
        new_day[1:] = np.diff(self.day) != 0
        new_day[self.starts[:-1][np.diff(self.starts) > 0]] = True
        running = np.cumsum(new_day, dtype=np.int64)
        first = np.zeros(self.customers, np.int64)
        held = np.diff(self.starts) > 0
        first[held] = running[self.starts[:-1][held]]
        return (running - first[self.customer]).astype(np.int32)

    @cached_property
    def baskets(self) -> Ints:
        """How many days with events each customer has, shape (customers,)."""
        last = self.starts[1:] - 1
        return np.where(np.diff(self.starts) > 0, self.basket[last] + 1 if self.events else 0, 0).astype(np.int32)

    @cached_property
    def baskets_bought(self) -> Ints:
        """How many days with purchases each customer has, shape (customers,)."""
        return self.where(self.bought).baskets
