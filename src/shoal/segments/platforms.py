"""A rule as a marketing platform says it: conditions go in, a Shopify segment query or Klaviyo conditions come out.

The one thing to know: a platform knows fewer things than a log, and counts some its own way. Where it cannot say a
rule, no condition is dropped (half a rule would be another segment): the best rule of what it can say is found, with
precision and recall of its own.

Sources: Shopify's segment query language (``orders_placed MATCHES``), Klaviyo's segment definitions (groups are joined
by "and"). Klaviyo names events by ids of the account, so the name of the event stands where its id belongs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from math import floor
from typing import Any

from shoal.features.result import Features
from shoal.measures.clustering import Labels
from shoal.segments.portrait import Segment
from shoal.segments.rule import Condition, Expression, Rule
from shoal.segments.rules import Mask, find_rules, measured

Said = Callable[[Condition, int], str]
Json = dict[str, Any]
LAST_ORDER = "days_since_last_order"
PLACED, VALUE = "Placed Order", "$value"
COUNTED = {
    "orders": PLACED,
    "views": "Viewed Product",
    "carts": "Added to Cart",
    "refund_orders": "Refunded Order",
}
"""Counts that Klaviyo keeps as events of its shop integrations."""


def with_expressions(
    segments: Sequence[Segment], features: Features, labels: Labels, look_back_days: int | None
) -> tuple[Segment, ...]:
    """The segments whose rules also say how the platforms would say them; as they are where no look-back is known.

    Where a platform cannot say a rule, the best rule it can say is found and measured for it.
    """
    if look_back_days is None or not any(one.rule is not None and one.rule.conditions for one in segments):
        return tuple(segments)
    said = {platform: _rules_for(platform, segments, features, labels) for platform in PLATFORMS}
    found = list[Segment]()
    for place, one in enumerate(segments):
        if one.rule is not None and one.rule.conditions:
            elsewhere = tuple(
                _as_asked(_expression(p, one.rule, rules[place], look_back_days), features, labels == place)
                for p, rules in said.items()
            )
            one = replace(one, rule=replace(one.rule, elsewhere=elsewhere))
        found.append(one)
    return tuple(found)


def _rules_for(platform: str, segments: Sequence[Segment], features: Features, labels: Labels) -> tuple[Rule, ...]:
    """The best rule of each segment among what the platform can say."""
    knows = PLATFORMS[platform][0]
    columns = tuple(info for info in features.columns if _of(info.name) in knows)
    return find_rules(replace(features, columns=columns), labels, len(segments))


def _expression(platform: str, rule: Rule, nearest: Rule, look_back_days: int) -> Expression:
    """The rule as the platform says it; the nearest it can say where it cannot, and what stood in the way."""
    knows, write = PLATFORMS[platform]
    cannot = tuple(dict.fromkeys(one.label for one in rule.conditions if _of(one.feature) not in knows))
    used = nearest if cannot else rule
    if not used.conditions:
        return Expression(platform, None, cannot)
    query = write(used.conditions, look_back_days)
    return Expression(platform, query, cannot, used.conditions, used.precision, used.recall, used.f1)


def _as_asked(one: Expression, features: Features, wanted: Mask) -> Expression:
    """With the figures of what the platform really asks: it counts whole days, where the rule may stand within one."""
    conditions = tuple(_in_whole_days(condition) for condition in one.conditions)
    if conditions == one.conditions:
        return one
    rule = measured(conditions, features, wanted)
    return replace(one, conditions=conditions, precision=rule.precision, recall=rule.recall, f1=rule.f1)


def _in_whole_days(one: Condition) -> Condition:
    return replace(one, threshold=_whole_days(one.threshold)) if _of(one.feature) == LAST_ORDER else one


def _within(one: Condition, look_back_days: int) -> int:
    """How many whole days back a platform looks; nobody's last order is further back than the look-back says."""
    return min(int(_whole_days(one.threshold)), look_back_days)


def _whole_days(threshold: float) -> float:
    """As many whole days as there are in it, and one at the least: no platform asks for the last 0 days."""
    return float(max(1, floor(threshold)))


def shopify(conditions: Sequence[Condition], look_back_days: int) -> str:
    """The conditions as a Shopify segment query. All must be of features in `SHOPIFY`."""
    said = (SHOPIFY[_of(one.feature)](one, _days(one.feature, look_back_days)) for one in conditions)
    return " AND ".join(said)


def klaviyo(conditions: Sequence[Condition], look_back_days: int) -> str:
    """The conditions as a Klaviyo segment definition (JSON). All must be of features in `KLAVIYO`."""
    made = (_condition(one, _days(one.feature, look_back_days)) for one in conditions)
    return json.dumps({"condition_groups": [{"conditions": [condition]} for condition in made]})


def _placed(parameters: str) -> Said:
    """Orders that match, or do not, where the condition is "at most": so who never ordered meets it too."""

    def said(one: Condition, days: int) -> str:
        matches = "MATCHES" if one.side == ">" else "NOT MATCHES"
        filled = parameters.format(least=floor(one.threshold) + 1, value=_plain(one.threshold))
        return f"orders_placed {matches} (date >= -{days}d, {filled})"

    return said


def _ordered_within(one: Condition, days: int) -> str:
    matches = "MATCHES" if one.side == "<=" else "NOT MATCHES"
    return f"orders_placed {matches} (date >= -{_within(one, days)}d)"


SHOPIFY: Mapping[str, Said] = {
    "orders": _placed("count >= {least}"),
    "spend_total": _placed("sum_amount > {value}"),
    "largest_order_value": _placed("amount > {value}"),
    "days_since_last_order": _ordered_within,
}


KLAVIYO = frozenset({*COUNTED, "spend_total", "largest_order_value", "days_since_last_order"})
PLATFORMS: Mapping[str, tuple[Collection[str], Callable[[Sequence[Condition], int], str]]] = {
    "shopify": (SHOPIFY.keys(), shopify),
    "klaviyo": (KLAVIYO, klaviyo),
}


def _condition(one: Condition, days: int) -> Json:
    feature, above = _of(one.feature), one.side == ">"
    if feature == LAST_ORDER:
        return _event(PLACED, "count", not above, 0, _within(one, days))
    if feature == "spend_total":
        return _event(PLACED, "sum", above, one.threshold, days)
    if feature == "largest_order_value":
        larger = {"property": VALUE, "filter": _numeric(True, one.threshold)}
        return _event(PLACED, "count", above, 0, days) | {"metric_filters": [larger]}
    return _event(COUNTED[feature], "count", above, floor(one.threshold), days)


def _event(name: str, measurement: str, above: bool, value: float, days: int) -> Json:
    return {
        "type": "profile-metric",
        "metric_id": name,
        "measurement": measurement,
        "measurement_filter": _numeric(above, value),
        "timeframe_filter": {"type": "date", "operator": "in-the-last", "unit": "day", "quantity": days},
    }


def _numeric(above: bool, value: float) -> Json:
    return {"type": "numeric", "operator": "greater-than" if above else "less-than-or-equal", "value": value}


def _of(feature: str) -> str:
    """The feature without its days: ``orders_90d`` counts what ``orders`` counts."""
    plain = feature.removesuffix("_30d").removesuffix("_90d")
    return {"spend": "spend_total"}.get(plain, plain) if plain != feature else feature


def _days(feature: str, look_back_days: int) -> int:
    return next((days for days in (30, 90) if feature.endswith(f"_{days}d")), look_back_days)


def _plain(value: float) -> str:
    """A number without exponent, as the query language wants it."""
    return f"{value:.10f}".rstrip("0").rstrip(".")
