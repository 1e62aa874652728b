"""The exports shoal knows: which of their columns is which of ours.

In: the names of a file's columns. Out: the `Layout` that fits. The one thing to know: a new export is one entry in
`LAYOUTS` (or `PRODUCT_LAYOUTS`), data and no code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shoal.words.columns import EVENTS, PRODUCTS

Source = str | tuple[str, ...]
"""A column of the export; several make a path (category) or a sum (discount)."""

PRICE, NAME = "price", "name"
LOADED = (*(column.name for column in EVENTS if not column.name.startswith("source_")), PRICE, NAME)
"""What can be loaded: our event columns, and the unit price and product name that amount and products come from."""
PRODUCT_COLUMNS = tuple(column.name for column in PRODUCTS)

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
class Layout:
    """One known export.

    `columns` maps ours to theirs; `known_by` are the columns that tell it from others. `shapes` are patterns of the
    fields of a file without a header. `refund_prefix` marks a cancelled order by its number; `no_products` are codes
    that are certainly no products there; `separator` stands between the levels of a category.
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


_ONLINE_RETAIL = {
    "product_id": "StockCode",
    "name": "Description",
    "quantity": "Quantity",
    "event_time": "InvoiceDate",
}
_NO_PRODUCTS_THERE = frozenset({"POST", "DOT", "M", "D", "C2", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK"})

LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "online_retail",
        {**_ONLINE_RETAIL, "order_id": "InvoiceNo", "price": "UnitPrice", "customer_id": "CustomerID"},
        ("InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"),
        refund_prefix="C",
        no_products=_NO_PRODUCTS_THERE,
        currency="GBP",
    ),
    Layout(
        "online_retail_2",
        {**_ONLINE_RETAIL, "order_id": "Invoice", "price": "Price", "customer_id": "Customer ID"},
        ("Invoice", "StockCode", "Quantity", "InvoiceDate", "Price", "Customer ID"),
        refund_prefix="C",
        no_products=_NO_PRODUCTS_THERE,
        currency="GBP",
    ),
    Layout(
        "cdnow",
        {
            "customer_id": "customer_id",
            "event_time": "date",
            "quantity": "number_of_cds",
            "amount": "dollar_value",
        },
        ("customer_id", "date", "number_of_cds", "dollar_value"),
        shapes=(r"\d{1,6}", r"199[78]\d{4}", r"\d{1,3}", r"\d+\.\d{2}"),
        currency="USD",
    ),
    Layout(
        "complete_journey",
        {
            "customer_id": "household_id",
            "order_id": "basket_id",
            "product_id": "product_id",
            "quantity": "quantity",
            "amount": "sales_value",
            "discount": ("retail_disc", "coupon_disc", "coupon_match_disc"),
            "event_time": "transaction_timestamp",
        },
        ("household_id", "basket_id", "product_id", "sales_value", "transaction_timestamp"),
        currency="USD",
    ),
    Layout(
        "rees46",
        {
            "customer_id": "user_id",
            "event_time": "event_time",
            "event_type": "event_type",
            "product_id": "product_id",
            "category": "category_code",
            "brand": "brand",
            "price": "price",
            "session_id": "user_session",
        },
        ("event_time", "event_type", "product_id", "category_code", "price", "user_id", "user_session"),
        separator=".",
        currency="USD",
    ),
    Layout("canonical", {name: name for name in LOADED}, ("customer_id", "event_time")),
)

PRODUCT_LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "complete_journey_products",
        {
            "product_id": "product_id",
            "name": "product_type",
            "category": ("department", "product_category"),
            "brand": "brand",
        },
        ("product_id", "department", "product_category"),
    ),
    Layout("canonical_products", {name: name for name in PRODUCT_COLUMNS}, ("product_id",)),
)


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


def named(layouts: Sequence[Layout], code: str) -> Layout | None:
    """The layout of that code, None where there is none."""
    return next((layout for layout in layouts if layout.code == code), None)
