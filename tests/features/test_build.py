"""Every feature against arithmetic done by hand; what the log cannot support is absent."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from shoal.features.build import build
from shoal.features.catalogue import CATALOGUE
from shoal.features.categories import frozen_categories
from shoal.features.result import Features
from shoal.words.errors import InputError
from shoal.words.language import Text
from tests.features.conftest import MakeLog, event

# Day 100 is the cut, the look-back starts on day 50; day 91 is a Thursday (day 0 was one), days 93 and 94 a weekend.
SHOP = [
    event("ann", 60.25, 10, product_id="tea", category="food/hot", quantity=2),
    event("ann", 60.25, 30, product_id="pan", category="home", quantity=1, discount=5),
    event("ann", 70.5, 20, product_id="tea", category="food/hot", quantity=4),
    event("ann", 94.75, 40, product_id="mug", category="home", quantity=1),
    event("ann", 95.0, 10, product_id="mug", category="home", event_type="refund", order_id="C1"),
    event("bob", 20.5, 99, product_id="tea", category="food/hot"),
    event("cid", 99.5, None, product_id="pan", category="home", event_type="view", order_id=None, quantity=None),
]


def value(features: Features, customer: str, name: str) -> float | None:
    row = features.table["customer_id"].to_pylist().index(customer)
    return features.table[name][row].as_py()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tenure_days", 39.75),
        ("days_since_last_order", 5.25),
        ("orders", 3),
        ("orders_30d", 2),
        ("days_with_orders", 3),
        ("spend_total", 100),
        ("spend_30d", 60),
        ("average_order_value", 100 / 3),
        ("largest_order_value", 40),
        ("gap_mean_days", (10 + 24) / 2),
        ("gap_std_days", math.sqrt(((10 - 17) ** 2 + (24 - 17) ** 2) / 1)),
        ("pieces_total", 8),
        ("pieces_per_order", 8 / 3),
        ("lines_per_order", 4 / 3),
        ("average_unit_price", 100 / 8),
        ("products_distinct", 3),
        ("share_repeat_products", 1 / 3),
        ("categories_distinct", 2),
        ("share_top_category", 70 / 100),
        ("refund_orders", 1),
        ("refunded_total", 10),
        ("share_refunded", 0.1),
        ("share_discounted", 0.3),
        ("share_weekend", 1 / 3),
        ("share_morning", 1 / 3),
        ("share_afternoon", 1 / 3),
        ("share_evening", 1 / 3),
        ("share_night", 0),
        ("views", 0),
        ("days_active", 4),
        ("days_since_last_visit", 5.0),
        ("spend_in_home", 70),
        ("spend_in_food", 30),
    ],
)
def test_a_feature_is_what_paper_and_pencil_give(make_log: MakeLog, name: str, expected: float) -> None:
    features = build(log := make_log(SHOP), log.clock)
    assert value(features, "ann", name) == pytest.approx(expected, rel=1e-12)


def test_who_bought_nothing_in_the_look_back_has_zeros_and_the_whole_look_back_as_recency(make_log: MakeLog) -> None:
    features = build(log := make_log(SHOP), log.clock)
    assert features.table["customer_id"].to_pylist() == ["ann", "bob", "cid"]
    for name, expected in (("orders", 0), ("spend_total", 0), ("days_since_last_order", 50), ("tenure_days", 50)):
        assert value(features, "bob", name) == expected
    for name in ("average_order_value", "gap_mean_days", "share_weekend", "share_refunded"):
        assert value(features, "bob", name) is None
    assert value(features, "cid", "views") == 1


def test_what_the_log_cannot_support_is_absent_and_said_so(make_log: MakeLog) -> None:
    features = build(log := make_log([event("ann", 60, 5), event("bob", 61, 6)]), log.clock)
    absent = {a.name: a.reason.en for a in features.absent}
    assert absent["products_distinct"] == "the log carries no products"
    assert absent["refund_orders"] == "the log carries no returns"
    assert absent["orders_90d"] == "the look-back is shorter than 90 days"
    assert "share_morning" in absent
    assert "share_weekend" not in absent
    assert not {*absent} & {*features.table.column_names}
    assert {f.code for f in features.findings} == {"no_products", "absent_features"}


def test_every_entry_of_the_catalogue_is_computed_or_absent(make_log: MakeLog) -> None:
    features = build(log := make_log(SHOP), log.clock)
    assert {c.name for c in features.columns if c.category is None and c.level is None} | {
        a.name for a in features.absent
    } == {f.name for f in CATALOGUE}
    assert len(CATALOGUE) >= 75


def test_an_empty_cell_is_explained_and_only_where_one_can_be(make_log: MakeLog) -> None:
    features = build(log := make_log(SHOP), log.clock)
    for column in features.columns:
        if features.table[column.name].null_count:
            assert column.null is not None, column.name
    for feature in CATALOGUE:
        assert (feature.null is not None) == (feature.empty == "null"), feature.name


def test_two_orders_on_one_day_are_two_orders_and_one_day(make_log: MakeLog) -> None:
    events = [event("ann", 60.1, 5, order_id="a"), event("ann", 60.9, 5, order_id="b"), event("ann", 63, 5)]
    features = build(log := make_log(events), log.clock)
    assert [value(features, "ann", n) for n in ("orders", "days_with_orders", "gap_mean_days")] == [3, 2, 3]


@pytest.mark.parametrize(
    "hostile", ["it's", 'a"b', "{as_of}", "x); DROP TABLE events; --", "書/茶", "</script>", "a\nb"]
)
def test_a_hostile_category_is_a_name_and_nothing_else(make_log: MakeLog, hostile: str) -> None:
    events = [event("ann", 60, 5, category=hostile, category_1=hostile), event("bob", 61, 7, category="tea")]
    features = build(log := make_log(events), log.clock)
    mine = next(c for c in features.categories if c.key == hostile)
    assert value(features, "ann", mine.column) == 5
    assert mine.label.en == hostile


def test_categories_whose_names_fold_together_keep_columns_of_their_own(make_log: MakeLog) -> None:
    events = [event("ann", 60, 5, category="Tea!"), event("ann", 61, 7, category="tea?")]
    features = build(log := make_log(events), log.clock)
    assert sorted(c.column for c in features.categories) == ["spend_in_tea", "spend_in_tea_2"]
    assert [value(features, "ann", c.column) for c in features.categories] == [7, 5]


def test_the_order_of_rows_and_what_comes_later_change_no_bit(make_log: MakeLog) -> None:
    rng = random.Random(3)
    events = [
        event(
            f"c{rng.randrange(9)}",
            rng.uniform(40, 99.9),
            round(rng.expovariate(0.1), 2),
            order_id=f"o{n // 2}",
            product_id=f"p{rng.randrange(6)}",
            category=rng.choice("abc"),
        )
        for n in range(200)
    ]
    first = build(log := make_log(events), log.clock).table
    shuffled = [*events, *(event("c1", 100 + d, 1000, product_id="p9", category="z") for d in range(5))]
    rng.shuffle(shuffled)
    again = build(log := make_log(shuffled), log.clock).table
    assert first.equals(again)


def test_an_earlier_cut_is_the_same_as_a_log_that_ends_there(make_log: MakeLog) -> None:
    long = make_log(SHOP)
    earlier = build(long, long.clock.earlier(10)).table
    short = make_log(SHOP, as_of=90)
    short = replace(short, has=long.has, types=long.types)
    assert earlier.equals(build(short, short.clock).table)


def test_frozen_categories_give_the_same_columns_on_other_events(make_log: MakeLog) -> None:
    study = build(log := make_log(SHOP), log.clock)
    later = [
        event("dan", 80.5, 7, product_id="tea", category="food", discount=1),
        event("dan", 81, 5, category="garden"),
    ]
    today = build(log := make_log(later), log.clock, frozen_categories(study), like=study)
    assert today.table.column_names == study.table.column_names
    assert value(today, "dan", "spend_in_food") == 7
    assert value(today, "dan", "categories_distinct") == 2


def test_a_log_without_a_needed_column_is_refused_for_a_frozen_model(make_log: MakeLog) -> None:
    study = build(log := make_log(SHOP), log.clock)
    with pytest.raises(InputError, match="amounts"):
        build(log := make_log([event("dan", 80, None)]), log.clock, frozen_categories(study), like=study)


@pytest.mark.parametrize(
    ("kind", "amount", "said", "unit"),
    [
        ("purchase", 5.0, Text("spend on Tea", "Tea消费额"), "currency"),
        ("purchase", None, Text("purchases of Tea", "Tea购买次数"), "events"),
        ("view", None, Text("views of Tea", "Tea浏览次数"), "events"),
    ],
)
def test_a_category_is_only_called_spend_where_the_log_has_amounts(
    make_log: MakeLog, kind: str, amount: float | None, said: Text, unit: str
) -> None:
    events = [event("a", 60 + n, amount, event_type=kind, category=("Tea", "Rice")[n % 2]) for n in range(6)]
    log = make_log(events)
    made = build(log, log.clock)
    tea = next(info for info in made.columns if info.category == "Tea")
    assert (tea.label, tea.unit) == (said, unit)
    assert (made.currency is None) == (amount is None)
