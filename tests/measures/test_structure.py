from __future__ import annotations

import numpy as np
import pytest

from shoal.measures.structure import chance_of_valleys, valley, valleys


@pytest.mark.parametrize("d", [1, 2, 10])
@pytest.mark.parametrize("kind", ["uniform", "normal", "exponential"])
def test_a_cloud_cut_in_two_shows_no_valley(kind: str, d: int) -> None:
    for seed in range(20):
        points = getattr(np.random.default_rng(seed), kind)(size=(500, d))
        first, second = points[:250][points[:250, 0] < 0.5].mean(0), points[:250][points[:250, 0] >= 0.5].mean(0)
        assert chance_of_valleys([valley(points[250:], first, second)]) > 0.01


@pytest.mark.parametrize("d", [1, 2, 10])
def test_two_clouds_show_one(d: int) -> None:
    draw = np.random.default_rng(0)
    points = draw.normal(size=(400, d))
    points[::2, 0] += 6
    centres = np.zeros((2, d))
    centres[1, 0] = 6
    assert chance_of_valleys(valleys(points, centres)) < 1e-6


def test_each_centre_is_compared_with_its_nearest_once() -> None:
    points = np.array([[0.0], [1.0], [10.0], [11.0]])
    assert len(valleys(points, points)) == 2  # 0 with 1, 10 with 11


def test_equal_centres_have_nothing_between_them() -> None:
    assert valley(np.zeros((4, 2)), np.zeros(2), np.zeros(2)) == (0, 0)
    assert chance_of_valleys([(0, 0)]) == 1.0
