"""The text of records that were typed at the door and are set aside later all the same, read again from their file.

In: a file and lines of it. Out: a relation with the texts of those lines. The one thing to know: only what several
records tell together sets a typed record aside, such as a product that turns out to be postage; so this is seldom.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from shoal.engines.contract import Engine, literal
from shoal.events.arrays import flag_array
from shoal.events.dialect import Dialect
from shoal.events.lines import Plain
from shoal.events.records import read_records
from shoal.events.staged import Staged, columns_of
from shoal.events.typed.cells import Whole


def recalled(engine: Engine, whole: Staged, folder: Path) -> str:
    """SQL of the texts of the typed records in the relation ``left_out``, in the columns of `whole`; empty for none."""
    parts = []
    for part in whole.files:
        if part.typed is None:
            continue
        rows = engine.rows(
            f"SELECT source_line FROM left_out WHERE source_file = {literal(part.file)} AND source_line NOT IN "
            f"(SELECT __line FROM {part.relation}) ORDER BY source_line"
        )
        if rows:
            relation = _reread(engine, part, part.typed.source, np.array([line for (line,) in rows], np.int64), folder)
            parts.append(columns_of(part, whole, relation))
    return " UNION ALL ".join(parts)


def _reread(engine: Engine, part: Staged, source: tuple[Plain, Dialect], lines: Whole, folder: Path) -> str:
    """Make the relation of these lines of one file."""
    relation, target = f"{part.relation}_recalled", folder / f"{part.relation}_recalled.arrow"
    width = len(part.columns)
    schema = pa.schema([("source_line", pa.int64()), *((f"c{at}", pa.string()) for at in range(width))])
    with pa.OSFile(str(target), "wb") as file, pa.ipc.new_file(file, schema) as writer:
        for parsed in read_records(*source):
            for batch in parsed.table.to_batches():
                column = batch.column(0)
                here = np.frombuffer(column.buffers()[1], np.int64)[column.offset : column.offset + len(column)]
                writer.write_batch(batch.filter(flag_array(np.isin(here, lines))))
    engine.open_arrow(f"{relation}_file", [target])
    columns = "source_line AS __line, 0 AS __item, * EXCLUDE (source_line)"
    engine.run(
        f"CREATE OR REPLACE TEMP VIEW {relation} AS SELECT {literal(part.file)} AS __file, {columns} "
        f"FROM {relation}_file"
    )
    return relation
