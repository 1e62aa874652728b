"""Out-of-time measures against arithmetic by hand, and what chance alone gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.measures.validity import (
    bootstrap_weights,
    capture,
    mean_explained,
    percentile_interval,
    r_squared,
)


def test_explained_share_by_hand() -> None:
    outcomes = np.array([[0.0], [2.0], [4.0], [6.0]])
    predicted = np.array([[1.0], [1.0], [5.0], [5.0]])
    assert r_squared(outcomes, predicted)[0] == pytest.approx(1 - 4 / 20)


def test_weights_count_customers_as_often_as_they_were_drawn() -> None:
    outcomes, predicted = np.array([[0.0], [2.0], [4.0]]), np.array([[1.0], [2.0], [3.0]])
    twice = np.array([[0.0], [0.0], [2.0], [4.0]]), np.array([[1.0], [1.0], [2.0], [3.0]])
    weighted = r_squared(outcomes, predicted, np.array([[2.0, 1.0, 1.0], [1.0, 1.0, 1.0]]))
    assert weighted[0] == pytest.approx(r_squared(*twice))
    assert weighted[1] == pytest.approx(r_squared(outcomes, predicted))


@pytest.mark.parametrize("level", [0.0, 1.0, 0.1, 1e9])
def test_an_outcome_that_does_not_vary_has_nothing_to_explain(level: float) -> None:
    outcomes = np.full((7, 1), level)
    assert np.isnan(r_squared(outcomes, outcomes)).all()
    assert np.isnan(r_squared(outcomes, outcomes + 1)).all()


def test_the_mean_over_outcomes_leaves_out_those_with_nothing_to_explain() -> None:
    assert mean_explained(np.array([0.2, np.nan, 0.4])) == pytest.approx(0.3)
    assert np.isnan(mean_explained(np.array([])))


def test_the_same_seed_draws_the_same_customers_and_another_seed_others() -> None:
    first = bootstrap_weights(40, 9, 5)
    assert (first == bootstrap_weights(40, 9, 5)).all()
    assert (first != bootstrap_weights(40, 9, 6)).any()
    assert (first.sum(1) == 40).all()
    assert first.shape == (9, 40)


def test_the_bootstrap_of_a_mean_has_its_standard_error() -> None:
    values = np.random.default_rng(3).normal(size=400)
    means = bootstrap_weights(400, 2_000, 0) @ values / 400
    assert means.std() == pytest.approx(values.std() / 20, rel=0.1)


def test_an_interval_holds_the_middle_of_its_draws() -> None:
    interval = percentile_interval(50.0, np.arange(101.0))
    assert (interval.low, interval.value, interval.high) == pytest.approx((2.5, 50.0, 97.5))
    assert percentile_interval(1.0, np.array([np.nan, 1.0, 1.0])).high == 1


def test_capture_by_hand() -> None:
    worth = np.array([50.0, 30.0, 10.0, 10.0, 0.0])
    assert capture(np.array([5.0, 4, 3, 2, 1]), worth, 0.2) == 0.5
    assert capture(np.array([5.0, 4, 3, 2, 1]), worth, 0.4) == 0.8
    assert capture(np.array([1.0, 2, 3, 4, 5]), worth, 0.2) == 0
    assert np.isnan(capture(worth, np.zeros(5)))


def test_who_ties_shares_the_place() -> None:
    """One place for two with the same score: half of what the two hold."""
    assert capture(np.array([1.0, 1, 0, 0, 0]), np.array([8.0, 2, 0, 0, 0]), 0.2) == 0.5
    assert capture(np.ones(5), np.array([8.0, 2, 0, 0, 0]), 0.2) == pytest.approx(0.2)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), min_size=1, max_size=40), st.randoms())
def test_the_order_of_customers_changes_no_capture(rows: list[tuple[int, int]], chance: object) -> None:
    shuffled = rows.copy()
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = (capture(*np.array(table, dtype=float).T) for table in (rows, shuffled))
    assert first == pytest.approx(second, nan_ok=True)
    assert np.isnan(first) or 0 <= first <= 1
