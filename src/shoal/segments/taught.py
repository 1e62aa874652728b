"""What the predictive space learns from, whatever a caller holds: features known then, and what came after.

What enters are shoal's own features and outcomes, frames with one row a customer, or plain matrices; what leaves is
`Taught`, row for row the same customers. The one thing to know: rows are matched by ``customer_id`` where both sides
have that column, else by their place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shoal.features.result import EMPTY_GROUPS, FeatureInfo, Features, Kind, Lesson, Outcomes, outcome_roots
from shoal.measures.clustering import Floats, Labels
from shoal.segments.sheet import is_number, read_sheet
from shoal.segments.space import numbers, texts
from shoal.words.errors import InputError, UsageError, error
from shoal.words.language import Text
from shoal.words.provenance import Made

ID = "customer_id"
SHOWN = 3
FEWEST = 2
LARGEST = 1e150
"""Beyond this a square is infinite: such a value is no number here."""


@dataclass(frozen=True)
class Taught:
    """Features known before a cut and what came after it, row for row the same customers.

    `roots` are the outcomes as (signed) square roots, (customers, names); `bought` says who did anything at all.
    """

    features: Features
    names: tuple[str, ...]
    roots: Floats
    bought: NDArray[np.bool_]


def has_names(given: Any) -> bool:
    """Whether this is features or a frame, or a list of such, rather than a plain matrix."""
    if isinstance(given, list | tuple):
        return bool(given) and all(has_names(one) for one in given)
    return isinstance(given, Features) or _is_frame(given)


def of_lesson(lesson: Lesson) -> Taught:
    """An earlier cut of the log."""
    return Taught(lesson.features, lesson.names, lesson.targets, lesson.bought)


def taught(features: Any, outcomes: Any) -> tuple[Taught, ...]:
    """One lesson, or one for each of two lists of the same length (several cuts pooled, the latest first).

    Raises `InputError` when a table has columns that are no numbers, gaps in what came after, ids that repeat, or
    customers of whom nothing is said; `UsageError` when lists or rows do not match or the lessons' outcomes differ.
    """
    many = isinstance(features, list | tuple) and has_names(features)
    pairs = _paired(features, outcomes) if many else [(features, outcomes)]
    lessons = tuple(_one(X, y) for X, y in pairs)
    if len({lesson.names for lesson in lessons}) > 1:
        raise error(UsageError, texts, "outcomes_differ", first=", ".join(lessons[0].names))
    return lessons


def _paired(features: Sequence[Any], outcomes: Any) -> list[tuple[Any, Any]]:
    if not isinstance(outcomes, list | tuple) or len(outcomes) != len(features):
        found = len(outcomes) if isinstance(outcomes, list | tuple) else 1
        raise error(UsageError, texts, "lessons_differ", features=len(features), outcomes=found)
    return list(zip(features, outcomes, strict=True))


def _one(X: Any, y: Any) -> Taught:
    given = X if isinstance(X, Features) else as_table(X, "x")
    features = given if isinstance(given, Features) else _as_features(given)
    table = y.table if isinstance(y, Outcomes) else as_table(y, "outcome")
    names = y.names if isinstance(y, Outcomes) else _numbers_in(table)
    known = [_finite(numbers(table, name)) for name in names]
    named = ID in table.column_names and (isinstance(given, Features) or ID in given.column_names)
    rows = _matched(features, table) if named else np.arange(table.num_rows)
    if len(rows) != features.table.num_rows:
        raise error(UsageError, texts, "rows_differ", features=features.table.num_rows, outcomes=len(rows))
    values = np.column_stack(known)[rows]
    empty = [name for name, column in zip(names, values.T, strict=True) if np.isnan(column).any()]
    if empty:
        raise error(InputError, texts, "outcomes_empty", columns=", ".join(empty))
    if len(values) < FEWEST:
        raise error(InputError, texts, "too_few_to_learn", customers=len(values), least=FEWEST)
    bought = y.bought[rows] if isinstance(y, Outcomes) else np.asarray((values > 0).any(1))
    return Taught(features, names, outcome_roots(values), bought)


def _matched(features: Features, table: pa.Table) -> Labels:
    """For each customer of the features the row of `table` that is theirs."""
    place = pc.index_in(features.table[ID], value_set=_named(table))
    if place.null_count:
        missing = features.table[ID].filter(pc.is_null(place)).slice(0, SHOWN).to_pylist()
        raise error(InputError, texts, "outcomes_missing", count=place.null_count, examples=", ".join(missing))
    return np.asarray(place.to_numpy())


def _as_features(table: pa.Table) -> Features:
    """The columns of a table: those that are never negative as amounts, under a root."""
    names = _numbers_in(table)
    ids = _named(table) if ID in table.column_names else _numbered(table.num_rows)
    columns = {name: _finite(numbers(table, name)) for name in names}
    return Features(
        made=Made("features", rows_in=table.num_rows, rows_out=table.num_rows),
        table=pa.table({ID: ids, **columns}),
        product_groups=EMPTY_GROUPS,
        columns=tuple(_info(name, values) for name, values in columns.items()),
    )


def as_table(given: Any, stem: str) -> pa.Table:
    """A frame, or a matrix whose columns are numbered from 0: ``x0``, ``x1`` and so on."""
    if _is_frame(given):
        return read_sheet(given).table
    matrix = np.asarray(given, dtype=np.float64)
    matrix = matrix[:, None] if matrix.ndim == 1 else matrix
    return pa.table({f"{stem}{place}": column for place, column in enumerate(matrix.T)})


def _is_frame(given: Any) -> bool:
    return hasattr(given, "__arrow_c_stream__") and hasattr(given, "columns")


def _numbers_in(table: pa.Table) -> tuple[str, ...]:
    names = tuple(name for name in table.column_names if name != ID)
    odd = [name for name in names if not is_number(table.schema.field(name).type)]
    if odd or not names:
        raise error(InputError, texts, "not_numbers", count=len(odd), columns=", ".join(odd[:SHOWN]) or "-")
    return names


def _finite(values: Floats) -> Floats:
    return np.where(np.abs(values) > LARGEST, np.nan, values)


def _named(table: pa.Table) -> pa.ChunkedArray:
    """The customers of a table as texts; each has a name, and a row."""
    ids = pc.cast(table[ID], pa.string())
    if ids.null_count:
        raise error(InputError, texts, "unnamed_customers", rows=ids.null_count)
    if len(pc.unique(ids)) < len(ids):
        raise error(InputError, texts, "repeated_customers", count=len(ids) - len(pc.unique(ids)))
    return ids


def _numbered(rows: int) -> pa.Array:
    return pa.array([str(row) for row in range(rows)], pa.string())


def _info(name: str, values: Floats) -> FeatureInfo:
    kind: Kind = "number" if np.nanmin(values, initial=0.0) < 0 else "count"
    return FeatureInfo(name, "table", kind, "", Text.same(name), Text.same(name))
