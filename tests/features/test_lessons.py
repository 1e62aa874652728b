"""Earlier cuts: which ones a history carries, what is known at each, and the sample of a large shop."""

from __future__ import annotations

from itertools import pairwise

import pytest

from shoal.features import lessons
from shoal.features.build import build
from shoal.features.categories import learn_categories
from shoal.features.lessons import cuts, observe, sampled
from shoal.words.clock import DAY_S
from tests.features.conftest import MakeLog, event

SHOP = [
    event(f"c{n:02d}", day + n / 100, 5 + n % 7, product_id=f"p{n % 3}", category=("tea", "pots")[n % 2], quantity=2)
    for n in range(40)
    for day in range(n % 10, 100, 9 + n % 5)
]


@pytest.mark.parametrize(
    ("first_day", "expected"),
    [
        (0, [90, 80, 70, 60]),  # look-back 50, horizon 10: the cut at 50 looks back to day 0 too, but four are enough
        (20, [90, 80, 70]),
        (20.5, [90, 80, 70]),  # a log that starts during its first day covers that day
        (21, [90, 80]),
        (40, [90]),
        (41, []),
    ],
)
def test_a_cut_needs_a_whole_look_back_and_a_whole_horizon(
    make_log: MakeLog, first_day: float, expected: list[int]
) -> None:
    log = make_log([event("ann", first_day, 5), event("ann", 99, 5)])
    assert [clock.as_of // DAY_S for clock in cuts(log, log.clock)] == expected
    assert all(clock.look_back_days == 50 and clock.outcomes.end <= log.clock.as_of for clock in cuts(log, log.clock))


def test_no_two_outcome_windows_overlap(make_log: MakeLog) -> None:
    log = make_log(SHOP)
    windows = [clock.outcomes for clock in cuts(log, log.clock, 4)]
    assert all(later.start == earlier.end for later, earlier in pairwise(windows))


def test_both_sides_of_a_cut_are_of_the_same_customers_in_the_same_order(make_log: MakeLog) -> None:
    log = make_log(SHOP)
    cut = cuts(log, log.clock)[0]
    lesson = observe(log, cut, learn_categories(log, cut))
    assert lesson.features.table["customer_id"].equals(lesson.outcomes.table["customer_id"])
    assert lesson.names[:2] == ("spend", "orders")
    assert set(lesson.names[2:]) == {"spend_in_tea", "spend_in_pots"}
    assert lesson.targets.shape == (40, 4)


def test_roots_of_what_came_next_by_hand(make_log: MakeLog) -> None:
    log = make_log([event("ann", 60, 5), event("ann", 91, 9), event("ann", 92, 16), event("bob", 61, 5)])
    lesson = observe(log, log.clock.earlier(10), None)
    assert lesson.targets.tolist() == [[5, 2**0.5], [0, 0]]
    assert lesson.bought.tolist() == [True, False]
    assert lesson.spend.tolist() == [25, 0]
    assert not lesson.teaches


def test_a_large_shop_is_sampled_by_customer_and_the_sample_is_whole(
    make_log: MakeLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A customer in the sample has every event there, so every feature and outcome is as in the whole shop."""
    log = make_log(SHOP)
    monkeypatch.setattr(lessons, "MOST_CUSTOMERS", 20)
    few = sampled(log)
    assert 8 <= few.customers < 40
    cut = cuts(log, log.clock)[0]
    scheme = learn_categories(log, cut)
    whole, part = observe(log, cut, scheme), observe(few, cut, scheme)
    kept = set(part.features.table["customer_id"].to_pylist())
    assert len(kept) == few.customers
    for mine, all_of_them in ((part.features.table, whole.features.table), (part.outcomes.table, whole.outcomes.table)):
        own = [name for name in mine.column_names if name != "price_level"]  # compares with other customers' prices
        assert mine.select(own).to_pylist() == [
            row for row in all_of_them.select(own).to_pylist() if row["customer_id"] in kept
        ]
    assert build(few, few.clock).table.column_names == build(log, log.clock).table.column_names


def test_a_small_shop_is_taken_whole(make_log: MakeLog) -> None:
    log = make_log(SHOP)
    assert sampled(log) is log
