"""Public data sets that people try first, one entry each.

In: nothing. Out: `DATA_SETS`. The one thing to know: an entry is data; `layouts.Layout` says what its fields mean.
"""

from __future__ import annotations

from shoal.events.layouts import Beside, First, Layout

_ONLINE_RETAIL = {
    "product_id": "StockCode",
    "name": "Description",
    "quantity": "Quantity",
    "event_time": "InvoiceDate",
}
_NO_PRODUCTS_THERE = frozenset({"POST", "DOT", "M", "D", "C2", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK"})

_OLIST_BESIDE = (
    Beside(
        "olist_orders", ("order_id", "customer_id", "order_status", "order_purchase_timestamp"), "order_id",
        ("customer_id", "order_status", "order_purchase_timestamp"),
    ),
    Beside(
        "olist_customers", ("customer_id", "customer_unique_id", "customer_zip_code_prefix"), "customer_id",
        ("customer_unique_id",),
    ),
    Beside(
        "olist_products", ("product_id", "product_category_name", "product_photos_qty"), "product_id",
        ("product_category_name",), needed=False,
    ),
    Beside(
        "olist_names", ("product_category_name", "product_category_name_english"), "product_category_name",
        ("product_category_name_english",), needed=False,
    ),
)  # fmt: skip
_INSTACART_BESIDE = (
    Beside(
        "instacart_orders", ("order_id", "user_id", "order_number", "order_dow", "days_since_prior_order"), "order_id",
        ("user_id", "day_s"),
        # every customer's first order stands in the week of 2017-01-01 (a Sunday, which the export calls 0)
        sql="SELECT {order_id} AS order_id, {user_id} AS user_id, CAST(1483228800 + 86400 * (FIRST_VALUE("
        "CAST({order_dow} AS BIGINT)) OVER person + SUM(CAST(floor(COALESCE(TRY_CAST({days_since_prior_order} AS "
        "DOUBLE), 0)) AS BIGINT)) OVER person) + 3600 * CAST({order_hour_of_day} AS BIGINT) AS VARCHAR) AS day_s "
        "FROM {rows} WINDOW person AS (PARTITION BY {user_id} ORDER BY CAST({order_number} AS BIGINT) "
        "ROWS UNBOUNDED PRECEDING)",
    ),
    Beside(
        "instacart_products", ("product_id", "product_name", "aisle_id", "department_id"), "product_id",
        ("product_name", "aisle_id", "department_id"), needed=False,
    ),
    Beside("instacart_aisles", ("aisle_id", "aisle"), "aisle_id", ("aisle",), needed=False),
    Beside("instacart_departments", ("department_id", "department"), "department_id", ("department",), needed=False),
)  # fmt: skip

DATA_SETS: tuple[Layout, ...] = (
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
    Layout(
        "olist",
        {
            "customer_id": "customer_unique_id",
            "event_time": "order_purchase_timestamp",
            "event_type": "order_status",
            "order_id": "order_id",
            "line_id": "order_item_id",
            "product_id": "product_id",
            "amount": "price",
            "category": First("product_category_name_english", "product_category_name"),
        },
        ("order_id", "order_item_id", "product_id", "seller_id", "shipping_limit_date", "price", "freight_value"),
        event_words={
            **dict.fromkeys(("delivered", "shipped", "invoiced", "processing", "approved", "created"), "purchase"),
            **dict.fromkeys(("canceled", "unavailable"), "cancel"),
        },
        beside=_OLIST_BESIDE,
        currency="BRL",
    ),
    Layout(
        "retailrocket",
        {
            "customer_id": "visitorid",
            "event_time": "timestamp",
            "event_type": "event",
            "product_id": "itemid",
            "order_id": "transactionid",
            "category": ("parentid", "categoryid"),
        },
        ("timestamp", "visitorid", "event", "itemid", "transactionid"),
        beside=(
            Beside(
                "retailrocket_properties",
                ("timestamp", "itemid", "property", "value"),
                "itemid",
                ("categoryid",),
                sql="SELECT {itemid} AS itemid, {value} AS categoryid, {timestamp} AS at FROM {rows} "
                "WHERE {property} = 'categoryid' QUALIFY ROW_NUMBER() OVER "
                "(PARTITION BY {itemid} ORDER BY CAST({timestamp} AS BIGINT) DESC, {value}) = 1",
                needed=False,
            ),
            Beside("retailrocket_categories", ("categoryid", "parentid"), "categoryid", ("parentid",), needed=False),
        ),
    ),
    Layout(
        "taobao",
        {
            "customer_id": "user_id",
            "product_id": "item_id",
            "category": "category_id",
            "event_type": "behavior_type",
            "event_time": "timestamp",
        },
        ("user_id", "item_id", "category_id", "behavior_type", "timestamp"),
        shapes=(r"\d+", r"\d+", r"\d+", r"pv|buy|cart|fav", r"\d{9,10}"),
    ),
    Layout(
        "instacart",
        {
            "customer_id": "user_id",
            "event_time": "day_s",
            "order_id": "order_id",
            "line_id": "add_to_cart_order",
            "product_id": "product_id",
            "name": "product_name",
            "category": ("department", "aisle"),
        },
        ("order_id", "product_id", "add_to_cart_order", "reordered"),
        beside=_INSTACART_BESIDE,
        caution="relative_days",
    ),
)
