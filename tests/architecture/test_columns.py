"""The public column names, frozen. A change here is a change of the public contract: say so in CHANGELOG.md."""

from __future__ import annotations

import re

from shoal.words.columns import EVENT_TYPES, TABLES

FROZEN = {
    "events": "customer_id event_time event_type product_id category brand quantity amount discount currency coupon "
    "order_id session_id rating text channel device payment_key address_key source_file source_line",
    "derived": "ts_s day hour dow category_1",
    "products": "product_id name category brand price cost description image in_stock repeatable",
    "customers": "customer_id signed_up birthday known_at email phone consent_email consent_sms consent_post",
    "set_aside": "source_file source_line rule raw",
    "returns": "source_file source_line undoes_file undoes_line pieces",
    "history": "customer_id day product_id event_type quantity amount",
    "segments": "customer_id segment confidence runner_up",
    "recommendations": "customer_id rank product_id score reason_code because figure",
    "assigned": "customer_id segment confidence runner_up published_segment",
}


def test_the_public_column_names_are_these() -> None:
    assert {table: " ".join(column.name for column in columns) for table, columns in TABLES.items()} == FROZEN


def test_the_event_types_are_these() -> None:
    assert EVENT_TYPES == ("view", "search", "cart", "uncart", "favourite", "purchase", "cancel", "refund", "review")


def test_every_column_says_what_it_holds() -> None:
    columns = [column for table in TABLES.values() for column in table]
    assert len(columns) >= 50
    assert [c.name for c in columns if not (c.type and c.unit and c.meaning)] == []
    assert [c.name for c in columns if not re.fullmatch(r"[a-z][a-z0-9_]*", c.name)] == []


def test_one_name_means_one_type() -> None:
    types: dict[str, set[str]] = {}
    for table, columns in TABLES.items():
        for column in columns:
            if table != "history":  # a day's sums leave the engine as doubles
                types.setdefault(column.name, set()).add(column.type)
    assert {name: found for name, found in types.items() if len(found) > 1} == {}
