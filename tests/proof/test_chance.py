"""Labels that mean nothing get what chance gives, and nothing on average."""

from __future__ import annotations

import numpy as np
import pytest

from shoal.measures.left_out import left_out_means
from shoal.measures.validity import mean_explained, r_squared
from shoal.proof.baselines import random_labels
from shoal.proof.origins import origins
from tests.proof.conftest import Planted, habits

SHUFFLES = 50


def _by_chance(sizes: np.ndarray) -> float:
    """What left-out means of meaningless groups explain in expectation: less than nothing, by their own noise.

    With a mean of m others of n customers the squared error is S2 (1 + 1 / m), where S2 is the variance with n - 1; so
    R2 is 1 - n / (n - 1) * (1 + E[1 / m]), over customers, and m is the size of the own group less one.
    """
    customers = sizes.sum()
    return float(1 - customers / (customers - 1) * (1 + (sizes / (sizes - 1)).sum() / customers))


@pytest.mark.parametrize("groups", [4, 8])
def test_fifty_shuffles_of_labels_explain_what_chance_gives_within_two_standard_errors(
    planted: Planted, groups: int
) -> None:
    """On a real origin with all its outcomes: labels dealt out anew fifty times."""
    now = origins(planted(habits()), 0)[0].now
    labels = np.arange(len(now.targets)) % groups
    found = [
        float(
            mean_explained(
                r_squared(now.targets, left_out_means(np.random.default_rng(seed).permutation(labels), now.targets))
            )
        )
        for seed in range(SHUFFLES)
    ]
    error = np.std(found, ddof=1) / np.sqrt(SHUFFLES)
    assert abs(np.mean(found) - _by_chance(np.bincount(labels))) < 2 * error


def test_the_random_contender_is_such_a_shuffle(planted: Planted) -> None:
    origin = origins(planted(habits(60), look_back=450), 0)[0]
    drawn = [random_labels(origin, 4, seed) for seed in range(20)]
    sizes = np.bincount(np.concatenate(drawn), minlength=4) / sum(map(len, drawn))
    assert sizes == pytest.approx(np.full(4, 0.25), abs=0.05)
    assert len({tuple(one.tolist()) for one in drawn}) == 20
