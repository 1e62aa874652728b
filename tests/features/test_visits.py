"""Features of carts, visits, channels, brands and fading counts against arithmetic done by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pyarrow as pa
import pytest

from shoal.features.build import build
from shoal.features.result import Features
from shoal.words.clock import DAY_S
from tests.features.conftest import MakeLog, event


def _seen(kind: str, day: float, product: str, session: str, **more: object) -> dict[str, object]:
    return event("ann", day, event_type=kind, product_id=product, session_id=session, order_id=None, **more)


# Day 100 is the cut, the look-back starts on day 50.
SHOP = [
    _seen("view", 80.0, "tea", "s1", channel="app", device="phone"),
    _seen("view", 80.01, "pan", "s1", channel="app", device="phone"),
    _seen("cart", 80.02, "tea", "s1", channel="app"),
    _seen("cart", 80.03, "pan", "s1", channel="web"),
    event("ann", 80.04, 20, product_id="tea", session_id="s1", brand="Oak", coupon="SAVE", discount=5),
    _seen("view", 60.0, "tea", "s0", device="desk"),
    _seen("view", 65.0, "tea", "s2"),
    _seen("uncart", 65.01, "mug", "s2"),
    event("ann", 65.02, 60, product_id="mug", session_id="s2", brand="Elm"),
    event("ann", 75.0, 20, product_id="tea", session_id="s3", brand="Oak"),
    _seen("review", 90.0, "tea", "s4", rating=4.0),
    _seen("review", 91.0, "mug", "s5", rating=2.5),
    event("bob", 20.0, 10, product_id="tea", session_id="s9", brand="Oak", coupon="SAVE", rating=5.0, device="phone"),
]


def value(features: Features, customer: str, name: str) -> float | None:
    row = features.table["customer_id"].to_pylist().index(customer)
    found: float | None = features.table[name][row].as_py()
    return found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("orders_decayed", 1 + 1 + 0.5),  # 19.96 and 25 days ago count whole, 34.98 days ago half
        ("spend_decayed", 20 + 20 + 30),
        ("smallest_order_value", 20),
        ("days_since_first_order", 34.98),
        ("overdue", 19.96 / ((10 + 5) / 2)),  # days 65, 75, 80
        ("share_orders_with_coupon", 1 / 3),
        ("orders_of_favourite_product", 2),
        ("brands_distinct", 2),
        ("share_top_brand", 60 / 100),
        ("discount_rate", 5 / 105),
        ("uncarts", 1),
        ("views_30d", 2),
        ("view_to_cart", 2 / 4),
        ("cart_to_purchase", 3 / 2),
        ("view_to_purchase", 3 / 4),
        ("cart_abandonment", 1 / 2),  # tea was bought, the pan was not; the mug was never put in
        ("ratings_given", 2),
        ("rating_mean", 3.25),
        ("sessions", 6),
        ("session_minutes", (0.04 + 0.02) * 1440 / 6),
        ("events_per_session", 12 / 6),
        ("share_sessions_with_order", 3 / 6),
        ("channels_distinct", 2),
        ("share_top_channel", 3 / 4),
        ("devices_distinct", 2),
        ("share_top_device", 2 / 3),
    ],
)
def test_each_is_the_number_worked_out_on_paper(make_log: MakeLog, name: str, expected: float) -> None:
    log = make_log(SHOP)
    assert value(build(log, log.clock), "ann", name) == pytest.approx(expected, abs=1e-3 if "session" in name else 1e-5)


def test_who_did_nothing_in_the_look_back_has_no_means_and_zero_counts(make_log: MakeLog) -> None:
    log = make_log(SHOP)
    features = build(log, log.clock)
    for name in ("overdue", "cart_abandonment", "rating_mean", "session_minutes", "share_top_brand", "discount_rate"):
        assert value(features, "bob", name) is None
    for name in ("orders_decayed", "sessions", "brands_distinct", "ratings_given", "uncarts", "devices_distinct"):
        assert value(features, "bob", name) == 0


def test_spend_as_mixed_as_two_equal_categories_is_two_in_effect(make_log: MakeLog) -> None:
    even = [event("ann", 60, 30, category="a"), event("ann", 61, 30, category="b")]
    uneven = [event("bob", 60, 90, category="a"), event("bob", 61, 30, category="b")]
    log = make_log(even + uneven)
    features = build(log, log.clock)
    assert value(features, "ann", "categories_effective") == 2.0
    assert value(features, "bob", "categories_effective") == pytest.approx(1 / (0.75**2 + 0.25**2))


def test_what_a_plain_order_log_cannot_say_is_absent(make_log: MakeLog) -> None:
    log = make_log([event("ann", 60, 30)])
    features = build(log, log.clock)
    absent = {one.name for one in features.absent}
    assert absent >= {"sessions", "share_top_device", "brands_distinct", "cart_abandonment", "rating_mean"}
    assert not absent & set(features.table.column_names)


def test_visits_that_loading_derived_count_as_visits_and_are_cut_with_the_log(make_log: MakeLog) -> None:
    """Two visits of ann in the look-back, one with an order; what happens at or after the cut is in neither."""
    log = make_log(
        [event("ann", 80.0, event_type="view", order_id=None), event("ann", 99.99, 20), event("bob", 60.0, 5)],
    )
    moments = [
        ("ann", 80.0, "view", 1),
        ("ann", 80.01, "view", 1),
        ("ann", 99.99, "purchase", 2),
        ("ann", 100.0, "view", 2),
    ]
    rows = [
        {"customer_id": who, "ts_s": round(day * DAY_S), "event_type": kind, "session_id": visit}
        for who, day, kind, visit in moments
    ]
    log.engine.register("visits", pa.Table.from_pylist(rows))
    features = build(replace(log, visits="visits"), log.clock)
    assert value(features, "ann", "sessions") == 2
    assert value(features, "ann", "events_per_session") == 3 / 2
    assert value(features, "ann", "session_minutes") == pytest.approx(0.01 * 24 * 60 / 2)
    assert value(features, "ann", "share_sessions_with_order") == 1 / 2
    assert value(features, "bob", "sessions") == 0


def test_entropy_is_that_of_the_shares_of_spend(make_log: MakeLog) -> None:
    even = [event("ann", 60, 30, category="a"), event("ann", 61, 30, category="b")]
    uneven = [event("bob", 60, 90, category="a"), event("bob", 61, 30, category="b")]
    one = [event("cat", 60, 0.5, category="a")]
    log = make_log(even + uneven + one)
    features = build(log, log.clock)
    assert value(features, "ann", "categories_entropy") == pytest.approx(math.log(2), abs=1e-6)
    assert value(features, "bob", "categories_entropy") == pytest.approx(
        -(0.75 * math.log(0.75) + 0.25 * math.log(0.25)), abs=1e-6
    )
    assert value(features, "cat", "categories_entropy") == pytest.approx(0, abs=1e-5)


def test_price_level_is_spend_over_what_the_middle_products_would_have_cost(make_log: MakeLog) -> None:
    def bought(customer: str, product: str, category: str, amount: float, quantity: int) -> dict[str, object]:
        return event(customer, 60, amount, product_id=product, category=category, quantity=quantity)

    log = make_log(
        [
            *(bought("ann", "a1", "a", 4, 2), bought("ann", "b1", "b", 30, 1)),
            *(bought("bob", "a2", "a", 6, 1), bought("cat", "a3", "a", 9, 1), bought("cat", "b2", "b", 50, 1)),
            event("dan", 60, event_type="view", product_id="a1"),
        ]
    )
    features = build(log, log.clock)
    # unit prices in a: 2, 6, 9, the middle is 6; in b: 30 and 50, the lower middle is 30
    assert value(features, "ann", "price_level") == pytest.approx((4 + 30) / (2 * 6 + 30))
    assert value(features, "bob", "price_level") == 1.0
    assert value(features, "cat", "price_level") == pytest.approx((9 + 50) / (6 + 30))
    assert value(features, "dan", "price_level") is None
