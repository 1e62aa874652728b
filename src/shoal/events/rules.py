"""The rules of data quality, one entry each.

In: nothing. Out: `RULES`. The one thing to know: a new rule is one entry here and its words in ``texts.toml``
(``rule.CODE.what`` and ``rule.CODE.advice``). Line rules are found at the door, row rules share one scan, group rules
look at several records at once.

A row rule's `test` is SQL over the columns a record has once it is read: ``customer_id``, ``no_time``, ``ts_s``,
``event_type``, ``product_id``, ``quantity`` (signed), ``amount`` (signed), ``bad_number``, ``currency``. The first test
that holds decides. Placeholders in braces are filled by the scan.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from shoal.show.blocks import Severity

Action = Literal["set_aside", "keep_once", "mark", "stop"]
MOST_PIECES = 1_000_000


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `needs` are columns a source must have for the rule to make sense there."""

    code: str
    severity: Severity
    action: Action
    scope: Literal["line", "row", "group"]
    test: str = ""
    needs: frozenset[str] = field(default_factory=frozenset)

    @property
    def relation(self) -> str:
        """The relation of what is odd that a group rule compares with; empty where it has none."""
        found = re.search(r"odd_\w+", self.test)
        return found.group() if found else ""


def _row(code: str, severity: Severity, test: str, *needs: str, action: Action = "set_aside") -> Rule:
    return Rule(code, severity, action, "row", test, frozenset(needs))


def _group(code: str, severity: Severity, test: str, *needs: str) -> Rule:
    return Rule(code, severity, "mark", "group", test, frozenset(needs))


_RETURNS = "(source_file, source_line) IN (SELECT source_file, source_line FROM odd_returns WHERE outcome = '{}')"
_ORDERED = "event_type IN ('purchase', 'refund')"

RULES: tuple[Rule, ...] = (
    Rule("blank_line", "info", "set_aside", "line"),
    Rule("malformed_line", "warning", "set_aside", "line"),
    Rule("malformed_json", "warning", "set_aside", "line"),
    Rule("unclosed_quote", "warning", "set_aside", "line"),
    Rule("bad_encoding", "warning", "set_aside", "line"),
    _row("missing_customer", "warning", "customer_id IS NULL"),
    _row("missing_time", "warning", "no_time"),
    _row("unparsable_time", "warning", "ts_s IS NULL OR ts_s < 0"),
    _row("future_time", "warning", "ts_s > {latest}"),
    _row("unknown_event_type", "warning", "event_type IS NULL", "event_type"),
    _row("other_event", "info", "event_type = 'other'", "event_type"),
    _row("unparsable_number", "warning", "bad_number"),
    _row("missing_product", "warning", "product_id IS NULL AND event_type <> 'search'", "product_id"),
    _row("other_currency", "info", "{foreign}", "currency"),
    _row("zero_quantity", "warning", f"{_ORDERED} AND quantity = 0 AND COALESCE(amount, 0) = 0", "quantity"),
    _row("impossible_quantity", "warning", f"abs(quantity) > {MOST_PIECES}", "quantity"),
    _row("no_amount", "warning", "event_type = 'purchase' AND amount IS NULL", "amount"),
    _row("negative_amount", "warning", "event_type <> 'refund' AND amount < 0", "amount"),
    Rule("missing_key", "warning", "set_aside", "line"),
    _row("lost_digits", "problem", r"(contains(customer_id, 'E+') OR contains(customer_id, 'e+')) AND "
         r"regexp_full_match(customer_id, '\d(\.\d+)?[eE]\+\d+')"),
    Rule("not_a_product", "info", "set_aside", "group"),
    Rule("duplicate", "warning", "keep_once", "group"),
    _row("zero_amount", "info", "event_type = 'purchase' AND amount = 0", "amount", action="mark"),
    _group("outlier", "warning", "event_type = 'purchase' AND (amount > (SELECT most_amount FROM odd_limits) "
           "OR quantity > (SELECT most_quantity FROM odd_limits))", "amount"),
    _group("order_of_several_customers", "warning", f"{_ORDERED} AND order_id IN "
           "(SELECT order_id FROM odd_orders WHERE several_customers)", "order_id"),
    _group("order_over_days", "info", f"{_ORDERED} AND order_id IN "
           "(SELECT order_id FROM odd_orders WHERE several_days)", "order_id"),
    _group("refund_without_purchase", "info", f"event_type = 'refund' AND {_RETURNS.format('free')}", "product_id"),
    _group("refund_of_more", "info", f"event_type = 'refund' AND {_RETURNS.format('more')}", "product_id"),
    _group("bot", "warning", "customer_id IN (SELECT customer_id FROM odd_rates)", "hour"),
    _group("shared_session", "warning", "session_id IN (SELECT session_id FROM odd_sessions)", "session_id"),
    _group("same_code_written_differently", "warning", "product_id IN (SELECT product_id FROM odd_products)",
           "product_id"),
    _group("same_customer_written_differently", "warning", "customer_id IN (SELECT customer_id FROM odd_customers)"),
    _group("same_name_written_differently", "warning", " OR ".join(
        f"{name} IN (SELECT name FROM odd_names WHERE kind = '{name}')"
        for name in ("category", "brand", "channel", "device", "coupon"))),
)  # fmt: skip

DIMENSIONS: dict[str, tuple[str, ...]] = {
    "completeness": ("missing_customer", "missing_time", "missing_product", "no_amount"),
    "accuracy": (
        "malformed_line", "malformed_json", "unclosed_quote", "bad_encoding", "unparsable_time", "future_time",
        "unparsable_number", "zero_quantity", "impossible_quantity", "negative_amount", "lost_digits", "outlier", "bot",
    ),
    "consistency": (
        "unknown_event_type", "other_currency", "order_of_several_customers", "order_over_days",
        "refund_without_purchase", "refund_of_more", "shared_session", "same_code_written_differently",
        "same_customer_written_differently", "same_name_written_differently",
    ),
    "uniqueness": ("duplicate",),
}  # fmt: skip
"""Which rules count against which score."""

BY_CODE = {rule.code: rule for rule in RULES}


def setting_aside(has: Iterable[str]) -> list[Rule]:
    """The row rules that set a record aside, for a source that has these columns."""
    return [r for r in RULES if r.scope == "row" and r.action == "set_aside" and r.needs <= set(has)]


def marking() -> list[Rule]:
    """The rules that only mark a record."""
    return [rule for rule in RULES if rule.action == "mark"]
