"""`Recommendations`: the ranked products of every customer with their reasons, and what each segment is offered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

from shoal.recommend.reason_words import act_in_words
from shoal.show.blocks import Block, Card, Cards, Details, Figure, Figures, Heading, Note, Table, TableColumn
from shoal.show.result import Result
from shoal.words.language import Text, Texts

texts = Texts("shoal.recommend")


@dataclass(frozen=True, slots=True)
class MethodUse:
    """A method that took part and how far it was believed, for products new to the customer and for repeats."""

    name: str
    new: float
    repeat: float


@dataclass(frozen=True, slots=True)
class Offer:
    """A product and how it stands in a segment: the share of its customers who bought it, and the shop's share."""

    product_id: str
    label: str
    share: float
    shop_share: float

    @property
    def lift(self) -> float | None:
        return self.share / self.shop_share if self.shop_share else None


@dataclass(frozen=True, slots=True)
class SegmentOffers:
    """What a segment is offered: `distinctive` products set it apart, `offered` stand in most of its lists.

    `offered` holds product id, label, and the share of the segment's lists that name it.
    """

    segment: int
    name: Text
    customers: int
    distinctive: tuple[Offer, ...] = ()
    offered: tuple[tuple[str, str, float], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Recommendations(Result):
    """Ranked products for every customer.

    `table` has ``customer_id``, ``rank`` from 1, ``product_id``, ``score`` (the product's share of the
    customer's choice among all candidates), ``reason_code``, ``because`` and ``figure`` (words are made when they are
    read: `reason_words.in_words`). `coverage` is the share of the products that can be offered which stand in a list;
    `only_bestsellers` the share of lists that hold nothing but the bestsellers everybody sees. `spread_by` says by what
    products count as alike where diversity was asked for (category, content, buyers, none), else None. `goal` is the
    event type that counts as buying: purchase, or the strongest sign of interest of a log without any.

    Examples
    --------
    >>> from shoal.recommend.offers import COLUMNS
    >>> from shoal.words.provenance import Made
    >>> nothing = dict(n=20, ahead_days=30, products=0, offered=0, coverage=0.0, only_bestsellers=0.0)
    >>> found = Recommendations(made=Made("recommendations"), table=COLUMNS.empty_table(), **nothing)
    >>> found.table.column_names[:3]
    ['customer_id', 'rank', 'product_id']
    """

    name = "recommendations"

    table: pa.Table = field(metadata={"file": "recommendations.parquet", "row_group": 20_000})
    n: int
    ahead_days: int
    products: int
    offered: int
    coverage: float
    only_bestsellers: float
    methods: tuple[MethodUse, ...] = ()
    left_out: dict[str, str] = field(default_factory=dict)
    kept_out: dict[str, int] = field(default_factory=dict)
    event_weights: dict[str, float] = field(default_factory=dict)
    learned_from: int = 0
    reasons: dict[str, float] = field(default_factory=dict)
    segments: tuple[SegmentOffers, ...] = ()
    spread_by: Literal["category", "content", "buyers", "none"] | None = None
    goal: str = "purchase"

    def view(self) -> Iterator[Block]:
        yield Heading(texts("view.title"), anchor="recommendations")
        yield Note(texts("view.lead", n=self.n, days=self.ahead_days), "lead")
        if not self.table.num_rows:
            yield from self.findings
            return
        yield Figures(tuple(self._figures()))
        yield from self.findings
        yield Cards(tuple(_card(segment, place, self.goal) for place, segment in enumerate(self.segments)))
        yield Details(texts("view.how"), tuple(self._how()))

    def _figures(self) -> Iterator[Figure]:
        shown = {
            "coverage": f"{self.coverage:.0%}",
            "only_bestsellers": f"{self.only_bestsellers:.0%}",
            "offered": f"{self.offered:,}",
        }
        for key, value in shown.items():
            label = _interest(self.goal, f"view.figure.{key}") or texts(f"view.figure.{key}")
            hint = _interest(self.goal, f"view.hint.{key}") or texts(f"view.hint.{key}")
            yield Figure(label, Text.same(value), hint)

    def _kind(self, code: str) -> Text:
        return _interest(self.goal, f"kind.{code}") or texts(f"kind.{code}")

    def _method(self, name: str) -> Text:
        return _interest(self.goal, f"method.{name}") or texts(f"method.{name}")

    def _how(self) -> Iterator[Block]:
        learned = "view.blend" if self.learned_from else "view.equal"
        customers = f"{self.learned_from:,}"
        yield Note(_interest(self.goal, learned, customers=customers) or texts(learned, customers=customers))
        yield Table(
            tuple(TableColumn(texts(f"view.column.{key}"), "+.2f") for key in ("method", "new", "repeat")),
            tuple((self._method(use.name), use.new, use.repeat) for use in self.methods),
        )
        yield Table(
            (TableColumn(texts("view.column.reason")), TableColumn(texts("view.column.share"), ".0%", bar=True)),
            tuple((self._kind(code), share) for code, share in self.reasons.items()),
        )
        if self.spread_by is not None:
            yield Note(texts(f"view.spread_{self.spread_by}"))
        for what, found in (("left_out", self.left_out), ("kept_out", self.kept_out)):
            if found:
                rows = tuple((self._label(what, key), _value(what, value)) for key, value in found.items())
                columns = (
                    TableColumn(texts(f"view.column.{what}")),
                    TableColumn(texts(f"view.column.{what}_why"), ",.0f"),
                )
                yield Table(columns, rows)

    def _label(self, what: str, key: str) -> Text:
        return self._method(key) if what == "left_out" else texts(f"shelf.{key}")


def _interest(goal: str, key: str, **values: str) -> Text | None:
    """What is said instead of `key` where nobody bought anything; None where the same words will do."""
    interest = f"interest_{key}"
    if goal == "purchase" or not texts.has(interest):
        return None
    return texts(f"interest_{key}", act=act_in_words(goal), **values)


def _value(what: str, value: str | int) -> Text | int:
    return texts(f"left_out.{value}") if what == "left_out" else int(value)


def _card(segment: SegmentOffers, colour: int, goal: str) -> Card:
    blocks: list[Block] = []
    if segment.distinctive:
        columns = (
            TableColumn(texts("view.column.distinctive")),
            TableColumn(_interest(goal, "view.column.share_here") or texts("view.column.share_here"), ".0%", bar=True),
            TableColumn(texts("view.column.lift"), ".1f"),
        )
        blocks.append(Table(columns, tuple((o.label, o.share, o.lift) for o in segment.distinctive)))
    elif segment.segment:  # the whole shop is like itself
        blocks.append(Note(_interest(goal, "view.like_the_shop") or texts("view.like_the_shop"), "small"))
    if segment.offered:
        most = (TableColumn(texts("view.column.offered")), TableColumn(texts("view.column.lists"), ".0%", bar=True))
        blocks.append(Table(most, tuple((label, share) for _, label, share in segment.offered)))
    title = texts("view.segment", number=segment.segment, name=segment.name) if segment.segment else segment.name
    return Card(title, tuple(blocks), texts("view.customers", customers=f"{segment.customers:,}"), colour)
