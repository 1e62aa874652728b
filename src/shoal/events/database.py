"""A table of a PostgreSQL database as Arrow.

In: ``postgresql://user:password@host:port/database#table``. Out: a reader of its rows. The one thing to know: the table
is read in one statement, so what others write meanwhile is in it whole or not at all; the address is never shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from shoal.engines.contract import quoted
from shoal.words.errors import InputError, UsageError, error
from shoal.words.extras import need
from shoal.words.language import Texts

texts = Texts("shoal.events")


@contextmanager
def read_table(address: str) -> Iterator[pa.RecordBatchReader]:
    """The rows of the table named behind ``#``, as ``table`` or ``schema.table``.

    Raises `UsageError` where no table is named, `InputError` where the database cannot be reached or has no such table.
    """
    place, _, table = address.partition("#")
    if not table:
        raise error(UsageError, texts, "no_table")
    driver = need("adbc_driver_postgresql.dbapi", "postgres", texts("need.postgres"))
    name = ".".join(quoted(part) for part in table.split(".", 1))
    try:
        with driver.connect(place) as connection, connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {name}")
            yield _plain(cursor.fetch_record_batch())
    except driver.Error as problem:
        reason = str(problem).strip().splitlines()[0].replace(place, "postgresql://...")
        raise error(InputError, texts, "no_database", table=table, reason=reason) from problem


def _plain(reader: pa.RecordBatchReader) -> pa.RecordBatchReader:
    """The rows with types that every engine knows: PostgreSQL's own, such as ``numeric``, come as text."""
    fields = [pa.field(field.name, _storage(field.type)) for field in reader.schema]
    schema = pa.schema(fields)

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in reader:
            columns = [column.storage if isinstance(column, pa.ExtensionArray) else column for column in batch.columns]
            yield pa.RecordBatch.from_arrays(
                [column.cast(field.type) for column, field in zip(columns, fields, strict=True)], schema=schema
            )

    return pa.RecordBatchReader.from_batches(schema, batches())


def _storage(kind: pa.DataType) -> pa.DataType:
    return kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind
