"""Returns and cancelled lines, matched one by one to the purchase lines that they undo.

In: the relation ``events``. Out: a `Returns`: counts, money, and a table of which line undoes which. The one thing to
know: a return undoes pieces of the same product that the same customer bought before and that no earlier return has
undone: the latest line of exactly as many pieces, one of the same order first; else the latest lines until there are
enough. Only customers and products with a return are looked at, one after the other, in bounded memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from shoal.events.arrays import number_array, text_array
from shoal.events.result import EventLog

PIECE = 10_000
"""Quantities have four decimals and are counted as whole numbers."""
RETURNS = "odd_returns"
SCHEMA = pa.schema(
    [
        ("source_file", pa.string()),
        ("source_line", pa.int64()),
        ("undoes_file", pa.string()),
        ("undoes_line", pa.int64()),
        ("pieces", pa.float64()),
    ]
)
UNMATCHED = pa.schema([("source_file", pa.string()), ("source_line", pa.int64()), ("outcome", pa.string())])
AT_ONCE = 50_000
_LINES = (
    "SELECT customer_id, product_id, event_type, CAST(COALESCE(quantity, 1) * {piece} AS BIGINT), "
    "CAST(COALESCE(amount, 0) AS DOUBLE), order_id, source_file, source_line FROM events "
    "SEMI JOIN (SELECT customer_id, product_id FROM events WHERE event_type = 'refund' AND product_id IS NOT NULL "
    "GROUP BY ALL) USING (customer_id, product_id) WHERE event_type IN ('purchase', 'refund') "
    # lines come last: which of two purchases of one second is undone must not hang on the order of rows
    "ORDER BY customer_id, product_id, ts_s, event_type, quantity NULLS FIRST, amount NULLS FIRST, "
    "order_id NULLS FIRST, source_file, source_line"
)


@dataclass(slots=True)
class Purchase:
    """One line bought: how many pieces, how many of them nobody has returned yet, and what one cost."""

    pieces: int
    left: int
    worth: float
    order: str | None
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Returns:
    """What became of the returns of a log.

    `whole` undo purchases in the log, `more` are of more pieces than were bought before, `free` of something that was
    never bought in the log. `undone` is what the purchases undone had cost, `against_nothing` the amount of the returns
    that stand against no purchase. `table` has one row for each line undone, with the pieces.
    """

    whole: int = 0
    more: int = 0
    free: int = 0
    undone: float = 0.0
    against_nothing: float = 0.0
    table: pa.Table = field(default_factory=lambda: _table((), SCHEMA))

    @property
    def odd(self) -> int:
        """How many returns no purchase explains, or not wholly."""
        return self.more + self.free


@dataclass(slots=True)
class Shelf:
    """What one customer bought of one product, in the order of time."""

    bought: list[Purchase] = field(default_factory=list)
    alike: defaultdict[object, list[Purchase]] = field(default_factory=lambda: defaultdict(list))

    def add(self, purchase: Purchase) -> None:
        self.bought.append(purchase)
        self.alike[purchase.pieces].append(purchase)
        self.alike[purchase.pieces, purchase.order].append(purchase)

    def undo(self, pieces: int, order: str | None) -> Iterator[tuple[Purchase, int]]:
        """The lines that a return of so many pieces undoes, and how many pieces of each."""
        for key in ((pieces, order), pieces):
            same = self.alike[key]
            while same and same[-1].left < pieces:
                same.pop()
            if same:
                yield _taken(same[-1], pieces)
                return
        while pieces and self.bought:
            last = self.bought[-1]
            if last.left:
                taken = _taken(last, min(pieces, last.left))
                pieces -= taken[1]
                yield taken
            if not last.left:
                self.bought.pop()


def _taken(purchase: Purchase, pieces: int) -> tuple[Purchase, int]:
    purchase.left -= pieces
    return purchase, pieces


@dataclass(slots=True)
class Matching:
    """Goes through the lines and writes down what undoes what."""

    undoes: pa.RecordBatchFileWriter
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    odd: list[tuple[str, int, str]] = field(default_factory=list)
    whole: int = 0
    undone: float = 0.0
    against: float = 0.0
    _of: tuple[str, str] | None = None
    _shelf: Shelf = field(default_factory=Shelf)

    def take(self, lines: Sequence[tuple[Any, ...]]) -> None:
        for customer, product, kind, pieces, amount, order, file, line in lines:
            if (customer, product) != self._of:
                self._of, self._shelf = (customer, product), Shelf()
            if kind == "purchase":
                self._shelf.add(Purchase(pieces, pieces, amount / pieces if pieces else 0.0, order, file, line))
            else:
                self._return(pieces, amount, order, (file, line))
        self.flush()

    def _return(self, pieces: int, amount: float, order: str | None, place: tuple[str, int]) -> None:
        found = list(self._shelf.undo(pieces, order))
        self.rows += [(*place, bought.file, bought.line, taken / PIECE) for bought, taken in found]
        self.undone += sum(bought.worth * taken for bought, taken in found)
        missing = pieces - sum(taken for _, taken in found)
        if found and not missing:
            self.whole += 1
            return
        self.odd.append((*place, "more" if found else "free"))
        self.against += amount * missing / pieces if pieces else amount

    def flush(self) -> None:
        if self.rows:
            self.undoes.write_table(_table(self.rows, SCHEMA))
            self.rows.clear()


def match_returns(log: EventLog, folder: Path) -> Returns:
    """What became of every return, with the relation ``odd_returns`` of those that no purchase explains."""
    if "refund" not in log.types or not log.has_products:
        return Returns()
    engine, path = log.engine, folder / "returns.arrow"
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, SCHEMA) as writer:
        matching = Matching(writer)
        for batch in engine.batches(_LINES.format(piece=PIECE), AT_ONCE):
            matching.take(list(zip(*(column.to_pylist() for column in batch.columns), strict=True)))
    odd = _table(matching.odd, UNMATCHED)
    engine.register("returns_found", odd)
    engine.run(f"CREATE OR REPLACE TEMP TABLE {RETURNS} AS SELECT * FROM returns_found")
    more = sum(outcome == "more" for *_, outcome in matching.odd)
    table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
    return Returns(matching.whole, more, len(matching.odd) - more, matching.undone, matching.against, table)


def cancelled_later(log: EventLog) -> tuple[int, float]:
    """How many purchase lines a later event cancelled by their order (and product), and what they had cost.

    A log may say so beside the purchase, where an export would have changed the purchase itself.
    """
    if not {"purchase", "cancel"} <= log.types or "order_id" not in log.has:
        return 0, 0.0
    keys = "customer_id, order_id, product_id" if log.has_products else "customer_id, order_id"
    count, amount = log.engine.rows(
        f"SELECT COUNT(*), COALESCE(SUM(amount), 0) FROM events SEMI JOIN (SELECT {keys} FROM events "
        f"WHERE event_type = 'cancel' AND order_id IS NOT NULL GROUP BY ALL) USING ({keys}) "
        "WHERE event_type = 'purchase'"
    )[0]
    return int(count), float(amount)


def _table(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ((),) * len(schema)
    arrays = [_array(values, kind) for values, kind in zip(columns, schema.types, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    return text_array(values) if kind == pa.string() else number_array(np.array(values, kind.to_pandas_dtype()))
