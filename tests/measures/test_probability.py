"""AUC against hand arithmetic and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from shoal.measures.probability import auc


def test_by_hand_ties_count_half() -> None:
    happened = np.array([True, True, False, False])
    assert auc(np.array([3.0, 2, 1, 0]), happened) == 1
    assert auc(np.array([0.0, 1, 2, 3]), happened) == 0
    assert auc(np.ones(4), happened) == 0.5
    assert auc(np.array([2.0, 1, 1, 0]), happened) == (4 - 0.5) / 4


def test_without_both_kinds_there_is_no_answer() -> None:
    assert np.isnan(auc(np.arange(3.0), np.ones(3, dtype=bool)))
    assert np.isnan(auc(np.arange(3.0), np.zeros(3, dtype=bool)))


@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=60))
def test_it_is_scikit_learns(rows: list[tuple[int, bool]]) -> None:
    score, happened = np.array([float(s) for s, _ in rows]), np.array([h for _, h in rows])
    if happened.all() or not happened.any():
        assert np.isnan(auc(score, happened))
    else:
        assert auc(score, happened) == pytest.approx(roc_auc_score(happened, score))
