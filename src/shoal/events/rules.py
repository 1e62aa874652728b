"""The rules of data quality, one entry each.

In: nothing. Out: `RULES`. The one thing to know: a new rule is one entry here and its words in ``texts.toml``
(``rule.CODE.what`` and ``rule.CODE.advice``). Line rules are found at the door, row rules share one scan, group rules
look at several records at once.

A row rule's `test` is SQL over the columns a record has once it is read: ``customer_id``, ``no_time``, ``ts_s``,
``event_type``, ``product_id``, ``quantity`` (signed), ``amount`` (signed), ``bad_number``, ``currency``. The first test
that holds decides. Placeholders in braces are filled by the scan.
"""

from __future__ import annotations

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


def _row(code: str, severity: Severity, test: str, *needs: str, action: Action = "set_aside") -> Rule:
    return Rule(code, severity, action, "row", test, frozenset(needs))


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
    _row("other_currency", "info", "currency <> {currency}", "currency"),
    _row("zero_quantity", "warning", f"{_ORDERED} AND quantity = 0 AND COALESCE(amount, 0) = 0", "quantity"),
    _row("impossible_quantity", "warning", f"abs(quantity) > {MOST_PIECES}", "quantity"),
    _row("no_amount", "warning", "event_type = 'purchase' AND amount IS NULL", "amount"),
    _row("negative_amount", "warning", "event_type <> 'refund' AND amount < 0", "amount"),
    Rule("missing_key", "warning", "set_aside", "line"),
    Rule("not_a_product", "info", "set_aside", "group"),
    Rule("duplicate", "warning", "keep_once", "group"),
    _row("zero_amount", "info", "event_type = 'purchase' AND amount = 0", "amount", action="mark"),
)

BY_CODE = {rule.code: rule for rule in RULES}


def setting_aside(has: Iterable[str]) -> list[Rule]:
    """The row rules that set a record aside, for a source that has these columns."""
    return [r for r in RULES if r.scope == "row" and r.action == "set_aside" and r.needs <= set(has)]


def marking() -> list[Rule]:
    """The row rules that only mark a record."""
    return [rule for rule in RULES if rule.scope == "row" and rule.action == "mark"]
