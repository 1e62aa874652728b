from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from shoal.recommend import neighbours
from shoal.recommend.neighbours import packed, spoken_for, strongest, unpacked

TABLE = csr_array(np.array([[0, 0.5, 0.2], [0.5, 0, 0.5], [0.2, 0.5, 0]], np.float32))


def test_each_liked_product_speaks_for_its_neighbours() -> None:
    liked = csr_array(np.array([[2, 0, 1], [0, 0, 0]], np.float32))
    found = spoken_for(liked, TABLE, 2)
    # product 1: 2 x .5 + 1 x .5 = 1.5; product 2: 2 x .2 = .4; product 0: 1 x .2
    assert found.products.tolist() == [[1, 2], [-1, -1]]
    assert found.scores[0] == pytest.approx([1.5, 0.4])


def test_blocks_of_customers_are_laid_under_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    liked = csr_array(np.eye(3, dtype=np.float32)[[0, 1, 2, 2, 1]])
    whole = spoken_for(liked, TABLE, 3)
    monkeypatch.setattr(neighbours, "ROWS", 2)
    assert spoken_for(liked, TABLE, 3).products.tolist() == whole.products.tolist()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_the_strongest_of_a_row_are_kept_and_the_first_of_equals(seed: int, most: int) -> None:
    draw = np.random.default_rng(seed)
    dense = draw.integers(0, 4, (5, 7)).astype(np.float32)
    kept = strongest(csr_array(dense), most).toarray()
    for row, found in zip(dense, kept, strict=True):
        wanted = np.zeros(7, np.float32)
        best = sorted(np.flatnonzero(row), key=lambda column: (-row[column], column))[:most]
        wanted[best] = row[best]
        assert found.tolist() == wanted.tolist()


def test_a_table_comes_back_from_its_arrays() -> None:
    assert unpacked(packed(TABLE)).toarray().tolist() == TABLE.toarray().tolist()
