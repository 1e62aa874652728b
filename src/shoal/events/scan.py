"""The scans over all records: what each day holds, and the clean log itself.

In: readings. Out: relations and counts. The one thing to know: what was typed at the door is read where it was written
then, beside what went the careful way; neither is copied unless records that stood before have to go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shoal.engines.contract import Engine, literal
from shoal.events.moment import Day, days_from
from shoal.events.reading import RECORD, Reading
from shoal.events.rules import marking
from shoal.events.times import local_second
from shoal.events.typed.shelf import LOCAL_S, typed_sql
from shoal.words.clock import Clock
from shoal.words.columns import DERIVED, EVENTS

STORED, DOUBTFUL, TYPED, RECORDS = "stored_records", "doubtful_records", "typed_records", "loaded_records"
BUFFER_DAYS = 2
_FIRST_LEVEL = "split_part({}, '/', 1)"
_TYPES = {column.name: column.type for column in (*EVENTS, *DERIVED)} | {"name": "VARCHAR", "line_id": "VARCHAR"}
_ABSENT = tuple(name for name in (*RECORD, "category_1") if name not in ("source_item", "rule"))
"""The columns of records that a log may lack."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Some of the typed records, by flags of each file's batches, and the relation of the rest."""

    flags: Mapping[str, Sequence[bytes]]
    rest: str = DOUBTFUL


@dataclass(slots=True)
class Survey:
    """What one scan over all records counted. `last_s` is the last usable record, -1 where there is none."""

    days: list[Day] = field(default_factory=list)
    first_s: int | None = None
    last_s: int = -1
    aside: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def many(self) -> int:
        """How many records lie on the days counted."""
        return sum(day.events for day in self.days)


def open_records(engine: Engine, readings: Sequence[Reading], timezone: str, folder: Path) -> bool:
    """Make the relation `TYPED`: every record of every source, typed, with its rule; whether they are stored.

    Text is parsed once and kept; tables that are typed already are read where they lie. Columns that no source has are
    not stored.
    """
    has = frozenset().union(*(reading.has for reading in readings))
    stored = _stored(has, local_second("ts_s", timezone))
    typed = " UNION ALL ".join(f"({reading.sql})" for reading in readings)
    sql, file = f"SELECT {_listed(stored)} FROM ({typed})", folder / "records.parquet"
    text = any(reading.match.staged.kind == "text" for reading in readings)
    if text:
        engine.write_parquet(sql, file)
        engine.open_parquet(DOUBTFUL, [file])
        sql = with_typed(engine, readings)
    _open(engine, STORED, sql, stored)
    engine.run(f"CREATE OR REPLACE TEMP VIEW {TYPED} AS SELECT * FROM {STORED}")
    return text


def with_typed(engine: Engine, readings: Sequence[Reading], name: str = "typed", kept: Kept | None = None) -> str:
    """SQL of the records in `DOUBTFUL` and of those that were typed at the door, or of only those that are `kept`.

    `name` tells the relations that are made for it from others.
    """
    listed = _listed(_stored(frozenset().union(*(reading.has for reading in readings)), LOCAL_S))
    sources = [f"SELECT * FROM {DOUBTFUL if kept is None else kept.rest}"]
    for reading in readings:
        parts = [(file.file, file.typed) for file in reading.match.staged.files if file.typed is not None]
        flags = [flag for file, typed in parts for flag in (typed.sure if kept is None else kept.flags[file])]
        if parts:
            stored = f"{reading.match.staged.relation}_{name}"
            sources.append(f"SELECT {listed} FROM ({typed_sql(engine, parts, stored, flags)})")
    return " UNION ALL ".join(sources)


def open_kept(engine: Engine, readings: Sequence[Reading], name: str, kept: Kept) -> str:
    """Make the relation `name` of some of the stored records, with all columns; its name."""
    has = frozenset().union(*(reading.has for reading in readings))
    _open(engine, name, with_typed(engine, readings, name, kept), _stored(has, "ts_s"))
    return name


def _open(engine: Engine, name: str, sql: str, stored: Mapping[str, str]) -> None:
    """Make a relation of stored columns, with NULL in those that no source has."""
    missing = ", ".join(f"CAST(NULL AS {_TYPES[column]}) AS {column}" for column in _ABSENT if column not in stored)
    engine.run(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT *{', ' if missing else ''}{missing} FROM ({sql})")


def _listed(stored: Mapping[str, str]) -> str:
    return ", ".join(f"{expression} AS {name}" for name, expression in stored.items())


def _stored(has: Iterable[str], local: str) -> dict[str, str]:
    """The columns that are kept of every record: what it has, and its day, hour and order where shoal derives them.

    `local` is the SQL of the seconds that the shop's clock counts.
    """
    always = ("source_file", "source_line", "source_item", "customer_id", "ts_s", "event_type", "rule")
    stored = {name: name for name in (*always, *sorted(optional(has)))}
    stored["day"] = f"CAST(({local} + {BUFFER_DAYS * 86400}) // 86400 - {BUFFER_DAYS} AS INTEGER)"
    stored["hour"] = f"CAST(({local} + {BUFFER_DAYS * 86400}) % 86400 // 3600 AS INTEGER)"
    # where the log has no order's number, everything a customer buys or returns on one day is one order
    day = f"CASE WHEN event_type IN ('purchase', 'refund') THEN 'day-' || {stored['day']} END"
    stored["order_id"] = f"COALESCE(order_id, {day})" if "order_id" in stored else day
    if "category" in stored:
        stored["category_1"] = _FIRST_LEVEL.format("category")
    return stored


def good(records: str, seen: Survey) -> str:
    """The records without a rule. Where no rule found anything none is evaluated again."""
    return f"(SELECT * FROM {records} WHERE rule IS NULL)" if seen.aside else records


def drop_products(engine: Engine, codes: Sequence[str]) -> str:
    """The relation of the records in which codes that are no products are set aside."""
    listed = ", ".join(literal(code) for code in codes)
    rule = f"CASE WHEN rule IS NULL AND product_id IN ({listed}) THEN 'not_a_product' ELSE rule END AS rule"
    engine.run(f"CREATE OR REPLACE TEMP VIEW judged_records AS SELECT * REPLACE ({rule}) FROM {RECORDS}")
    return "judged_records"


def survey(engine: Engine, records: str, before: int | None) -> Survey:
    """Days and rules, counted in one scan; of the days only what lies before `before`."""
    used = "rule IS NULL" if before is None else f"rule IS NULL AND ts_s < {before}"
    day = f"CASE WHEN {used} THEN day END"
    rows = engine.rows(
        f"SELECT source_file, rule, {day} AS day, COUNT(*), MIN(ts_s), MAX(ts_s) FROM {records} GROUP BY ALL"
    )
    seen, days = Survey(), dict[int, tuple[int, int, int]]()
    for file, rule, at, count, first, last in rows:
        if rule is not None:
            seen.aside[str(file), str(rule)] += int(count)
            continue
        seen.last_s = max(seen.last_s, last)
        seen.first_s = first if seen.first_s is None else min(seen.first_s, first)
        if at is None:
            continue
        known = days.get(at, (0, first, last))
        days[at] = known[0] + count, min(known[1], first), max(known[2], last)
    seen.days = days_from(days)
    return seen


def optional(has: Iterable[str]) -> set[str]:
    """The columns of a record that a log may lack."""
    return {name for name in has if name in RECORD} - {"customer_id", "event_type"}


@dataclass(frozen=True, slots=True)
class Clean:
    """What decides how the clean log is written. `stored` is the relation that holds all its records as wanted, with
    others that have a rule; empty where there is none."""

    records: str
    has: frozenset[str]
    clock: Clock
    twins: bool
    listed: tuple[str, ...]
    stored: str


def write_events(engine: Engine, clean: Clean, folder: Path) -> None:
    """Open the clean log as the relation ``events``; columns that it has not are NULL.

    What is stored as wanted is the log, seen without what has a rule; otherwise the log is written into a file of its
    own.
    """
    stored, source = _columns(clean), clean.stored
    where = f" WHERE rule IS NULL AND ts_s < {clean.clock.as_of}" if source else ""
    if not source:
        source = "stored_events"
        engine.write_parquet(_clean(clean, stored), folder / "events.parquet")
        engine.open_parquet(source, [folder / "events.parquet"])
    columns = ", ".join(_shown(column.name, column.type, stored) for column in (*EVENTS, *DERIVED))
    engine.run(f"CREATE OR REPLACE TEMP VIEW events AS SELECT {columns} FROM {source}{where}")


def _columns(kept: Clean) -> dict[str, str]:
    """The columns of the log and the SQL that reads them from the records."""
    names = ("customer_id", "ts_s", "event_type", *sorted(optional(kept.has) - {"name", "line_id"}))
    stored = {name: name for name in (*names, "order_id", "source_file", "source_line", "day", "hour")}
    for name in kept.listed:
        stored[name] = f"COALESCE({name}, listed_{name})" if name in kept.has else f"listed_{name}"
    if "category" in stored:
        stored["category_1"] = _FIRST_LEVEL.format(stored["category"])
    return stored


def _clean(kept: Clean, stored: dict[str, str]) -> str:
    columns = ", ".join(f"{expression} AS {name}" for name, expression in stored.items())
    sql = f"SELECT {columns} FROM {kept.records} AS r"
    if kept.listed:
        listed = ", ".join(f"{name} AS listed_{name}" for name in kept.listed)
        sql += f" LEFT JOIN (SELECT product_id, {listed} FROM products) AS p USING (product_id)"
    if kept.twins:
        sql += " ANTI JOIN twins USING (source_file, source_line, source_item)"
    return f"{sql} WHERE ts_s < {kept.clock.as_of}"


def _shown(name: str, kind: str, stored: dict[str, str]) -> str:
    if name == "event_time":
        return "make_timestamp(ts_s * 1000000) AS event_time"
    if name == "dow":
        return f"CAST((day + {3 + 7 * BUFFER_DAYS}) % 7 AS INTEGER) AS dow"
    return name if name in stored else f"CAST(NULL AS {kind}) AS {name}"


def marked(engine: Engine, has: Iterable[str], odd: Iterable[str], none: Sequence[str] = ()) -> dict[str, int]:
    """How many of the events each marking rule holds for.

    `odd` are the relations of group rules that hold anything; rules of which `none` were found already need no scan.
    """
    rules = [rule for rule in marking() if rule.needs <= set(has) and (rule.scope == "row" or rule.relation in odd)]
    rules = [rule for rule in rules if rule.code not in none]
    if not rules:
        return {}
    counts = ", ".join(f"COUNT(*) FILTER ({rule.test})" for rule in rules)
    found = engine.rows(f"SELECT {counts} FROM events")[0]
    return {rule.code: int(count) for rule, count in zip(rules, found, strict=True)}
