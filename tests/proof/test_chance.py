"""Labels that mean nothing get what chance gives, and nothing on average."""

from __future__ import annotations

import numpy as np
import pytest

from shoal.measures.validity import cross_fitted_means, mean_explained, r_squared
from shoal.proof.baselines import random_labels
from shoal.proof.origins import origins
from tests.proof.conftest import Planted, habits

SHUFFLES, FOLDS = 50, 10


def _by_chance(customers: int, groups: int) -> float:
    """What cross-fitted means of k meaningless groups explain in expectation: less than nothing, by their own noise.

    With a mean of m others drawn from n customers the squared error is S2 (1 + 1 / m), where S2 is the variance with
    n - 1; so R2 is 1 - n / (n - 1) * (1 + E[1 / m]). About nine tenths of a k-th of the customers are these others;
    with mean M and share p the first terms of E[1 / m] are (1 + (1 - p) / M) / M.
    """
    others = customers * (FOLDS - 1) / FOLDS / groups
    return 1 - customers / (customers - 1) * (1 + (1 + (1 - 1 / groups) / others) / others)


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
                r_squared(
                    now.targets,
                    cross_fitted_means(np.random.default_rng(seed).permutation(labels), now.targets, FOLDS, seed),
                )
            )
        )
        for seed in range(SHUFFLES)
    ]
    error = np.std(found, ddof=1) / np.sqrt(SHUFFLES)
    assert abs(np.mean(found) - _by_chance(len(now.targets), groups)) < 2 * error


def test_the_random_contender_is_such_a_shuffle(planted: Planted) -> None:
    origin = origins(planted(habits(60), look_back=450), 0)[0]
    drawn = [random_labels(origin, 4, seed) for seed in range(20)]
    sizes = np.bincount(np.concatenate(drawn), minlength=4) / sum(map(len, drawn))
    assert sizes == pytest.approx(np.full(4, 0.25), abs=0.05)
    assert len({tuple(one.tolist()) for one in drawn}) == 20
