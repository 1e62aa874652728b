from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_blobs
from sklearn.metrics import silhouette_score

from shoal.measures.clustering import distinct_rows, elbow, nearest, silhouettes, within


def test_silhouettes_of_many_labellings_equal_scikit_learns() -> None:
    draw = np.random.default_rng(3)
    X = draw.normal(size=(700, 4))
    labellings = [draw.integers(0, k, 700) for k in (2, 3, 7)]
    assert silhouettes(X, labellings, chunk=64) == pytest.approx([silhouette_score(X, one) for one in labellings])


def test_a_point_alone_in_its_group_has_a_silhouette_of_zero() -> None:
    X = np.array([[0.0], [1.0], [9.0]])
    # 0: own 1, other 9: 8/9; 1: own 1, other 8: 7/8; 9: alone: 0
    assert silhouettes(X, [np.array([0, 0, 1])])[0] == pytest.approx((8 / 9 + 7 / 8) / 3)


def test_equal_points_in_different_groups_have_a_silhouette_of_zero() -> None:
    assert silhouettes(np.zeros((4, 2)), [np.array([0, 0, 1, 1])]) == [0.0]


def test_a_point_on_a_centre_is_at_distance_zero_with_full_confidence() -> None:
    found = nearest(np.array([[1e6, 1e6]]), np.array([[0.0, 0.0], [1e6, 1e6]]))
    assert (found.label[0], found.second[0], found.distance[0], found.confidence[0]) == (1, 0, 0.0, 1.0)


def test_a_point_halfway_goes_to_the_lower_number_with_no_confidence() -> None:
    found = nearest(np.array([[1.0]]), np.array([[2.0], [0.0]]))
    assert (found.label[0], found.second[0], found.confidence[0]) == (0, 1, 0.0)


def test_one_centre_has_no_second_and_full_confidence() -> None:
    found = nearest(np.array([[1.0], [5.0]]), np.array([[2.0]]))
    assert found.second.tolist() == [-1, -1]
    assert found.confidence.tolist() == [1.0, 1.0]


def test_two_centres_in_one_place_leave_no_confidence() -> None:
    found = nearest(np.array([[1.0], [2.0]]), np.array([[2.0], [2.0]]))
    assert found.confidence.tolist() == [0.0, 0.0]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 6), st.integers(1, 5), st.integers(0, 9))
def test_the_nearest_centre_is_the_nearest(k: int, d: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    X, centres = draw.normal(size=(50, d)), draw.normal(size=(k, d))
    distances = np.linalg.norm(X[:, None] - centres[None], axis=2)
    found = nearest(X, centres)
    assert (found.label == distances.argmin(axis=1)).all()
    assert found.distance == pytest.approx(distances.min(axis=1))
    assert ((found.confidence >= 0) & (found.confidence <= 1)).all()


def test_within_is_the_sum_of_squared_distances() -> None:
    assert within(np.array([[0.0], [2.0], [5.0]]), np.array([0, 0, 1]), np.array([[1.0], [5.0]])) == 2.0


def test_the_elbow_lies_where_the_curve_is_farthest_below_its_chord() -> None:
    assert elbow([1, 2, 3, 4, 5, 6], [100, 60, 20, 18, 16, 14]) == 2


@pytest.mark.parametrize("curve", [[5, 5, 5], [1, 2, 3], [3, 2, 1], [4, 3]])
def test_a_curve_without_a_bend_has_no_elbow(curve: list[float]) -> None:
    assert elbow(range(len(curve)), curve) is None


def test_the_elbow_of_clear_blobs_is_their_number() -> None:
    from sklearn.cluster import KMeans

    X, _ = make_blobs(400, centers=[[0, 0], [20, 0], [0, 20], [20, 20]], random_state=0)
    inertia = [KMeans(k, n_init=3, random_state=0).fit(X).inertia_ for k in range(1, 11)]
    assert elbow(range(1, 11), inertia) == 3


@pytest.mark.parametrize(("rows", "at_most", "found"), [(5, 10, 5), (5, 3, 3), (1, 2, 1)])
def test_distinct_rows_are_counted_no_further_than_asked(rows: int, at_most: int, found: int) -> None:
    assert distinct_rows(np.repeat(np.arange(rows, dtype=float)[:, None], 7, axis=0), at_most) == found


def test_rows_without_columns_are_all_alike() -> None:
    assert distinct_rows(np.empty((9, 0)), 5) == 1


def test_distinct_rows_are_found_beyond_the_first_chunk() -> None:
    X = np.zeros((70_000, 2))
    X[-1] = 1.0
    assert distinct_rows(X, 5) == 2
