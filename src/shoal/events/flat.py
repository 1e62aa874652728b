"""Rows of text whose columns are known only at the end, staged.

In: blocks of rows from JSON, nested tables and sheets. Out: one `Staged`. The one thing to know: a column that a later
block brings is empty in the blocks before it, so no file is read twice and none is held in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from shoal.engines.contract import Engine, literal
from shoal.events.jsons import MOST_COLUMNS, Fault, Row, Rows
from shoal.events.staged import Staged
from shoal.words.errors import InputError, error
from shoal.words.language import Texts

texts = Texts("shoal.events")

ROWS_AT_ONCE = 50_000


@dataclass(slots=True)
class FlatRows:
    """Writes blocks of rows into `folder`, then opens them as the relation `relation`."""

    folder: Path
    relation: str
    name: str
    columns: list[str] = field(default_factory=list)
    files: list[tuple[Path, int]] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    records: int = 0

    def write(self, blocks: Iterable[Rows], set_aside: Callable[[str, Sequence[Fault]], None]) -> None:
        """Write all blocks, and hand over what is no record. Raises `InputError` for too many columns."""
        for block in blocks:
            known = set(self.columns)
            self.columns += dict.fromkeys(key for _, _, cells in block.rows for key in cells if key not in known)
            if len(self.columns) > MOST_COLUMNS:
                raise error(InputError, texts, "too_many_columns", file=self.name, most=f"{MOST_COLUMNS:,}")
            self.records += len(block.rows) + len(block.faults)
            self.faults.update(rule for _, rule, _ in block.faults)
            set_aside(self.name, block.faults)
            for at in range(0, len(block.rows), ROWS_AT_ONCE):
                self._write(block.rows[at : at + ROWS_AT_ONCE])

    def _write(self, rows: Sequence[Row]) -> None:
        path, width = self.folder / f"{self.relation}_{len(self.files)}.parquet", len(self.columns)
        numbers = [pa.array([row[at] for row in rows], pa.int64()) for at in (0, 1)]
        cells = [pa.array([row[2].get(column) for row in rows], pa.string()) for column in self.columns]
        names = ["source_line", "source_item", *(f"c{at}" for at in range(width))]
        pq.write_table(pa.table([*numbers, *cells], names=names), path, compression="snappy")
        self.files.append((path, width))

    def staged(self, engine: Engine, kind: str, digest: str | None) -> Staged:
        """What was written, readable in SQL."""
        cells = {column: f"c{at}" for at, column in enumerate(self.columns)}
        parts = [self._part(engine, at, width) for at, (_, width) in enumerate(self.files)]
        if not parts:
            empty = ", ".join(f"CAST(NULL AS VARCHAR) AS {cell}" for cell in cells.values())
            parts = [f"SELECT 0 AS __line, 0 AS __item{', ' if empty else ''}{empty} WHERE FALSE"]
        engine.run(
            f"CREATE OR REPLACE TEMP VIEW {self.relation} AS SELECT {literal(self.name)} AS __file, * FROM "
            f"({' UNION ALL '.join(parts)})"
        )
        types, faults = dict.fromkeys(cells, "VARCHAR"), dict(self.faults)
        return Staged(self.name, self.relation, cells, types, self.records, kind, faults, sha256=digest)

    def _part(self, engine: Engine, at: int, width: int) -> str:
        engine.open_parquet(f"{self.relation}_{at}_file", [self.files[at][0]])
        missing = (f"CAST(NULL AS VARCHAR) AS c{place}" for place in range(width, len(self.columns)))
        listed = [f"c{place}" for place in range(width)]
        columns = ", ".join(("source_line AS __line", "source_item AS __item", *listed, *missing))
        return f"SELECT {columns} FROM {self.relation}_{at}_file"
