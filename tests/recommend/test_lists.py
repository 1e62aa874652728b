"""Caps by category, diversity within a list, variety between lists."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.recommend.contract import Proposals
from shoal.recommend.likeness import Likeness
from shoal.recommend.lists import capped, diversified, spread_out, without


def lists(*rows: list[int]) -> Proposals:
    """Lists of one length with falling scores 1, 1/2, 1/3 ..."""
    products = np.array(rows, np.int32)
    scores = np.tile(1 / np.arange(1, products.shape[1] + 1), (len(rows), 1)).astype(np.float32)
    return Proposals(products, np.where(products >= 0, scores, 0).astype(np.float32))


def test_what_is_taken_away_moves_the_rest_up() -> None:
    found = without(lists([4, 5, 6], [7, 8, -1]), np.array([[False, True, False], [True, False, False]]))
    assert found.products.tolist() == [[4, 6, -1], [8, -1, -1]]
    assert np.allclose(found.scores, [[1, 1 / 3, 0], [1 / 2, 0, 0]])


def test_a_category_stands_so_often_and_no_more() -> None:
    category = np.array([0, 0, 0, 1, -1, -1])
    found = capped(lists([0, 1, 2, 3, 4, 5], [3, 2, 1, 0, 5, -1]), category, 1)
    assert found.products.tolist() == [[0, 3, 4, 5, -1, -1], [3, 2, 5, -1, -1, -1]]


def test_diversity_puts_the_first_of_another_kind_second() -> None:
    """Scores 1, 1/2, 1/3; 0 and 1 are alike: at weight 1/2 the second place is worth 1/4 - 1/2 or 1/6 - 0."""
    alike = Likeness.learned(np.array([7, 7, 8]), ()).to
    assert diversified(lists([0, 1, 2]), alike, 0.5, 3).products.tolist() == [[0, 2, 1]]
    assert diversified(lists([0, 1, 2]), alike, 0.0, 2).products.tolist() == [[0, 1]]
    assert diversified(lists([0, 1, -1]), alike, 0.5, 3).products.tolist() == [[0, 1, -1]]


def test_who_loses_least_gives_a_crowded_product_away() -> None:
    """Product 0 stands first everywhere and may stand once: the second customer's next is far worse, so it stays."""
    products = np.array([[0, 1], [0, 2], [0, 3]], np.int32)
    scores = np.array([[1, 0.9], [1, 0.1], [1, 0.8]], np.float32)
    assert spread_out(Proposals(products, scores), 1, 1).products.tolist() == [[1], [0], [3]]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 4))
def test_no_product_stands_too_often_and_no_list_repeats_itself(seed: int, most: int, n: int) -> None:
    draw = np.random.default_rng(seed)
    products = np.array([draw.permutation(8)[:6] for _ in range(12)], np.int32)
    scores = -np.sort(-draw.random(products.shape), axis=1).astype(np.float32)
    found = spread_out(Proposals(products, scores), n, most).products
    held = found[found >= 0]
    assert np.bincount(held, minlength=8).max(initial=0) <= most
    assert all(len(set(row[row >= 0].tolist())) == (row >= 0).sum() for row in found)
    assert all(set(row[row >= 0].tolist()) <= set(before.tolist()) for row, before in zip(found, products, strict=True))
