"""What to expect of a segment: sums of what was really done, in money, with intervals that hold the truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shoal.features.result import Lesson
from shoal.measures.validity import Interval
from shoal.segments.model import SegmentModel
from shoal.segments.outlook import DRAWS, ahead, sentence, whole, with_outlook
from shoal.segments.portrait import Segment
from shoal.segments.prospect import Outlook
from shoal.segments.space import Space, SpaceColumn
from shoal.show.cells import DASH
from shoal.words.language import Text
from tests.segments.lessons import lesson_of
from tests.segments.made import features_of

SPACE = Space("behaviour", (SpaceColumn("orders", "identity", 0.0, 1.0),))
MODEL = SegmentModel(SPACE, ((1.0,), (10.0,)), (1, 2))


def _segments(few: int, many: int) -> list[Segment]:
    return [Segment(n + 1, Text.same(f"s{n}"), size, 0.5, ()) for n, size in enumerate((few, many))]


def _lesson(orders: list[float], spend: list[float] | None = None, **categories: list[float]) -> Lesson:
    """Forty customers with one order before the cut, forty with ten."""
    columns = {"orders": [1.0] * 40 + [10.0] * 40, **{name: [0.0] * 80 for name in categories}}
    return lesson_of(features_of(columns), orders, spend, **categories)


def test_the_outlook_is_the_mean_of_what_was_done_times_the_customers_of_today() -> None:
    """Forty who stood there placed one order each for 25; there are 50 of them today: 50 orders, 1,250."""
    lesson = _lesson([1.0] * 40 + [4.0] * 40, [25.0] * 40 + [100.0] * 40)
    few, many = with_outlook(_segments(50, 30), MODEL, [lesson], 0)
    assert few.outlook is not None
    assert many.outlook is not None
    assert (few.outlook.orders.value, few.outlook.spend.value, few.outlook.customers_then) == (50.0, 1250.0, 40)
    assert (many.outlook.orders.value, many.outlook.spend.value) == (120.0, 3000.0)
    assert (few.outlook.orders.low, few.outlook.orders.high) == (50.0, 50.0)


def test_money_is_summed_and_never_a_squared_root() -> None:
    """Half spend 0 and half 400: the mean is 200, where the square of the mean root would be 100."""
    few, _ = with_outlook(_segments(10, 10), MODEL, [_lesson([1.0] * 80, ([0.0, 400.0] * 20) + [1.0] * 40)], 0)
    assert few.outlook.spend.value == pytest.approx(10 * 200)


def test_categories_come_largest_first_and_make_up_the_spend() -> None:
    lesson = _lesson([1.0] * 79 + [2.0], [10.0] * 80, spend_in_Tea=[3.0] * 80, spend_in_Rice=[7.0] * 80)
    few, _ = with_outlook(_segments(10, 10), MODEL, [lesson], 0)
    assert [(one.label.en, one.spend.value) for one in few.outlook.categories] == [("Rice", 70.0), ("Tea", 30.0)]
    assert sum(one.spend.value for one in few.outlook.categories) == few.outlook.spend.value


def test_an_interval_holds_the_truth_about_nineteen_times_in_twenty() -> None:
    """Orders are Poisson of mean 2, so 100 customers will place 200: 300 shops, binomial tolerance."""
    held = 0
    for seed in range(300):
        orders = np.random.default_rng(seed).poisson(2, 80).astype(float)
        few, _ = with_outlook(_segments(100, 1), MODEL, [_lesson(orders.tolist())], seed)
        held += few.outlook.orders.low <= 200 <= few.outlook.orders.high
    assert 0.88 <= held / 300 <= 0.99


def test_what_nobody_did_may_still_happen() -> None:
    """None of forty ordered, others of the shop four times each: up to 3 / 40 of 100 customers times 4 orders."""
    few, _ = with_outlook(_segments(100, 10), MODEL, [_lesson([0.0] * 40 + [4.0] * 40)], 0)
    assert (few.outlook.orders.value, few.outlook.orders.low) == (0.0, 0.0)
    assert few.outlook.orders.high == pytest.approx(100 * 3 / 40 * 4)


def test_the_sums_of_all_segments_are_the_shop_s() -> None:
    """As many customers today as then in each segment: together what the shop did."""
    orders = np.random.default_rng(0).poisson(3, 80).astype(float).tolist()
    found = with_outlook(_segments(40, 40), MODEL, [_lesson(orders)], 0)
    assert sum(one.outlook.orders.value for one in found) == pytest.approx(sum(orders))


def test_nothing_is_expected_of_fewer_than_ten() -> None:
    features = features_of({"orders": [1.0] * 9 + [10.0] * 40})
    few, many = with_outlook(_segments(10, 10), MODEL, [lesson_of(features, [1.0] * 9 + [2.0] * 40)], 0)
    assert few.outlook is None
    assert many.outlook is not None


@pytest.mark.parametrize(
    "lessons", [[], [_lesson([0.0] * 80)], [lesson_of(features_of({"spend_total": [1.0] * 40}), [1.0] * 39 + [2.0])]]
)
def test_without_an_earlier_date_that_teaches_there_is_no_outlook(lessons: list[Lesson]) -> None:
    found = with_outlook(_segments(10, 10), MODEL, lessons, 0)
    assert [one.outlook for one in found] == [None, None]
    assert list(ahead(found, "GBP")) == []


def test_it_is_said_in_both_languages_with_its_interval() -> None:
    few, many = with_outlook(_segments(50, 30), MODEL, [_lesson([1.0] * 80, [25.0] * 79 + [30.0])], 0)
    said = sentence(few.outlook, "GBP").text
    assert said.en.replace(DASH, " – ").startswith(
        "In the next 90 days they will probably place 50 (50 – 50) orders for GBP 1,250 ("
    )
    assert said.zh.startswith("未来 90 天")
    (table,) = ahead([few, many], "GBP")
    assert len(table.rows) == 3
    assert DRAWS >= 400


def test_the_same_customers_give_the_same_interval_in_any_order() -> None:
    orders = np.random.default_rng(1).poisson(2, 80).astype(float).tolist()
    first, _ = with_outlook(_segments(10, 10), MODEL, [_lesson(orders)], 7)
    again, _ = with_outlook(_segments(10, 10), MODEL, [_lesson(orders)], 7)
    assert first.outlook == again.outlook


def test_the_whole_shop_stands_below_its_segments() -> None:
    """Twenty of forty ordered once and twenty ten times: 50 customers will place 275. Of the others every one orders
    four times: 120 of 30. Together 395, as uncertain as the first alone, for the second is not uncertain at all."""
    lesson = _lesson([1.0, 10.0] * 20 + [4.0] * 40, spend_in_Tea=[1.0, 3.0] * 20 + [2.0] * 40)
    few, many = with_outlook(_segments(50, 30), MODEL, [lesson], 0)
    both = whole([few.outlook, many.outlook])
    assert (few.outlook.orders.value, many.outlook.orders.value, both.orders.value) == (275.0, 120.0, 395.0)
    assert both.orders.high - both.orders.value == pytest.approx(few.outlook.orders.high - few.outlook.orders.value)
    assert (both.customers_then, both.categories[0].spend.value) == (80, 50 * 2 + 30 * 2)
    (table,) = ahead([few, many], None)
    assert table.rows[-1][0].en == "All"
    assert table.rows[-1][1].en.startswith("395 (")


def test_intervals_of_parts_add_as_the_sides_of_a_right_angle() -> None:
    parts = [Interval(10.0, 7.0, 14.0), Interval(20.0, 16.0, 23.0)]
    outlooks = [Outlook("2024-01-01", 90, 20, part, None) for part in parts]
    assert whole(outlooks).orders == Interval(30.0, 25.0, 35.0)


def test_where_nothing_is_known_of_one_segment_the_shop_is_not_summed() -> None:
    few, many = with_outlook(_segments(50, 30), MODEL, [_lesson([1.0] * 79 + [2.0])], 0)
    (table,) = ahead([few, replace(many, outlook=None)], None)
    assert len(table.rows) == 1
