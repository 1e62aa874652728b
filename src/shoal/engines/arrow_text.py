"""Columns of categories as text, whatever library they come from.

In: an Arrow table. Out: the same with every dictionary of texts spelt out. The one thing to know: polars keeps the
texts of its categories as views, which Arrow itself cannot take by their codes.
"""

from __future__ import annotations

import pyarrow as pa


def spelt_out(table: pa.Table) -> pa.Table:
    """The table with columns of categories as text; other columns as they are.

    Examples
    --------
    >>> spelt_out(pa.table({"plan": pa.array(["a", "b", None]).dictionary_encode()}))["plan"].to_pylist()
    ['a', 'b', None]
    """
    for at, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type) and _is_text(field.type.value_type):
            chunks = [_spelt(chunk) for chunk in table.column(at).chunks]
            table = table.set_column(at, field.name, pa.chunked_array(chunks, pa.string()))
    return table


def _spelt(chunk: pa.DictionaryArray) -> pa.Array:
    return chunk.dictionary.cast(pa.string()).take(chunk.indices)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))
