"""The main categories a shop's spend is split by: from the log's own categories, or learned from co-purchase.

Learned before the cut only, and frozen: the same scheme serves the features at a later cut and the outcomes after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyarrow as pa

from shoal.engines.contract import literal, quoted
from shoal.events.result import EventLog
from shoal.features.factors import GROUPS, learn_product_groups, name_groups
from shoal.features.result import EMPTY_GROUPS, Category, Features
from shoal.words.clock import Clock
from shoal.words.language import Text, Texts

texts = Texts("shoal.features")
MAIN_CATEGORIES = 10
OTHER = "other"


@dataclass(frozen=True)
class CategoryScheme:
    """How an event finds its category. `column` is the SQL of the key; `groups` maps products where it was learned.

    `worth` is what a category is measured in: spend, or a number of events where the log has no amounts.
    """

    categories: tuple[Category, ...]
    column: str
    event: str
    worth: str
    groups: pa.Table
    learned: bool

    @property
    def join(self) -> str:
        return " LEFT JOIN product_groups USING (product_id)" if self.learned else ""

    @property
    def measured_in(self) -> Text:
        return texts("worth.spend" if self.in_money else f"worth.{self.event}")

    @property
    def in_money(self) -> bool:
        """Whether a category is measured in spend; in a log without amounts it is in events."""
        return self.worth.startswith("SUM")

    def said(self, category: Text) -> Text:
        """What a category's feature is called: "spend on Tea"; without amounts "purchases of Tea", "views of Tea"."""
        return texts("category.label" if self.in_money else f"category.label_{self.event}", category=category)


def learn_categories(log: EventLog, clock: Clock, seed: int = 0) -> CategoryScheme | None:
    """The scheme for this log at this cut; None where events carry neither products nor categories.

    The log's first category level is used where it tells products apart, else the whole path; without categories,
    product groups are learned from who bought what (`factors`).
    """
    event = "purchase" if "purchase" in log.types else "view" if "view" in log.types else ""
    if not event:
        return None
    worth = "SUM(amount)" if event == "purchase" and "amount" in log.has else "COUNT(*)"
    if "category" in log.has:
        for column in ("category_1", "category"):
            shares = _shares(log, clock, column, event, worth)
            if len(shares) > 1:
                break
        return CategoryScheme(_main(shares, {}, worth), column, event, worth, EMPTY_GROUPS, learned=False)
    if "product_id" not in log.has:
        return None
    groups = learn_product_groups(log, clock, event, seed)
    use_groups(log, groups)
    key = f"coalesce(category_key, {literal(OTHER)})"
    shares = _shares(log, clock, key, event, worth, join=" LEFT JOIN product_groups USING (product_id)")
    names = name_groups(log, groups, [name for name, _ in shares])
    return CategoryScheme(_main(shares, names, worth), key, event, worth, groups, learned=True)


def frozen_categories(features: Features) -> CategoryScheme | None:
    """The scheme that `features` were made with, to compute the same columns at another cut or on other events."""
    if not features.categories:
        return None
    return CategoryScheme(
        features.categories,
        features.category_column,
        features.category_event,
        features.category_worth,
        features.product_groups,
        features.learned_groups,
    )


def use_groups(log: EventLog, groups: pa.Table) -> None:
    """Make learned product groups known to the engine, under the one name the SQL joins."""
    log.engine.register(GROUPS, groups)


def _shares(
    log: EventLog, clock: Clock, column: str, event: str, worth: str, join: str = ""
) -> list[tuple[str, float]]:
    """Every category with its share of the whole in the look-back, largest first."""
    found = log.engine.rows(f"""
        SELECT {column} AS category_key, {worth} AS worth
        FROM {log.relation}{join}
        WHERE event_type = {literal(event)} AND ts_s >= {clock.features.start} AND ts_s < {clock.features.end}
          AND {column} IS NOT NULL
        GROUP BY {column}
        ORDER BY worth DESC NULLS LAST, category_key""")
    total = sum(worth for _, worth in found if worth) or 1
    return [(name, float(worth / total)) for name, worth in found if worth]


def _main(shares: list[tuple[str, float]], names: dict[str, Text], worth: str) -> tuple[Category, ...]:
    prefix = "spend_in" if worth.startswith("SUM") else "events_in"
    taken: set[str] = set()
    return tuple(
        Category(name, _column(prefix, name, taken), names.get(name, Text.same(name)), share)
        for name, share in shares[:MAIN_CATEGORIES]
    )


def _column(prefix: str, name: str, taken: set[str]) -> str:
    """A column name that says the category: word characters of any script, unique in the table."""
    words = re.sub(r"[^\w]+", "_", name.lower()).strip("_")[:40]
    stem = f"{prefix}_{words or 'unnamed'}"
    column = next(c for c in (stem, *(f"{stem}_{n}" for n in range(2, MAIN_CATEGORIES + 2))) if c not in taken)
    taken.add(column)
    return column


def pivot(scheme: CategoryScheme) -> list[str]:
    """One SQL expression a main category, over rows of ``category_key`` and ``worth``."""
    return [
        f"CAST(coalesce(SUM(worth) FILTER (WHERE category_key = {literal(c.key)}), 0) AS DOUBLE) AS {quoted(c.column)}"
        for c in scheme.categories
    ]
