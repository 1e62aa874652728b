"""Proposals from a table of neighbouring products: each product a customer likes speaks for its neighbours.

Shared by every method that ends in a sparse product x product matrix (similarity, order of buying, content).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from shoal.recommend.contract import Arrays, Proposals, best_dense
from shoal.recommend.interactions import Floats, Ints

ROWS, FEW_ROWS = 2_000, 500


def spoken_for(liked: csr_array, neighbours: csr_array, n: int) -> Proposals:
    """The best `n` products of ``liked @ neighbours``: (customers, products) times (products, products)."""
    parts = [_best(csr_array(liked[a : a + ROWS] @ neighbours), n) for a in range(0, liked.shape[0], ROWS)]
    if not parts:
        return best_dense(np.empty((0, liked.shape[1]), np.float32), n)
    return Proposals(np.vstack([p.products for p in parts]), np.vstack([p.scores for p in parts]))


def _best(scores: csr_array, n: int) -> Proposals:
    """The best of each sparse row: rows are laid side by side, padded to the longest, and cut together."""
    n = min(n, scores.shape[1])
    lengths = np.diff(scores.indptr)
    width = max(int(lengths.max(initial=0)), n, 1)
    scores.sort_indices()
    held = np.arange(width) < lengths[:, None]
    products, values = np.full(held.shape, -1, np.int32), np.zeros(held.shape, np.float32)
    products[held], values[held] = scores.indices, scores.data
    best = best_dense(values, n)
    chosen = np.take_along_axis(products, np.maximum(best.products, 0), 1)
    return Proposals(np.where(best.products >= 0, chosen, -1).astype(np.int32), best.scores)


def strongest(matrix: csr_array, most: int) -> csr_array:
    """The same matrix with the `most` largest positive values of each row; equal ones by column."""
    if np.diff(matrix.indptr).max(initial=0) <= most:
        return matrix
    parts = [_best(csr_array(matrix[a : a + FEW_ROWS]), most) for a in range(0, matrix.shape[0], FEW_ROWS)]
    products, values = (np.vstack([getattr(p, name) for p in parts]) for name in ("products", "scores"))
    held = products >= 0
    starts = np.concatenate([[0], np.cumsum(held.sum(axis=1))])
    found = csr_array((values[held], products[held], starts), matrix.shape)
    found.sort_indices()
    return found


def values_at(matrix: csr_array, rows: NDArray[np.integer], columns: NDArray[np.integer]) -> NDArray[np.float64]:
    """The values at pairs of rows and columns, shape (pairs,); no pairs give no values."""
    if not len(rows):  # SciPy then answers with a matrix
        return np.zeros(0)
    return np.asarray(matrix[rows, columns], np.float64).ravel()


def packed(matrix: csr_array, name: str = "neighbours") -> Arrays:
    """A sparse matrix as plain arrays."""
    return {
        f"{name}_starts": matrix.indptr.astype(np.int64),
        f"{name}_products": matrix.indices.astype(np.int32),
        f"{name}_values": matrix.data.astype(np.float32),
    }


def unpacked(arrays: Arrays, name: str = "neighbours") -> csr_array:
    """The square sparse matrix that `packed` took apart."""
    starts: NDArray[np.int64] = arrays[f"{name}_starts"]  # type: ignore[assignment]
    columns: Ints = arrays[f"{name}_products"]  # type: ignore[assignment]
    values: Floats = arrays[f"{name}_values"]  # type: ignore[assignment]
    return csr_array((values, columns, starts), (len(starts) - 1, len(starts) - 1))
