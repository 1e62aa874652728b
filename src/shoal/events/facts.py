"""What a loaded log is: its currency, its columns that carry data, its span.

In: the engine with the relation ``events``. Out: an `EventLog`. The one thing to know: what the log has is counted on
the events that are used, never taken from the names of columns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shoal.engines.contract import Engine
from shoal.events.groups import BROWSING, CUSTOMERS
from shoal.events.reading import Reading
from shoal.events.result import EventLog
from shoal.events.scan import Kept
from shoal.events.typed.tally import figures
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


@dataclass(frozen=True, slots=True)
class Counted:
    """What needs no scan: how many customers there are, and the figures of the records that were typed at the door."""

    customers: int
    kept: Kept
    readings: Sequence[Reading]

    def figures(self, before: int, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Rows of figures as the scan gives them, several for a file and event type."""
        for file in (file for reading in self.readings for file in reading.match.staged.files):
            if file.typed is not None:
                for kind, found in figures(file.typed, self.kept.flags[file.file], before, columns):
                    yield file.file, kind, *found


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted of the events: values by column, events by file and type, purchases of nothing."""

    filled: Mapping[str, int]
    kinds: Mapping[tuple[str, str], int]
    zeros: int

    @property
    def by_file(self) -> Counter[str]:
        """Events of each file."""
        return sum((Counter({file: count}) for (file, _), count in self.kinds.items()), Counter[str]())

    @property
    def by_type(self) -> dict[str, int]:
        """Events of each type, in the order of their names."""
        counts = sum((Counter({kind: count}) for (_, kind), count in self.kinds.items()), Counter[str]())
        return dict(sorted(counts.items()))


def describe(
    engine: Engine, clock: Clock, has: frozenset[str], currency: str | None, counted: Counted | None = None
) -> tuple[EventLog, Tally]:
    """The log as later stages take it; what it has is counted, not assumed.

    Of what was `counted` already, only the rest is counted in SQL.
    """
    optional = sorted(
        (has | {"category", "brand", "order_id"}) - {"customer_id", "event_time", "event_type", "name", "line_id"}
    )
    grouped = _grouped(engine, clock, optional, counted)
    if not grouped:
        raise error(InputError, texts, "nothing_before", as_of=clock.iso, first="-")
    files, types, numbers, firsts, lasts, least, most, zeros, *filled = zip(*grouped, strict=True)
    kinds = Counter[tuple[str, str]]()
    for file, kind, count in zip(files, types, numbers, strict=True):
        kinds[str(file), str(kind)] += int(count)
    values = {name: sum(map(int, found)) for name, found in zip(optional, filled, strict=True)}
    hours = {"hour"} if min(least) != max(most) else set()
    there = {name for name, count in values.items() if count} | hours
    zero = sum(int(n) for kind, n in zip(types, zeros, strict=True) if kind == "purchase")
    tally = Tally(values, kinds, zero)
    customers = _customers(engine, None if counted is None else counted.customers)
    log = EventLog(
        engine, "events", frozenset(there), frozenset(tally.by_type), int(min(firsts)), int(max(lasts)),
        sum(kinds.values()), customers, clock.timezone, currency, clock, "product_id" in there,
    )  # fmt: skip
    return log, tally


def _grouped(engine: Engine, clock: Clock, optional: Sequence[str], counted: Counted | None) -> list[tuple[Any, ...]]:
    """Figures by file and event type: records, seconds, hours, zero amounts, values of each column."""
    relation, there, where = "events", set(optional), ""
    if counted is not None:
        relation, where = counted.kept.rest, f" WHERE rule IS NULL AND ts_s < {clock.as_of}"
        there = {str(row[0]) for row in engine.rows(f"DESCRIBE {relation}")}
    zeros = "COUNT(*) FILTER (amount = 0)" if "amount" in there else "0"
    filled = (f"COUNT({name})" if name in there else "0" for name in optional)
    grouped = engine.rows(
        f"SELECT source_file, event_type, COUNT(*), MIN(ts_s), MAX(ts_s), MIN(hour), MAX(hour), "
        f"{', '.join([zeros, *filled])} FROM {relation}{where} GROUP BY source_file, event_type"
    )
    return grouped if counted is None else [*grouped, *counted.figures(clock.as_of, optional)]


def _customers(engine: Engine, counted: int | None) -> int:
    """Make the relation of customers, kept where they have to be counted anyway; how many there are."""
    sql = (
        f"SELECT customer_id, COUNT(*) AS events, COUNT(*) FILTER ({BROWSING}) AS browsed FROM events "
        "GROUP BY customer_id"
    )
    if counted is None:
        engine.run(f"CREATE OR REPLACE TEMP TABLE counted_customers AS {sql}")
        sql = "SELECT * FROM counted_customers"
    engine.run(f"CREATE OR REPLACE TEMP VIEW {CUSTOMERS} AS {sql}")
    return int(engine.rows(f"SELECT COUNT(*) FROM {CUSTOMERS}")[0][0]) if counted is None else counted
