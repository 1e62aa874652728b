"""Everything fitted that is needed to offer something to somebody: `Offers` answers for any history.

In: histories (of known customers, of new ones, of a basket, of nobody). Out: a table of ranked products with reasons.
The one thing to know: nothing here is refitted; new events change a list because the history is read anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import csr_array

from shoal.recommend.blend import against_the_best
from shoal.recommend.contract import Proposals, best_flat, stacked
from shoal.recommend.evidence import Evidence
from shoal.recommend.interactions import Codes, Interactions, Ints
from shoal.recommend.likeness import Likeness
from shoal.recommend.lists import SPARE, capped, diversified, spread_out
from shoal.recommend.methods.content import Content
from shoal.recommend.neighbours import surest
from shoal.recommend.reasons import CODES, Alike, reasons
from shoal.recommend.recommender import Recommender
from shoal.recommend.rules import Rules, Shelf, may_be_shown
from shoal.recommend.slate import Slate
from shoal.words.columns import RECOMMENDATIONS

ARROW = {"VARCHAR": pa.string(), "INTEGER": pa.int32(), "DOUBLE": pa.float64()}
COLUMNS = pa.schema([(column.name, ARROW[column.type]) for column in RECOMMENDATIONS])
ROWS = 2_000


@dataclass(frozen=True)
class Offers:
    """A fitted recommender with the shop's rules and the evidence for its reasons.

    `category` is a number for each product's category, -1 where it has none.
    """

    recommender: Recommender
    evidence: Evidence
    shelf: Shelf
    rules: Rules
    category: NDArray[np.int64]

    def lists(self, histories: Interactions, n: int) -> Proposals:
        """The best `n` products that may be shown, for each history; scores are shares of choice, from 0 to 1."""
        wide = n * SPARE if self._needs_spare else n
        parts = [
            self._shown(slate, scores, some, wide) for _, some, slate, scores in self.recommender.slates(histories)
        ]
        return self._arranged(stacked(parts, wide), n)

    def table(self, histories: Interactions, n: int) -> pa.Table:
        """`lists` with their reasons, one row a customer and product, in the order of customers and ranks."""
        found = self.lists(histories, n)
        batches = list(self._rows(found, histories))
        return pa.Table.from_batches(batches, COLUMNS) if batches else COLUMNS.empty_table()

    @property
    def _needs_spare(self) -> bool:
        rules = self.rules
        return bool(rules.diversity or rules.most_share is not None or rules.most_per_category is not None)

    def _shown(self, slate: Slate, scores: NDArray[np.float32], some: Interactions, n: int) -> Proposals:
        share = _shares(slate.customer, scores)
        kept = may_be_shown(self.rules, self.shelf, some, slate.customer, slate.product, slate.repeat)
        return best_flat(slate.customer[kept], slate.product[kept], share[kept].astype(np.float32), (some.customers, n))

    def _arranged(self, found: Proposals, n: int) -> Proposals:
        if self.rules.most_per_category is not None:
            found = capped(found, self.category, self.rules.most_per_category)
        if self.rules.diversity:
            places = n if self.rules.most_share is None else found.products.shape[1]
            found = diversified(found, self.likeness.to, self.rules.diversity, places)
        if self.rules.most_share is not None:
            found = spread_out(found, n, max(1, int(self.rules.most_share * len(found.products))))
        return Proposals(found.products[:, :n], found.scores[:, :n])

    @cached_property
    def likeness(self) -> Likeness:
        """By what products are alike in this shop."""
        return Likeness.learned(self.category, self.recommender.methods)

    def _rows(self, found: Proposals, histories: Interactions) -> Iterator[pa.RecordBatch]:
        alike = self._alike()
        for first in range(0, histories.customers, ROWS):
            codes = np.arange(first, min(first + ROWS, histories.customers))
            some = histories.take(codes)
            who, place = np.nonzero(found.products[codes] >= 0)
            what = found.products[codes][who, place]
            why = reasons(self.evidence, some, who, what, alike)
            columns = [
                some.customer_ids.take(pa.array(who)),
                pa.array((place + 1).astype(np.int32)),
                histories.product_ids.take(pa.array(what)),
                pa.array(found.scores[codes][who, place].astype(np.float64)),
                pa.array(CODES).take(pa.array(why.code)),
                pa.array(why.because, pa.string()),
                pa.array(why.figure),
            ]
            yield pa.RecordBatch.from_arrays(columns, schema=COLUMNS)

    @property
    def content(self) -> Content | None:
        """What was learned of the products' names and labels, where that was."""
        return next((method for method in self.recommender.methods if isinstance(method, Content)), None)

    def _alike(self) -> Alike | None:
        """How to find the liked product that another resembles, where the content was learned."""
        if self.content is None:
            return None
        resembled = self.content.similar_.T.tocsr()  # turned once, not for every batch of customers
        return lambda histories, customer, product: _most_alike(resembled, histories, customer, product)


def _shares(customer: Codes, scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Each candidate's share of its customer's choice: the softmax of the scores."""
    if not len(customer):
        return np.zeros(0)
    start = np.flatnonzero(np.concatenate([[True], np.diff(customer) != 0]))
    _, odds, total = against_the_best(scores.astype(np.float64), start)
    return np.asarray(np.maximum(odds / total, 1e-12))


def _most_alike(
    resembled: csr_array, histories: Interactions, customer: Codes, product: Ints
) -> tuple[Codes, NDArray[np.float64]]:
    """The product the customer has that is most like each product by content, -1 for none, and how like."""
    owned = histories.matrix({"purchase": 1.0, "cart": 1.0, "favourite": 1.0, "view": 1.0})
    owned.data[:] = 1
    return surest(resembled, owned, customer, product)
