"""Every statement the later stages really say over a log: portable by the linter, equal to the last bit by parity."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from shoal.engines.duckdb import DuckDBEngine
from shoal.events.result import Attribute, EventLog
from shoal.features.build import build, newcomers
from shoal.features.categories import frozen_categories
from shoal.features.lessons import MOST_CUSTOMERS, sampled
from shoal.features.outcomes import outcomes
from shoal.features.result import Features
from shoal.segments.products import with_products
from shoal.segments.result import Segments
from shoal.segments.segment import segment
from shoal.segments.settings import SegmentSettings
from shoal.study.history import write_history
from shoal.study.store import Building
from shoal.words.clock import DAY_S, Clock
from shoal.words.columns import DERIVED, EVENTS, PRODUCTS
from tests.architecture.source import none
from tests.conftest import Parity
from tests.engines.sql_lint import lint

AS_OF = 20_000 * DAY_S
TYPES = {
    "VARCHAR": pa.string(),
    "TIMESTAMP": pa.timestamp("us"),
    "DECIMAL(18,4)": pa.decimal128(18, 4),
    "DOUBLE": pa.float64(),
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "BOOLEAN": pa.bool_(),
}
EVENTS_SCHEMA = pa.schema([(column.name, TYPES[column.type]) for column in (*EVENTS, *DERIVED)])
PRODUCTS_SCHEMA = pa.schema([(column.name, TYPES[column.type]) for column in PRODUCTS])


class Recording(DuckDBEngine):
    """A session that remembers what was said to it and under which names it was given tables."""

    def __init__(self, workspace: Path) -> None:
        self.said: list[str] = []
        self.given: dict[str, pa.Table] = {}
        super().__init__(workspace, memory="1GB", threads=2)

    def run(self, sql: str) -> None:
        self.said += re.findall(r"CREATE .* TABLE \w+ AS (SELECT .*)", sql, flags=re.DOTALL)
        super().run(sql)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        self.said.append(sql)
        return super().rows(sql)

    def table(self, sql: str) -> pa.Table:
        self.said.append(sql)
        return super().table(sql)

    def batches(self, sql: str, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        self.said.append(sql)
        return super().batches(sql, rows)

    def write_parquet(self, sql: str, file: Path) -> int:
        self.said.append(sql)
        return super().write_parquet(sql, file)

    def register(self, name: str, data: pa.Table | pa.RecordBatchReader) -> None:
        assert isinstance(data, pa.Table)
        self.given[name] = data
        super().register(name, data)


def _events(categories: bool, seed: int = 7) -> pa.Table:
    """Two years of 80 customers: ties in time, returns, discounts, products without a category, views, names in use."""
    chance, rows = Random(seed), []
    for line in range(3_000):
        second = AS_OF - chance.randrange(1, 700 * DAY_S) // 600 * 600 - 600
        kind = chance.choices(("purchase", "refund", "view", "cart", "search", "uncart"), (70, 5, 15, 6, 3, 1))[0]
        product, day = chance.randrange(40), second // DAY_S
        money = kind in {"purchase", "refund"}
        level = ("tea 茶", "O'Neill", None)[product % 3] if categories else None
        rows.append({
            "customer_id": f"u{chance.randrange(80):02d}", "event_time": second * 1_000_000,
            "event_type": kind, "product_id": None if kind == "search" else f"p{product:02d}", "category": level,
            "category_1": level, "quantity": Decimal(chance.randint(1, 5)) if money else None,
            "amount": Decimal(chance.randint(1, 9_999)) / 100 if money else None,
            "discount": Decimal(chance.randint(0, 3)) if money else None,
            "order_id": f"o{second // 7_200}" if money else None, "source_file": "log.csv", "source_line": line + 2,
            "brand": f"b{product % 4}" if product % 5 else None, "coupon": "SAVE" if money and line % 7 == 0 else None,
            "session_id": f"s{second // 3_600}" if line % 3 else None, "channel": ("web", "app", None)[line % 3],
            "rating": line % 10 / 2 if line % 4 == 0 else None, "device": ("phone", None)[line % 2],
            "ts_s": second, "day": day, "hour": second // 3_600 % 24, "dow": (day + 3) % 7,
        })  # fmt: skip
    return pa.Table.from_pylist(rows, schema=EVENTS_SCHEMA)


def _log(session: Recording, events: pa.Table, categories: bool) -> EventLog:
    session.register("events", events)
    session.register("products", PRODUCTS_SCHEMA.empty_table())
    seconds, clock = events["ts_s"].to_pylist(), Clock(AS_OF, 365, 60, "UTC")
    has = {"product_id", "quantity", "amount", "discount", "order_id", "hour"}
    has |= {"brand", "coupon", "session_id", "rating", "channel", "device"} | ({"category"} if categories else set())
    types = frozenset(events["event_type"].to_pylist())
    return EventLog(
        session,
        "events",
        frozenset(has),
        types,
        min(seconds),
        max(seconds),
        events.num_rows,
        80,
        "UTC",
        "GBP",
        clock,
        False,
    )


ACCOUNTS = pa.schema(
    [
        ("customer_id", pa.string()), ("signed_up_s", pa.int64()), ("known_s", pa.int64()), ("born_day", pa.int32()),
        ("a0", pa.float64()), ("a1", pa.string()),
    ]
)  # fmt: skip


def _with_accounts(log: EventLog) -> EventLog:
    """The log with a customers file of ninety, ten of whom have no event; some of it is not known at the cut."""
    rows = [
        {
            "customer_id": f"u{at:02d}", "signed_up_s": AS_OF - (at - 5) * 10 * DAY_S if at % 3 else None,
            "known_s": AS_OF - at * DAY_S if at % 2 else None, "born_day": 200 * at - 9_000 if at % 4 else None,
            "a0": at / 7 if at % 5 else None, "a1": ("tea 茶", "O'Neill {x}", None)[at % 3],
        }
        for at in range(90)
    ]  # fmt: skip
    log.engine.register("accounts", pa.Table.from_pylist(rows, schema=ACCOUNTS))
    told = (Attribute("points", "a0"), Attribute("plan", "a1", ("tea 茶", "O'Neill {x}")))
    return replace(log, accounts="accounts", attributes=told, account_dates=frozenset({"signed_up", "birthday"}))


def _dealt_out(features: Features) -> Segments:
    return segment(features, SegmentSettings(k=2, space="rfm", n_init=1))


@pytest.fixture(scope="module", params=[True, False], ids=["with categories", "without categories"])
def said(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[str], Mapping[str, pa.Table]]:
    """What the stages after loading say to the engine, at the cut of the log and at an earlier one."""
    with Recording(tmp_path_factory.mktemp("engine")) as session:
        log = _with_accounts(_log(session, _events(request.param), request.param))
        features = build(log, log.clock.earlier(60))
        build(log, log.clock, frozen_categories(features))
        newcomers(log, log.clock, features)
        outcomes(log, log.clock.earlier(60), frozen_categories(features))
        sampled(replace(log, customers=MOST_CUSTOMERS * 2))
        with_products(_dealt_out(features), log)
        write_history(log, Building("study", session.workspace, session.workspace))
        session.given["sampled_events"] = session.table("SELECT * FROM sampled_events")
        return session.said, session.given


def test_the_walk_hears_the_statements(said: tuple[list[str], Mapping[str, pa.Table]]) -> None:
    assert len(said[0]) >= 8
    assert any("days_since_last_order" in sql for sql in said[0])


def test_every_statement_is_portable(said: tuple[list[str], Mapping[str, pa.Table]]) -> None:
    none(f"{sentence}\n{sql}" for sql in said[0] for sentence in lint(sql))


def test_every_statement_is_equal_on_every_engine_to_the_last_bit(
    said: tuple[list[str], Mapping[str, pa.Table]], parity: Parity
) -> None:
    statements, tables = said
    for sql in statements:
        assert parity(sql, tables).num_columns >= 1
