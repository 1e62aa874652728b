"""The tree of a segmentation: its SQL says what its leaves say, its curve starts at one leaf a segment."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans

from shoal.engines.contract import Engine
from shoal.features.result import Features
from shoal.segments.outline import find_tree
from shoal.segments.questions import answered, grow
from shoal.segments.result import Segments
from shoal.segments.segment import segment
from shoal.segments.settings import SegmentSettings
from shoal.segments.space import Space, numbers
from tests.segments.made import features_of, shop


def test_a_tree_has_a_leaf_for_each_segment_and_grows_to_four(three: Segments) -> None:
    tree = three.tree
    assert tree is not None
    assert sorted(leaf.segment for leaf in tree.leaves) == [1, 2, 3]
    assert [step.leaves for step in tree.curve] == list(range(3, tree.curve[-1].leaves + 1))
    assert tree.curve[-1].leaves <= 12
    assert sum(leaf.share_customers for leaf in tree.leaves) == pytest.approx(1)
    agreement = sum(leaf.share_customers * leaf.right for leaf in tree.leaves)
    assert tree.curve[0].agreement == pytest.approx(agreement)
    assert tree.curve[0].agreement > 0.9
    assert tree.curve[-1].cost_ratio <= tree.curve[0].cost_ratio


def test_the_sql_of_the_tree_gives_every_customer_the_segment_of_its_leaf(
    engine: Engine, small_shop: Features, three: Segments
) -> None:
    tree = three.tree
    assert tree is not None
    engine.register("features", small_shop.table)
    said = dict(engine.rows(f"SELECT customer_id, {tree.sql} FROM features"))
    customers = small_shop.table["customer_id"].to_pylist()
    held = {name: numbers(small_shop.table, name) for name in small_shop.table.column_names[1:]}
    for leaf in tree.leaves:
        met = np.ones(len(customers), dtype=bool)
        for condition in leaf.conditions:
            below = held[condition.feature] <= condition.threshold
            met &= below if condition.side == "<=" else ~below
        assert {said[customers[i]] for i in np.flatnonzero(met)} == {leaf.segment}
        assert met.mean() == pytest.approx(leaf.share_customers)
    assert all(value in (1, 2, 3) for value in said.values())


def test_in_the_textbooks_space_it_is_the_published_tree() -> None:
    """With standardised columns the segments' means are the centres, so nothing but the unit differs."""
    rng = np.random.default_rng(0)
    raw = np.concatenate([rng.normal(m, 1, (60, 2)) for m in ((0, 0), (6, 0), (0, 8), (7, 9))]) * [3, 50]
    made = segment(features_of({"a": raw[:, 0], "b": raw[:, 1]}), SegmentSettings(space="standardised", k=4))
    z = (raw - raw.mean(axis=0)) / raw.std(axis=0)
    model = KMeans(4, n_init=10, random_state=0).fit(z)
    nodes = grow(z, z, model.cluster_centers_, model.cluster_centers_, 4)
    groups = answered(nodes, z, 4)
    cost = sum(((z[groups == g] - z[groups == g].mean(axis=0)) ** 2).sum() for g in range(4))
    assert made.tree is not None
    assert made.tree.curve[0].cost_ratio == pytest.approx(cost / model.inertia_)


def test_only_what_everyone_has_is_asked() -> None:
    features = shop(120)
    asked = {c.feature for leaf in segment(features, SegmentSettings(k=4)).tree.leaves for c in leaf.conditions}
    assert asked
    assert "gap_mean_days" not in asked


def test_one_segment_or_nothing_to_ask_has_no_tree() -> None:
    alone = np.zeros(20, dtype=np.int64)
    features = features_of({"orders": np.arange(20.0)})
    assert find_tree(features, Space("behaviour", ()), np.arange(20.0)[:, None], alone, 1) is None
    empty = features_of({"gap": [None] * 10 + [1.0] * 10})
    halves = np.repeat([0, 1], 10)
    assert find_tree(empty, Space("behaviour", ()), np.arange(20.0)[:, None], halves, 2) is None


@pytest.mark.parametrize("seed", [0, 5])
def test_more_leaves_never_cost_more(seed: int) -> None:
    """In clouds without groups a further cut may loosen the groups a trace; then the smaller tree stands."""
    rng = np.random.default_rng(seed)
    cloud = features_of({f"n{i}": rng.normal(size=200) for i in range(3)})
    tree = segment(cloud, SegmentSettings(space="standardised", k=5, n_init=2)).tree
    assert tree is not None
    costs = [step.cost_ratio for step in tree.curve]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] < costs[0]
    assert [step.leaves for step in tree.curve] == list(range(5, 5 + len(costs)))
