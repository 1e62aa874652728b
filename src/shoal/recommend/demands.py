"""Whether a shop's rules can be kept with what its log and catalogue say: asked before anything is computed.

The one thing to know: a rule that nothing in the catalogue could ever fulfil is refused, never quietly dropped.
"""

from __future__ import annotations

from shoal.engines.contract import literal
from shoal.events.result import EventLog
from shoal.recommend.rules import Rules
from shoal.words.errors import UsageError, error
from shoal.words.language import Texts

texts = Texts("shoal.recommend")


def check_rules(log: EventLog, rules: Rules) -> None:
    """Raise `UsageError` for a margin without a price and cost, a cap without a category, ids that nothing has."""
    if rules.minimum_margin is not None and not _products(log, "price > 0 AND cost IS NOT NULL"):
        raise error(UsageError, texts, "no_costs")
    if rules.most_per_category is not None and not _products(log, "category IS NOT NULL"):
        raise error(UsageError, texts, "no_categories")
    unknown = sorted({*rules.allow, *rules.block} - _known(log, {*rules.allow, *rules.block}))
    if unknown:
        raise error(UsageError, texts, "no_product", missing=", ".join(unknown[:3]), count=len(unknown))


def _products(log: EventLog, told: str) -> int:
    """How many products of the catalogue tell this."""
    return int(log.engine.rows(f"SELECT COUNT(*) FROM products WHERE {told}")[0][0])


def _known(log: EventLog, asked: set[str]) -> set[str]:
    """Those of the ids that stand in the catalogue or the log."""
    if not asked:
        return set()
    ids = ", ".join(map(literal, sorted(asked)))
    rows = log.engine.rows(f"""
        SELECT product_id FROM (SELECT product_id FROM products WHERE product_id IN ({ids}) UNION ALL
          SELECT product_id FROM {log.relation} WHERE product_id IN ({ids})) AS known GROUP BY product_id""")
    return {str(row[0]) for row in rows}
