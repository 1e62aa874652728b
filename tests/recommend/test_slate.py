from __future__ import annotations

import numpy as np
import pytest

from shoal.recommend.contract import Proposals, best_dense, best_flat
from shoal.recommend.interactions import Interactions
from shoal.recommend.slate import FAINT, SIGNALS, merged

SEEN = Interactions.of(["u", "u", "v"], ["a", "b", "c"], [1, 2, 3])


def proposals(products: list[list[int]], scores: list[list[float]]) -> Proposals:
    return Proposals(np.array(products, np.int32), np.array(scores, np.float32))


def test_a_pair_stands_once_with_what_each_method_says() -> None:
    first = proposals([[0, 2], [1, -1]], [[4, 2], [9, 0]])
    second = proposals([[2, 1], [-1, -1]], [[8, 1], [0, 0]])
    slate = merged([first, second], SEEN)
    assert list(zip(slate.customer, slate.product, strict=True)) == [(0, 0), (0, 1), (0, 2), (1, 1)]
    assert slate.repeat.tolist() == [True, True, False, False]
    # u has bought products 0 and 1, so they are measured against each other, and 2 against new ones
    assert slate.said.shape == (4, 2 * SIGNALS)
    assert slate.said[:, ::SIGNALS].tolist() == [[1, 0], [0, 1], [1, 1], [1, 0]]


def test_the_second_signal_is_the_logarithm_of_the_share_of_the_best() -> None:
    slate = merged(
        [proposals([[0, 1, 2]], [[1, 0.1, 1e-9]])],
        Interactions.of(["u"], ["c"], [1], "view", goal="purchase", products=SEEN.product_ids),
    )
    assert slate.said[:, 0] == pytest.approx([1, 0.1, FAINT])
    assert slate.said[:, 1] == pytest.approx([1, 1 + np.log(0.1) / np.log(1 / FAINT), 0], abs=1e-6)


def test_of_equal_scores_the_first_products_are_listed_even_at_the_edge() -> None:
    found = best_dense(np.array([[1, 2, 2, 2, 3, 2], [0, 0, 0, 0, 1, 0]], np.float32), 3)
    assert found.products.tolist() == [[4, 1, 2], [4, -1, -1]]
    assert found.scores.tolist() == [[3, 2, 2], [1, 0, 0]]


def test_more_asked_than_there_is_gives_what_there_is() -> None:
    assert best_dense(np.array([[1, 3]], np.float32), 9).products.tolist() == [[1, 0]]
    assert best_dense(np.empty((2, 0), np.float32), 3).products.shape == (2, 0)


def test_flat_scores_become_lists_by_row() -> None:
    rows, products = np.array([1, 0, 1, 1]), np.array([5, 4, 3, 2], np.int32)
    found = best_flat(rows, products, np.array([1, 7, 1, -2], np.float32), (3, 2))
    assert found.products.tolist() == [[4, -1], [3, 5], [-1, -1]]
    assert found.scores.tolist() == [[7, 0], [1, 1], [0, 0]]
