from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.recommend.interactions import Interactions
from shoal.recommend.lesson import last_baskets, split
from tests.recommend.shops import DAYS, shop

SEEN = Interactions.of(
    ["u", "u", "u", "v", "v", "w"],
    ["a", "b", "c", "a", "b", "c"],
    [1, 5, 5, 2, 8, 3],
    ["purchase", "purchase", "purchase", "purchase", "view", "view"],
)


def test_the_last_days_are_apart() -> None:
    # the log ends before day 9: the last 4 days begin on day 5
    lesson = split(SEEN, 4)
    assert lesson.before.day.tolist() == [1, 2, 3]
    assert lesson.after.toarray().tolist() == [[0, 1, 1], [0, 0, 0], [0, 0, 0]]
    assert lesson.before.now.tolist() == [5, 5, 5]
    assert lesson.judged.tolist() == [0]


def test_the_last_basket_of_each_is_apart_with_the_looking_of_that_day_and_after() -> None:
    lesson = split(SEEN, "basket")
    assert last_baskets(SEEN).tolist() == [5, 2, 9]
    assert lesson.before.day.tolist() == [1, 3]
    assert lesson.after.toarray().tolist() == [[0, 1, 1], [1, 0, 0], [0, 0, 0]]
    assert lesson.judged.tolist() == [0]  # v has no history before its only basket


def test_what_was_bought_twice_after_the_cut_counts_once() -> None:
    seen = Interactions.of(["u"] * 3, ["a"] * 3, [1, 8, 9])
    assert split(seen, 4).after.toarray().tolist() == [[1.0]]


@settings(max_examples=20, deadline=None)
@given(st.integers(1, DAYS))
def test_nothing_is_lost_and_nothing_seen_twice(days: int) -> None:
    seen = shop()
    lesson = split(seen, days)
    later = seen.bought & (seen.day >= DAYS - days)
    assert lesson.before.events == int((seen.day < DAYS - days).sum())
    assert lesson.after.nnz == len(
        np.unique(seen.customer[later].astype(np.int64) * seen.products + seen.product[later])
    )
