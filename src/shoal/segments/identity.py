"""Who is who in a plain table: the column that names customers, found by its name, or the number of the row.

The one thing to know: ids become text and must be unique; a table with several rows a customer is refused, not summed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shoal.segments.sheet import Sheet
from shoal.segments.space import texts
from shoal.show.blocks import Finding
from shoal.words.errors import InputError, error

SURE = (
    *("customerid", "custid", "clientid", "userid", "memberid", "householdid", "householdkey", "visitorid"),
    *("customernumber", "customerno", "clientnum", "clientnumber", "accountid", "personid", "id"),
    *("客户编号", "客户id", "顾客编号", "顾客id", "会员编号", "会员id", "用户编号", "用户id"),
)
"""Names that mean a customer: where such a column repeats, the table is not one row a customer."""
LIKELY = (
    "customer",
    "client",
    "user",
    "member",
    "account",
    "household",
    "index",
    "unnamed0",
    "客户",
    "顾客",
    "会员",
    "用户",
)


@dataclass(frozen=True, slots=True)
class Identity:
    """The column that names customers (None: the row does), their names as text, and what is said of it."""

    column: str | None
    customers: np.ndarray[Any, np.dtype[np.object_]]
    findings: tuple[Finding, ...]


def identity(sheet: Sheet, named: str | None) -> Identity:
    """The identity of a sheet's rows. Raises `InputError` for a column that is not there, is empty or repeats."""
    column = _named(sheet, named) if named is not None else _guessed(sheet)
    if column is None:
        rows = np.array([str(row) for row in range(1, sheet.table.num_rows + 1)], dtype=object)
        return Identity(None, rows, (Finding("table.id_row", "info", texts("finding.table.id_row")),))
    _refuse(sheet, column)
    said = texts("finding.table.id_found", id=column)
    return Identity(column, _as_text(sheet.table.column(column)), (Finding("table.id", "info", said),))


def _named(sheet: Sheet, named: str) -> str:
    if named not in sheet.table.column_names:
        shown = ", ".join(sheet.table.column_names[:8])
        raise error(InputError, texts, "table_no_id", source=sheet.source, id=named, columns=shown)
    return named


def _guessed(sheet: Sheet) -> str | None:
    plain: dict[str, str] = {re.sub(r"[\W_]+", "", name.lower()): name for name in reversed(sheet.table.column_names)}
    for key in SURE:
        if key in plain:
            return plain[key]
    likely = [plain[key] for key in LIKELY if key in plain]
    likely += [name for name in sheet.table.column_names if re.search(r"(_|[a-z])(id|ID|Id)$|[a-z]ID$", name)]
    return next((name for name in likely if _unique(sheet.table.column(name))), None)


def _unique(column: pa.ChunkedArray) -> bool:
    if pa.types.is_floating(column.type) or column.null_count:
        return False
    return bool(pc.count_distinct(column).as_py() == len(column))


def find_id(names: Sequence[str], source: str, named: str | None) -> str | None:
    """The column that names customers in a table of which only the header is read; None: the row does.

    Raises `InputError` for one that was named and is not there.
    """
    if named is not None and named not in names:
        raise error(InputError, texts, "table_no_id", source=source, id=named, columns=", ".join(names[:8]))
    return named


def _refuse(sheet: Sheet, name: str) -> None:
    column = sheet.table.column(name)
    if column.null_count:
        raise error(InputError, texts, "table_empty_ids", source=sheet.source, id=name, rows=column.null_count)
    repeated(column, sheet.source, name)


def repeated(column: pa.ChunkedArray, source: str, name: str) -> None:
    """Raises `InputError` where a customer stands in several rows."""
    distinct = pc.count_distinct(column).as_py()
    if distinct == len(column):
        return
    counts = {one["values"]: one["counts"] for one in column.value_counts().to_pylist()}
    several = [str(value) for value, count in counts.items() if count > 1][:3]
    raise error(
        InputError,
        texts,
        "table_double_ids",
        source=source,
        id=name,
        rows=len(column),
        distinct=distinct,
        examples=", ".join(several),
    )


def _as_text(column: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.object_]]:
    """Ids as text; whole numbers that came as floats lose their ``.0``."""
    if pa.types.is_floating(column.type) and pc.all(pc.equal(column, pc.floor(column))).as_py():
        column = column.cast(pa.int64())
    return np.array(column.cast(pa.string()).to_pylist(), dtype=object)
