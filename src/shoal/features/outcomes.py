"""What customers did in ``[as_of, as_of + horizon)``: the only place that looks past a cut.

Used to judge what was said before the cut, and to learn, at an earlier cut, what a later one may expect.
"""

from __future__ import annotations

from shoal.engines.contract import literal, quoted
from shoal.events.result import EventLog
from shoal.features.categories import CategoryScheme, frozen_categories, pivot, use_groups
from shoal.features.result import Features, Outcomes
from shoal.words.clock import Clock
from shoal.words.errors import UsageError, error
from shoal.words.language import Texts

texts = Texts("shoal.features")


def outcomes(
    log: EventLog, clock: Clock, scheme: CategoryScheme | None = None, *, like: Features | None = None
) -> Outcomes:
    """What every customer known at ``clock.as_of`` did in the horizon after it: orders, spend, spend by main category.

    Parameters
    ----------
    log
        The loaded events.
    clock
        The cut: outcomes see ``[as_of, as_of + horizon)`` and nothing else.
    scheme, like
        The categories that spend is split by: frozen, or those of these features. None: spend is not split.

    Raises
    ------
    UsageError
        The log does not reach to the end of the horizon: a half-seen future proves nothing.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> from shoal.engines.choose import open_engine
    >>> from shoal.events.load import load
    >>> from shoal.words.clock import Clock, parse_time
    >>> days = ["2024-01-01", "2024-03-01", "2024-03-02", "2024-06-30"]
    >>> log = pa.table({"customer_id": ["a", "b", "b", "a"], "event_time": days, "amount": [9.0, 2.0, 3.0, 1.0]})
    >>> with open_engine("duckdb", Path(folder := mkdtemp()), "500MB") as engine:
    ...     clean, _ = load([log], engine, Path(folder), timezone="UTC")
    ...     after = outcomes(clean, Clock(parse_time("2024-03-02"), look_back_days=60, horizon_days=90))
    >>> after.table.to_pylist()
    [{'customer_id': 'a', 'orders': 0.0, 'spend': 0.0}, {'customer_id': 'b', 'orders': 1.0, 'spend': 3.0}]
    """
    if like is not None:
        scheme = scheme or frozen_categories(like)
    if clock.outcomes.end > log.clock.as_of:
        raise error(UsageError, texts, "unseen_future", ends=clock.outcomes.end, known=log.clock.as_of)
    if scheme is not None and scheme.learned:
        use_groups(log, scheme.groups)
    spend = "SUM(amount)" if "amount" in log.has else "0"
    categories = [quoted(category.column) for category in scheme.categories] if scheme else []
    ahead = f"ts_s >= {clock.outcomes.start} AND ts_s < {clock.outcomes.end}"
    table = log.engine.table(f"""
        WITH known AS (SELECT customer_id FROM {log.relation} WHERE ts_s < {clock.as_of} GROUP BY customer_id),
        bought AS (
          SELECT customer_id, CAST(COUNT(*) AS DOUBLE) AS orders, CAST(SUM(spend) AS DOUBLE) AS spend FROM (
            SELECT customer_id, order_id, {spend} AS spend FROM {log.relation}
            WHERE event_type = 'purchase' AND {ahead} GROUP BY customer_id, order_id) AS an_order
          GROUP BY customer_id){_categories_ahead(log, scheme, ahead)}
        SELECT customer_id, coalesce(orders, 0e0) AS orders, coalesce(spend, 0e0) AS spend
               {"".join(f", coalesce({c}, 0e0) AS {c}" for c in categories)}
        FROM known LEFT JOIN bought USING (customer_id)
        {"LEFT JOIN tasted USING (customer_id)" if categories else ""}
        ORDER BY customer_id""")
    names = tuple(category.column for category in scheme.categories) if scheme else ()
    return Outcomes(table.combine_chunks(), names, has_spend="amount" in log.has)


def _categories_ahead(log: EventLog, scheme: CategoryScheme | None, ahead: str) -> str:
    if scheme is None:
        return ""
    pivoted = ", ".join(pivot(scheme))
    return f""",
        tasted AS (
          SELECT customer_id, {pivoted} FROM (
            SELECT customer_id, {scheme.column} AS category_key, {scheme.worth} AS worth
            FROM {log.relation}{scheme.join}
            WHERE event_type = {literal(scheme.event)} AND {ahead} GROUP BY customer_id, {scheme.column}) AS by_category
          GROUP BY customer_id)"""
