"""The exports shoal knows.

In: nothing. Out: `LAYOUTS` of logs, `PRODUCT_LAYOUTS` of catalogues and `CUSTOMER_LAYOUTS` of lists of customers. The
one thing to know: where several fit, the one that asks for most columns is taken; our own form comes last.
"""

from __future__ import annotations

from shoal.events.known_sets import DATA_SETS
from shoal.events.known_shops import SHOPS
from shoal.events.layouts import CUSTOMER_COLUMNS, LOADED, PRODUCT_COLUMNS, Layout

LAYOUTS: tuple[Layout, ...] = (
    *SHOPS,
    *DATA_SETS,
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

CUSTOMER_LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "shopify_customers",
        {
            "customer_id": "Customer ID",
            "email": "Email",
            "phone": "Phone",
            "consent_email": "Accepts Email Marketing",
            "consent_sms": "Accepts SMS Marketing",
        },
        ("Customer ID", "First Name", "Last Name", "Email", "Total Orders"),
    ),
    Layout("canonical_customers", {name: name for name in CUSTOMER_COLUMNS}, ("customer_id",)),
)
