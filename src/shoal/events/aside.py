"""What was set aside, kept with file, line, rule and raw text.

In: judged records and the lines no one could read. Out: one Arrow table on disk, and examples. The one thing to know:
the table is mapped from a file, not held in memory, however much was set aside; contacts in it are masked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from shoal.engines.contract import Engine, literal
from shoal.events.reading import Reading, raw_sql
from shoal.events.result import Example
from shoal.events.rules import BY_CODE
from shoal.events.staged import Staged
from shoal.events.typed.recall import recalled

SCHEMA = pa.schema(
    [("source_file", pa.string()), ("source_line", pa.int64()), ("rule", pa.string()), ("raw", pa.string())]
)
EXAMPLES = 3
LONGEST_EXAMPLE = 200
MASKS = (
    (r"[^\s@,;\"<>|]+@[^\s@,;\"<>|]+\.[^\s@,;\"<>|]+", "***@***"),
    (r"\+\d[\d ()./-]{6,}\d", "+***"),
)
"""Patterns of contacts: e-mail addresses and international phone numbers."""
LOCAL_PHONE = (
    r"(^|[^\d.:/+-])"
    r"(\(0\d{1,5}\)[ /-]?\d{3,}[\d /-]*\d|0\d{1,5}[ /-]\d{3,}[\d /-]*\d|0\d(?: \d\d){4}|0\d{8,11}|"
    r"1[3-9]\d{9}|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4})"
    r"($|[^\d.:-])"
)
"""A number as it is dialled within a country: it starts with a zero (most of Europe and Asia), is one of China's
mobiles, or has the form of North America. Looked for in lines that no one could read, where no column's name says what
is a phone."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What is set aside outside the log: rows of other files that hold for a test, by rule, and unreadable lines."""

    without: tuple[tuple[Staged, str, str], ...]
    faults: Path | None


def set_aside(engine: Engine, records: str, readings: Sequence[Reading], beside: Beside, folder: Path) -> pa.Table:
    """The table of what was set aside, in the order of files and lines."""
    engine.run(
        "CREATE OR REPLACE TEMP TABLE left_out AS SELECT source_file, source_line, source_item, rule "
        f"FROM {records} WHERE rule IS NOT NULL"
    )
    # the text of a record is put together behind the join, for those few that are set aside; what is likely comes first
    # and in COALESCE, or the engine builds its table of hashes on all records
    likely = "COALESCE(__line IN (SELECT source_line FROM left_out), FALSE)"
    here = "__file = source_file AND __line = source_line AND __item = source_item"
    texts = [(r.match.staged, f"SELECT * FROM {r.match.staged.relation} WHERE {likely}") for r in readings]
    texts += [(r.match.staged, sql) for r in readings if (sql := recalled(engine, r.match.staged, folder))]
    sql = " UNION ALL ".join(
        f"SELECT source_file, source_line, rule, {raw_sql(staged)} AS raw FROM ({rows}) JOIN left_out ON {here}"
        for staged, rows in texts
    )
    for staged, rule, test in beside.without:
        sql += (
            f" UNION ALL SELECT __file, __line, {literal(rule)}, {raw_sql(staged)} FROM {staged.relation} WHERE {test}"
        )
    if beside.faults is not None:
        engine.open_parquet("faults", [beside.faults])
        sql += f" UNION ALL SELECT source_file, source_line, rule, {_dialled('raw')} AS raw FROM faults"
    table = _mapped(engine, f"SELECT * REPLACE ({masked('raw')} AS raw) FROM ({sql}) ORDER BY ALL", folder)
    engine.run("DROP TABLE left_out")
    return table


def _dialled(text: str) -> str:
    """SQL of a text without phone numbers; twice, for two that share what parts them."""
    for _ in range(2):
        text = f"regexp_replace({text}, {literal(LOCAL_PHONE)}, '\\1***\\3', 'g')"
    return text


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
