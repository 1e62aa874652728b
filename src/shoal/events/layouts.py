"""What a known export is: which of its columns is which of ours, and what is peculiar about it.

In: the names of a file's columns. Out: the `Layout` that fits. The one thing to know: a new export is one entry in
`known.LAYOUTS` (or `PRODUCT_LAYOUTS`), data and no code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shoal.words.columns import CUSTOMERS, EVENTS, PRODUCTS


@dataclass(frozen=True, slots=True)
class First:
    """The first of these columns that is filled in a record."""

    names: tuple[str, ...]

    def __init__(self, *names: str) -> None:
        object.__setattr__(self, "names", names)


Source = str | tuple[str, ...] | First
"""A column of the export; several make a path (category), a sum (discount), or stand in for each other."""

PRICE, NAME, LINE_ID = "price", "name", "line_id"
LOADED = (*(column.name for column in EVENTS if not column.name.startswith("source_")), PRICE, NAME, LINE_ID)
"""What can be loaded: our event columns, the unit price and product name that amount and products come from, and the
number of a line within its order, which tells equal lines from repeated ones."""
PRODUCT_COLUMNS = tuple(column.name for column in PRODUCTS)
CUSTOMER_COLUMNS = tuple(column.name for column in CUSTOMERS)

EVENT_WORDS: Mapping[str, str] = {
    "view": "view", "pv": "view", "page_view": "view", "view_item": "view", "product_view": "view", "click": "view",
    "search": "search", "view_search_results": "search",
    "cart": "cart", "addtocart": "cart", "add_to_cart": "cart", "add to cart": "cart",
    "uncart": "uncart", "remove_from_cart": "uncart", "removefromcart": "uncart",
    "favourite": "favourite", "favorite": "favourite", "fav": "favourite", "wishlist": "favourite",
    "add_to_wishlist": "favourite",
    "purchase": "purchase", "buy": "purchase", "transaction": "purchase", "order": "purchase", "sale": "purchase",
    "cancel": "cancel", "cancelled": "cancel", "canceled": "cancel",
    "refund": "refund", "return": "refund", "returned": "refund",
    "review": "review", "rating": "review",
    "浏览": "view", "点击": "view", "搜索": "search", "加购": "cart", "收藏": "favourite",
    "购买": "purchase", "支付": "purchase", "下单": "purchase", "取消": "cancel", "退款": "refund", "退货": "refund",
    "评价": "review",
}  # fmt: skip
"""What shops call the things customers do, in lower case."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A file that stands beside the log's own: known by its columns, joined by `key` (`theirs` where it is named
    otherwise there). `take` are the columns joined. `sql` makes another table of it first: ``{rows}`` stands for its
    rows, ``{a column}`` for the SQL that reads a column.
    """

    code: str
    known_by: Sequence[str]
    key: str
    take: Sequence[str]
    theirs: str = ""
    sql: str = ""
    needed: bool = True

    @property
    def their_key(self) -> str:
        """What the key is called in the file beside."""
        return self.theirs or self.key


@dataclass(frozen=True, slots=True)
class Layout:
    """One known export.

    `columns` maps ours to theirs; `known_by` are the columns that tell it from others. `shapes` are patterns of the
    fields of a file without a header. `refund_prefix` marks a cancelled order by its number; `no_products` are codes
    that are certainly no products there; `separator` stands between the levels of a category. `beside` are files whose
    columns are joined. `fill` is an order's number and the columns that only its first line has. `undone` are columns
    that are filled, or hold the value behind ``=``, where an order was cancelled. `contact` says that customers are
    known by e-mail or phone. `gross` says that prices are before discount. `mixed` says that the log also has events of
    no shopping. `caution` is a finding about what the export cannot tell.
    """

    code: str
    columns: Mapping[str, Source]
    known_by: Sequence[str]
    shapes: Sequence[str] = ()
    refund_prefix: str = ""
    separator: str = ""
    no_products: frozenset[str] = frozenset()
    currency: str | None = None
    event_words: Mapping[str, str] = field(default_factory=dict)
    beside: tuple[Beside, ...] = ()
    fill: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()
    contact: bool = False
    gross: bool = False
    mixed: bool = False
    caution: str = ""


def plain(name: str) -> str:
    """A column's name without what people vary: case, blanks at the ends, an apostrophe or mark in front.

    Examples
    --------
    >>> plain(" Customer ID "), plain("customer id")
    ('customer id', 'customer id')
    """
    return re.sub(r"\s+", " ", name.strip().strip("'\ufeff")).casefold()


def fitting(layouts: Sequence[Layout], columns: Sequence[str], first_rows: Sequence[Sequence[str]]) -> Layout | None:
    """The layout that fits these columns; where several do, the one that asks for most."""
    there = {plain(name) for name in columns}
    fits = [layout for layout in layouts if _fits(layout, there, first_rows)]
    return max(fits, key=lambda layout: len(layout.known_by), default=None)


def _fits(layout: Layout, there: set[str], first_rows: Sequence[Sequence[str]]) -> bool:
    if {plain(name) for name in layout.known_by} <= there:
        return True
    return bool(layout.shapes and first_rows) and all(
        len(row) == len(layout.shapes)
        and all(re.fullmatch(shape, field) for shape, field in zip(layout.shapes, row, strict=True))
        for row in first_rows
    )


def names_in(source: Source) -> tuple[str, ...]:
    """The columns of the export that a source names."""
    if isinstance(source, First):
        return source.names
    return (source,) if isinstance(source, str) else source


def named(layouts: Sequence[Layout], code: str) -> Layout | None:
    """The layout of that code, None where there is none."""
    return next((layout for layout in layouts if layout.code == code), None)
