"""What groups say of a customer left out, against arithmetic by hand and brute force, and what chance alone gives."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.measures.left_out import left_out_auc, left_out_capture, left_out_means
from shoal.measures.validity import r_squared

Rows = list[tuple[int, int]]
rows = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6)), min_size=2, max_size=14)


def test_a_mean_comes_from_the_others_of_the_group_alone() -> None:
    means = left_out_means(np.array([0, 0, 1, 1, 1]), np.array([[1.0], [3.0], [10.0], [20.0], [60.0]]))
    assert means[:, 0].tolist() == [3, 1, 40, 35, 15]


def test_a_group_of_one_gets_the_mean_of_all_others() -> None:
    means = left_out_means(np.array([7, 2, 2]), np.array([[9.0], [1.0], [3.0]]))
    assert means[:, 0].tolist() == [2, 3, 1]


def test_a_cell_for_each_customer_gains_nothing() -> None:
    """In sample such cells explain everything; left out they know nothing of anyone."""
    outcomes = np.random.default_rng(0).gamma(1, 10, (500, 2))
    cells = np.arange(500)
    explained = r_squared(outcomes, left_out_means(cells, outcomes))
    assert (explained <= 0).all()
    assert (explained > -0.01).all()
    assert left_out_auc(cells, outcomes[:, 0] > 5) == 0.5
    assert left_out_capture(cells, outcomes[:, 0]) == pytest.approx(0.2)


@pytest.mark.parametrize(("customers", "groups"), [(200, 4), (800, 8), (600, 60)])
def test_random_labels_explain_what_chance_gives(customers: int, groups: int) -> None:
    """A mean of m others misses by S² (1 + 1 / m): R² a little below nothing. Half of all pairs, a fifth of the worth.

    Groups of equal size, so m is the same for all; the mean of many shuffles lies within three standard errors.
    """
    draw, shuffles = np.random.default_rng(1), 200
    worth = draw.lognormal(0, 1, customers) * (draw.random(customers) < 0.5)
    found = np.empty((shuffles, 3))
    for shuffle in range(shuffles):
        labels = draw.permutation(np.arange(customers) % groups)
        explained = r_squared(worth[:, None], left_out_means(labels, worth[:, None]))[0]
        found[shuffle] = explained, left_out_auc(labels, worth > 0), left_out_capture(labels, worth)
    others = customers / groups - 1
    expected = [1 - customers / (customers - 1) * (1 + 1 / others), 0.5, 0.2]
    assert (np.abs(found.mean(0) - expected) < 3 * found.std(0, ddof=1) / np.sqrt(shuffles)).all()


def test_true_groups_explain_their_share_of_the_variance() -> None:
    draw = np.random.default_rng(2)
    groups = draw.integers(0, 4, 20_000)
    outcomes = (groups + draw.normal(size=20_000))[:, None]
    assert r_squared(outcomes, left_out_means(groups, outcomes))[0] == pytest.approx(1.25 / 2.25, abs=0.02)


def test_groups_that_tell_buyers_apart_rank_them_all_and_hold_all_worth() -> None:
    groups, worth = np.repeat([3, 5], [4, 16]), np.repeat([10.0, 0.0], [4, 16])
    assert left_out_auc(groups, worth > 0) == 1
    assert left_out_auc(1 - groups, worth > 0) == 1
    assert left_out_capture(groups, worth, 0.2) == 1


def _auc_by_pairs(given: Rows) -> float:
    """Every pair in turn, both left out, with exact fractions."""
    yes = [(i, g) for i, (g, value) in enumerate(given) if value > 3]
    no = [(i, g) for i, (g, value) in enumerate(given) if value <= 3]

    def mean(group: int, pair: set[int]) -> Fraction:
        rest = [value > 3 for i, (_, value) in enumerate(given) if i not in pair]
        own = [value > 3 for i, (g, value) in enumerate(given) if g == group and i not in pair]
        known = own or rest
        return Fraction(sum(known), len(known)) if known else Fraction(0)

    ahead = Fraction(0)
    for (i, a), (j, b) in product(yes, no):
        first, second = mean(a, {i, j}), mean(b, {i, j})
        ahead += Fraction(1, 2) if a == b or first == second else Fraction(int(first > second))
    return float(ahead / (len(yes) * len(no))) if yes and no else float("nan")


@given(rows)
def test_the_auc_is_that_of_every_pair_left_out_in_turn(given: Rows) -> None:
    groups, values = np.array(given).T
    assert left_out_auc(groups, values > 3) == pytest.approx(_auc_by_pairs(given), nan_ok=True)


def _capture_by_turns(given: Rows, share: Fraction) -> float:
    """Each customer in turn placed by the mean of the others of the group, the other groups by their own."""
    total = sum(value for _, value in given)
    if not total:
        return float("nan")
    held = Fraction(0)
    for i, (own, value) in enumerate(given):
        mates = [v for j, (g, v) in enumerate(given) if g == own and j != i]
        if not mates:
            held += value * share
            continue
        here = Fraction(sum(mates), len(mates))
        above, level = 0, len(mates) + 1
        for other in {g for g, _ in given} - {own}:
            members = [v for g, v in given if g == other]
            mean = Fraction(sum(members), len(members))
            above += len(members) * (mean > here)
            level += len(members) * (mean == here)
        places = (share * len(given) - above) / level
        held += value * min(max(places, Fraction(0)), Fraction(1))
    return float(held / total)


@given(rows)
def test_the_capture_is_that_of_each_customer_left_out_in_turn(given: Rows) -> None:
    groups, values = np.array(given).T
    found = left_out_capture(groups, values.astype(float), 0.25)
    assert found == pytest.approx(_capture_by_turns(given, Fraction(1, 4)), nan_ok=True)


@given(rows, st.randoms())
def test_neither_the_order_of_customers_nor_the_numbers_of_groups_matter(given: Rows, chance: object) -> None:
    shuffled = [(9 - group, value) for group, value in given]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = (np.array(table).T for table in (given, shuffled))
    assert left_out_auc(first[0], first[1] > 3) == pytest.approx(left_out_auc(second[0], second[1] > 3), nan_ok=True)
    captures = [left_out_capture(g, v.astype(float)) for g, v in (first, second)]
    assert captures[0] == pytest.approx(captures[1], nan_ok=True)
    means = [sorted(left_out_means(g, v[:, None].astype(float))[:, 0].tolist()) for g, v in (first, second)]
    assert means[0] == pytest.approx(means[1])


def test_nothing_to_tell_is_no_number() -> None:
    groups = np.array([0, 0, 1])
    assert np.isnan(left_out_auc(groups, np.ones(3, dtype=bool)))
    assert np.isnan(left_out_auc(groups, np.zeros(3, dtype=bool)))
    assert np.isnan(left_out_capture(groups, np.zeros(3)))
