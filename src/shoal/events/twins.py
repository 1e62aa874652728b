"""Which records stood before already.

In: typed records. Out: the relation ``twins`` and counts. The one thing to know: twins share customer and second, so
where a ledger knows which records do, only those are looked at; they are found by a 64-bit hash then, and compared in
full where two hashes are equal. The memory needed is that of one number a record, of 32 million at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.engines.contract import Engine
from shoal.events.arrays import hashes_of, number_array
from shoal.events.reading import Reading
from shoal.events.scan import DOUBTFUL, optional, with_typed
from shoal.events.typed.ledger import Ledger

MOST_AT_ONCE = 32_000_000
"""Hashes that are sorted at once: 256 MB."""
SUSPECTS = "suspects"


def suspected(engine: Engine, ledger: Ledger, readings: Sequence[Reading], timezone: str) -> tuple[str, int]:
    """The records that may be twins, as SQL of a relation, and about how many they are."""
    flags, many = ledger.crowded()
    if not many:
        return f"(SELECT * FROM {DOUBTFUL} WHERE FALSE)", 0
    engine.run(f"CREATE OR REPLACE TEMP VIEW {SUSPECTS} AS {with_typed(engine, readings, timezone, flags)}")
    return f"(SELECT * FROM {SUSPECTS} WHERE rule IS NULL)", many


def find_twins(engine: Engine, records: str, has: Iterable[str], before: int, many: int) -> dict[str, int]:
    """Make the relation ``twins`` (file and line of every record that stood before already); how many by file.

    `many` is about how many records there are: it decides into how many parts their hashes are cut.
    """
    keys = ", ".join(["customer_id", "ts_s", "event_type", *sorted(optional(has))])
    rows = f"{records} WHERE ts_s < {before}"
    doubtful = _repeated(engine, f"hash({keys})", rows, 1 + many // MOST_AT_ONCE)
    engine.register("twin_hashes", pa.Table.from_arrays([number_array(doubtful)], names=["h"]))
    engine.run(
        "CREATE OR REPLACE TEMP TABLE twins AS SELECT source_file, source_line, source_item FROM (SELECT source_file, "
        "source_line, source_item, "
        f"ROW_NUMBER() OVER (PARTITION BY {keys} ORDER BY source_file, source_line, source_item) AS place FROM {rows} "
        f"AND hash({keys}) IN (SELECT h FROM twin_hashes)) WHERE place > 1"
    )
    counted = engine.rows("SELECT source_file, COUNT(*) FROM twins GROUP BY source_file")
    return {str(file): int(count) for file, count in counted}


def _repeated(engine: Engine, key: str, rows: str, parts: int) -> npt.NDArray[np.uint64]:
    """The hashes that occur more than once: sorted in one array a part, which is faster than grouping them."""
    found = []
    for part in range(parts):
        only = f" AND {key} % {parts} = {part}" if parts > 1 else ""
        batches = [hashes_of(batch.column(0)) for batch in engine.batches(f"SELECT {key} AS h FROM {rows}{only}")]
        hashes = np.concatenate([np.empty(0, np.uint64), *batches])
        hashes.sort()
        found.append(np.unique(hashes[1:][hashes[1:] == hashes[:-1]]))
    return np.concatenate(found)
