from __future__ import annotations

import numpy as np
import pytest

from shoal.measures.stability import crossed, jaccards, prediction_strength

OWN = np.array([0, 0, 0, 0, 1, 1])


def test_labels_are_counted_against_each_other() -> None:
    assert crossed(OWN, np.array([0, 0, 0, 2, 2, 2])).tolist() == [[3, 0, 1], [0, 0, 2]]


def test_equal_groups_under_other_numbers_are_found_again() -> None:
    assert prediction_strength(OWN, 1 - OWN) == 1.0
    assert jaccards(OWN, 1 - OWN, 2).tolist() == [1.0, 1.0]


def test_the_worst_group_speaks_for_all() -> None:
    # 4 rows split 3 and 1: 3 of 6 pairs stay together; the other group stays whole
    assert prediction_strength(OWN, np.array([0, 0, 0, 1, 1, 1])) == 0.5


def test_a_group_of_one_holds_nothing_together() -> None:
    assert prediction_strength(np.array([0, 0, 1]), np.array([0, 0, 1])) == 0.0


def test_the_jaccard_is_shared_rows_over_rows_in_either() -> None:
    # {0..3} against {0, 1, 2}: 3 of 4; {4, 5} against {3, 4, 5}: 2 of 3
    assert jaccards(OWN, np.array([0, 0, 0, 1, 1, 1]), 2) == pytest.approx([3 / 4, 2 / 3])


def test_a_group_that_was_not_drawn_says_nothing() -> None:
    assert np.isnan(jaccards(np.array([0, 0]), np.array([0, 1]), 2)[1])
