"""What somebody is offered, as a result that shows itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from shoal.recommend.reason_words import in_words
from shoal.show.blocks import Block, Heading, Note, Table, TableColumn
from shoal.show.result import Result
from shoal.words.language import Text, Texts

texts = Texts("shoal.study")


@dataclass(frozen=True, slots=True)
class OfferedProduct:
    """One product of a list: `score` is its share of choice among the candidates, the rest is its reason."""

    rank: int
    product_id: str
    label: str
    score: float
    reason_code: str
    because: str
    figure: float | None


@dataclass(frozen=True, kw_only=True)
class Offered(Result):
    """The products for a customer, a basket, a segment or a visitor.

    `how` says what the list rests on: known (the study's list), short (the same, fewer than asked), fresh (the history
    with new events), session (new events alone), session_attributes (those and the segment that the attributes make
    likeliest), attributes (that segment alone), basket, segment, visitor (the shop), unknown (the shop, since the study
    does not know this id), untold (the shop, since attributes tell no segments apart here). `names` are what the
    products in `because` are called, `goal` is the event type that counts as buying.
    """

    name = "offered"

    customer_id: str
    how: str
    products: tuple[OfferedProduct, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    goal: str = "purchase"

    def view(self) -> Iterator[Block]:
        yield Heading(texts("offered.title", who=self.customer_id) if self.customer_id else texts("offered.anybody"))
        yield Note(texts(f"offered.how.{self.how}"), "lead")
        yield _table(self.products, self.names, self.goal) if self.products else Note(texts("offered.nothing"))


@dataclass(frozen=True, kw_only=True)
class Several(Result):
    """The lists of several customers."""

    name = "offered"

    lists: tuple[Offered, ...]

    def view(self) -> Iterator[Block]:
        for one in self.lists:
            yield from one.view()


@dataclass(frozen=True, kw_only=True)
class Similar(Result):
    """The products most like one."""

    name = "similar"

    product_id: str
    label: str
    products: tuple[OfferedProduct, ...] = ()
    goal: str = "purchase"

    def view(self) -> Iterator[Block]:
        yield Heading(texts("offered.similar", product=self.label))
        if self.products:
            yield _table(self.products, {}, self.goal)
        else:
            yield Note(texts("offered.nothing_similar"))


def _table(products: tuple[OfferedProduct, ...], names: dict[str, str], goal: str) -> Table:
    columns = tuple(TableColumn(texts(f"offered.column.{key}"), ",.0f") for key in ("rank", "product", "label", "why"))
    return Table(columns, tuple((p.rank, p.product_id, p.label, _why(p, names, goal)) for p in products))


def _why(product: OfferedProduct, names: dict[str, str], goal: str) -> Text:
    figure = float("nan") if product.figure is None else product.figure
    return in_words(product.reason_code, product.because, figure, lambda key: names.get(key, key), goal)
