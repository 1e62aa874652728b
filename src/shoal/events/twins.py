"""Which records stood before already.

In: typed records. Out: the relation ``twins`` and counts. The one thing to know: twins share customer and second, so
where a ledger knows which records do, only those are looked at; they are found by a 64-bit hash then, and compared in
full where two hashes are equal. The memory needed is that of one number a record, of 32 million at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.engines.contract import Engine, literal
from shoal.events.arrays import hashes_of, number_array
from shoal.events.reading import Reading
from shoal.events.scan import DOUBTFUL, Kept, open_kept, optional
from shoal.events.typed.ledger import Ledger

MOST_AT_ONCE = 32_000_000
"""Hashes that are sorted at once: 256 MB."""
SUSPECTS = "suspects"
_PLACE = "source_file, source_line, source_item"


def suspected(engine: Engine, ledger: Ledger, readings: Sequence[Reading]) -> tuple[str, int]:
    """The records that may be twins, as SQL of a relation, and about how many they are."""
    flags, many = ledger.crowded()
    if not many:
        return f"(SELECT * FROM {DOUBTFUL} WHERE FALSE)", 0
    open_kept(engine, readings, SUSPECTS, Kept(_by_file(readings, flags)))
    return f"(SELECT * FROM {SUSPECTS} WHERE rule IS NULL)", many


def without_twins(engine: Engine, ledger: Ledger, readings: Sequence[Reading], folder: Path) -> Kept:
    """All stored records but twins; only the few that went the careful way are written again."""
    lines = {
        file.file: _lines(engine, file.file)
        for reading in readings
        for file in reading.match.staged.files
        if file.typed is not None
    }
    flags = ledger.without(list(lines.values()))
    engine.write_parquet(f"SELECT * FROM {DOUBTFUL} ANTI JOIN twins USING ({_PLACE})", folder / "rest.parquet")
    engine.open_parquet("rest_records", [folder / "rest.parquet"])
    return Kept(_by_file(readings, flags), "rest_records")


def all_kept(readings: Sequence[Reading]) -> Kept:
    """All stored records."""
    files = (file for reading in readings for file in reading.match.staged.files)
    return Kept({file.file: file.typed.sure for file in files if file.typed is not None})


def _lines(engine: Engine, file: str) -> npt.NDArray[np.int64]:
    rows = engine.rows(f"SELECT source_line FROM twins WHERE source_file = {literal(file)} ORDER BY source_line")
    return np.array([line for (line,) in rows], np.int64)


def _by_file(readings: Sequence[Reading], flags: Sequence[bytes]) -> dict[str, Sequence[bytes]]:
    """Flags of all batches, file by file."""
    found, at = dict[str, Sequence[bytes]](), 0
    for file in (file for reading in readings for file in reading.match.staged.files):
        if file.typed is not None:
            found[file.file] = flags[at : at + len(file.typed.sure)]
            at += len(file.typed.sure)
    return found


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
