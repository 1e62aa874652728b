"""How good ranked lists are: recall, precision, NDCG, MAP, hit rate; coverage, novelty, diversity.

Inputs are lists of product codes, shape (customers, n), -1 where a list ends early, and what each customer bought
then: 0/1, shape (customers, products). Full ranking always: no sampled negatives (Krichene and Rendle 2020). Pure
functions; nothing here knows a shop.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Lists = NDArray[np.int32]
Floats = NDArray[np.float64]


def hits(lists: Lists, bought: csr_array) -> NDArray[np.bool_]:
    """Whether each listed product was bought, shape (customers, n).

    Examples
    --------
    >>> hits(np.array([[1, 0, -1]]), csr_array(np.array([[0, 1, 1]]))).tolist()
    [[True, False, False]]
    """
    products = bought.shape[1]
    rows = np.arange(bought.shape[0], dtype=np.int64)[:, None]
    owner = np.repeat(rows.ravel(), np.diff(bought.indptr))
    known = owner * products + bought.indices
    return np.asarray(np.isin(rows * products + lists, known) & (lists >= 0))


def by_customer(lists: Lists, bought: csr_array, k: int) -> dict[str, Floats]:
    """The measures at `k` of every customer, each shape (customers,); NaN for who bought nothing.

    ``ndcg`` has binary gains and an ideal list cut at `k` (Järvelin and Kekäläinen 2002); ``map`` divides by the
    smaller of `k` and what was bought; ``recall`` divides by what was bought, ``precision`` by `k`.

    Examples
    --------
    >>> found = by_customer(np.array([[7, 1, 2]]), csr_array(np.array([[0, 1, 1, 0, 0, 0, 0, 0]])), 3)
    >>> {name: round(float(value[0]), 4) for name, value in found.items()}
    {'recall': 1.0, 'precision': 0.6667, 'ndcg': 0.6934, 'map': 0.5833, 'hit_rate': 1.0}
    """
    hit = hits(lists[:, :k], bought)
    total = np.diff(bought.indptr).astype(np.float64)
    total[total == 0] = np.nan
    width = hit.shape[1]
    discount = 1 / np.log2(np.arange(2, max(width, k) + 2))
    ideal = np.concatenate([[0], np.cumsum(discount[:k])])[np.minimum(np.nan_to_num(total), k).astype(int)]
    found, place = hit.sum(1), np.arange(1, width + 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "recall": found / total,
            "precision": np.where(np.isnan(total), np.nan, found / k),
            "ndcg": np.where(np.isnan(total), np.nan, hit @ discount[:width] / ideal),
            "map": (np.cumsum(hit, axis=1) / place * hit).sum(1) / np.minimum(total, k),
            "hit_rate": np.where(np.isnan(total), np.nan, found > 0).astype(float),
        }


def coverage(lists: Lists, products: int) -> float:
    """The share of the catalogue that stands in somebody's list."""
    return len(np.unique(lists[lists >= 0])) / products if products else 0.0


def novelty(lists: Lists, popularity: Floats) -> float:
    """The mean surprise of a listed product, ``-log2`` of its share of buyers, in bits (Zhou et al. 2010)."""
    listed = popularity[lists[lists >= 0]]
    return float(np.mean(-np.log2(np.maximum(listed, 1e-9)))) if len(listed) else float("nan")


def diversity(lists: Lists, label: NDArray[np.int64]) -> float:
    """The mean share of pairs within a list that differ in their label (category), from 0 to 1."""
    held = lists >= 0
    named = np.where(held, label[np.maximum(lists, 0)], -1)
    shares = []
    for row, kept in zip(named, held, strict=True):
        n = int(kept.sum())
        if n > 1:
            counts = np.unique(row[kept], return_counts=True)[1]
            shares.append(1 - (counts * (counts - 1)).sum() / (n * (n - 1)))
    return float(np.mean(shares)) if shares else float("nan")


def only_bestsellers(lists: Lists, popularity: Floats, most: int) -> float:
    """The share of lists that hold nothing but the `most` best-selling products."""
    top = np.zeros(len(popularity) + 1, bool)
    top[np.argsort(-popularity, kind="stable")[:most]] = True
    top[-1] = True  # -1 is the end of a list
    return float(np.mean(top[lists].all(axis=1))) if len(lists) else float("nan")
