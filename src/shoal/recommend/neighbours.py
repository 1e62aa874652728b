"""Proposals from a table of neighbouring products: each product a customer likes speaks for its neighbours.

Shared by every method that ends in a sparse product x product matrix (similarity, order of buying, content).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from shoal.recommend.contract import Arrays, Proposals, best_padded, stacked
from shoal.recommend.interactions import Codes, Floats, Ints

ROWS, FEW_ROWS = 2_000, 500


def spoken_for(liked: csr_array, neighbours: csr_array, n: int) -> Proposals:
    """The best `n` products of ``liked @ neighbours``: (customers, products) times (products, products)."""
    n = min(n, liked.shape[1])
    parts = [best_sparse(csr_array(liked[a : a + ROWS] @ neighbours), n) for a in range(0, liked.shape[0], ROWS)]
    return stacked(parts, n)


def best_sparse(scores: csr_array, n: int) -> Proposals:
    """The best `n` of each sparse row, which may be none above zero; the indices are put in order."""
    scores.sort_indices()
    rows = np.repeat(np.arange(scores.shape[0]), np.diff(scores.indptr))
    return best_padded(rows, scores.indices, scores.data, (scores.shape[0], min(n, scores.shape[1])))


def strongest(matrix: csr_array, most: int) -> csr_array:
    """The same matrix with the `most` largest positive values of each row; equal ones by column."""
    if np.diff(matrix.indptr).max(initial=0) <= most:
        return matrix
    found = stacked(
        [best_sparse(csr_array(matrix[a : a + FEW_ROWS]), most) for a in range(0, matrix.shape[0], FEW_ROWS)], most
    )
    held = found.products >= 0
    starts = np.concatenate([[0], np.cumsum(held.sum(axis=1))])
    kept = csr_array((found.scores[held], found.products[held], starts), matrix.shape)
    kept.sort_indices()
    return kept


def surest(table: csr_array, owned: csr_array, customer: Codes, product: Ints) -> tuple[Codes, NDArray[np.float64]]:
    """For each pair of customer and product the owned product with the largest value in the product's row, and that
    value; -1 and 0 where the customer owns none of the row. Equal values by code.
    """
    found = csr_array(table[product].multiply(owned[customer]))
    lengths = np.diff(found.indptr)
    best, value, held = np.full(len(product), -1, np.int64), np.zeros(len(product)), np.flatnonzero(lengths)
    if len(held):
        order = np.lexsort((found.indices, -found.data, np.repeat(np.arange(len(product)), lengths)))
        first = order[found.indptr[held]]
        best[held], value[held] = found.indices[first], found.data[first]
    return best, value


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
