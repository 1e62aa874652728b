"""The SQL that turns one source's rows into typed records, each with the rule that sets it aside.

In: a `Match`. Out: a `Reading`: a SELECT whose columns are `RECORD`, and what was noticed on the way. The one thing to
know: nothing is dropped here; every row of the source comes out, with a rule or without.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shoal.engines.contract import Engine, literal
from shoal.events.cells import Cells
from shoal.events.layouts import EVENT_WORDS, PRICE
from shoal.events.matching import Match
from shoal.events.money import Money
from shoal.events.numbers import DECIMAL, BeliedError
from shoal.events.rules import setting_aside
from shoal.events.staged import Staged
from shoal.events.times import Beside, TimeStyle, find_style, native_style

if TYPE_CHECKING:
    from shoal.events.typed.plan import Typed

TEXTS = (
    "session_id",
    "line_id",
    "name",
    "currency",
    "coupon",
    "text",
    "channel",
    "device",
    "payment_key",
    "address_key",
)
ITEMISED = ("json", "parquet", "frame")
"""Kinds of sources in which one record may list several things; equal ones of one record are not repeated records."""
PERSONAL = re.compile(
    r"(?i)e-?mail|phone|mobile|address|street|(first|last|full|billing|shipping|recipient)[ _-]?name|surname|"
    r"birth|post(al)?[ _-]?code|^zip|手机|电话|邮箱|地址|姓名|生日|邮编"
)
"""Columns whose contents are not repeated in what is set aside."""
MOST_WORDS = 1000
OTHER = "other"
"""The type of an event that is no shopping, in logs that mix both; no such event is used."""
IDS = ("customer_id", "product_id", "order_id")
NUMBERS = ("quantity", "amount", PRICE, "discount", "rating")
RECORD = (
    "source_file", "source_line", "source_item", "customer_id", "ts_s", "event_type", "product_id", "name", "category",
    "brand", "quantity", "amount", "discount", "currency", "coupon", "order_id", "line_id", "session_id", "rating",
    "text", "channel", "device", "payment_key", "address_key", "rule",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scope:
    """What holds for the whole load: the zone, the latest time believed, the money wanted."""

    timezone: str
    latest: int
    money: Money


@dataclass(slots=True)
class Reading:
    """How one source is read: the SQL, the columns that carry data, and what was noticed."""

    match: Match
    sql: str
    has: frozenset[str]
    time: TimeStyle
    floats: dict[str, int] = field(default_factory=dict)
    unknown_words: tuple[str, ...] = ()


def read(engine: Engine, match: Match, scope: Scope) -> Reading:
    """How the matched source is read. Raises `InputError` where its times cannot be read."""
    source = Cells(engine, match)
    style = _time(source, scope)
    kind, unknown = _event_type(source)
    columns = {name: source.id(name) for name in IDS}
    columns |= {name: source.text(name) for name in TEXTS}
    columns |= {"category": source.category(), "brand": source.label("brand")}
    columns["currency"] = f"upper({columns['currency']})"
    columns |= {name: source.number(name) for name in NUMBERS}
    kind = _undone(match, kind)
    # CASE asks only the few records without a time what stands there; AND would ask all
    no_time = f"CASE WHEN {style.sql} IS NULL THEN {source.text('event_time')} IS NULL ELSE FALSE END"
    columns |= {"no_time": no_time, "ts_s": style.sql, "kind": kind}
    columns["bad_number"] = " OR ".join(source.bad) or "FALSE"
    if match.staged.kind in ITEMISED and "line_id" not in match.columns:
        columns["line_id"] = "CAST(__item AS VARCHAR)"
    listed = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
    place = "__file AS source_file, __line AS source_line, __item AS source_item"
    cells = f"SELECT {place}, {listed} FROM {match.staged.relation}"
    has = _has(match)
    return Reading(match, _judged(_signed(cells, match), has, scope), has, style, source.floats, unknown)


def _time(source: Cells, scope: Scope) -> TimeStyle:
    cell, kind = source.raw("event_time")[0]
    style = native_style(cell, kind, scope.timezone)
    column = source.match.columns["event_time"][0]
    beside = _beside(source.match.staged.typed_parts)
    if style is None:
        order = source.match.order
        style = find_style(
            source.engine, source.relation, cell, scope.timezone, order, column, beside=beside, serial=True
        )
    return style


def _beside(parts: Sequence[Typed]) -> Beside:
    """How the times are written that were typed at the door. Raises `BeliedError` where files were read differently."""
    orders = {typed.order for typed in parts} - {None}
    if len(orders) > 1:
        raise BeliedError
    shapes = tuple(shape for typed in parts for shape in typed.shapes)
    return Beside(shapes, next(iter(orders), None), sum(typed.late for typed in parts))


def _event_type(source: Cells) -> tuple[str, tuple[str, ...]]:
    """The SQL of the event type, and the words that mean none of ours. A log without types is a log of purchases."""
    if not source.raw("event_type"):
        return "'purchase'", ()
    spelt = _words(source)
    there = sorted(set(spelt.values()))
    known = {**EVENT_WORDS, **source.match.layout.event_words}
    meant = {word: known[word.lower()] for word in there if word.lower() in known}
    if source.match.layout.mixed:
        meant |= {word: OTHER for word in there if word not in meant}
    unknown = tuple(word for word in there if word not in meant)
    cell = source.raw("event_type")[0][0]
    if not unknown and all(meant[word] == raw for raw, word in spelt.items()):
        return cell, ()
    cases = " ".join(f"WHEN {literal(raw)} THEN {literal(meant[word])}" for raw, word in spelt.items() if word in meant)
    return (f"CASE CAST({cell} AS VARCHAR) {cases} END" if cases else "CAST(NULL AS VARCHAR)"), unknown


def _words(source: Cells) -> dict[str, str]:
    """The different event types there are, as they are spelt, each with its word; at most a thousand."""
    raw = source.raw("event_type")[0][0]
    rows = source.engine.rows(
        f"SELECT CAST({raw} AS VARCHAR) AS spelt FROM {source.relation} GROUP BY ALL ORDER BY spelt LIMIT {MOST_WORDS}"
    )
    return {str(spelt): word for (spelt,) in rows if spelt is not None and (word := str(spelt).strip(" \t"))}


def _undone(match: Match, kind: str) -> str:
    """The event type, where a column that is filled, or says so, tells that the order was cancelled."""
    tests = []
    for entry in match.layout.undone:
        name, _, value = entry.partition("=")
        if name in match.staged.columns:
            text = f"trim({match.staged.columns[name]})"
            tests.append(f"{text} = {literal(value)}" if value else f"NULLIF({text}, '') IS NOT NULL")
    return f"CASE WHEN {' OR '.join(tests)} THEN 'cancel' ELSE {kind} END" if tests else kind


def _has(match: Match) -> frozenset[str]:
    has = set(match.columns) - {PRICE}
    has |= {"amount"} if PRICE in match.columns else set()
    return frozenset(has | {"line_id"} if match.staged.kind in ITEMISED else has)


def _signed(cells: str, match: Match) -> str:
    """Amounts from unit prices, and refunds told from purchases: a negative quantity, or a cancelled order's number."""
    off = " - COALESCE(discount, 0)" if match.layout.gross else ""
    amount = f"COALESCE(amount, TRY_CAST(price * COALESCE(quantity, 1){off} AS {DECIMAL}))"
    back = ["quantity < 0"] if "quantity" in match.columns else [f"{amount} < 0"]
    if match.layout.refund_prefix:
        back.append(f"starts_with(upper(order_id), {literal(match.layout.refund_prefix)})")
    kind = f"CASE WHEN kind = 'purchase' AND ({' OR '.join(back)}) THEN 'refund' ELSE kind END"
    return f"SELECT * REPLACE ({amount} AS amount), {kind} AS event_type FROM ({cells})"


def _judged(signed: str, has: frozenset[str], scope: Scope) -> str:
    rules = [rule for rule in setting_aside(has) if rule.code != "other_currency" or scope.money.currency]
    filled = {"{latest}": str(scope.latest), "{foreign}": scope.money.foreign}
    cases = []
    for rule in rules:
        test = rule.test
        for name, value in filled.items():
            test = test.replace(name, value)
        cases.append(f"WHEN {test} THEN {literal(rule.code)}")
    sized = {name: f"abs({scope.money.converted(name)})" for name in ("amount", "discount")}
    sized |= {"quantity": "abs(quantity)", "currency": scope.money.renamed()}
    sized |= {"rule": f"CASE {' '.join(cases)} END", "rating": "CAST(rating AS DOUBLE)"}
    listed = ", ".join(f"{sized[name]} AS {name}" if name in sized else name for name in RECORD)
    return f"SELECT {listed} FROM ({signed})"


def raw_sql(staged: Staged) -> str:
    """SQL of the whole record as text, written again with its delimiter, for what is set aside."""
    delimiter = staged.delimiter
    parts = []
    for name in staged.own or staged.columns:
        cell = staged.columns[name]
        if PERSONAL.search(name):
            parts.append(f"CASE WHEN NULLIF(trim(CAST({cell} AS VARCHAR)), '') IS NULL THEN '' ELSE '***' END")
            continue
        text = f"COALESCE({cell if staged.types[name] == 'VARCHAR' else f'CAST({cell} AS VARCHAR)'}, '')"
        needs = f"contains({text}, {literal(delimiter)}) OR contains({text}, '\"') OR contains({text}, chr(10))"
        parts.append(f"CASE WHEN {needs} THEN '\"' || replace({text}, '\"', '\"\"') || '\"' ELSE {text} END")
    return f" || {literal(delimiter)} || ".join(parts)
