"""R, F and M from 1 to 5, shares by weekday, category, channel and device, against arithmetic done by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.engines.duckdb import DuckDBEngine
from shoal.events.result import EventLog
from shoal.features.build import build
from shoal.features.catalogue import CATALOGUE
from shoal.features.categories import frozen_categories
from shoal.features.lessons import observe
from shoal.features.result import EVENTS, Features, unit_in_words
from shoal.proof.baselines import quantile_bands
from tests.features.conftest import MakeLog, event, log_of

# Day 100 is the cut, the look-back starts on day 50. 1970-01-01 was a Thursday, so day 60 is a Monday.
SHOP = [
    event("ann", 60, 10, category="food/tea", channel="web", device="phone"),
    event("ann", 67, 10, category="food", channel="web", device=None),
    event("ann", 72, 20, category="home", channel="shop", device="desk"),
    event("ann", 80.01, None, event_type="view", order_id=None, quantity=None, channel="web"),
    event("ann", 81, None, event_type="cancel", order_id="x", quantity=None),
    event("bob", 99, 30, category="home"),
    event("cid", 70, 10, category="food"),
    event("dee", 70, 10, category="food"),
    event("eve", 20, 99, category="toys", channel="fax"),
]


def _row(features: Features, customer: str) -> dict[str, Any]:
    return next(row for row in features.table.to_pylist() if row["customer_id"] == customer)


@pytest.fixture
def shop(make_log: MakeLog) -> EventLog:
    return make_log(SHOP)


@pytest.mark.parametrize(
    ("name", "scores"),
    [
        ("recency_score", [4.0, 5.0, 2.0, 2.0, 1.0]),  # days 28, 1, 30, 30, 50: middles .7, .9, .4, .4, .1
        ("frequency_score", [5.0, 3.0, 3.0, 3.0, 1.0]),  # orders 3, 1, 1, 1, 0: middles .9, .5, .5, .5, .1
        ("monetary_score", [5.0, 4.0, 2.0, 2.0, 1.0]),  # spend 40, 30, 10, 10, 0
    ],
)
def test_scores_are_the_fifth_in_which_the_middle_of_equal_values_lies(
    shop: EventLog, name: str, scores: list[float]
) -> None:
    """cid and dee are equal in everything: a middle of 0.4 lies in the third fifth, which starts there."""
    expected = [3.0 if score == 2.0 and name != "frequency_score" else score for score in scores]
    assert build(shop, shop.clock).table[name].to_pylist() == expected


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=30))
def test_equal_values_have_equal_scores_and_more_never_a_smaller_one(orders: list[int]) -> None:
    """The law of the scores, and that they are the proof's own bands."""
    events = [event(f"c{at:02d}", 1, 1.0) for at in range(len(orders))]
    events += [event(f"c{at:02d}", 60 + n, 2.5) for at, count in enumerate(orders) for n in range(count)]
    with DuckDBEngine(memory="500MB", threads=1) as engine:
        log = log_of(engine, events)
        table = build(log, log.clock).table
    for name, score, sign in (("orders", "frequency_score", 1), ("days_since_last_order", "recency_score", -1)):
        values = sign * table[name].to_numpy()
        assert (table[score].to_numpy() == 1 + quantile_bands(values, 5)).all()


def test_shares_of_weekdays_are_of_orders(shop: EventLog) -> None:
    """Days 60 and 67 are Mondays, day 72 is a Saturday: two of ann's three orders, and one."""
    ann = _row(build(shop, shop.clock), "ann")
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    assert [ann[f"share_{day}"] for day in days] == pytest.approx([2 / 3, 0, 0, 0, 0, 1 / 3, 0])


def test_shares_of_categories_are_of_what_was_spent(shop: EventLog) -> None:
    """ann spent 20 on food and 20 at home; eve nothing in the look-back."""
    features = build(shop, shop.clock)
    ann, eve = _row(features, "ann"), _row(features, "eve")
    assert (ann["share_in_food"], ann["share_in_home"]) == (0.5, 0.5)
    assert eve["share_in_food"] is None
    assert features.info("share_in_food").label.en == "share of food"


def test_shares_of_channels_and_devices_are_of_events_that_have_one(shop: EventLog) -> None:
    """ann's events: web, web, shop, web and one without; phone and desk. The fax was before the look-back."""
    features = build(shop, shop.clock)
    ann = _row(features, "ann")
    assert (ann["share_channel_web"], ann["share_channel_shop"]) == (0.75, 0.25)
    assert (ann["share_device_phone"], ann["share_device_desk"]) == (0.5, 0.5)
    assert _row(features, "bob")["share_channel_web"] is None
    assert "share_channel_fax" not in features.table.column_names


def test_cancellations_are_counted(shop: EventLog) -> None:
    features = build(shop, shop.clock)
    assert [_row(features, name)["cancellations"] for name in ("ann", "bob")] == [1.0, 0.0]


def test_what_restates_others_shapes_nothing_and_explains_nothing(shop: EventLog) -> None:
    features = build(shop, shop.clock)
    restating = [info for info in features.columns if info.restates]
    assert len(restating) >= 14
    assert not any(info.shapes for info in restating)
    assert not any(info.restates for info in features.telling.columns)


def test_a_lesson_does_not_compute_what_nothing_is_learned_from(shop: EventLog) -> None:
    earlier = shop.clock.earlier(10)
    scheme = frozen_categories(build(shop, shop.clock))
    lesson = observe(shop, earlier, scheme)
    assert not any(info.restates for info in lesson.features.columns)


def test_the_columns_of_an_earlier_study_are_kept(shop: EventLog, make_log: MakeLog) -> None:
    like = build(shop, shop.clock)
    other = [event("zoe", 90, 5, category="food", channel="shop", device="watch", discount=0, brand="x")]
    now = build(log := make_log(other), log.clock, frozen_categories(like), like=like)
    assert now.table.column_names == like.table.column_names
    zoe = _row(now, "zoe")
    assert (zoe["share_channel_web"], zoe["share_channel_shop"], zoe["share_device_phone"]) == (0.0, 1.0, 0.0)


def test_a_hostile_channel_is_a_name_and_nothing_else(make_log: MakeLog) -> None:
    name = "a'b {x}; DROP TABLE events"
    log = make_log([event("ann", 60, 10, channel=name), event("ann", 61, 10, channel="A B-x drop")])
    features = build(log, log.clock)
    shares = [info for info in features.columns if info.name.startswith("share_channel")]
    assert {info.level for info in shares} == {name, "A B-x drop"}
    assert np.allclose([features.table[info.name][0].as_py() for info in shares], 0.5)


def test_every_unit_of_the_catalogue_is_said_in_both_languages() -> None:
    for unit in {feature.unit for feature in CATALOGUE} | {EVENTS}:
        said = unit_in_words(unit)
        assert said.en == unit
        assert said.zh != unit
