"""Rules in the words of platforms: only what they can say, and the same customers where both can be run."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from shoal.features.result import Features
from shoal.segments.carry import rough, written_out
from shoal.segments.platforms import klaviyo, shopify, with_expressions
from shoal.segments.portrait import Segment
from shoal.segments.result import Segments
from shoal.segments.rule import Condition, Rule, Side
from shoal.segments.rules import find_rules, with_rules
from shoal.segments.segment import segment
from shoal.segments.settings import SegmentSettings
from shoal.words.language import Text
from tests.segments.made import features_of


def _condition(feature: str, side: Side, threshold: float) -> Condition:
    return Condition(feature, side, threshold, Text(feature.replace("_", " "), feature))


@pytest.mark.parametrize(
    ("feature", "side", "threshold", "query"),
    [
        ("orders", ">", 4.0, "orders_placed MATCHES (date >= -365d, count >= 5)"),
        ("orders", "<=", 2.5, "orders_placed NOT MATCHES (date >= -365d, count >= 3)"),
        ("orders_90d", ">", 0.0, "orders_placed MATCHES (date >= -90d, count >= 1)"),
        ("spend_total", ">", 1234.5, "orders_placed MATCHES (date >= -365d, sum_amount > 1234.5)"),
        ("spend_30d", "<=", 20.0, "orders_placed NOT MATCHES (date >= -30d, sum_amount > 20)"),
        ("largest_order_value", ">", 1e6, "orders_placed MATCHES (date >= -365d, amount > 1000000)"),
        ("days_since_last_order", "<=", 30.4, "orders_placed MATCHES (date >= -30d)"),
        ("days_since_last_order", ">", 90.0, "orders_placed NOT MATCHES (date >= -90d)"),
    ],
)
def test_a_condition_as_shopify_says_it(feature: str, side: Side, threshold: float, query: str) -> None:
    assert shopify([_condition(feature, side, threshold)], 365) == query


def _asked(one: Condition) -> dict[str, Any]:
    groups = json.loads(klaviyo([one], 365))["condition_groups"]
    return dict(groups[0]["conditions"][0])


def test_conditions_are_joined_by_and_in_both() -> None:
    conditions = [_condition("orders", ">", 4.0), _condition("days_since_last_order", "<=", 30.0)]
    both = "orders_placed MATCHES (date >= -365d, count >= 5) AND orders_placed MATCHES (date >= -30d)"
    assert shopify(conditions, 365) == both
    groups = json.loads(klaviyo(conditions, 365))["condition_groups"]
    assert [len(group["conditions"]) for group in groups] == [1, 1]
    first, second = (group["conditions"][0] for group in groups)
    assert (first["metric_id"], first["measurement"]) == ("Placed Order", "count")
    assert first["measurement_filter"] == {"type": "numeric", "operator": "greater-than", "value": 4}
    assert second["measurement_filter"]["operator"] == "greater-than"
    assert second["timeframe_filter"] == {"type": "date", "operator": "in-the-last", "unit": "day", "quantity": 30}


def test_who_never_ordered_meets_an_at_most() -> None:
    """At most two orders, and more than 90 days without one: the negation of what is there, not a comparison."""
    for one in (_condition("orders", "<=", 2.0), _condition("days_since_last_order", ">", 90.0)):
        assert "NOT MATCHES" in shopify([one], 365)
        assert _asked(one)["measurement_filter"]["operator"] == "less-than-or-equal"


def test_browsing_and_large_orders_as_klaviyo_asks_for_them() -> None:
    views = _asked(_condition("views_30d", ">", 9.0))
    assert (views["metric_id"], views["timeframe_filter"]["quantity"]) == ("Viewed Product", 30)
    large = _asked(_condition("largest_order_value", ">", 99.5))
    assert large["metric_filters"][0]["filter"] == {"type": "numeric", "operator": "greater-than", "value": 99.5}
    assert large["measurement_filter"] == {"type": "numeric", "operator": "greater-than", "value": 0}


def test_what_a_platform_cannot_say_is_named_and_the_best_it_can_say_is_measured() -> None:
    """Weekend buyers are the segment; most of them, and few others, have more than five orders."""
    draw = np.random.default_rng(0)
    weekend = np.repeat([0.9, 0.1], [100, 300])
    orders = np.where(weekend > 0.5, 5 + draw.poisson(3, 400), 1 + draw.poisson(2, 400)).astype(float)
    features = features_of({"share_weekend": weekend, "orders": orders})
    labels = (weekend < 0.5).astype(np.int64)
    (rule, _), bare = find_rules(features, labels, 2), [Segment(n, Text.same(str(n)), 1, 0.5, ()) for n in (1, 2)]
    assert [condition.feature for condition in rule.conditions] == ["share_weekend"]
    told = with_expressions(with_rules(bare, features, labels), features, labels, 365)
    for one in told[0].rule.elsewhere:
        assert [label.en for label in one.cannot] == ["share weekend"]
        (condition,) = one.conditions
        assert (condition.feature, condition.side) == ("orders", ">")
        met = orders > condition.threshold
        assert one.precision == pytest.approx((met & (labels == 0)).sum() / met.sum())
        assert one.recall == pytest.approx((met & (labels == 0)).sum() / 100)
        assert one.f1 < rule.f1


def test_what_a_platform_cannot_say_is_named_once_though_two_conditions_are_of_it() -> None:
    weekend = np.linspace(0, 1, 300)
    features = features_of({"share_weekend": weekend, "orders": np.tile([1.0, 2.0, 3.0], 100)})
    labels = ((weekend < 0.4) | (weekend > 0.6)).astype(np.int64)
    bare = [Segment(n, Text.same(str(n)), 1, 0.5, ()) for n in (1, 2)]
    rule = with_expressions(with_rules(bare, features, labels), features, labels, 365)[0].rule
    assert [condition.feature for condition in rule.conditions] == ["share_weekend"] * 2
    assert [[label.en for label in one.cannot] for one in rule.elsewhere] == [["share weekend"]] * 2


def test_where_a_platform_knows_nothing_of_it_there_is_no_query() -> None:
    features = features_of({"share_weekend": [0.1] * 20 + [0.9] * 20, "share_evening": [0.5] * 40})
    labels = np.repeat([0, 1], 20)
    bare = [Segment(n, Text.same(str(n)), 20, 0.5, ()) for n in (1, 2)]
    for one in with_expressions(with_rules(bare, features, labels), features, labels, 365):
        assert [(said.query, said.f1) for said in one.rule.elsewhere] == [(None, None)] * 2
        assert any("cannot ask for this" in block.text.en for block in written_out(one.rule))


def test_every_segment_says_how_to_carry_it_away(three: Segments) -> None:
    for one in three.segments:
        assert one.rule is not None
        assert [said.platform for said in one.rule.elsewhere] == ["shopify", "klaviyo"]
        assert all(said.query is not None and 0 < said.f1 <= one.rule.f1 + 1e-9 for said in one.rule.elsewhere)
        for language in ("en", "zh"):
            shown = three.alone(one.number).text(language)
            assert "Shopify" in shown
            assert "Klaviyo" in shown


def test_a_table_without_a_look_back_has_no_platform(three: Segments, small_shop: Features) -> None:
    assert with_expressions(three.segments, small_shop, np.zeros(600, dtype=np.int64), None) == three.segments


def test_a_rule_below_four_fifths_warns() -> None:
    """Four overlapping clouds in six columns: three conditions cannot box any of them."""
    rng = np.random.default_rng(0)
    features = features_of({f"n{i}": rng.normal(size=400) for i in range(6)})
    made = segment(features, SegmentSettings(space="standardised", k=4))
    assert all(one.rule is not None and one.rule.f1 < 0.8 for one in made.segments)
    (warned,) = (finding for finding in made.findings if finding.code == "segments.rough_rules")
    assert (warned.severity, warned.count) == ("warning", 4)


def test_a_good_rule_does_not_warn(three: Segments) -> None:
    good = [one for one in three.segments if one.rule is not None and one.rule.f1 >= 0.8]
    assert len(good) >= 2
    assert list(rough(good)) == []


def test_a_hostile_feature_name_stays_data() -> None:
    values = [0.0] * 20 + [5.0] * 20
    features = features_of({'spend_in_"; DROP TABLE x': values, "orders": values})
    labels = np.repeat([0, 1], 20)
    bare = [Segment(n, Text.same(str(n)), 20, 0.5, ()) for n in (1, 2)]
    for one in with_expressions(with_rules(bare, features, labels), features, labels, 365):
        assert all("DROP" not in (said.query or "") for said in one.rule.elsewhere)
        assert '"";' in one.rule.sql or "orders" in one.rule.sql


def test_a_segment_without_any_rule_is_warned_of_too_and_names_stand_in_quotes() -> None:
    """Everybody is the best that can be said of it, and everybody is not the segment."""
    bare = Segment(
        1, Text("Home is city, low Age", "Home为city、Age较低"), 6, 0.6, (), rule=Rule((), "TRUE", 10, 0.6, 1.0, 0.75)
    )
    (warned,) = rough([bare, replace(bare, number=2, name=Text("b", "乙"))])
    assert '"Home is city, low Age", "b"' in warned.text.en
    assert "“Home为city、Age较低”、“乙”" in warned.text.zh
    assert warned.count == 2


def test_what_a_platform_asks_in_whole_days_is_measured_in_whole_days() -> None:
    """Twenty-five ordered 17.2 days ago or less, twenty-five 17.6: the platform asks for 17 days and finds twenty."""
    features = features_of({"days_since_last_order": [10.0] * 20 + [17.2] * 5 + [17.6] * 25})
    labels = np.repeat([0, 1], 25)
    bare = [Segment(n + 1, Text.same(str(n)), 25, 0.5, ()) for n in range(2)]
    recent, late = with_expressions(with_rules(bare, features, labels), features, labels, 365)
    assert (recent.rule.f1, late.rule.f1) == (1.0, 1.0)
    for one in recent.rule.elsewhere:
        assert "17" in one.query
        assert (one.precision, one.recall, one.f1) == (1.0, 20 / 25, pytest.approx(2 * 20 / 45))
    assert [one.precision for one in late.rule.elsewhere] == [25 / 30] * 2


def test_no_platform_is_asked_for_the_last_zero_days() -> None:
    condition = [_condition("days_since_last_order", "<=", 0.4)]
    assert shopify(condition, 30) == "orders_placed MATCHES (date >= -1d)"
    assert '"quantity": 1}' in klaviyo(condition, 30)
