"""What the records of a log tell together, from the numbers that were kept of each while it was typed.

In: the typed records of a log, and the few others. Out: how many customers, the most events of one, which records share
customer and second, whether an order is odd. The one thing to know: all but the number of customers only serve to spare
scans: where nothing is found here nothing can be there, and what is found is looked at again in SQL. Customers are told
apart by prints of 64 bits: ids of up to eight bytes exactly, longer ones but for one chance in 2^64 a pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.engines.arrow_files import ArrowFiles
from shoal.engines.contract import Engine
from shoal.events.arrays import text_array
from shoal.events.typed.cells import Field, Flags, Whole
from shoal.events.typed.plan import Typed
from shoal.events.typed.prints import Prints, mixed, text_prints
from shoal.events.typed.tally import RETURNED, unpacked, whole

MOST_AT_ONCE = 32_000_000
"""Numbers that are sorted at once: 256 MB."""
_STEP = np.uint64(0x9E3779B97F4A7C15)
MOST_REST = 0.1
"""Where more records than this share went the careful way, the scans are made."""


@dataclass(frozen=True, slots=True)
class Page:
    """One block of records: prints of customers and orders, seconds, which are used, which belong to orders."""

    customers: Prints
    orders: Prints | None
    seconds: Whole
    used: Flags
    ordered: Flags


@dataclass(slots=True)
class Ledger:
    """The typed records of `parts`, and the `rest`: columns ``customer_id``, ``order_id`` (empty for none), ``ts_s``.

    Only records before the second `before` count. `varied` are columns whose spellings may differ in case or blanks.
    """

    parts: Sequence[Typed]
    rest: pa.Table
    before: int
    varied: frozenset[str]
    rows: int = field(init=False)
    _counted: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        self.rows = sum(typed.rows for typed in self.parts) + self.rest.num_rows

    def customers(self) -> tuple[int, int]:
        """How many customers there are, and the most records of one."""
        if self._counted is None:
            self._counted = self._count()
        return self._counted

    def _count(self) -> tuple[int, int]:
        count, most = 0, 0
        for keys in self._sorted(lambda page: page.customers[page.used]):
            if len(keys):
                starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
                count += len(starts)
                most = max(most, int(np.diff(np.append(starts, len(keys))).max()))
        return count, most

    def crowded(self) -> tuple[list[bytes], int]:
        """Packed flags, batch by batch, of the typed records that share customer and second with another; how many."""
        doubled = np.concatenate([k[1:][k[1:] == k[:-1]] for k in self._sorted(lambda page: _moments(page)[page.used])])
        doubled = np.unique(doubled)
        if not len(doubled):
            return [], 0
        flags, count = list[bytes](), self.rest.num_rows
        for page in self._typed():
            found = page.used & _among(_moments(page), doubled)
            flags.append(np.packbits(found, bitorder="little").tobytes())
            count += int(found.sum())
        return flags, count

    def without(self, lines: Sequence[Whole]) -> list[bytes]:
        """Packed flags of the typed records, batch by batch, but for these lines of each part, which are sorted."""
        flags = list[bytes]()
        for typed, gone in zip(self.parts, lines, strict=True):
            for batch, sure in zip(ArrowFiles(typed.files).stored(), typed.sure, strict=True):
                here = whole(batch.column(0))
                out = gone[np.searchsorted(gone, here[0]) : np.searchsorted(gone, here[-1], "right")]
                kept = unpacked(sure, len(here))
                kept &= ~np.isin(here, out)
                flags.append(np.packbits(kept, bitorder="little").tobytes())
        return flags

    def odd_orders(self, longest_s: int) -> bool:
        """Whether an order may be of several customers, or last longer than so many seconds."""
        parts = 1 + 4 * self.rows // MOST_AT_ONCE
        return any(self._odd_among(part, parts, longest_s) for part in range(parts))

    def _odd_among(self, part: int, parts: int, longest_s: int) -> bool:
        columns: list[list[npt.NDArray[np.generic]]] = [[], [], []]
        for page in self._pages():
            if page.orders is None:
                continue
            here = page.used & page.ordered & _in_part(page.orders, part, parts)
            for column, values in zip(columns, (page.orders, page.customers, page.seconds), strict=True):
                column.append(values[here])
        if not columns[0]:
            return False
        orders, customers, seconds = (np.concatenate(column) for column in columns)
        place = np.argsort(orders)
        orders, customers, seconds = orders[place], customers[place], seconds[place]
        if not len(orders):
            return False
        same = orders[1:] == orders[:-1]
        if (same & (customers[1:] != customers[:-1])).any():
            return True
        starts = np.flatnonzero(np.concatenate(([True], ~same)))
        spans = np.maximum.reduceat(seconds, starts) - np.minimum.reduceat(seconds, starts)
        return bool((spans > longest_s).any())

    def _sorted(self, of: Callable[[Page], Prints]) -> Iterator[Prints]:
        """A number of every record in use, sorted, in as many parts as fit into memory."""
        parts = 1 + self.rows // MOST_AT_ONCE
        for part in range(parts):
            found = (of(page) for page in self._pages())
            pieces = [piece[_in_part(piece, part, parts)] if parts > 1 else piece for piece in found]
            keys = np.concatenate([np.empty(0, np.uint64), *pieces])
            keys.sort()
            yield keys

    def _pages(self) -> Iterator[Page]:
        yield from self._typed()
        for batch in self.rest.to_batches():
            customers, orders = (Field.of(batch.column(at)) for at in (0, 1))
            used = np.ones(batch.num_rows, bool)
            yield Page(text_prints(customers), text_prints(orders), whole(batch.column(2)), used, orders.lengths > 0)

    def _typed(self) -> Iterator[Page]:
        for typed in self.parts:
            for batch, sure in zip(ArrowFiles(typed.files).stored(), typed.sure, strict=True):
                yield self._page(batch, sure)

    def _page(self, batch: pa.RecordBatch, sure: bytes) -> Page:
        names = {name: at for at, name in enumerate(batch.schema.names)}
        seconds = whole(batch.column(names["ts_s"]))
        used = unpacked(sure, len(seconds))
        kinds = batch.column(names["event_type"])
        bought = np.array([kind in RETURNED for kind in kinds.dictionary.to_pylist()])
        ordered = bought[np.frombuffer(kinds.indices.buffers()[1], np.int8)[: len(seconds)]]
        orders = _prints(batch.column(names["order_key"])) if "order_key" in names else None
        if orders is not None:
            ordered = ordered & (orders != EMPTY)
        return Page(
            _prints(batch.column(names["customer_key"])), orders, seconds, used & (seconds < self.before), ordered
        )


def open_ledger(engine: Engine, parts: Sequence[Typed], rest: str, before: int, names: Sequence[str]) -> Ledger | None:
    """The ledger of the typed records, and of those in the relation `rest`; None where these are too many.

    `names` are the columns of `rest` whose spellings are looked at.
    """
    used = f"{rest} WHERE rule IS NULL AND ts_s < {before}"
    plain = (f"COUNT(*) FILTER (lower(regexp_replace({name}, '\\s+', '', 'g')) <> {name})" for name in names)
    count, *odd = engine.rows(f"SELECT {', '.join(['COUNT(*)', *plain])} FROM {used}")[0]
    typed = sum(part.rows for part in parts)
    if not parts or count > MOST_REST * typed:
        return None
    order = "CASE WHEN event_type IN ('purchase', 'refund') THEN COALESCE(order_id, '') ELSE '' END AS order_id"
    table = engine.table(f"SELECT customer_id, {order}, CAST(ts_s AS BIGINT) AS ts_s FROM {used}")
    varied = {name for name, found in zip(names, odd, strict=True) if found}
    return Ledger(parts, table, before, frozenset(varied.union(*(part.varied for part in parts))))


def _moments(page: Page) -> Prints:
    return mixed(page.customers) + page.seconds.view(np.uint64) * _STEP


def _in_part(keys: Prints, part: int, parts: int) -> Flags:
    """Which numbers belong to one of several parts."""
    if parts == 1:
        return np.ones(len(keys), bool)
    flags: Flags = mixed(keys) % np.uint64(parts) == part
    return flags


def _among(numbers: Prints, few: Prints) -> Flags:
    """Which numbers are among these few, which are sorted."""
    if not len(few):
        return np.zeros(len(numbers), bool)
    places = np.minimum(np.searchsorted(few, numbers), len(few) - 1)
    found: Flags = few[places] == numbers
    return found


def _prints(array: pa.Array) -> Prints:
    return np.frombuffer(array.buffers()[1], np.uint64)[array.offset : array.offset + len(array)]


EMPTY = text_prints(Field.of(text_array([""])))[0]
"""The print of an empty text."""
