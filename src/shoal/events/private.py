"""Contacts and consents of a customers file, in the shop's private folder and nowhere else.

In: the rows of the file with their ids. Out: ``contacts.parquet``, readable by its owner alone (mode 0600). The one
thing to know: the file holds the list that was given last, as it was given; a consent that is not said is a no.
"""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from shoal.engines.contract import Engine
from shoal.events.roles import Roles
from shoal.show.blocks import Finding
from shoal.words.language import Texts

texts = Texts("shoal.events")
FILE = "contacts.parquet"


def keep_contacts(engine: Engine, rows: str, named: Roles, private: Path | None) -> tuple[Finding, ...]:
    """Write what `rows` hold of contacts and consents; what is said of it, and of what is not kept."""
    columns = (*named.contacts, *named.consents)
    if not columns:
        return ()
    if private is None:
        return (Finding("customers_contacts", "info", texts("finding.customers_contacts_dropped", count=len(columns))),)
    _write(engine, rows, columns, private / FILE)
    return (
        Finding("customers_contacts", "info", texts("finding.customers_contacts_kept", columns=", ".join(columns))),
    )


def _write(engine: Engine, rows: str, columns: tuple[str, ...], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    cells = [f"p{at}" for at in range(len(columns))]
    full = " + ".join(f"CASE WHEN {cell} IS NULL THEN 0 ELSE 1 END" for cell in cells)
    order = ", ".join(["known_s DESC NULLS LAST", f"{full} DESC", *(f"{cell} DESC NULLS LAST" for cell in cells)])
    batches = engine.batches(
        f"SELECT customer_id, {', '.join(cells)} FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY "
        f"{order}) AS place FROM {rows}) WHERE place = 1 ORDER BY customer_id"
    )
    schema = pa.schema([(name, pa.bool_() if name.startswith("consent_") else pa.string()) for name in columns])
    schema = schema.insert(0, pa.field("customer_id", pa.string()))
    beside = file.with_suffix(".new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
        with pq.ParquetWriter(opened, schema, compression="zstd") as writer:
            for batch in batches:
                writer.write_table(pa.Table.from_batches([batch]).rename_columns(schema.names).cast(schema))
        opened.flush()
        os.fsync(opened.fileno())
    beside.replace(file)
