"""Rows of a plain table that are not used: which, on which line, by which rule; and where a value is far out.

The one thing to know: a row is counted once, under the first rule it broke, and never lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shoal.measures.clustering import Floats, Labels
from shoal.segments.sheet import Record, Sheet
from shoal.segments.space import texts
from shoal.segments.spaces import Limits
from shoal.show.blocks import Finding

Flags = NDArray[np.bool_]
Rules = dict[str, Flags]
"""The rows (True) that break a rule, by the rule's code."""
FENCE = 3.0
"""Beyond this many interquartile ranges from the quartiles a value is far out (Tukey 1977, the outer fences)."""
NOTABLE = 0.05
"""From this share of all rows on, leaving them out is a warning: the segments then speak of the rest alone."""
EMAIL, PHONE = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"), re.compile(r"\+\d[\d ()-]{7,}\d|\b1[3-9]\d{9}\b")


def set_aside(sheet: Sheet, broken: Rules) -> tuple[pa.Table, list[Finding]]:
    """Every row that is not used, with its line, the first rule it broke and its raw text; and one finding a rule."""
    records: list[tuple[Record, str]] = [(record, "ragged") for record in sheet.ragged]
    taken = np.zeros(sheet.table.num_rows, dtype=bool)
    for rule, hit in broken.items():
        rows: Labels = np.flatnonzero(hit & ~taken)
        taken |= hit
        records += [(record, rule) for record in (sheet.found(rows.tolist()) if len(rows) else [])]
    records.sort(key=lambda found: found[0][0])
    rules = [rule for _, rule in records]
    every = sheet.table.num_rows + len(sheet.ragged)
    findings = [counted(rule, rules.count(rule), every) for rule in ("ragged", *broken) if rule in rules]
    columns = {
        "source_file": pa.array([sheet.source] * len(records), pa.string()),
        "source_line": pa.array([line for (line, _), _ in records], pa.int64()),
        "rule": pa.array(rules, pa.string()),
        "raw": pa.array([_masked(raw) for (_, raw), _ in records], pa.string()),
    }
    return pa.table(columns), findings


def counted(rule: str, count: int, every: int) -> Finding:
    """How many of `every` rows broke a rule; a warning where they are many."""
    said = texts(f"finding.table.{rule}", count=count, share=f"{count / every:.1%}")
    do = texts("finding.table.missing_do") if rule == "missing_value" else None
    return Finding(f"table.{rule}", "warning" if count >= NOTABLE * every else "info", said, do, count)


def _masked(raw: str) -> str:
    """The raw text without e-mail addresses and telephone numbers."""
    return PHONE.sub("***", EMAIL.sub("***@***", raw))


def fences_of(columns: Sequence[str], matrix: Floats) -> dict[str, tuple[float, float]]:
    """The outer fences of each column whose middle half is not one value."""
    low, high = np.quantile(matrix, [0.25, 0.75], axis=0)
    reach = FENCE * (high - low)
    return {
        name: (float(low[i] - reach[i]), float(high[i] + reach[i])) for i, name in enumerate(columns) if reach[i] > 0
    }


def outside(columns: Sequence[str], matrix: Floats, fences: Limits) -> Flags:
    """Which rows (True) have a value beyond a fence."""
    beyond: Flags = np.zeros(len(matrix), dtype=bool)
    for i, name in enumerate(columns):
        if name in fences:
            low, high = fences[name]
            beyond |= (matrix[:, i] < low) | (matrix[:, i] > high)
    return beyond
