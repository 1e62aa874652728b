"""The plain ways of grouping, by hand arithmetic: equal values share a band, cells are the quintiles of R, F and M."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import StandardScaler

from shoal.proof.baselines import BASELINES, quantile_bands
from shoal.proof.origins import Origin
from shoal.proof.verdict import own_baseline
from shoal.segments.segment import group
from shoal.segments.settings import SegmentSettings
from shoal.words.errors import UsageError
from tests.segments.lessons import drawn, lesson_of
from tests.segments.made import features_of, shop


def _origin(lessons: int = 0, **columns: list[float]) -> Origin:
    rows = len(next(iter(columns.values())))
    now = lesson_of(features_of(columns), np.ones(rows), np.ones(rows))
    return Origin(now, (now,) * lessons)


@pytest.mark.parametrize(
    ("values", "bands", "expected"),
    [
        ([1, 2, 3, 4], 2, [0, 0, 1, 1]),
        ([4, 3, 2, 1], 2, [1, 1, 0, 0]),
        ([1, 2, 3, 4, 5, 6], 3, [0, 0, 1, 1, 2, 2]),
        ([1, 1, 1, 1], 2, [1, 1, 1, 1]),  # the middle of all places, 2 of 4, is the second half
        (
            [0, 0, 0, 0, 0, 0, 7, 8, 9, 10],
            5,
            [1, 1, 1, 1, 1, 1, 3, 3, 4, 4],
        ),  # zeros share places 0 to 6: band 3 * 5 / 10
        ([5], 3, [1]),
        ([2, 2, 1], 9, [6, 6, 1]),
    ],
)
def test_bands_by_hand(values: list[float], bands: int, expected: list[int]) -> None:
    assert quantile_bands(np.array(values, dtype=float), bands).tolist() == expected


@given(st.lists(st.integers(0, 8), min_size=1, max_size=60), st.integers(1, 9), st.randoms())
def test_equal_values_share_a_band_bands_rise_with_values_and_order_is_nothing(
    values: list[int], bands: int, chance: object
) -> None:
    found = quantile_bands(np.array(values, dtype=float), bands)
    assert found.min() >= 0
    assert found.max() < bands
    of = dict(zip(values, found.tolist(), strict=True))
    assert [of[value] for value in values] == found.tolist()
    assert [of[value] for value in sorted(of)] == sorted(of.values())
    shuffled = values.copy()
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    again = quantile_bands(np.array(shuffled, dtype=float), bands)
    assert [of[value] for value in shuffled] == again.tolist()


def test_bands_of_different_values_are_equal_in_size() -> None:
    values = np.random.default_rng(0).permutation(100).astype(float)
    assert np.bincount(quantile_bands(values, 8)).tolist() == [12, 13] * 4


def test_cells_are_the_quintiles_of_recency_frequency_and_money() -> None:
    """Ten customers in five pairs, each pair alike in all three: five cells. One who differs in money is a sixth."""
    pairs = [float(v) for v in (1, 1, 2, 2, 3, 3, 4, 4, 5, 5)]
    cells = BASELINES["rfm_cells"](_origin(days_since_last_order=pairs, orders=pairs, spend_total=pairs), 8, 0)
    assert cells.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    other = [9.0, *pairs[1:]]
    cells = BASELINES["rfm_cells"](_origin(days_since_last_order=pairs, orders=pairs, spend_total=other), 8, 0)
    assert len(set(cells.tolist())) == 6


def test_the_score_counts_recent_customers_high() -> None:
    rising = [1.0, 2, 3, 4, 5, 6]
    bands = BASELINES["rfm_bands"](_origin(days_since_last_order=rising[::-1], orders=rising, spend_total=rising), 3, 0)
    assert bands.tolist() == [0, 0, 1, 1, 2, 2]


def test_spend_and_recency_bands_cut_their_own_column() -> None:
    origin = _origin(spend_total=[1, 9, 2, 8], days_since_last_order=[9, 8, 1, 2], orders=[1, 1, 1, 1])
    assert BASELINES["spend_bands"](origin, 2, 0).tolist() == [0, 1, 0, 1]
    assert BASELINES["recency_bands"](origin, 2, 0).tolist() == [1, 1, 0, 0]


def test_k_means_on_rfm_is_scikit_learns() -> None:
    draw = np.random.default_rng(0)
    columns = {n: draw.gamma(2, 10, 200).tolist() for n in ("days_since_last_order", "orders", "spend_total")}
    X = StandardScaler().fit_transform(np.column_stack(list(columns.values())))
    theirs = KMeans(5, n_init=10, random_state=3).fit(X).labels_
    assert adjusted_rand_score(theirs, BASELINES["kmeans_rfm"](_origin(**columns), 5, 3)) == 1


def test_no_more_groups_than_different_customers() -> None:
    few = [1.0, 1, 1, 5, 5, 5]
    origin = _origin(days_since_last_order=few, orders=few, spend_total=few)
    for name in ("kmeans_rfm", "kmeans_log_rfm", "kmeans_standardised", "kmeans_behaviour"):
        labels = BASELINES[name](origin, 4, 0)
        assert labels[:3].tolist() == [labels[0]] * 3
        assert len(set(labels.tolist())) == 2


def test_customers_alike_in_everything_are_one_group() -> None:
    origin = _origin(days_since_last_order=[3.0] * 5, orders=[1.0] * 5, spend_total=[7.0] * 5)
    for name in ("kmeans_rfm", "kmeans_log_rfm", "kmeans_standardised", "rfm_cells", "spend_bands"):
        assert len(set(BASELINES[name](origin, 4, 0).tolist())) == 1


def test_the_tree_cuts_where_the_lesson_says() -> None:
    """Its leaves follow the feature that decided, not the louder one beside it."""
    columns, lesson = drawn(600, share_weekend=1.0)
    labels = BASELINES["supervised_tree"](Origin(lesson, (lesson,)), 4, 0)
    order = [float(np.mean(columns["share_weekend"][labels == leaf])) for leaf in range(4)]
    between = np.var([order[leaf] for leaf in labels])
    assert between / np.var(columns["share_weekend"]) > 0.8
    noise = [float(np.mean(columns["share_refunded"][labels == leaf])) for leaf in range(4)]
    assert np.var([noise[leaf] for leaf in labels]) < 0.05


def test_the_tree_cannot_grow_without_a_lesson() -> None:
    with pytest.raises(UsageError, match="no earlier date to learn from"):
        BASELINES["supervised_tree"](_origin(orders=[1, 2], spend_total=[1, 2]), 4, 0)


def test_labels_drawn_by_lot_come_from_the_seed() -> None:
    origin = _origin(orders=[1.0] * 400)
    labels = BASELINES["random"](origin, 4, 7)
    assert labels.tolist() == BASELINES["random"](origin, 4, 7).tolist() != BASELINES["random"](origin, 4, 8).tolist()
    assert np.bincount(labels, minlength=4).min() > 70


@pytest.mark.parametrize("space", ["rfm", "standardised", "behaviour", "tastes"])
def test_a_space_has_a_baseline_that_groups_alike(space: str) -> None:
    features = shop(200)
    origin = Origin(lesson_of(features, np.ones(200), np.ones(200)), ())
    ours = group(features, SegmentSettings(space=space, k=4)).labels
    assert adjusted_rand_score(ours, BASELINES[own_baseline(space)](origin, 4, 0)) == 1
