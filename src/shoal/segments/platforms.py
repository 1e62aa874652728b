"""A rule as a marketing platform says it: conditions go in, a Shopify segment query or Klaviyo conditions come out.

The one thing to know: a platform knows fewer things than a log, and counts some of them its own way. A condition it
cannot say makes the whole rule unsayable there, and that is said: half a rule would be another segment.

Sources: Shopify's segment query language (``orders_placed MATCHES``), Klaviyo's segment definitions (groups are joined
by "and"). Klaviyo names events by ids of the account, so the name of the event stands where its id belongs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import floor
from typing import Any

from shoal.segments.portrait import Segment
from shoal.segments.rule import Condition, Expression

Said = Callable[[Condition, int], str]
Json = dict[str, Any]
PLACED, VALUE = "Placed Order", "$value"
COUNTED = {
    "orders": PLACED,
    "views": "Viewed Product",
    "carts": "Added to Cart",
    "refund_orders": "Refunded Order",
}
"""Counts that Klaviyo keeps as events of its shop integrations."""


def with_expressions(segments: Sequence[Segment], look_back_days: int | None) -> tuple[Segment, ...]:
    """The segments whose rules also say how the platforms would say them; as they are where no look-back is known."""
    if look_back_days is None:
        return tuple(segments)
    return tuple(
        replace(one, rule=replace(one.rule, elsewhere=expressions(one.rule.conditions, look_back_days)))
        if one.rule is not None and one.rule.conditions
        else one
        for one in segments
    )


def expressions(conditions: Sequence[Condition], look_back_days: int) -> tuple[Expression, ...]:
    """The rule for each platform, or what that platform cannot say."""
    return _shopify(conditions, look_back_days), _klaviyo(conditions, look_back_days)


def _shopify(conditions: Sequence[Condition], days: int) -> Expression:
    cannot = tuple(one.label for one in conditions if _of(one.feature) not in SHOPIFY)
    if cannot:
        return Expression("shopify", None, cannot)
    said = (SHOPIFY[_of(one.feature)](one, _days(one.feature, days)) for one in conditions)
    return Expression("shopify", " AND ".join(said))


def _placed(parameters: str) -> Said:
    """Orders that match, or do not, where the condition is "at most": so who never ordered meets it too."""

    def said(one: Condition, days: int) -> str:
        matches = "MATCHES" if one.side == ">" else "NOT MATCHES"
        filled = parameters.format(least=floor(one.threshold) + 1, value=_plain(one.threshold))
        return f"orders_placed {matches} (date >= -{days}d, {filled})"

    return said


def _ordered_within(one: Condition, days: int) -> str:
    """Whole days, as the platform counts them; nobody's last order is further back than the look-back says."""
    matches = "MATCHES" if one.side == "<=" else "NOT MATCHES"
    return f"orders_placed {matches} (date >= -{min(floor(one.threshold), days)}d)"


SHOPIFY: Mapping[str, Said] = {
    "orders": _placed("count >= {least}"),
    "spend_total": _placed("sum_amount > {value}"),
    "largest_order_value": _placed("amount > {value}"),
    "days_since_last_order": _ordered_within,
}


def _klaviyo(conditions: Sequence[Condition], days: int) -> Expression:
    made = [(one, _condition(one, _days(one.feature, days))) for one in conditions]
    cannot = tuple(one.label for one, condition in made if condition is None)
    if cannot:
        return Expression("klaviyo", None, cannot)
    groups = [{"conditions": [condition]} for _, condition in made]
    return Expression("klaviyo", json.dumps({"condition_groups": groups}))


def _condition(one: Condition, days: int) -> Json | None:
    feature, above = _of(one.feature), one.side == ">"
    if feature == "days_since_last_order":
        return _event(PLACED, "count", not above, 0, min(floor(one.threshold), days))
    if feature == "spend_total":
        return _event(PLACED, "sum", above, one.threshold, days)
    if feature == "largest_order_value":
        larger = {"property": VALUE, "filter": _numeric(True, one.threshold)}
        return _event(PLACED, "count", above, 0, days) | {"metric_filters": [larger]}
    return _event(COUNTED[feature], "count", above, floor(one.threshold), days) if feature in COUNTED else None


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
