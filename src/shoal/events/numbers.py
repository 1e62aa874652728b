"""How a column writes numbers, found by evidence, and the SQL that reads it.

In: a text column of a staged source. Out: SQL that gives DECIMAL(18,4), NULL where it is no number. The one thing to
know: a comma is a decimal comma only where no value of the column has a decimal point; otherwise it parts thousands.
"""

from __future__ import annotations

from shoal.engines.contract import Engine

DECIMAL = "DECIMAL(18,4)"
_MONEY = r"[\s£$€¥￥\x{00A0}]|^(CNY|RMB|USD|EUR|GBP)|(CNY|RMB|USD|EUR|GBP|元)$"


def native_number(cell: str) -> str:
    """A column that is a number already. NaN becomes NULL."""
    return f"TRY_CAST({cell} AS {DECIMAL})"


def number_sql(engine: Engine, relation: str, cell: str) -> str:
    """The SQL that reads a text column of numbers."""
    text = f"NULLIF(trim({cell}), '')"
    direct = f"TRY_CAST({text} AS {DECIMAL})"
    bare = f"regexp_replace({text}, '{_MONEY}', '', 'g')"
    odd, commas, points = engine.rows(
        f"SELECT COUNT(*), COUNT(*) FILTER (regexp_matches({bare}, ',(\\d{{1,2}}|\\d{{4,}})$')), "
        f"(SELECT COUNT(*) FROM {relation} WHERE regexp_matches({cell}, '\\.\\d{{1,2}}\\D*$')) "
        f"FROM {relation} WHERE {text} IS NOT NULL AND {direct} IS NULL"
    )[0]
    if not odd:
        return direct
    if commas and not points:
        return _strict(bare, r"^[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$", f"replace(replace({bare}, '.', ''), ',', '.')")
    return _strict(bare, r"^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?$", f"replace({bare}, ',', '')", direct)


def _strict(bare: str, pattern: str, plain: str, otherwise: str = "NULL") -> str:
    return f"CASE WHEN regexp_matches({bare}, '{pattern}') THEN TRY_CAST({plain} AS {DECIMAL}) ELSE {otherwise} END"
