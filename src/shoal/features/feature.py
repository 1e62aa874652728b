"""`Feature`: one entry of the catalogue, and the few ways entries are made. Words stand in ``texts.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shoal.features.result import Kind
from shoal.words.language import Text, Texts

texts = Texts("shoal.features")

Grain = Literal[
    "known", "orders", "lines", "products", "categories", "prices", "brands",
    "events", "carted", "sessions", "channels", "devices", "attributes", "ranked",
]  # fmt: skip
Empty = Literal["zero", "null", "look_back"]
"""What a customer without any row at the grain gets: nothing bought is 0, a mean of nothing is null, and "days since"
something that did not happen in the look-back is the whole look-back."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One entry of the catalogue. `needs` are canonical columns or event types (``type:view``) the log must carry.

    `shapes` is whether a space may measure distances by it: not by what depends on other customers. `restates` marks
    another form of what others say: neither distances nor explanations count one thing twice. At the grain ``ranked``
    the expression is the feature that is ranked over all customers, with ``DESC`` where little is much.
    """

    name: str
    block: str
    kind: Kind
    unit: str
    grain: Grain
    sql: str
    needs: tuple[str, ...] = ()
    window_days: int = 0
    empty: Empty = "zero"
    shapes: bool = True
    restates: bool = False

    @property
    def additive(self) -> bool:
        """Whether it adds up over time: sums and counts do, means, maxima and ratios don't."""
        return self.name in ADDITIVE

    @property
    def label(self) -> Text:
        return texts(f"feature.{self.name}.label")

    @property
    def meaning(self) -> Text:
        return texts(f"feature.{self.name}.meaning")

    @property
    def null(self) -> Text | None:
        key = f"feature.{self.name}.null"
        return texts(key) if texts.has(key) else None


def of_orders(
    name: str, kind: Kind, unit: str, sql: str, *needs: str, window_days: int = 0, empty: Empty = "zero"
) -> Feature:
    """A feature of a customer's orders."""
    return Feature(name, "orders", kind, unit, "orders", sql, ("type:purchase", *needs), window_days, empty)


def since(days: int) -> str:
    """The condition that an order was made in the last so many days."""
    return f"first_s >= {{as_of}} - {days * 86_400}"


def ts_since(days: int) -> str:
    """The condition that an event happened in the last so many days."""
    return f"ts_s >= {{as_of}} - {days * 86_400}"


def share_of_orders(name: str, condition: str, *needs: str) -> Feature:
    """The share of a customer's orders for which a condition holds; null without orders."""
    sql = f"CAST(COUNT(*) FILTER (WHERE {condition}) AS DOUBLE) / COUNT(*)"
    return Feature(name, "time", "share", "share of orders", "orders", sql, ("type:purchase", *needs), empty="null")


def count_of(name: str, kind: str) -> Feature:
    """How many events of one type a customer has."""
    sql = f"COUNT(*) FILTER (WHERE event_type = '{kind}')"
    return Feature(name, "browsing", "count", "events", "events", sql, (f"type:{kind}",))


ADDITIVE = frozenset(
    {
        *("orders", "orders_30d", "orders_90d", "spend_total", "spend_30d", "spend_90d"),
        *("pieces_total", "products_distinct", "refund_orders", "refunded_total"),
        *("days_active", "views", "carts", "favourites", "searches", "reviews"),
    }
)
"""The totals. Distinct products count as one: few are bought in both halves of a look-back."""
