from __future__ import annotations

import numpy as np
import pytest

from shoal.segments.chance import ALPHA, PERMUTATIONS, adjusted, standing
from shoal.segments.explain import explain
from shoal.segments.naming import named
from shoal.segments.traits import traits
from tests.segments.made import features_of, shop


def test_a_sum_stands_in_standard_deviations_of_permutations() -> None:
    """Two of four scores -1, -1, 1, 1: their sum under permutation is -2, 0 (four times), 2 with variance 8 / 6."""
    two = standing(np.array([[-2.0], [2.0]]), np.array([4.0]), np.array([2, 2]), 4)
    assert two.ravel() == pytest.approx([-2 / (8 / 6) ** 0.5, 3**0.5])
    assert standing(np.array([[0.0]]), np.array([4.0]), np.array([4]), 4).tolist() == [[0.0]]


def _far(sums: list[list[float]], scores: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    return standing(np.array(sums), (scores**2).sum(axis=0), sizes, len(scores))


def test_the_p_value_counts_the_permutations_that_differ_as_much() -> None:
    """Of the 20 ways to take three of six scores two are as far apart as 0, 1, 2 against 3, 4, 5: p is about 0.1."""
    scores, sizes = np.arange(6.0)[:, None] - 2.5, np.array([3, 3])
    found = adjusted(_far([[-4.5], [4.5]], scores, sizes), scores, sizes)
    assert found == pytest.approx(np.full((2, 1), 0.1), abs=0.03)


def test_the_smallest_p_value_is_one_in_the_permutations_and_the_data() -> None:
    scores, sizes = np.repeat([-1.0, 1.0], 50)[:, None], np.array([50, 50])
    found = adjusted(_far([[-50.0], [50.0]], scores, sizes), scores, sizes)
    assert found.tolist() == [[1 / (PERMUTATIONS + 1)]] * 2


def test_the_more_is_looked_at_the_more_a_difference_must_show() -> None:
    scores, sizes = np.random.default_rng(3).normal(size=(120, 60)), np.array([60, 60])
    scores -= scores.mean(axis=0)
    far = _far([scores[:60].sum(axis=0).tolist(), scores[60:].sum(axis=0).tolist()], scores, sizes)
    strongest = int(np.abs(far[0]).argmax())
    alone = adjusted(far[:, [strongest]], scores[:, [strongest]], sizes)[0, 0]
    assert alone < 0.05 < adjusted(far, scores, sizes)[0, strongest]


def test_shuffled_labels_give_no_contrast_no_favourite_and_no_trait_in_95_of_100_runs() -> None:
    """A shop with everything: heavy tails, shares, categories, empty cells; its segments dealt out anew by lot."""
    features, clean = shop(120), 0
    labels = np.repeat([0, 1, 2, 3], [6, 14, 40, 60])
    for seed in range(100):
        found = explain(features, np.random.default_rng(seed).permutation(labels), 4, seed).segments
        clean += not any(one.contrasts or one.favourites or traits(one, False) for one in found)
    assert clean >= 95


def test_planted_differences_are_found_all_the_same() -> None:
    features = shop(240)
    found = explain(features, np.arange(240) % 3, 3).segments
    assert all(len(one.contrasts) >= 2 for one in found)
    assert all(contrast.p is not None and contrast.p <= ALPHA for one in found for contrast in one.contrasts)
    # 80 % on Kitchen, 60 % on Garden, 90 % on Garden: the second spend as customers do on average (57 % on Garden)
    assert [bool(one.favourites) for one in found] == [True, False, True]


def test_a_tiny_segment_far_out_is_found_and_one_like_the_others_is_not() -> None:
    draw = np.random.default_rng(0)
    spend = draw.lognormal(3, 1, 500)
    spend[:6] = 50_000.0
    features = features_of({"orders": draw.poisson(3, 500) + 1.0, "spend_total": spend})
    far, like = np.repeat([0, 1], [6, 494]), np.repeat([1, 0, 1], [100, 6, 394])
    assert [one.feature for one in explain(features, far, 2).segments[0].contrasts] == ["spend_total"]
    assert explain(features, like, 2).segments[0].contrasts == ()


def test_a_segment_of_nearly_nobody_in_a_large_shop_is_judged_at_its_own_size() -> None:
    """Twelve of 20,000 customers would be five on the sample; a feature that one in a hundred has is then wild."""
    draw = np.random.default_rng(1)
    rare = (draw.random(20_000) < 0.01).astype(float)
    rare[:12] = 0.0
    rare[:2] = 1.0
    features = features_of({"rare": rare, "other": draw.normal(size=20_000)})
    assert explain(features, np.repeat([0, 1], [12, 19_988]), 2).segments[0].contrasts == ()


def test_chance_is_the_same_whatever_the_order_of_rows() -> None:
    features, labels = shop(150), np.arange(150) % 3
    order = np.random.default_rng(0).permutation(150)
    turned = features_of(
        {info.name: features.table[info.name].take(order).to_pylist() for info in features.columns},
        features.table["customer_id"].take(order).to_pylist(),
    )
    first, second = explain(features, labels, 3).segments, explain(turned, labels[order], 3).segments
    assert [[part.p for part in one.profile] for one in first] == [[part.p for part in one.profile] for one in second]


def test_a_name_says_no_word_that_chance_could_show() -> None:
    features = shop(90)
    found = named(explain(features, np.random.default_rng(5).integers(0, 3, 90), 3).segments, features.columns)
    assert not any(one.contrasts for one in found)
    assert all("prefer" not in one.name.en and "lapsed" not in one.name.en.lower() for one in found)
