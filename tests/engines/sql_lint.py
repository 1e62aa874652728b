"""The SQL linter: what a text says that two engines would not answer alike to the last bit.

Each rule stands for a difference that was measured between DuckDB and Spark; CONTRIBUTING, "SQL", gives the reasons.
sqlglot is the parser here and never a translator: its translations changed numbers without a word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sqlglot
from sqlglot import exp

ALLOWED = {
    *("COUNT", "SUM", "MIN", "MAX", "COALESCE", "NULLIF", "LEAST", "GREATEST", "CAST", "CASE", "IF"),
    *("SQRT", "FLOOR", "ABS", "LAG", "LEAD", "ROW_NUMBER", "MD5", "SUBSTRING", "EXISTS", "AND", "OR"),
    *("BITWISE_OR_AGG", "BIT_COUNT", "LN"),
}
NEVER_NULL = {"customer_id", "event_type", "ts_s", "day", "order_id", "first_s", "source_line", "source_file"}
TIE_BREAKS = {"customer_id", "product_id", "order_id", "category_key", "source_line"}
PICK_A_ROW = (exp.Lag, exp.Lead, exp.RowNumber, exp.FirstValue, exp.LastValue, exp.NthValue)
WHOLE = {exp.DataType.Type.INT, exp.DataType.Type.BIGINT, exp.DataType.Type.SMALLINT, exp.DataType.Type.TINYINT}


def lint(sql: str) -> list[str]:
    """What is wrong with a statement, one sentence a finding; an empty list for portable SQL."""
    try:
        tree, as_spark = sqlglot.parse_one(sql, dialect="duckdb"), sqlglot.parse_one(sql, dialect="spark")
    except sqlglot.errors.ParseError as problem:
        return [f"does not parse: {problem}"]
    found = [f"{sentence}: {node.sql('duckdb')}" for rule in RULES for node, sentence in rule(tree)]
    return [*found, *_order_of_nulls(tree, as_spark)]


Finding = tuple[exp.Expression, str]


def _functions(tree: exp.Expression) -> Iterator[Finding]:
    for call in tree.find_all(exp.Func):
        name = call.name if isinstance(call, exp.Anonymous) else call.sql_name()
        if name.upper() not in ALLOWED:
            yield call, f"{name.upper()} is not in the allow-list"


def _decimal_points(tree: exp.Expression) -> Iterator[Finding]:
    for number in tree.find_all(exp.Literal):
        if not number.is_string and "." in number.this and "e" not in number.this.lower():
            yield number, "a literal with a point is a DECIMAL on one engine; write an exponent"


def _divisions(tree: exp.Expression) -> Iterator[Finding]:
    for division in tree.find_all(exp.Div):
        if not (_double(division.this) or _double(division.expression)):
            yield division, "divide only a DOUBLE or by one"
        if not _never_zero(division.expression) and not division.find_ancestor(exp.Case):
            yield division, "a divisor that can be zero needs NULLIF"


def _sums_of_doubles(tree: exp.Expression) -> Iterator[Finding]:
    for total in tree.find_all(exp.Sum):
        if _double(total.this):
            yield total, "a sum of DOUBLE depends on the order of rows"


def _distinct_counts(tree: exp.Expression) -> Iterator[Finding]:
    for count in tree.find_all(exp.AggFunc):
        if isinstance(count.this, exp.Distinct):
            yield count, "a distinct count takes two steps: a grouped query, then COUNT(*)"


def _casts(tree: exp.Expression) -> Iterator[Finding]:
    for cast in tree.find_all(exp.Cast):
        if cast.to.this in WHOLE and _double(cast.this) and not isinstance(cast.this, exp.Floor):
            yield cast, "a cast of a DOUBLE to a whole number rounds on one engine; floor it first"
        if isinstance(cast, exp.TryCast):
            yield cast, "TRY_CAST rounds on one engine"


def _windows(tree: exp.Expression) -> Iterator[Finding]:
    for window in tree.find_all(exp.Window):
        if isinstance(window.this, PICK_A_ROW):
            order = window.args.get("order")
            keys = [key.this for key in order.expressions] if order else []
            if not keys or not isinstance(keys[-1], exp.Column) or keys[-1].name not in TIE_BREAKS:
                yield window, "a window that picks a row needs a full tie-break"


def _limits(tree: exp.Expression) -> Iterator[Finding]:
    for query in tree.find_all(exp.Select):
        if query.args.get("limit") and not query.args.get("order"):
            yield query, "LIMIT without ORDER BY takes any rows"


def _samples(tree: exp.Expression) -> Iterator[Finding]:
    for sample in tree.find_all(exp.TableSample):
        yield sample, "a sample is not reproducible; compare md5 of the id"


RULES: tuple[Callable[[exp.Expression], Iterator[Finding]], ...] = (
    _functions, _decimal_points, _divisions, _sums_of_doubles, _distinct_counts, _casts, _windows, _limits, _samples,
)  # fmt: skip


def _order_of_nulls(tree: exp.Expression, as_spark: exp.Expression) -> list[str]:
    """Where both engines order NULL alike, the text said so itself (or a descending key put them last on both)."""
    both, filled = zip(tree.find_all(exp.Ordered), as_spark.find_all(exp.Ordered), strict=True), _never_null(tree)
    return [
        f"an ascending key that may be NULL needs NULLS LAST: {key.sql('duckdb')}"
        for key, spark in both
        if bool(key.args.get("nulls_first")) != bool(spark.args.get("nulls_first"))
        and not (isinstance(key.this, exp.Column) and key.this.name in filled)
    ]


def _never_null(tree: exp.Expression) -> set[str]:
    """Columns never NULL by the log's contract, those the statement itself filters, and the names it gives them."""
    filtered = {
        no.this.this.name
        for no in tree.find_all(exp.Not)
        if isinstance(no.this, exp.Is)
        and isinstance(no.this.this, exp.Column)
        and isinstance(no.this.expression, exp.Null)
    }
    sure = NEVER_NULL | filtered
    for alias in tree.find_all(exp.Alias):
        falls_back = isinstance(alias.this, exp.Coalesce) and isinstance(alias.this.expressions[-1], exp.Literal)
        if falls_back or (isinstance(alias.this, exp.Column) and alias.this.name in sure):
            sure = sure | {alias.alias}
    return sure


def _double(node: exp.Expression | None) -> bool:
    """Whether an expression is a DOUBLE for certain."""
    if isinstance(node, exp.Literal):
        return not node.is_string and "e" in node.this.lower()
    if isinstance(node, exp.Cast):
        return node.to.this == exp.DataType.Type.DOUBLE
    if isinstance(node, exp.Sqrt):
        return True
    if isinstance(node, exp.Paren | exp.Neg | exp.Max | exp.Min | exp.Abs):
        return _double(node.this)
    if isinstance(node, exp.Binary):
        return _double(node.this) or _double(node.expression)
    if isinstance(node, exp.Nullif | exp.Coalesce | exp.Least | exp.Greatest):
        return any(_double(part) for part in node.find_all(exp.Literal, exp.Cast))
    return False


def _never_zero(node: exp.Expression) -> bool:
    if isinstance(node, exp.Paren):
        return _never_zero(node.this)
    if isinstance(node, exp.Literal):
        return float(node.this) != 0
    return isinstance(node, exp.Nullif) or (isinstance(node, exp.Count) and isinstance(node.this, exp.Star))
