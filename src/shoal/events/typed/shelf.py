"""Where records that were typed at the door lie until they are read in SQL.

In: sifted blocks. Out: files, and the SQL that reads what passed. The one thing to know: rows that did not pass stay
between the others, flagged and never read, because copying the others away from them costs more than reading all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from shoal.engines.contract import Engine, literal
from shoal.events.dialect import Dialect
from shoal.events.lines import Plain
from shoal.events.reading import RECORD
from shoal.events.typed.plan import Typed
from shoal.events.typed.sieve import AHEAD, Sieve, Sifted
from shoal.words.columns import EVENTS

MOST_BYTES = 192 << 20
"""A file is closed behind this size, so that it can be mapped as one."""
KEPT, LOCAL_S = "kept", "local_s"
_TYPES = {column.name: column.type for column in EVENTS} | {"name": "VARCHAR", "line_id": "VARCHAR"}


@dataclass(slots=True)
class Shelf:
    """Writes sifted blocks into `folder`, in files that begin with `name`."""

    folder: Path
    name: str
    files: list[Path] = field(default_factory=list)
    sure: list[bytes] = field(default_factory=list)
    rows: int = 0
    _file: pa.OSFile | None = None
    _writer: pa.RecordBatchFileWriter | None = None

    def put(self, sifted: Sifted) -> None:
        if self._writer is None:
            self.files.append(self.folder / f"typed_{self.name}_{len(self.files)}.arrow")
            self._file = pa.OSFile(str(self.files[-1]), "wb")
            self._writer = pa.ipc.new_file(self._file, sifted.batch.schema)
        self._writer.write_batch(sifted.batch)
        self.sure.append(np.packbits(sifted.sure, bitorder="little").tobytes())
        self.rows += int(sifted.sure.sum())
        if self._file is not None and self._file.tell() > MOST_BYTES:
            self.close()

    def close(self) -> None:
        if self._writer is not None and self._file is not None:
            self._writer.close()
            self._file.close()
        self._writer = self._file = None

    def typed(self, sieve: Sieve, source: tuple[Plain, Dialect]) -> Typed | None:
        """What was put here from a file; None where nothing was."""
        self.close()
        evidence = dict(sieve.filled), frozenset(sieve.points), frozenset(sieve.long_points), frozenset(sieve.varied)
        shapes = tuple((shape.decode(), count) for shape, count in sieve.shapes.items())
        files, sure = tuple(self.files), tuple(self.sure)
        return Typed(sieve.plan, source, files, sure, self.rows, *evidence, shapes, sieve.late) if self.rows else None


def typed_sql(engine: Engine, parts: Sequence[tuple[str, Typed]], stored: str, kept: Sequence[bytes]) -> str:
    """SQL of the records that `kept` flags, batch by batch, as records that were read.

    `parts` are files of the same columns, with what each is called; `stored` is the relation that is made of them.
    Beside the columns of a record there is `LOCAL_S`, the seconds that the shop's clock would count.
    """
    files, plan = [(path, name) for name, typed in parts for path in typed.files], parts[0][1].plan
    names = None if len(parts) == 1 else [name for _, name in files]
    engine.open_arrow(stored, [path for path, _ in files], kept, names)
    given = {"source_item": "0", "rating": "CAST(rating AS DOUBLE)"}
    given |= {"source_file": literal(parts[0][0])} if names is None else {}
    there = {"source_file", "source_line", "source_item", "ts_s", "event_type", *plan.has}
    types = {**_TYPES, "rule": "VARCHAR"}
    listed = [
        f"{given.get(column, column)} AS {column}" if column in there else f"CAST(NULL AS {types[column]}) AS {column}"
        for column in RECORD
    ]
    local = "ts_s" if plan.zone is None else f"ts_s + {AHEAD}"
    return f"SELECT {', '.join(listed)}, {local} AS {LOCAL_S} FROM {stored} WHERE {KEPT}"
