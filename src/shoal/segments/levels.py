"""Text columns of a plain table: which can take part beside the numbers, and what is said of their levels.

What enters are columns, what leaves are the columns kept and a feature for each level: 1 where it stands, else 0. The
one thing to know: an empty cell is a level of its own, and a column with more than 30 levels (a name, a note) is none.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from shoal.features.result import FeatureInfo
from shoal.segments.sheet import Sheet
from shoal.segments.space import has_level, texts
from shoal.words.language import Text

MOST_LEVELS = 30
ROWS_A_LEVEL = 3
"""A column whose levels hold fewer rows than this on average names customers rather than kinds of customer."""


def text_columns_of(sheet: Sheet, left: Sequence[str]) -> list[str]:
    """Those of the columns `left` that are texts of 2 to 30 levels, each of which recurs."""
    return [name for name in left if _is_text(sheet.table.column(name).type) and _recurs(sheet.table.column(name))]


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _recurs(column: pa.ChunkedArray) -> bool:
    levels = int(pc.count_distinct(column, mode="all").as_py())
    return 2 <= levels <= MOST_LEVELS and levels * ROWS_A_LEVEL <= len(column)


def with_levels(table: pa.Table, texts_kept: dict[str, pa.ChunkedArray]) -> tuple[pa.Table, list[FeatureInfo]]:
    """The table with the text columns and a column of 0 and 1 for each level, and what each of these means."""
    infos = list[FeatureInfo]()
    for name, column in texts_kept.items():
        said = pc.fill_null(column.cast(pa.string()), "")
        table = table.append_column(name, said)
        for level in sorted(pc.unique(said).to_pylist()):
            info = _info(name, level)
            infos.append(info)
            table = table.append_column(info.name, pa.array(has_level(table, name, level)))
    return table, infos


def _info(name: str, level: str) -> FeatureInfo:
    shown = level or "–"
    label = texts("level.label", column=name, level=shown)
    meaning = texts("level.meaning", column=name, level=shown)
    return FeatureInfo(f"{name} = {shown}", "table", "share", "", label, meaning, category=name, level=level)


def is_level(info: FeatureInfo) -> bool:
    """Whether a feature is a level of a text column of a plain table."""
    return info.block == "table" and info.level is not None


def taking_part(names: Sequence[str]) -> Text:
    """The text columns that take part, as one text."""
    return texts("finding.table.levels", count=len(names), columns=", ".join(names))
