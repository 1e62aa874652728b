"""What the shop's own log says for a product: counts that anybody can check, from which every reason is taken.

In: `Interactions`. Out: `Evidence`, arrays. The one thing to know: a figure here is a plain share of customers, never a
model's score, so that a reason is true by construction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from shoal.recommend.contract import Arrays
from shoal.recommend.interactions import Codes, Interactions, Ints
from shoal.recommend.neighbours import packed, strongest, surest, unpacked, values_at
from shoal.recommend.personal import Pace

FEWEST_TOGETHER = 3
LIFT = 1.2
KEPT = 50
BLOCK = 1_000
Z = 1.96
RECENT_DAYS = 30


@dataclass(frozen=True)
class Evidence:
    """Shares of customers, by product.

    Attributes
    ----------
    together
        Row ``i``, column ``j``: lower end of the 95 % interval (Wilson 1927) of the share of those who bought ``j``
        that bought ``i`` too; only where at least three did and 1.2 times as many as in the whole shop.
    both
        The same cells: how many bought both.
    buyers, buyers_again, buyers_lately
        How many customers bought each product at all, on more than one day, in the last thirty days.
    in_segment
        Shape (segments + 1, products): how many customers of each segment bought it.
    segment_sizes, customers
        How many customers there are who bought anything: by segment, in all.
    pace
        The usual days between two purchases of each product.
    """

    together: csr_array
    both: csr_array
    buyers: Codes
    buyers_again: Codes
    buyers_lately: Codes
    in_segment: Codes
    segment_sizes: Codes
    customers: int
    pace: Pace
    _counts: ClassVar[tuple[str, ...]] = ("buyers", "buyers_again", "buyers_lately", "in_segment", "segment_sizes")

    @classmethod
    def learned(cls, seen: Interactions) -> Self:
        known = seen.pairs
        who, what = known.customer, known.product
        buyers = np.bincount(what, minlength=seen.products)
        lately = known.last >= seen.now[who] - RECENT_DAYS
        segments = int(seen.segment.max(initial=0)) + 1
        active = np.unique(who)
        together, both = _together(seen.owned, buyers, len(active))
        return cls(
            together,
            both,
            buyers,
            np.bincount(what[known.days > 1], minlength=seen.products),
            np.bincount(what[lately], minlength=seen.products),
            np.bincount(seen.segment[who].astype(np.int64) * seen.products + what, minlength=segments * seen.products)
            .reshape(segments, seen.products),
            np.bincount(seen.segment[active], minlength=segments),
            len(active),
            Pace.learned(known, seen.products),
        )  # fmt: skip

    def share_of(self, bought: Codes, product: Codes) -> NDArray[np.float64]:
        """The share of those who bought one product that bought the other too."""
        both = values_at(self.both, product, bought)
        return np.asarray(both / np.maximum(self.buyers[bought], 1), np.float64)

    def arrays(self) -> Arrays:
        return {
            **packed(self.together, "together"),
            "both": self.both.data.astype(np.int64),
            **{name: getattr(self, name) for name in self._counts},
            "customers": np.array([self.customers]),
            **self.pace.arrays(),
        }

    @classmethod
    def restored(cls, arrays: Arrays) -> Self:
        together = unpacked(arrays, "together")
        both = csr_array((arrays["both"], together.indices, together.indptr), together.shape)
        count = {name: np.asarray(arrays[name], np.int64) for name in cls._counts}
        return cls(together, both, customers=int(arrays["customers"][0]), pace=Pace.restored(arrays), **count)


def _together(has: csr_array, buyers: Codes, customers: int) -> tuple[csr_array, csr_array]:
    parts = [_block(has, buyers, customers, first) for first in range(0, has.shape[1], BLOCK)]
    if not parts:
        return csr_array((0, 0), dtype=np.float32), csr_array((0, 0), dtype=np.int64)
    low = csr_array(vstack([part for part, _ in parts]))
    return low, csr_array((np.concatenate([count for _, count in parts]), low.indices, low.indptr), low.shape)


def _block(has: csr_array, buyers: Codes, customers: int, first: int) -> tuple[csr_array, Codes]:
    """The pairs of a block of products with all others: lower ends of shares, and how many bought both."""
    counts = csr_array(csr_array(has[:, first : first + BLOCK].T) @ has)
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr)) + first
    usual = LIFT * buyers[rows] / max(customers, 1)
    total = buyers[counts.indices]
    kept = (counts.data >= FEWEST_TOGETHER) & (counts.data / total > usual) & (rows != counts.indices)
    where = (rows[kept] - first, counts.indices[kept])
    low = csr_array((_low(counts.data[kept], total[kept]).astype(np.float32), where), counts.shape)
    low = strongest(low, KEPT)
    low.sort_indices()
    rows = np.repeat(np.arange(low.shape[0]), np.diff(low.indptr))
    return low, values_at(counts, rows, low.indices).round().astype(np.int64)


def _low(hits: NDArray[np.float32], total: Codes) -> NDArray[np.float64]:
    """The lower end of Wilson's interval for a share."""
    share = hits / total
    middle = share + Z * Z / (2 * total)
    spread = Z * np.sqrt(share * (1 - share) / total + Z * Z / (4 * total * total))
    return np.asarray((middle - spread) / (1 + Z * Z / total), np.float64)


def best_companion(evidence: Evidence, histories: Interactions, customer: Codes, product: Ints) -> Codes:
    """For each pair the product the customer bought whose buyers most surely bought this one too; -1 for none."""
    return surest(evidence.together, histories.owned, customer, product)[0]
