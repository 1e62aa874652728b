"""Which columns of a customers file features may use, and which values of a text are frequent enough to count.

In: the relation of accounts beside the log. Out: `Told`: the levels of each attribute, and why others are left out. The
one thing to know: a column without a date may hold what happened later; one that goes with what customers did in the
log as a sum of it would is taken for one and left out, or the proof would be shown its own answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shoal.engines.contract import Engine
from shoal.events.groups import CUSTOMERS as LOG_CUSTOMERS
from shoal.events.result import EventLog
from shoal.events.roles import Roles
from shoal.show.blocks import Finding
from shoal.words.language import Texts

texts = Texts("shoal.events")
MOST_LEVELS = 10
LEAST_SHARE, LEAST_CUSTOMERS = 0.01, 5
"""A value that fewer customers have is no level of its own."""
LEAST_COVERED = 0.5
"""A text whose levels stand for fewer of those who say anything is free text."""
REPEATS_NUMBER, REPEATS_TEXT = 0.9, 0.95
"""From here on a column repeats what customers did: of two customers who differ in it, how often the same one has more
orders, spend or the later last day. Ours: a sum of the same orders has 1, while traits of people overlap widely."""
COMPARED = 2_000
SAMPLE = 50_000
FEWEST = 30
DEEDS = (
    "COUNT(*) FILTER (event_type = 'purchase') AS orders, "
    "SUM(CASE WHEN event_type = 'purchase' THEN amount END) AS spend, MAX(ts_s) AS last_s"
)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Told:
    """The attributes that take part with their levels (none for a number), and the others with the reason."""

    levels: Mapping[str, tuple[str, ...]]
    left: Mapping[str, str]
    findings: tuple[Finding, ...]


def tell(engine: Engine, log: EventLog, named: Roles, columns: Mapping[str, str], dated: bool) -> Told:
    """What of the columns features may use; `columns` are their names in the relation of accounts."""
    levels, left = dict[str, tuple[str, ...]](), dict[str, str]()
    few = _beside_deeds(engine, log, list(columns.values()))
    if not few.num_rows:  # nobody in the log is in the file
        return Told({}, {}, ())
    for name, column in columns.items():
        values = few[column]
        if pc.count_distinct(values, mode="only_valid").as_py() < 2:
            left[name] = "constant"
        elif not dated and repeats(values, few):
            left[name] = "behaviour"
        elif name in named.numbers:
            levels[name] = ()
        elif found := _levels(engine, column):
            levels[name] = found
        else:
            left[name] = "free_text"
    return Told(levels, left, _said(levels, dated))


def _beside_deeds(engine: Engine, log: EventLog, columns: list[str]) -> pa.Table:
    """The attributes of a sample of the log's customers, the same whatever the order of rows, beside what they did."""
    chosen = ", ".join(columns) or "NULL AS nothing"
    return engine.table(
        f"SELECT {chosen}, orders, CAST(spend AS DOUBLE) AS spend, last_s FROM accounts "
        f"JOIN (SELECT customer_id, {DEEDS} FROM {log.relation} GROUP BY customer_id) AS deeds USING (customer_id) "
        f"ORDER BY md5(customer_id), customer_id LIMIT {SAMPLE}"
    )


def repeats(values: pa.ChunkedArray, deeds: pa.Table) -> bool:
    """Whether a column goes with orders, spend or the last day as a sum of them, or a tier by such a sum, would.

    Examples
    --------
    >>> deeds = pa.table({"orders": range(40), "spend": [1.0] * 40, "last_s": [5] * 40})
    >>> repeats(pa.chunked_array([[order * 3.5 for order in range(40)]]), deeds)
    True
    >>> repeats(pa.chunked_array([["a", "b"] * 20]), deeds)
    False
    """
    known = np.flatnonzero(np.asarray(pc.is_valid(values)))[:COMPARED]
    text = not pa.types.is_floating(values.type)
    said = values.take(pa.array(known))
    for name in ("orders", "spend", "last_s"):
        deed = _numbers(deeds[name])[known]
        score, kept = _scored(said, deed) if text else (said.to_numpy(), np.ones(len(known), dtype=bool))
        least = REPEATS_TEXT if text else REPEATS_NUMBER
        if kept.sum() >= FEWEST and concordance(score[kept], deed[kept]) >= least:
            return True
    return False


def _scored(said: pa.ChunkedArray, deed: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """The mean deed of everybody with the same text, and who has one that enough others have too."""
    code = said.combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    sizes, sums = np.bincount(code), np.bincount(code, weights=deed)
    return (sums / np.maximum(sizes, 1))[code], np.asarray(sizes[code] >= LEAST_CUSTOMERS)


def concordance(one: Floats, other: Floats) -> float:
    """Of two that differ in `one`, how often `other` orders them alike, or always the other way round; ties count half.

    Source: Somers 1962, (1 + |D|) / 2.

    Examples
    --------
    >>> float(concordance(np.array([1.0, 2.0, 3.0]), np.array([5.0, 5.0, 9.0])))
    0.8333333333333333
    """
    differ = np.sign(one[:, None] - one[None, :])
    pairs = int(np.count_nonzero(differ))
    alike = float((differ * np.sign(other[:, None] - other[None, :])).sum())
    return (1 + abs(alike) / pairs) / 2 if pairs else 0.0


def _numbers(column: pa.ChunkedArray) -> Floats:
    return np.asarray(np.nan_to_num(pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False)))


def _levels(engine: Engine, column: str) -> tuple[str, ...]:
    """The frequent values of a text among the log's customers; none where they stand for too few."""
    rows = engine.rows(
        f"SELECT {column}, COUNT(*) AS n FROM accounts SEMI JOIN {LOG_CUSTOMERS} USING (customer_id) "
        f"WHERE {column} IS NOT NULL GROUP BY {column} ORDER BY n DESC, {column}"
    )
    everyone = sum(int(n) for _, n in rows)
    least = max(LEAST_CUSTOMERS, LEAST_SHARE * everyone)
    kept = [(str(value), int(n)) for value, n in rows if n >= least][:MOST_LEVELS]
    return tuple(value for value, _ in kept) if sum(n for _, n in kept) >= LEAST_COVERED * everyone else ()


def _said(levels: Mapping[str, tuple[str, ...]], dated: bool) -> tuple[Finding, ...]:
    if not levels:
        return ()
    listed = ", ".join(levels)
    found = [
        Finding(
            "customers_attributes", "info", texts("finding.customers_attributes", columns=listed), None, len(levels)
        )
    ]
    if not dated:
        said, do = texts("finding.customers_undated"), texts("finding.customers_undated_do")
        found.append(Finding("customers_undated", "info", said, do))
    return tuple(found)
