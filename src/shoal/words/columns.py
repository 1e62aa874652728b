"""Every column that crosses a room: name, type, unit, meaning. These names are public.

A column listed here may appear in a file a user reads; changing a name is a change of the public contract and takes
a line in the changelog. Types are SQL types of the engine's subset.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

EventType = Literal["view", "search", "cart", "uncart", "favourite", "purchase", "cancel", "refund", "review"]
EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, SQL type, unit, meaning, and whether a table is no table without it."""

    name: str
    type: str
    unit: str
    meaning: str
    required: bool = False


def _table(*rows: tuple[str, str, str, str] | tuple[str, str, str, str, bool]) -> tuple[Column, ...]:
    return tuple(Column(*row) for row in rows)


EVENTS = _table(
    ("customer_id", "VARCHAR", "id", "who did it", True),
    ("event_time", "TIMESTAMP", "UTC", "when it happened", True),
    ("event_type", "VARCHAR", "one of EVENT_TYPES", "what was done", True),
    ("product_id", "VARCHAR", "id", "with which product"),
    ("category", "VARCHAR", "path, '/' between levels", "the product's category"),
    ("brand", "VARCHAR", "name", "the product's brand"),
    ("quantity", "DECIMAL(18,4)", "pieces", "how many, never negative: a return is an event of its own"),
    ("amount", "DECIMAL(18,4)", "currency", "the line's total after discount, never negative"),
    ("discount", "DECIMAL(18,4)", "currency", "what was taken off the line"),
    ("currency", "VARCHAR", "ISO 4217", "the amount's currency"),
    ("coupon", "VARCHAR", "code", "the coupon used"),
    ("order_id", "VARCHAR", "id", "the order; derived as one order a customer and day where the log has none"),
    ("session_id", "VARCHAR", "id", "the visit"),
    ("rating", "DOUBLE", "as given", "the rating given"),
    ("text", "VARCHAR", "text", "the review's text"),
    ("channel", "VARCHAR", "name", "the channel used"),
    ("device", "VARCHAR", "name", "the device used"),
    ("payment_key", "VARCHAR", "keyed hash", "the means of payment"),
    ("address_key", "VARCHAR", "keyed hash", "the delivery address"),
    ("source_file", "VARCHAR", "name", "the file the record stood in"),
    ("source_line", "BIGINT", "line, from 1", "the line or row it stood on"),
)

# What loading derives once, so that feature SQL needs no date function (the engines disagree on those).
DERIVED = _table(
    ("ts_s", "BIGINT", "s since 1970 UTC", "event_time in whole seconds"),
    ("day", "INTEGER", "days since 1970, shop's zone", "the local day"),
    ("hour", "INTEGER", "0-23, shop's zone", "the local hour"),
    ("dow", "INTEGER", "Monday 0, shop's zone", "the local weekday"),
    ("category_1", "VARCHAR", "name", "the first level of the category"),
)

PRODUCTS = _table(
    ("product_id", "VARCHAR", "id", "the product", True),
    ("name", "VARCHAR", "text", "what people call it"),
    ("category", "VARCHAR", "path, '/' between levels", "its category"),
    ("brand", "VARCHAR", "name", "its brand"),
    ("price", "DECIMAL(18,4)", "currency", "its price"),
    ("cost", "DECIMAL(18,4)", "currency", "what it costs the shop"),
    ("description", "VARCHAR", "text", "its description"),
    ("image", "VARCHAR", "address or path", "its picture"),
    ("in_stock", "BOOLEAN", "yes or no", "whether it can be sold now"),
    ("repeatable", "BOOLEAN", "yes or no", "whether people buy it again"),
)

CUSTOMERS = _table(
    ("customer_id", "VARCHAR", "id", "the customer, named as in the log", True),
    ("signed_up", "TIMESTAMP", "UTC", "when the customer signed up; at an earlier date nothing of the row is known"),
    ("birthday", "DATE", "day", "the day of birth"),
    ("known_at", "TIMESTAMP", "UTC", "when the row was written; at an earlier date nothing of it is known"),
    ("email", "VARCHAR", "address", "contact: kept in DIR/private alone"),
    ("phone", "VARCHAR", "number", "contact: kept in DIR/private alone"),
    ("consent_email", "BOOLEAN", "yes or no", "may be written to by e-mail; unknown means no"),
    ("consent_sms", "BOOLEAN", "yes or no", "may be written to by text message; unknown means no"),
    ("consent_post", "BOOLEAN", "yes or no", "may be written to by post; unknown means no"),
)

SET_ASIDE = _table(
    ("source_file", "VARCHAR", "name", "the file the record stood in", True),
    ("source_line", "BIGINT", "line, from 1", "the line it stood on", True),
    ("rule", "VARCHAR", "code", "the rule that set it aside", True),
    ("raw", "VARCHAR", "text", "the record as it was found", True),
)

RETURNS = _table(
    ("source_file", "VARCHAR", "name", "the file the return stood in", True),
    ("source_line", "BIGINT", "line, from 1", "the line it stood on", True),
    ("undoes_file", "VARCHAR", "name", "the file of the purchase line it undoes", True),
    ("undoes_line", "BIGINT", "line, from 1", "that line", True),
    ("pieces", "DOUBLE", "pieces", "how many pieces of it", True),
)

HISTORY = _table(
    ("customer_id", "VARCHAR", "id", "who", True),
    ("day", "INTEGER", "days since 1970, shop's zone", "when", True),
    ("product_id", "VARCHAR", "id", "with which product", True),
    ("event_type", "VARCHAR", "one of EVENT_TYPES", "what was done", True),
    ("quantity", "DOUBLE", "pieces", "how many that day", True),
    ("amount", "DOUBLE", "currency", "for how much that day", True),
)

SEGMENTS = _table(
    ("customer_id", "VARCHAR", "id", "who", True),
    ("segment", "INTEGER", "from 1", "the segment, the same number across refits", True),
    ("confidence", "DOUBLE", "0 to 1", "how clearly: 1 - distance to own centre / distance to the next", True),
    ("runner_up", "INTEGER", "from 1", "the second nearest segment, null where there is only one", True),
)

RECOMMENDATIONS = _table(
    ("customer_id", "VARCHAR", "id", "who", True),
    ("rank", "INTEGER", "from 1", "the place in the customer's list", True),
    ("product_id", "VARCHAR", "id", "the product offered", True),
    ("score", "DOUBLE", "0 to 1", "the product's share of the customer's choice among all candidates", True),
    ("reason_code", "VARCHAR", "code", "why: due, regular, again, cart, together ...", True),
    ("because", "VARCHAR", "text", "what the reason names: a product, usual days, a segment", True),
    ("figure", "DOUBLE", "by reason", "what the reason counts: a share, days, buyers", True),
)

ASSIGNED = _table(
    ("customer_id", "VARCHAR", "id", "who", True),
    ("segment", "INTEGER", "from 1", "the segment by today's behaviour", True),
    ("confidence", "DOUBLE", "0 to 1", "how clearly", True),
    ("runner_up", "INTEGER", "from 1", "the second nearest segment", True),
    ("published_segment", "INTEGER", "from 1", "the segment in the published study, null for a new customer", True),
)

TABLES: dict[str, tuple[Column, ...]] = {
    "events": EVENTS,
    "derived": DERIVED,
    "products": PRODUCTS,
    "customers": CUSTOMERS,
    "set_aside": SET_ASIDE,
    "returns": RETURNS,
    "history": HISTORY,
    "segments": SEGMENTS,
    "recommendations": RECOMMENDATIONS,
    "assigned": ASSIGNED,
}
