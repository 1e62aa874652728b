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
REPEATS = 0.5
"""The share of the variance of ranks from which a column repeats what customers did. Ours: half, far above what an age
or a region tells of anybody, and far below what a sum of the same orders does."""
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
    """Whether a column goes with orders, spend or the last day as a sum of them would.

    Examples
    --------
    >>> deeds = pa.table({"orders": range(40), "spend": [1.0] * 40, "last_s": [5] * 40})
    >>> repeats(pa.chunked_array([[order * 3.5 for order in range(40)]]), deeds)
    True
    >>> repeats(pa.chunked_array([["a", "b"] * 20]), deeds)
    False
    """
    known = np.asarray(pc.is_valid(values))
    if known.sum() < FEWEST:
        return False
    said, groups = _codes(values.filter(pa.array(known)))
    return any(
        _explained(said, groups, ranks(_numbers(deeds[name])[known])) >= REPEATS
        for name in ("orders", "spend", "last_s")
    )


def _codes(values: pa.ChunkedArray) -> tuple[Floats, int]:
    """Numbers as their ranks, texts as codes, with how many codes there are (0 for numbers)."""
    if pa.types.is_floating(values.type):
        return ranks(values.to_numpy()), 0
    coded = values.combine_chunks().dictionary_encode()
    return coded.indices.to_numpy().astype(np.float64), len(coded.dictionary)


def _explained(said: Floats, groups: int, deed: Floats) -> float:
    """The share of a deed's variance that a column explains: the squared correlation of ranks, or epsilon squared of
    groups (Kelley 1935), which many groups do not raise by themselves."""
    if np.ptp(deed) == 0 or np.ptp(said) == 0:
        return 0.0
    if not groups:
        return float(np.corrcoef(said, deed)[0, 1] ** 2)
    n, code = len(deed), said.astype(np.int64)
    sizes, sums = np.bincount(code, minlength=groups), np.bincount(code, weights=deed, minlength=groups)
    within = float(((deed - (sums / np.maximum(sizes, 1))[code]) ** 2).sum())
    return (
        1.0 - within / max(n - groups, 1) / (float(((deed - deed.mean()) ** 2).sum()) / (n - 1)) if n > groups else 0.0
    )


def ranks(values: Floats) -> Floats:
    """Ranks, equal values at the middle of theirs."""
    ordered = np.sort(values)
    return (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")) / 2.0


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
