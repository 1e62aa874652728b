"""What a loaded log is: its currency, its columns that carry data, its span.

In: the engine with the relation ``events``. Out: an `EventLog`. The one thing to know: what the log has is counted on
the events that are used, never taken from the names of columns.
"""

from __future__ import annotations

from collections.abc import Sequence

from shoal.engines.contract import Engine
from shoal.events.groups import BROWSING, CUSTOMERS
from shoal.events.reading import Reading
from shoal.events.result import EventLog
from shoal.words.clock import Clock
from shoal.words.errors import InputError, error
from shoal.words.language import Texts

texts = Texts("shoal.events")


def one_currency(engine: Engine, records: str, readings: Sequence[Reading], asked: str | None) -> str | None:
    """The log's one currency. Raises `InputError` where it has several and none was asked for."""
    known = {reading.match.layout.currency for reading in readings} - {None}
    if not any("currency" in reading.has for reading in readings):
        return asked or (known.pop() if len(known) == 1 else None)
    rows = engine.rows(
        f"SELECT currency, COUNT(*) AS n FROM {records} WHERE rule IS NULL AND currency IS NOT NULL "
        "GROUP BY currency ORDER BY n DESC, currency LIMIT 20"
    )
    if len(rows) > 1:
        listed = ", ".join(f"{name} {count:,}" for name, count in rows)
        raise error(InputError, texts, "several_currencies", found=listed, first=rows[0][0], second=rows[1][0])
    return str(rows[0][0]) if rows else asked


def describe(engine: Engine, clock: Clock, has: frozenset[str], currency: str | None) -> EventLog:
    """The log as later stages take it; what it has is counted, not assumed."""
    optional = sorted(
        (has | {"category", "brand", "order_id"}) - {"customer_id", "event_time", "event_type", "name", "line_id"}
    )
    counts = ", ".join(f"COUNT({name})" for name in optional)
    rows, first, last, hours, *filled = engine.rows(
        f"SELECT COUNT(*), MIN(ts_s), MAX(ts_s), MIN(hour) <> MAX(hour), {counts} FROM events"
    )[0]
    if not rows:
        raise error(InputError, texts, "nothing_before", as_of=clock.iso, first="-")
    there = {name for name, count in zip(optional, filled, strict=True) if count} | ({"hour"} if hours else set())
    types = {str(kind) for (kind,) in engine.rows("SELECT event_type FROM events GROUP BY event_type")}
    engine.run(
        f"CREATE OR REPLACE TEMP TABLE {CUSTOMERS} AS SELECT customer_id, COUNT(*) AS events, "
        f"COUNT(*) FILTER ({BROWSING}) AS browsed FROM events GROUP BY customer_id"
    )
    customers = engine.rows(f"SELECT COUNT(*) FROM {CUSTOMERS}")[0][0]
    return EventLog(
        engine, "events", frozenset(there), frozenset(types), int(first), int(last), int(rows), int(customers),
        clock.timezone, currency, clock, "product_id" in there,
    )  # fmt: skip
