"""Rules in the words of platforms: only what they can say, and the same customers where both can be run."""

from __future__ import annotations

import json

import numpy as np
import pytest

from shoal.segments.carry import rough, written_out
from shoal.segments.platforms import expressions, with_expressions
from shoal.segments.result import Segments
from shoal.segments.rule import Condition, Rule, Side
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
    shopify, _ = expressions([_condition(feature, side, threshold)], 365)
    assert (shopify.platform, shopify.query, shopify.cannot) == ("shopify", query, ())


def test_conditions_are_joined_by_and_in_both() -> None:
    conditions = [_condition("orders", ">", 4.0), _condition("days_since_last_order", "<=", 30.0)]
    shopify, klaviyo = expressions(conditions, 365)
    assert shopify.query == "orders_placed MATCHES (date >= -365d, count >= 5) AND orders_placed MATCHES (date >= -30d)"
    groups = json.loads(klaviyo.query or "")["condition_groups"]
    assert [len(group["conditions"]) for group in groups] == [1, 1]
    first, second = (group["conditions"][0] for group in groups)
    assert (first["metric_id"], first["measurement"]) == ("Placed Order", "count")
    assert first["measurement_filter"] == {"type": "numeric", "operator": "greater-than", "value": 4}
    assert second["measurement_filter"]["operator"] == "greater-than"
    assert second["timeframe_filter"] == {"type": "date", "operator": "in-the-last", "unit": "day", "quantity": 30}


def test_who_never_ordered_meets_an_at_most() -> None:
    """At most two orders, and more than 90 days without one: the negation of what is there, not a comparison."""
    for one in (_condition("orders", "<=", 2.0), _condition("days_since_last_order", ">", 90.0)):
        shopify, klaviyo = expressions([one], 365)
        assert "NOT MATCHES" in (shopify.query or "")
        asked = json.loads(klaviyo.query or "")["condition_groups"][0]["conditions"][0]
        assert asked["measurement_filter"]["operator"] == "less-than-or-equal"


def test_browsing_is_known_to_one_platform_only() -> None:
    shopify, klaviyo = expressions([_condition("views_30d", ">", 9.0)], 365)
    assert (shopify.query, [label.en for label in shopify.cannot]) == (None, ["views 30d"])
    asked = json.loads(klaviyo.query or "")["condition_groups"][0]["conditions"][0]
    assert (asked["metric_id"], asked["timeframe_filter"]["quantity"]) == ("Viewed Product", 30)


def test_one_condition_that_cannot_be_said_makes_the_rule_unsayable() -> None:
    conditions = [_condition("orders", ">", 4.0), _condition("share_weekend", ">", 0.5)]
    for one in expressions(conditions, 365):
        assert (one.query, [label.en for label in one.cannot]) == (None, ["share weekend"])


def test_every_segment_says_how_to_carry_it_away(three: Segments) -> None:
    for one in three.segments:
        assert one.rule is not None
        assert [said.platform for said in one.rule.elsewhere] == ["shopify", "klaviyo"]
        assert all((said.query is None) == bool(said.cannot) for said in one.rule.elsewhere)
        for language in ("en", "zh"):
            shown = three.alone(one.number).text(language)
            assert "Shopify" in shown
            assert "Klaviyo" in shown


def test_a_table_without_a_look_back_has_no_platform(three: Segments) -> None:
    assert with_expressions(three.segments, None) == three.segments


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
    hostile = Condition('spend_in_"; DROP TABLE x', ">", 1.0, Text.same("</script><img onerror=alert(1)>"))
    rule = Rule((hostile,), "TRUE", 1, 1.0, 1.0, 1.0, expressions([hostile], 365))
    assert all(one.query is None for one in rule.elsewhere)
    assert any("</script>" in block.text.en for block in written_out(rule))
