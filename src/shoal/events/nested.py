"""Tables with things inside things: BigQuery exports and frames with structs and lists.

In: a Parquet file whose columns are nested. Out: flat rows, as from JSON. The one thing to know: the same rules as for
JSON name the columns, so an export reads alike in both forms.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from shoal.events.jsons import Row, Rows, flat_rows

ROWS_AT_ONCE = 20_000


def is_nested(schema: pa.Schema) -> bool:
    """Whether a column holds structs or lists."""
    return any(pa.types.is_nested(field.type) for field in schema)


def nested_rows(file: pq.ParquetFile) -> Iterator[Rows]:
    """The rows of the file, block by block; a row's line is its place, from 1."""
    line = 0
    for batch in file.iter_batches(ROWS_AT_ONCE):
        rows = list[Row]()
        for record in batch.to_pylist(maps_as_pydicts="lossy"):
            line += 1
            rows += [(line, at, cells) for at, cells in enumerate(flat_rows(record))]
        yield Rows(rows, [])
