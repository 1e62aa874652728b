"""`Features`: one row a customer, each column with its name, unit and meaning; and what the log could not support."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shoal.show.blocks import Block, Details, Heading, Note, Table, TableColumn
from shoal.show.result import Result
from shoal.words.clock import Clock
from shoal.words.language import Text, Texts

texts = Texts("shoal.features")

EMPTY_GROUPS = pa.table({"product_id": pa.array([], pa.string()), "category_key": pa.array([], pa.string())})
"""Where no product groups were learned."""
EVENTS = "events"
"""The unit of a category's feature in a log without amounts."""
Kind = Literal["days", "count", "money", "share", "number", "category_money"]
"""How a column is distributed, which decides how a space stabilises it: counts and money grow with their variance."""


@dataclass(frozen=True, slots=True)
class FeatureInfo:
    """What one column of ``features.parquet`` means.

    `block` groups features by the source they need (orders, returns, time, products, categories,
    browsing, visits, attributes).
    `null` says what an empty cell means, None where there is none. `category` names the category of a
    ``category_money`` column. `additive` marks totals: two halves of the look-back add up to the whole. `shapes` says
    whether a space may measure distances by it, `restates` that it is another form of what others say. `attribute` is
    the column of the customers file behind it, `level` the value that counts, of a text, a channel or a category.
    """

    name: str
    block: str
    kind: Kind
    unit: str
    label: Text
    meaning: Text
    null: Text | None = None
    category: str | None = None
    additive: bool = False
    shapes: bool = True
    restates: bool = False
    attribute: str | None = None
    level: str | None = None


@dataclass(frozen=True, slots=True)
class AbsentFeature:
    """A feature this log cannot support, and why. It is absent, never zero."""

    name: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Category:
    """A main category: the column that holds its spend, what people read, and its share of spend in the look-back."""

    key: str
    column: str
    label: Text
    share: float


@dataclass(frozen=True)
class Outcomes:
    """One row for every customer known at a cut, ordered by ``customer_id``; zeros for who did nothing after it.

    `table` has ``customer_id``, ``orders`` (orders in the horizon), ``spend`` (currency, 0 where the log has no
    amounts) and one column a main category, named as in the features.

    Examples
    --------
    >>> table = pa.table({"customer_id": ["a", "b"], "orders": [0.0, 2], "spend": [0, 31.5], "spend_in_tea": [0, 9]})
    >>> after = Outcomes(table, ("spend_in_tea",), has_spend=True)
    >>> after.names, after.bought.tolist()
    (('spend', 'orders', 'spend_in_tea'), [False, True])
    """

    table: pa.Table
    categories: tuple[str, ...]
    has_spend: bool

    @property
    def names(self) -> tuple[str, ...]:
        """What there is to foresee: spend (where the log has amounts) and orders, then spend by main category."""
        return (*(("spend",) if self.has_spend else ()), "orders", *self.categories)

    @property
    def bought(self) -> NDArray[np.bool_]:
        """Who bought anything in the horizon, shape (customers,)."""
        return np.asarray(self.table["orders"].to_numpy() > 0)


@dataclass(frozen=True, kw_only=True)
class Features(Result):
    """One row a customer, ordered by ``customer_id``.

    `table` has ``customer_id`` and one float64 column a feature, as `columns` lists them. `categories` are the main
    categories, learned before the cut only. `learned_groups` says that they were learned from co-purchase because
    the log has none; `product_groups` then maps ``product_id`` to ``category_key`` (empty table otherwise). The
    three ``category_`` fields are how an event finds its category: what `features.categories` froze.

    Examples
    --------
    >>> import pyarrow as pa
    >>> days = [f"2024-0{1 + i % 6}-1{i % 9}" for i in range(60)]
    >>> log = pa.table({"customer_id": [f"u{i % 12}" for i in range(60)], "event_time": days, "amount": [9.5] * 60})

    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> from shoal.engines.choose import open_engine

    >>> from shoal.events.load import load
    >>> from shoal.features.build import build
    >>> with open_engine("duckdb", Path(folder := mkdtemp()), "500MB") as engine:
    ...     clean, _ = load([log], engine, Path(folder))
    ...     features = build(clean, clean.clock)
    >>> features.info("spend_total").label.en, features.info("spend_total").unit
    ('spend', 'currency')
    """

    name = "features"

    table: pa.Table = field(metadata={"file": "features.parquet"})
    product_groups: pa.Table = field(metadata={"file": "model/product_groups.parquet"})
    columns: tuple[FeatureInfo, ...]
    absent: tuple[AbsentFeature, ...] = ()
    categories: tuple[Category, ...] = ()
    learned_groups: bool = False
    category_column: str = ""
    category_event: str = ""
    category_worth: str = ""
    currency: str | None = None

    @property
    def telling(self) -> Features:
        """The same customers without the columns that restate others: what segments are explained by."""
        return replace(self, columns=tuple(column for column in self.columns if not column.restates))

    def info(self, name: str) -> FeatureInfo:
        return next(column for column in self.columns if column.name == name)

    def view(self) -> Iterator[Block]:
        yield Heading(texts("view.title"))
        yield Note(texts("view.lead", customers=self.table.num_rows, features=len(self.columns)))
        yield from self.findings
        yield Details(texts("view.catalogue"), (self._catalogue(),))
        if self.absent:
            yield Details(texts("view.absent", count=len(self.absent)), (self._absent(),))

    def _catalogue(self) -> Table:
        labels = ("name", "label", "unit", "meaning", "null")
        return Table(
            tuple(TableColumn(texts(f"view.column.{label}")) for label in labels),
            tuple((c.name, c.label, unit_in_words(c.unit), c.meaning, c.null) for c in self.columns),
        )

    def _absent(self) -> Table:
        return Table(
            tuple(TableColumn(texts(f"view.column.{label}")) for label in ("name", "reason")),
            tuple((a.name, a.reason) for a in self.absent),
        )


def unit_in_words(unit: str) -> Text:
    """What a feature is counted in, in both languages; a unit that shoal does not know stays as it is.

    Examples
    --------
    >>> unit_in_words("share of orders").zh
    '占订单的比例'
    """
    key = f"unit.{re.sub('[^a-z0-9]+', '_', unit.lower())}"
    return texts(key) if texts.has(key) else Text.same(unit)


def outcome_roots(outcomes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Square roots with the sign kept: counts and money vary in step with their size, their roots hardly do.

    Examples
    --------
    >>> outcome_roots(np.array([[0.0, 9.0, -4.0]]))
    array([[ 0.,  3., -2.]])
    """
    return np.asarray(np.copysign(np.sqrt(np.abs(outcomes)), outcomes))


FEWEST_BUYERS = 30
"""Fewer customers than this who bought after a cut neither teach nor prove anything."""


@dataclass(frozen=True)
class Lesson:
    """Both sides of an earlier cut: what was known before it and what came after, row for row the same customers."""

    clock: Clock
    features: Features
    outcomes: Outcomes

    @property
    def names(self) -> tuple[str, ...]:
        """The outcomes, in order."""
        return self.outcomes.names

    @cached_property
    def targets(self) -> NDArray[np.float64]:
        """The outcomes as square roots, shape (customers, outcomes): counts and money vary in step with their size."""
        return outcome_roots(np.column_stack([self.outcomes.table[name].to_numpy() for name in self.names]))

    @cached_property
    def bought(self) -> NDArray[np.bool_]:
        """Who bought anything in the horizon, shape (customers,)."""
        return self.outcomes.bought

    @property
    def enough_bought(self) -> bool:
        return int(self.bought.sum()) >= FEWEST_BUYERS

    @property
    def teaches(self) -> bool:
        """Whether enough bought after the cut, and not all of them just the same."""
        return self.enough_bought and bool(np.ptp(self.targets, axis=0).any())

    @property
    def spend(self) -> NDArray[np.float64]:
        """What each spent in the horizon, in currency; the number of orders where the log has no amounts."""
        return np.asarray(self.outcomes.table["spend" if self.outcomes.has_spend else "orders"].to_numpy())
