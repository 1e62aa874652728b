"""What typed records hold, counted from their flags: the same figures as a scan in SQL, without reading their texts.

In: the typed records of one file, and which of them are used. Out: one row of figures an event type. The one thing to
know: texts are only counted, by the flags that say where there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.engines.arrow_files import ArrowFiles
from shoal.events.typed.cells import Flags, Whole
from shoal.events.typed.plan import Typed
from shoal.events.typed.sieve import AHEAD

RETURNED = ("purchase", "refund")
DAY_S, HOUR_S = 86_400, 3600
Figures = tuple[int, ...]


def figures(typed: Typed, kept: Sequence[bytes], before: int, columns: Sequence[str]) -> Iterator[tuple[str, Figures]]:
    """Of each block and event type: records, first and last second, first and last hour, zero amounts, and how many
    values each of `columns` has."""
    for batch, flags in zip(ArrowFiles(typed.files).stored(), kept, strict=True):
        yield from _of_batch(batch, flags, before, columns)


def _of_batch(
    batch: pa.RecordBatch, flags: bytes, before: int, columns: Sequence[str]
) -> Iterator[tuple[str, Figures]]:
    names = {name: batch.column(at) for at, name in enumerate(batch.schema.names)}
    seconds = whole(names["ts_s"])
    kinds = names["event_type"]
    codes = np.frombuffer(kinds.indices.buffers()[1], np.int8)[: len(seconds)]
    used = unpacked(flags, len(seconds)) & (seconds < before)
    for code, kind in enumerate(kinds.dictionary.to_pylist()):
        rows = used & (codes == code)
        count = int(np.count_nonzero(rows))
        if not count:
            continue
        moments = seconds[rows]
        hours = (moments if AHEAD not in names else moments + _ahead(names[AHEAD])[rows]) % DAY_S
        filled = [_filled(names.get(name), rows, name == "order_id" and kind in RETURNED) for name in columns]
        ends = int(moments.min()), int(moments.max()), int(hours.min()) // HOUR_S, int(hours.max()) // HOUR_S
        yield str(kind), (count, *ends, _zeros(names.get("amount"), rows), *filled)


def _filled(array: pa.Array | None, rows: Flags, derived: bool) -> int:
    """How many of the flagged values there are. An order without a number has one that is derived."""
    if derived or (array is not None and not array.null_count):
        return int(np.count_nonzero(rows))
    return 0 if array is None else int(np.count_nonzero(rows & _there(array)))


def _zeros(array: pa.Array | None, rows: Flags) -> int:
    if array is None:
        return 0
    there = _there(array) if array.null_count else np.ones(len(rows), bool)
    return int(np.count_nonzero(rows & there & (whole(array) == 0)))


def _there(array: pa.Array) -> Flags:
    return unpacked(array.buffers()[0], len(array))


def unpacked(flags: bytes | pa.Buffer, count: int) -> Flags:
    """Packed flags, one by one."""
    return np.unpackbits(np.frombuffer(flags, np.uint8), bitorder="little", count=count).view(bool)


def _ahead(array: pa.Array) -> npt.NDArray[np.int32]:
    return np.frombuffer(array.buffers()[1], np.int32)[array.offset : array.offset + len(array)]


def whole(array: pa.Array) -> Whole:
    """The numbers of an array of 64 bits."""
    return np.frombuffer(array.buffers()[1], np.int64)[array.offset : array.offset + len(array)]
