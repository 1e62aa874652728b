"""Where a segment is going: said of a typical customer's facts, and only where they are clearly not the shop's."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from shoal.segments.direction import direction
from shoal.segments.explain import explain
from shoal.segments.naming import named
from shoal.segments.portrait import Segment
from shoal.segments.traits import traits
from tests.segments.made import features_of

EACH = 60
PLAIN = {
    "tenure_days": 360.0,
    "days_since_first_order": 340.0,
    "days_since_last_order": 30.0,
    "orders": 5.0,
    "overdue": 0.6,
    "share_orders_90d": 0.25,
    "spend_total": 100.0,
    "share_weekend": 0.25,
}


def _first_of_two(facts: Mapping[str, float], noise: float = 0.02) -> Segment:
    """The portrait of customers of whom `facts` are typical, beside as many of whom `PLAIN` is."""
    draw = np.random.default_rng(0)
    typical = np.repeat([0, 1], EACH)
    wobble = 1 + noise * draw.normal(size=(len(PLAIN), 2 * EACH))
    columns = {
        name: np.where(typical == 0, facts.get(name, plain), plain) * wobble[row]
        for row, (name, plain) in enumerate(PLAIN.items())
    }
    return explain(features_of({**columns, **_extra(facts, typical)}), typical, 2).segments[0]


def _extra(facts: Mapping[str, float], typical: np.ndarray) -> dict[str, np.ndarray]:
    return {name: np.where(typical == 0, value, 0.0) for name, value in facts.items() if name not in PLAIN}


@pytest.mark.parametrize(
    ("facts", "key"),
    [
        ({"tenure_days": 50.0, "days_since_first_order": 40.0}, "new"),
        ({"days_since_first_order": 60.0}, "back"),
        ({"share_orders_90d": 0.6}, "growing"),
        ({"days_since_last_order": 120.0, "overdue": 3.0, "share_orders_90d": 0.05}, "drifting"),
        ({"days_since_last_order": 250.0, "orders": 1.2, "overdue": np.nan}, "lapsed"),
        ({"days_since_last_order": 5.0}, "active"),
        ({"orders": 0.4, "days_since_last_order": 365.0}, ""),
        ({}, ""),
    ],
)
def test_each_direction_has_its_facts(facts: dict[str, float], key: str) -> None:
    assert direction(_first_of_two(facts)) == key


@pytest.mark.parametrize(
    "facts",
    [
        {"days_since_last_order": 120.0, "overdue": 1.0},  # later than the others, yet at their own pace
        {"days_since_last_order": 50.0, "orders": 1.2, "overdue": np.nan},  # once, and not two months ago
        {"tenure_days": 200.0},  # later than the others, yet known for half a year
        {"share_orders_90d": 0.4},  # more than the others, yet not half of the year
        {"share_orders_90d": 0.6, "orders": 2.2},  # one of two orders was lately: so it is by chance nearly as often
        {"overdue": 3.0, "days_since_last_order": 40.0},  # overdue, yet here last month
    ],
)
def test_a_clear_difference_without_the_fact_is_no_direction(facts: dict[str, float]) -> None:
    assert direction(_first_of_two(facts)) not in ("new", "growing", "drifting", "lapsed")


def test_the_fact_without_a_clear_difference_is_no_direction() -> None:
    """All customers of a young shop are new: that sets nobody apart."""
    young = {"tenure_days": 50.0, "days_since_first_order": 40.0}
    draw = np.random.default_rng(1)
    columns = {name: young.get(name, plain) * (1 + 0.1 * draw.normal(size=120)) for name, plain in PLAIN.items()}
    found = explain(features_of(columns), np.arange(120) % 2, 2).segments
    assert [direction(one) for one in found] == ["", ""]


def test_who_only_looked_before_is_not_back_again() -> None:
    assert direction(_first_of_two({"days_since_first_order": 60.0, "views": 3.0})) != "back"


def test_weekend_buyers_drifting_away_are_named_so() -> None:
    columns = {
        name: np.repeat([facts.get(name, plain), plain], EACH)
        + np.random.default_rng(row).normal(0, plain / 50, 2 * EACH)
        for row, (name, plain) in enumerate(PLAIN.items())
        for facts in ({"share_weekend": 0.8, "days_since_last_order": 120.0, "overdue": 3.0, "orders": 2.2},)
    }
    books = np.repeat([90.0, 10.0], EACH)
    features = features_of({**columns, "spend_in_Books": books, "spend_in_Food": books[::-1]})
    first, _ = named(explain(features, np.repeat([0, 1], EACH), 2).segments, features.columns)
    assert first.name.en == "Weekend Books buyers, drifting away"
    assert first.name.zh == "偏爱Books的周末买家，有流失迹象"


def test_somewhat_more_at_weekends_makes_no_weekend_buyers() -> None:
    part = _first_of_two({"share_weekend": 0.4})
    assert part.of("share_weekend").strength > 1.0
    features = features_of({name: np.full(4, value) for name, value in PLAIN.items()})
    (one, _) = named((part, part), features.columns)
    assert "eekend" not in one.name.en


def test_two_of_one_kind_both_get_their_figure_and_who_spends_little_more_than_a_share_is_not_big() -> None:
    """1,600 and 500 each beside a shop of 100: both spend clearly much, neither may be called so alone."""
    draw = np.random.default_rng(4)
    spend = np.repeat([1_600.0, 500.0, 100.0], [20, 20, 160]) * (1 + 0.05 * draw.normal(size=200))
    columns = {name: plain * (1 + 0.05 * draw.normal(size=200)) for name, plain in PLAIN.items()}
    labels = np.repeat([0, 1, 2], [20, 20, 160])
    features = features_of({**columns, "spend_total": spend})
    first, second, _ = (one.name.en for one in named(explain(features, labels, 3).segments, features.columns))
    assert (first, second) == ("Top spenders", "Big spenders")
    close = np.repeat([520.0, 400.0, 100.0], [20, 20, 160]) * (1 + 0.02 * draw.normal(size=200))
    features = features_of({**columns, "spend_total": close})
    first, second, _ = (one.name.en for one in named(explain(features, labels, 3).segments, features.columns))
    assert (first, second) == ("Big spenders, about 520 each", "Big spenders, about 400 each")
    level = np.repeat([120.0, 100.0], [40, 160]) * (1 + 0.02 * draw.normal(size=200))
    features = features_of({**columns, "spend_total": level})
    names = [
        one.name.en for one in named(explain(features, np.repeat([0, 1], [40, 160]), 2).segments, features.columns)
    ]
    assert not any("big" in name.lower() for name in names)


def test_who_ordered_twice_is_no_regular() -> None:

    draw = np.random.default_rng(2)
    orders = np.repeat([2.4, 1.0], EACH) * (1 + 0.01 * draw.normal(size=2 * EACH))
    columns = {name: value * (1 + 0.05 * draw.normal(size=2 * EACH)) for name, value in PLAIN.items()}
    features = features_of({**columns, "orders": orders})
    first, _ = named(explain(features, np.repeat([0, 1], EACH), 2).segments, features.columns)
    assert first.name.en == "Repeat buyers"


def test_a_products_number_is_no_taste_to_be_named_after() -> None:
    """Groups learned in a log without names are labelled by a number."""
    books = np.repeat([90.0, 10.0], EACH)
    columns = {
        name: plain * (1 + 0.05 * np.random.default_rng(7).normal(size=2 * EACH)) for name, plain in PLAIN.items()
    }
    features = features_of({**columns, "spend_in_P0001": books, "spend_in_P0002": books[::-1]})
    names = [one.name.en for one in named(explain(features, np.repeat([0, 1], EACH), 2).segments, features.columns)]
    assert not any("P000" in name for name in names)


def test_who_bought_nothing_does_not_stay_with_few_categories() -> None:
    """In a shop of one category nobody is choosier than others, though sleepers have none of it."""
    orders = np.r_[np.zeros(30), np.ones(30), np.full(60, 9.0)] + 0.0
    columns = {
        "days_since_last_order": np.where(orders > 0, 30.0, 365.0) + np.arange(120) / 50,
        "orders": orders,
        "spend_total": 10 * orders,
        "categories_distinct": np.minimum(orders, 1.0),
        "categories_effective": np.where(orders > 0, 1.0, np.nan),
    }
    few, _ = explain(features_of(columns), np.repeat([0, 1], 60), 2).segments
    assert few.of("categories_distinct").strength < -0.4
    assert "few_categories" not in {one.key for one in traits(few, learned=False)}
    columns["categories_effective"] = np.where(orders > 1, 3.0, 1.2) + np.arange(120) % 7 / 10
    few, _ = explain(features_of(columns), np.repeat([0, 1], 60), 2).segments
    assert "few_categories" in {one.key for one in traits(few, learned=False)}
