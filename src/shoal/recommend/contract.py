"""What a way of proposing products must offer, and what it answers with.

A method learns from one `Interactions` and proposes for any histories with the same products. It never sees what came
after; it holds arrays alone, so that a published study can keep it without pickle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from shoal.recommend.interactions import Floats, Interactions, Ints

Arrays = dict[str, NDArray[np.generic]]
ROWS = 1_000


@dataclass(frozen=True)
class Proposals:
    """Ranked products: `products` shape (customers, n) with -1 where a list ends early, `scores` the same shape.

    Scores of a list fall (ties by product code); they compare within one customer's list only.
    """

    products: Ints
    scores: Floats


def stacked(parts: Sequence[Proposals], n: int) -> Proposals:
    """The lists of several batches of customers, one below the other; without a batch no list of `n`."""
    if not parts:
        return Proposals(np.empty((0, n), np.int32), np.empty((0, n), np.float32))
    return Proposals(np.vstack([part.products for part in parts]), np.vstack([part.scores for part in parts]))


class Method(Protocol):
    """One way of proposing products."""

    name: ClassVar[str]

    def fit(self, seen: Interactions) -> Self:
        """Learn from everything in `seen`, which ends before the cut."""

    def propose(self, histories: Interactions, n: int) -> Proposals:
        """The best `n` products for each history, products already bought included: rules come last."""

    def arrays(self) -> Arrays:
        """What was learned, as plain arrays."""

    def restored(self, arrays: Arrays) -> Self:
        """The fitted method again, from `arrays`."""


def best_dense(scores: Floats, n: int, floor: float = 0.0) -> Proposals:
    """The best `n` columns of each row whose score is above `floor`; equal scores in the order of the columns."""
    n = min(n, scores.shape[1])
    if n == 0:
        return Proposals(np.empty((len(scores), 0), np.int32), np.empty((len(scores), 0), np.float32))
    picked = _largest(scores, n, floor) if n < scores.shape[1] else _all_columns(scores)
    picked.sort(axis=1)
    values = np.take_along_axis(scores, picked, 1)
    order = np.argsort(-values, axis=1, kind="stable")
    picked, values = np.take_along_axis(picked, order, 1), np.take_along_axis(values, order, 1)
    held = values > floor
    return Proposals(np.where(held, picked, -1).astype(np.int32), np.where(held, values, 0).astype(np.float32))


def _largest(scores: Floats, n: int, floor: float) -> NDArray[np.int64]:
    """The columns of the `n` largest of each row; of those equal at the edge the first ones."""
    picked = np.argpartition(-scores, n - 1, axis=1)[:, :n]
    edge = np.take_along_axis(scores, picked, 1).min(axis=1)
    tied = np.flatnonzero((scores >= edge[:, None]).sum(axis=1) > n)  # the partition takes any of them
    for row in tied[edge[tied] > floor]:
        above, level = np.flatnonzero(scores[row] > edge[row]), np.flatnonzero(scores[row] == edge[row])
        picked[row] = np.concatenate([above, level[: n - len(above)]])
    return picked


def _all_columns(scores: Floats) -> NDArray[np.int64]:
    return np.tile(np.arange(scores.shape[1]), (len(scores), 1))


def best_flat(rows: NDArray[np.int64], products: Ints, scores: Floats, shape: tuple[int, int]) -> Proposals:
    """The best of flat (row, product, score) triples, as `shape` (rows, n) asks; a pair stands once in them."""
    kept = scores > 0
    rows, products, scores = rows[kept], products[kept], scores[kept]
    key = rows * (int(products.max(initial=0)) + 1) + products
    if (np.diff(key) < 0).any():
        order = np.argsort(key, kind="stable")
        rows, products, scores = rows[order], products[order], scores[order]
    starts = np.searchsorted(rows, np.arange(0, shape[0] + ROWS, ROWS))
    found = Proposals(np.full(shape, -1, np.int32), np.zeros(shape, np.float32))
    for block, (a, b) in enumerate(pairwise(starts.tolist())):
        first = block * ROWS
        some = best_padded(rows[a:b] - first, products[a:b], scores[a:b], (min(ROWS, shape[0] - first), shape[1]))
        found.products[first : first + ROWS], found.scores[first : first + ROWS] = some.products, some.scores
    return found


def best_padded(rows: NDArray[np.int64], products: Ints, scores: Floats, shape: tuple[int, int]) -> Proposals:
    """Rows laid side by side, padded to the longest, and cut together: far quicker than sorting them all."""
    counts = np.bincount(rows, minlength=shape[0])
    place = np.arange(len(rows)) - (np.cumsum(counts) - counts)[rows]
    wide = (shape[0], max(int(counts.max(initial=0)), shape[1]))
    names, values = np.full(wide, -1, np.int32), np.zeros(wide, np.float32)
    names[rows, place], values[rows, place] = products, scores
    best = best_dense(values, shape[1])
    chosen = np.take_along_axis(names, np.maximum(best.products, 0), 1)
    return Proposals(np.where(best.products >= 0, chosen, -1).astype(np.int32), best.scores)
