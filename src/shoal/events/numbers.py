"""How a column writes numbers, found by evidence, and the SQL that reads it.

In: a text column of a staged source. Out: SQL that gives DECIMAL(18,4), NULL where it is no number. The one thing to
know: a comma is a decimal comma only where no value of the column has a decimal point; otherwise it parts thousands.
"""

from __future__ import annotations

from dataclasses import dataclass

from shoal.engines.contract import Engine

DECIMAL = "DECIMAL(18,4)"


class BeliedError(Exception):
    """Records were typed at the door otherwise than their whole column is read: they are to be read again as text."""


@dataclass(frozen=True, slots=True)
class Points:
    """Whether any number has a decimal point before one or two digits (`short`), and before more (`long`)."""

    short: bool = False
    long: bool = False


_MONEY = r"[\s£$€¥￥\x{00A0}]|^(CNY|RMB|USD|EUR|GBP)|(CNY|RMB|USD|EUR|GBP|元)$"


def untabbed(text: str) -> str:
    """SQL of a text without tabs, which some exports write around a number to keep a spreadsheet from rounding it."""
    return f"replace({text}, chr(9), '')"


def native_number(cell: str) -> str:
    """A column that is a number already. NaN becomes NULL."""
    return f"TRY_CAST({cell} AS {DECIMAL})"


def number_sql(engine: Engine, relation: str, cell: str, points: Points | None = None) -> str:
    """The SQL that reads a text column of numbers. `points` were seen in records that are not in the relation.

    Raises `BeliedError` where those were read otherwise than the whole column is.
    """
    text = f"NULLIF(trim({untabbed(cell)}), '')"
    direct = f"TRY_CAST(NULLIF({cell}, '') AS {DECIMAL})"  # the cast passes over blanks around a number by itself
    bare = f"regexp_replace({text}, '{_MONEY}', '', 'g')"
    # first whether anything is odd at all, and only then, on what is odd, how: patterns cost far more than casts
    odd = f"(SELECT {cell} FROM {relation} WHERE {cell} <> '' AND {direct} IS NULL) WHERE {text} IS NOT NULL"
    if not engine.rows(f"SELECT COUNT(*) FROM {odd}")[0][0]:
        return direct
    commas = engine.rows(f"SELECT COUNT(*) FROM {odd} AND regexp_matches({bare}, ',(\\d{{1,2}}|\\d{{4,}})$')")[0][0]
    points = points or Points()
    if (
        commas
        and not points.short
        and not _any(engine, f"{relation} WHERE regexp_matches({cell}, '\\.\\d{{1,2}}\\D*$')")
    ):
        if points.long:
            raise BeliedError
        return _strict(bare, r"^[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$", f"replace(replace({bare}, '.', ''), ',', '.')")
    grouped = _strict(bare, r"^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?$", f"replace({bare}, ',', '')")
    return f"CASE WHEN {direct} IS NOT NULL THEN {direct} WHEN {cell} <> '' THEN {grouped} END"


def _any(engine: Engine, rows: str) -> bool:
    return bool(engine.rows(f"SELECT 1 FROM {rows} LIMIT 1"))


def _strict(bare: str, pattern: str, plain: str) -> str:
    return f"CASE WHEN regexp_matches({bare}, '{pattern}') THEN TRY_CAST({plain} AS {DECIMAL}) END"
