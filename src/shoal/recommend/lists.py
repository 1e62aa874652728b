"""From scored candidates to lists: caps by category, diversity within a list, variety between lists.

Pure functions on arrays; -1 is the end of a list.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from shoal.recommend.contract import Proposals, stacked
from shoal.recommend.interactions import Floats, Ints

Alike = Callable[[Ints, Ints], Floats]
ROWS = 10_000
SPARE = 3
"""Candidates looked at for each place of a list, so that a rule that takes one away finds another."""


def capped(found: Proposals, category: NDArray[np.int64], most: int) -> Proposals:
    """The same lists with at most `most` products of each category; products without one are not counted."""
    labels = np.where(found.products >= 0, category[np.maximum(found.products, 0)], -1)
    rows = np.repeat(np.arange(len(labels)), labels.shape[1]).reshape(labels.shape)
    flat = np.lexsort((np.tile(np.arange(labels.shape[1]), len(labels)), labels.ravel(), rows.ravel()))
    key = rows.ravel()[flat] * (int(category.max(initial=0)) + 2) + labels.ravel()[flat] + 1
    start = np.concatenate([[True], np.diff(key) != 0]) if len(key) else np.zeros(0, bool)
    place = np.arange(len(key)) - np.maximum.accumulate(np.where(start, np.arange(len(key)), 0))
    kept = np.zeros(len(key), bool)
    kept[flat] = place < most
    return without(found, ~kept.reshape(labels.shape) & (labels >= 0))


def without(found: Proposals, removed: NDArray[np.bool_]) -> Proposals:
    """The lists without some of their places; the rest moves up."""
    gone = removed | (found.products < 0)
    order = np.argsort(gone, axis=1, kind="stable")
    products = np.take_along_axis(np.where(gone, -1, found.products), order, 1)
    scores = np.take_along_axis(np.where(gone, 0, found.scores), order, 1)
    return Proposals(products.astype(np.int32), scores.astype(np.float32))


def diversified(found: Proposals, alike: Alike, weight: float, n: int) -> Proposals:
    """The best `n` by maximal marginal relevance: ``(1 - weight) score - weight likeness to the chosen``.

    `alike` says from 0 to 1 how like products, shape (lists, n), are to one of each list; scores are first scaled to
    the best of each list.
    """
    width = min(n, found.products.shape[1])
    blocks = (slice(first, first + ROWS) for first in range(0, len(found.products), ROWS))
    return stacked([_diversified(found.products[b], found.scores[b], alike, weight, width) for b in blocks], width)


def _diversified(listed: Ints, scores: Floats, alike: Alike, weight: float, n: int) -> Proposals:
    products, held, rows = np.maximum(listed, 0), listed >= 0, np.arange(len(listed))
    relevance = scores / np.maximum(scores.max(axis=1, initial=0, keepdims=True), 1e-30)
    likest = np.zeros(products.shape, np.float32)
    order = np.full((len(products), n), -1, np.int64)
    for place in range(n):
        worth = np.where(held, (1 - weight) * relevance - weight * likest, -np.inf)
        order[:, place] = best = worth.argmax(axis=1)
        held[rows, best] = False
        likest = np.maximum(likest, alike(products, products[rows, best]))
    taken = np.arange(n) < (listed >= 0).sum(1)[:, None]
    chosen, kept = np.take_along_axis(listed, order, 1), np.take_along_axis(scores, order, 1)
    return Proposals(np.where(taken, chosen, -1).astype(np.int32), np.where(taken, kept, 0).astype(np.float32))


def spread_out(found: Proposals, n: int, most: int) -> Proposals:
    """Lists of `n` in which no product stands more than `most` times; who likes it best keeps it.

    A product that stands too often is taken from those who lose least: whose next candidate is nearly as good. What
    moves up may then stand too often itself, so this is done until none does; a list may end early.
    """
    removed = np.zeros(found.products.shape, bool)
    while True:
        now = without(found, removed)
        shown = now.products[:, :n].ravel()
        crowded = np.flatnonzero(np.bincount(shown[shown >= 0], minlength=1) > most)
        if not len(crowded):
            return Proposals(now.products[:, :n], now.scores[:, :n])
        spare = now.scores[:, n] if now.scores.shape[1] > n else np.zeros(len(now.scores), np.float32)
        for product in crowded:
            rows, place = np.nonzero(now.products[:, :n] == product)
            loss = now.scores[rows, place] - spare[rows]
            losers = rows[np.argsort(-loss, kind="stable")[most:]]
            removed[losers] |= found.products[losers] == product
