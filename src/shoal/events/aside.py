"""What was set aside, kept with file, line, rule and raw text.

In: judged records and the lines no one could read. Out: one Arrow table on disk, and examples. The one thing to know:
the table is mapped from a file, not held in memory, however much was set aside; contacts in it are masked.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from shoal.engines.contract import Engine, literal
from shoal.events.cells import cell_text
from shoal.events.matching import Match
from shoal.events.reading import Reading, raw_sql
from shoal.events.result import Example
from shoal.events.rules import BY_CODE

SCHEMA = pa.schema(
    [("source_file", pa.string()), ("source_line", pa.int64()), ("rule", pa.string()), ("raw", pa.string())]
)
EXAMPLES = 3
LONGEST_EXAMPLE = 200
MASKS = (
    (r"[^\s@,;\"<>|]+@[^\s@,;\"<>|]+\.[^\s@,;\"<>|]+", "***@***"),
    (r"\+\d[\d ()-]{6,}\d", "+***"),
)
"""Patterns of contacts: e-mail addresses and international phone numbers."""


def set_aside(
    engine: Engine, records: str, readings: Sequence[Reading], beside: tuple[Match | None, Path | None], folder: Path
) -> pa.Table:
    """The table of what was set aside, in the order of files and lines.

    `beside` are the products file, whose rows without a product are set aside too, and the file of unreadable lines.
    """
    products, faults = beside
    raws = " UNION ALL ".join(_raw(reading.match) for reading in readings)
    sql = (
        f"SELECT source_file, source_line, rule, raw FROM (SELECT source_file, source_line, rule FROM {records} "
        f"WHERE rule IS NOT NULL) JOIN ({raws}) USING (source_file, source_line)"
    )
    if products is not None:
        nameless = f"{cell_text(*_product_cell(products))} IS NULL"
        sql += f" UNION ALL SELECT source_file, source_line, 'missing_product', raw FROM ({_raw(products, nameless)})"
    if faults is not None:
        engine.open_parquet("faults", [faults])
        sql += " UNION ALL SELECT source_file, source_line, rule, raw FROM faults"
    return _mapped(engine, f"SELECT * REPLACE ({masked('raw')} AS raw) FROM ({sql}) ORDER BY ALL", folder)


def _raw(match: Match, where: str = "TRUE") -> str:
    return (
        f"SELECT __file AS source_file, __line AS source_line, {raw_sql(match)} AS raw "
        f"FROM {match.staged.relation} WHERE {where}"
    )


def _product_cell(match: Match) -> tuple[str, str]:
    column = match.columns["product_id"][0]
    return match.staged.columns[column], match.staged.types[column]


def masked(text: str) -> str:
    """SQL of a text without contacts."""
    for pattern, mask in MASKS:
        text = f"regexp_replace({text}, {literal(pattern)}, {literal(mask)}, 'g')"
    return text


def _mapped(engine: Engine, sql: str, folder: Path) -> pa.Table:
    path = folder / "set_aside.arrow"
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, SCHEMA) as writer:
        for batch in engine.batches(sql):
            writer.write_batch(batch.cast(SCHEMA))
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()


def examples(engine: Engine, aside: pa.Table, codes: Sequence[str]) -> dict[str, tuple[Example, ...]]:
    """Up to three records a rule, the first ones found."""
    engine.register("aside", aside)
    shown: dict[str, tuple[Example, ...]] = {}
    for code in codes:
        source = {"set_aside": f"aside WHERE rule = {literal(code)}", "keep_once": "twins"}.get(
            BY_CODE[code].action, f"events WHERE {BY_CODE[code].test}"
        )
        raw = "raw" if BY_CODE[code].action == "set_aside" else "''"
        rows = engine.rows(
            f"SELECT source_file, source_line, {raw} FROM {source} ORDER BY source_file, source_line LIMIT {EXAMPLES}"
        )
        shown[code] = tuple(Example(str(f), int(line), str(text)[:LONGEST_EXAMPLE]) for f, line, text in rows)
    return shown
