from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from sklearn.metrics import ndcg_score

from shoal.measures.ranking import by_customer, coverage, diversity, hits, novelty, only_bestsellers


def one(listed: list[int], bought: list[int], k: int, products: int = 10) -> dict[str, float]:
    row = np.zeros((1, products), np.float32)
    row[0, bought] = 1
    return {name: float(v[0]) for name, v in by_customer(np.array([listed], np.int32), csr_array(row), k).items()}


def test_the_measures_of_one_list_by_hand() -> None:
    # hits at places 2 and 4 of 5; three were bought
    found = one([9, 1, 8, 2, 7], [1, 2, 3], 5)
    gain, ideal = 1 / np.log2(3) + 1 / np.log2(5), 1 + 1 / np.log2(3) + 1 / np.log2(4)
    assert found == pytest.approx(
        {"recall": 2 / 3, "precision": 2 / 5, "ndcg": gain / ideal, "map": (1 / 2 + 2 / 4) / 3, "hit_rate": 1}
    )


def test_the_ideal_list_is_cut_at_k() -> None:
    assert one([1, 2], [1, 2, 3, 4], 2)["ndcg"] == pytest.approx(1)
    assert one([1, 2], [1, 2, 3, 4], 2)["map"] == pytest.approx(1)
    assert one([1, 2], [1, 2, 3, 4], 2)["recall"] == pytest.approx(0.5)


def test_only_the_first_k_count() -> None:
    assert one([9, 8, 1], [1], 2)["hit_rate"] == 0


def test_a_list_that_ends_early_loses_nothing_but_its_places() -> None:
    found = one([1, -1, -1], [1, 2], 3)
    assert found["precision"] == pytest.approx(1 / 3)
    assert found["ndcg"] == pytest.approx(1 / (1 + 1 / np.log2(3)))


def test_a_list_shorter_than_k_is_judged_at_k() -> None:
    assert one([1], [1, 2], 5)["precision"] == pytest.approx(1 / 5)


def test_who_bought_nothing_is_not_judged() -> None:
    assert all(np.isnan(value) for value in one([1, 2], [], 2).values())


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 100_000), st.integers(1, 12))
def test_ndcg_is_scikit_learns(seed: int, k: int) -> None:
    draw = np.random.default_rng(seed)
    scores = draw.permuted(np.tile(np.arange(12.0), (4, 1)), axis=1)
    truth = (draw.random((4, 12)) < 0.4).astype(float)
    truth[:, 0] = 1
    lists = np.argsort(-scores, axis=1).astype(np.int32)
    found = by_customer(lists, csr_array(truth), k)["ndcg"]
    assert np.mean(found) == pytest.approx(ndcg_score(truth, scores, k=k))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 100_000), st.integers(1, 6))
def test_every_measure_lies_between_nothing_and_all(seed: int, k: int) -> None:
    draw = np.random.default_rng(seed)
    lists = np.argsort(draw.random((6, 9)), axis=1)[:, :6].astype(np.int32)
    for value in by_customer(lists, csr_array(draw.random((6, 9)) < 0.3), k).values():
        held = value[~np.isnan(value)]
        assert ((held >= 0) & (held <= 1 + 1e-12)).all()


def test_an_empty_place_is_no_hit() -> None:
    assert not hits(np.array([[-1, -1]], np.int32), csr_array(np.ones((1, 3)))).any()
    # -1 of the second row must not be taken for the last product of the first
    assert not hits(np.array([[0], [-1]], np.int32), csr_array(np.array([[0, 0, 1], [0, 0, 0]]))).any()


def test_coverage_is_the_share_of_products_in_somebodys_list() -> None:
    assert coverage(np.array([[0, 1], [1, -1]], np.int32), 8) == 0.25
    assert coverage(np.empty((0, 3), np.int32), 0) == 0


def test_novelty_is_the_mean_surprise_in_bits() -> None:
    assert novelty(np.array([[0, 1, -1]], np.int32), np.array([0.5, 0.125, 1])) == pytest.approx((1 + 3) / 2)
    assert np.isnan(novelty(np.array([[-1]], np.int32), np.array([1.0])))


def test_diversity_is_the_share_of_pairs_that_differ() -> None:
    # a a b: of three pairs two differ; a alone has no pair
    lists, labels = np.array([[0, 1, 2], [0, -1, -1]], np.int32), np.array([5, 5, 7])
    assert diversity(lists, labels) == pytest.approx(2 / 3)


def test_only_bestsellers_counts_lists_of_nothing_else() -> None:
    popularity = np.array([0.4, 0.3, 0.2, 0.1])
    lists = np.array([[0, 1], [1, 2], [1, -1]], np.int32)
    assert only_bestsellers(lists, popularity, 2) == pytest.approx(2 / 3)
