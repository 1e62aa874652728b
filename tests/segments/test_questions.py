"""The tree of questions: published costs, planted boxes, and its laws."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine

from shoal.segments.questions import NEVER, answered, between, grow

DRAW = np.random.default_rng(0)


def cost(X: np.ndarray, groups: np.ndarray) -> float:
    return sum(float(((X[groups == g] - X[groups == g].mean(axis=0)) ** 2).sum()) for g in np.unique(groups))


@pytest.mark.parametrize(
    ("data", "k", "published"),
    [(load_iris, 3, 1.0365), (load_wine, 3, 1.0), (load_breast_cancer, 2, 1.0), (load_digits, 10, 1.2121)],
)
def test_with_one_leaf_a_cluster_the_cost_is_no_worse_than_the_published(
    data: Callable[..., tuple[np.ndarray, np.ndarray]], k: int, published: float
) -> None:
    """Ex-Greedy as printed in the notebook of lmurtinho/ExKMC: tree cost over k-means cost, the mean of ten seeds."""
    X, _ = data(return_X_y=True)
    ratios = []
    for seed in range(10):
        model = KMeans(k, n_init=10, random_state=seed).fit(X)
        nodes = grow(X, X, model.cluster_centers_, model.cluster_centers_, k)
        ratios.append(cost(X, answered(nodes, X, k)) / model.inertia_)
    assert np.mean(ratios) <= published + 5e-5


def test_more_leaves_cost_less() -> None:
    X, _ = load_digits(return_X_y=True)
    centres = KMeans(10, n_init=3, random_state=0).fit(X).cluster_centers_
    nodes = grow(X, X, centres, centres, 40)
    costs = [((X - centres[answered(nodes, X, size)]) ** 2).sum() for size in range(10, 41)]
    assert all(later < earlier for earlier, later in pairwise(costs))


def test_two_boxes_are_parted_by_the_question_that_costs_nothing() -> None:
    """Centres at (1, 0) and (1, 10): only the second column parts them, anywhere between 0 and 10."""
    X = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 10.0], [2.0, 10.0]])
    centres = np.array([[1.0, 0.0], [1.0, 10.0]])
    root, low, high = grow(X, X, centres, centres, 2)
    assert (root.feature, root.threshold, low.segment, high.segment) == (1, 0.0, 0, 1)


def test_centres_that_no_question_parts_share_a_leaf() -> None:
    X = DRAW.normal(size=(20, 2))
    values, centres = DRAW.normal(size=(20, 1)), np.array([[-1.0, 0.0], [1.0, 0.0]])
    nodes = grow(X, values, centres, np.zeros((2, 1)), 2)
    assert len({node.segment for node in nodes if node.cut_at == NEVER}) <= 2
    assert nodes[0].cut_at in (2, NEVER)


def test_a_table_without_differences_is_one_leaf() -> None:
    nodes = grow(np.zeros((5, 1)), np.ones((5, 2)), np.zeros((1, 1)), np.ones((1, 2)), 4)
    assert [node.segment for node in nodes] == [0]
    assert answered(nodes, np.ones((3, 2)), 4).tolist() == [0, 0, 0]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 5))
def test_every_cluster_has_a_leaf_and_the_order_of_rows_does_not_matter(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    X = np.round(rng.normal(size=(60, 3)), 1)
    centres = X[rng.choice(60, k, replace=False)] + np.arange(k)[:, None] * 1e-6
    nodes, order = grow(X, X, centres, centres, 4 * k), rng.permutation(60)
    assert {node.segment for node in nodes if node.cut_at > k} == set(range(k))
    again = grow(X[order], X[order], centres, centres, 4 * k)
    for size in (k, 2 * k, 4 * k):
        assert answered(again, X, size).tolist() == answered(nodes, X, size).tolist()


@settings(max_examples=60, deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_a_threshold_holds_the_low_value_and_leaves_the_high_one_out(low: float, step: float) -> None:
    assert low <= between(low, low + step) < low + step
