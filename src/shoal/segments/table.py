"""Any table of numbers, one row a customer: read, told what it is, and segmented as the textbook does.

What enters is a file or a frame, what leaves is `TableSegments`. The one thing to know: with the defaults this is the
recipe of every tutorial (drop rows with gaps, `StandardScaler`, `KMeans(n_init=10)`) in the file's own order, so the
partition is the same; every row that is not used is counted, named by its line and kept in ``set_aside.parquet``.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Literal, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shoal.features.result import FeatureInfo, Features
from shoal.measures.clustering import Floats
from shoal.segments.guidance import read_guidance
from shoal.segments.identity import identity
from shoal.segments.levels import taking_part, text_columns_of, with_levels
from shoal.segments.result import Segments, TableSegments
from shoal.segments.segment import segment
from shoal.segments.set_aside import Flags, Rules, fences_of, outside, set_aside
from shoal.segments.settings import SegmentSettings, check_one_of
from shoal.segments.sheet import Sheet, is_number, read_sheet
from shoal.segments.space import texts
from shoal.segments.spaces import Limits
from shoal.show.blocks import Finding
from shoal.words.errors import InputError, error
from shoal.words.language import Text
from shoal.words.progress import Progress
from shoal.words.provenance import Made

Outliers = Literal["keep", "clip", "set-aside"]
Missing = Literal["set-aside", "fill"]
NEARLY = 0.9
LARGEST = 1e150
"""Beyond this a square is infinite, and so is every distance."""
SMALLEST = 1e-150
"""Below this a square is 0, and so is the value."""
SHOWN = 3


@dataclass(frozen=True, slots=True)
class TableFeatures:
    """A table made ready: its numbers as features, the rows set aside, the limits outliers are clipped to."""

    features: Features
    set_aside: pa.Table
    limits: Limits
    id_column: str | None = None


def segment_table(
    source: Any,
    settings: SegmentSettings | None = None,
    *,
    id_column: str | None = None,
    outliers: Outliers = "keep",
    missing: Missing = "set-aside",
    labels: Any = None,
    links: Any = None,
    progress: Progress | None = None,
) -> TableSegments:
    """The segments of a table with one row a customer.

    Parameters
    ----------
    source
        Path of a CSV (``,`` ``;`` tab ``|``, also .gz, .zst) or Parquet file, or a pandas, polars or Arrow frame.
    settings
        As for `segment`; ``auto`` is the space ``standardised`` here.
    id_column
        The column that names customers. Found by its name when None, else rows are numbered.
    outliers
        ``keep`` them, ``clip`` values beyond three interquartile ranges from the quartiles, or ``set-aside`` the rows.
    missing
        ``set-aside`` rows with an empty number, or ``fill`` it with the column's median.
    labels, links
        Files or frames for the method ``labelled``: ``customer_id, label``, and ``customer_id, other_id, kind``.

    Text columns take part where the method or space measures them (``kprototypes``, ``mixed``) or is left to shoal
    (``auto``); an empty text is a level of its own.

    Raises
    ------
    InputError
        No file, no rows, no numbers, ids that repeat, a gap in every row.
    UsageError
        More segments than different rows; a space the table cannot carry.

    Examples
    --------
    >>> table = {"member": [f"m{i}" for i in range(20)], "visits": [*range(1, 11), *range(101, 111)]}
    >>> found = segment_table(pa.table(table), SegmentSettings(k=2))
    >>> found.table.slice(0, 1).to_pylist()[0]["customer_id"], found.segment(2).customers
    ('m0', 10)
    """
    start, settings = perf_counter(), settings or SegmentSettings()
    mixed = settings.algorithm in ("kprototypes", "auto") or settings.space == "mixed"
    ready = table_features(source, id_column=id_column, outliers=outliers, missing=missing, levels=mixed)
    guidance = read_guidance(labels, links)
    made = segment(ready.features, settings, progress, limits=ready.limits, guidance=guidance)
    parts = {field.name: getattr(made, field.name) for field in dataclasses.fields(Segments)}
    parts["made"] = dataclasses.replace(
        made.made, rows_in=ready.features.made.rows_in, seconds=round(perf_counter() - start, 3)
    )
    parts["findings"] = (*ready.features.findings, *made.findings)
    return TableSegments(**parts, set_aside=ready.set_aside, rows=ready.features.table, id_column=ready.id_column)


def table_features(
    source: Any,
    *,
    id_column: str | None = None,
    outliers: Outliers = "keep",
    missing: Missing = "set-aside",
    levels: bool = False,
) -> TableFeatures:
    """A table's numbers as features, in its own order, and what was set aside. Raises as `segment_table` does.

    With `levels` text columns of a few levels stay beside the numbers.
    """
    check_one_of("outliers", outliers, get_args(Outliers))
    check_one_of("missing", missing, get_args(Missing))
    sheet = read_sheet(source)
    who = identity(sheet, id_column)
    columns, kinds, findings = _columns(sheet, {who.column, "customer_id"}, levels)
    matrix, filled = _filled(columns, _matrix(sheet, columns), missing)
    infinite = np.asarray((np.abs(matrix) > LARGEST).any(axis=1), dtype=np.bool_)
    empty = np.asarray(np.isnan(matrix).any(axis=1), dtype=np.bool_)
    broken: Rules = {"infinite_value": infinite, "missing_value": empty}
    kept = ~(infinite | empty)
    if not kept.any():
        raise _all_incomplete(sheet, columns, matrix)
    fences = fences_of(columns, matrix[kept]) if outliers != "keep" else {}
    if outliers == "set-aside":
        broken["outlier"] = kept & outside(columns, matrix, fences)
        kept &= ~broken["outlier"]
    limits = fences if outliers == "clip" else {}
    aside, more = set_aside(sheet, broken)
    said = (*who.findings, *findings, *filled, *more, *_clipped(columns, matrix[kept], limits))
    rows_in = sheet.table.num_rows + len(sheet.ragged)
    told = {name: sheet.table.column(name).filter(pa.array(kept)) for name in kinds}
    features = _features(who.customers[kept], columns, matrix[kept], told, said, rows_in)
    return TableFeatures(features, aside, limits, who.column)


def _matrix(sheet: Sheet, columns: Sequence[str]) -> Floats:
    values = [_values(sheet.table.column(name)) for name in columns]
    matrix = np.column_stack(values) if values else np.empty((sheet.table.num_rows, 0))
    return np.where(np.abs(matrix) < SMALLEST, 0.0, matrix)


def _filled(columns: Sequence[str], matrix: Floats, missing: Missing) -> tuple[Floats, list[Finding]]:
    """Empty numbers at their column's median, where that was asked for; rows that are empty throughout stay so."""
    empty: Flags = np.asarray(np.isnan(matrix))
    gaps: Flags = np.asarray(empty & ~empty.all(axis=1, keepdims=True))
    if missing == "set-aside" or not gaps.any():
        return matrix, []
    with np.errstate(invalid="ignore"):
        middle = np.array([np.median(column[np.isfinite(column)]) for column in matrix.T])
    names = [name for name, gap in zip(columns, gaps.T, strict=True) if gap.any()]
    said = texts("finding.table.filled", count=int(gaps.sum()), columns=_listed(names))
    return np.where(gaps, middle, matrix), [Finding("table.filled", "info", said, count=int(gaps.sum()))]


def _columns(sheet: Sheet, taken: set[str | None], levels: bool) -> tuple[list[str], list[str], list[Finding]]:
    """The columns that are numbers, the text columns that take part, and what is said of those that do not."""
    columns, left, findings = list[str](), list[str](), list[Finding]()
    for name, column in zip(sheet.table.column_names, sheet.table.columns, strict=True):
        if name in taken:
            continue
        if is_number(column.type) and column.null_count < len(column):
            columns.append(name)
        else:
            left.append(name)
            findings += _nearly(name, column)
    kinds = text_columns_of(sheet, left) if levels else []
    left = [name for name in left if name not in kinds]
    if not columns and not kinds:
        shown = ", ".join(sheet.table.column_names[:8])
        raise error(InputError, texts, "table_no_numbers", source=sheet.source, columns=shown)
    if left:
        said = texts("finding.table.left_out", count=len(left), columns=_listed(left))
        findings.append(Finding("table.left_out", "info", said, count=len(left)))
    if kinds:
        findings.append(Finding("table.levels", "info", taking_part(kinds), count=len(kinds)))
    return columns, kinds, findings


def _nearly(name: str, column: pa.ChunkedArray) -> list[Finding]:
    """A finding where a few values alone keep a column from being numbers."""
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return []
    known = column.drop_null()
    number = pc.match_substring_regex(known, r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$")
    odd = known.filter(pc.invert(number))
    if len(odd) == 0 or len(odd) > (1 - NEARLY) * len(known):
        return []
    said = texts("finding.table.nearly", column=name, count=len(odd), example=str(odd[0].as_py())[:40])
    return [Finding("table.nearly_numbers", "warning", said, texts("finding.table.nearly_do"), len(odd))]


def _values(column: pa.ChunkedArray) -> Floats:
    """A column as float64: booleans as 0 and 1, empty cells as NaN, infinities as they are."""
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    values: Floats = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return values


def _all_incomplete(sheet: Sheet, columns: Sequence[str], matrix: Floats) -> InputError:
    gaps = np.argsort(-(~np.isfinite(matrix)).sum(axis=0), kind="stable")[:SHOWN]
    worst = ", ".join(columns[i] for i in gaps)
    return error(
        InputError, texts, "table_all_incomplete", source=sheet.source, rows=sheet.table.num_rows, columns=worst
    )


def _clipped(columns: Sequence[str], matrix: Floats, limits: Limits) -> list[Finding]:
    hit = [name for i, name in enumerate(columns) if outside([name], matrix[:, [i]], limits).any()]
    if not hit:
        return []
    said = texts("finding.table.clipped", count=len(hit), columns=_listed(hit))
    return [Finding("table.clipped", "info", said, count=len(hit))]


def _features(
    customers: np.ndarray,
    columns: Sequence[str],
    matrix: Floats,
    kinds: dict[str, pa.ChunkedArray],
    findings: tuple[Finding, ...],
    rows_in: int,
) -> Features:
    table = pa.table(
        {"customer_id": pa.array(customers, pa.string())} | {name: matrix[:, i] for i, name in enumerate(columns)}
    )
    table, levels = with_levels(table, kinds)
    return Features(
        made=Made("features", rows_in=rows_in, rows_out=len(matrix)),
        findings=findings,
        table=table,
        product_groups=pa.table({"product_id": pa.array([], pa.string()), "category": pa.array([], pa.string())}),
        columns=(*(_info(name) for name in columns), *levels),
    )


def _info(name: str) -> FeatureInfo:
    label = Text.same(_label(name))
    return FeatureInfo(name, "table", "number", "", label, Text.same(name))


def _label(name: str) -> str:
    """What people read for a column: ``Annual Income (k$)`` is Annual Income, ``num_web_visits`` num web visits.

    Examples
    --------
    >>> _label("Annual Income (k$)"), _label("num_web_visits")
    ('Annual Income', 'num web visits')
    """
    bare = re.sub(r"\s*[(（][^()（）]*[)）]\s*$", "", name).replace("_", " ").strip()
    return bare or name


def _listed(names: Sequence[str]) -> Text:
    shown = ", ".join(names[:SHOWN])
    more = len(names) - SHOWN
    return texts("finding.and_more", first=shown, more=more) if more > 0 else Text.same(shown)
