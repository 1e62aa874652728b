"""The customers that stand most clearly for each segment, by id. Shown only where ids were asked for."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from shoal.show.blocks import Details, Table, TableColumn
from shoal.words.language import Texts

texts = Texts("shoal.report")
SHOWN = 5


def examples(table: pa.Table) -> Details:
    """Up to five customers a segment, the clearest first, those of one clearness by id."""
    order = [("segment", "ascending"), ("confidence", "descending"), ("customer_id", "ascending")]
    ranked = table.take(pc.sort_indices(table, sort_keys=order))
    found: dict[int, list[str]] = {}
    for segment, customer in zip(ranked["segment"].to_pylist(), ranked["customer_id"].to_pylist(), strict=True):
        ids = found.setdefault(segment, [])
        if len(ids) < SHOWN:
            ids.append(str(customer))
    columns = (TableColumn(texts("examples.segment"), ".0f"), TableColumn(texts("examples.customers")))
    rows = tuple((segment, ", ".join(ids)) for segment, ids in found.items())
    return Details(texts("examples.title"), (Table(columns, rows),))
