from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.recommend.interactions import WEIGHTS, Interactions
from shoal.words.errors import InputError
from tests.recommend.shops import shop

ONE = {"purchase": 1.0, "refund": -1.0, "view": 0.25}


def test_events_are_ordered_by_customer_day_and_product_whatever_their_order() -> None:
    seen = Interactions.of(["b", "a", "b", "a"], ["y", "y", "x", "x"], [2, 5, 1, 4])
    assert seen.starts.tolist() == [0, 2, 4]
    assert seen.day.tolist() == [4, 5, 1, 2]
    assert seen.product.tolist() == [0, 1, 0, 1]
    assert seen.customer.tolist() == [0, 0, 1, 1]
    assert seen.now.tolist() == [6, 6]


def test_a_refund_takes_its_purchase_back_and_never_more() -> None:
    seen = Interactions.of(
        ["u", "u", "u", "v"], ["a", "a", "b", "b"], [1, 2, 2, 3], ["purchase", "refund", "refund", "purchase"]
    )
    assert seen.matrix(ONE).toarray().tolist() == [[0, 0], [0, 1]]


def test_likings_add_up_with_counts_of_views_but_not_of_pieces_bought() -> None:
    seen = Interactions.of(["u"] * 3, ["a"] * 3, [1, 2, 3], ["view", "purchase", "purchase"], [3, 500, 1])
    # 3 views at a quarter, 2 purchases: 0.75 + 2
    assert seen.matrix(ONE).toarray().tolist() == [[2.75]]


def test_a_liking_is_halved_every_half_life() -> None:
    seen = Interactions.of(["u", "u"], ["a", "b"], [0, 10], now=11)
    assert seen.matrix(ONE, half_life=5).toarray().tolist() == [[0.25, 1.0]]


def test_no_cell_passes_the_cap() -> None:
    seen = Interactions.of(["u"] * 30, ["a"] * 30, range(30))
    assert seen.matrix(ONE, cap=10).toarray().tolist() == [[10.0]]


def test_the_weights_of_a_ladder_rise_from_view_to_purchase() -> None:
    assert WEIGHTS["view"] < WEIGHTS["favourite"] < WEIGHTS["cart"] < WEIGHTS["purchase"] == -WEIGHTS["refund"]


def test_sums_leave_the_events_as_they_were() -> None:
    seen = Interactions.of(["u", "u", "v"], ["a", "a", "b"], [1, 2, 3])
    worth = np.ones(3, np.float32)
    assert seen.spread(worth).toarray().tolist() == [[2, 0], [0, 1]]
    assert seen.product.tolist() == [0, 0, 1]
    assert seen.starts.tolist() == [0, 2, 3]
    assert worth.tolist() == [1, 1, 1]


def test_before_a_day_is_what_happened_before_it_seen_from_it() -> None:
    seen = Interactions.of(["u", "u", "v"], ["a", "b", "b"], [1, 4, 6]).before(4)
    assert (seen.day.tolist(), seen.starts.tolist(), seen.now.tolist()) == ([1], [0, 1, 1], [4, 4])


def test_each_customer_may_have_a_day_of_its_own() -> None:
    seen = Interactions.of(["u", "u", "v"], ["a", "b", "b"], [1, 4, 6]).before(np.array([2, 7], np.int32))
    assert (seen.day.tolist(), seen.now.tolist()) == ([1, 6], [2, 7])


def test_what_happens_on_the_day_of_now_is_left_out() -> None:
    assert Interactions.of(["u"] * 3, ["a", "b", "c"], [4, 5, 6], now=5).day.tolist() == [4]


def test_baskets_are_days_counted_from_the_first() -> None:
    seen = Interactions.of(
        ["v", "v", "v", "x"], ["a", "b", "a", "b"], [3, 3, 9, 9], customers=pa.array(["u", "v", "x"])
    )
    assert seen.basket.tolist() == [0, 0, 1, 0]
    assert seen.baskets.tolist() == [0, 2, 1]


def test_baskets_of_buying_leave_days_of_looking_out() -> None:
    seen = Interactions.of(["u"] * 3, ["a"] * 3, [1, 2, 3], ["view", "purchase", "view"])
    assert (seen.baskets.tolist(), seen.baskets_bought.tolist()) == ([3], [1])


@pytest.mark.parametrize(
    ("kinds", "goal"),
    [
        (["view", "purchase"], "purchase"),
        (["view", "cart"], "cart"),
        (["view", "view"], "view"),
        (["refund", "search"], "purchase"),
    ],
)
def test_what_counts_as_buying_is_the_strongest_kind_there_is(kinds: list[str], goal: str) -> None:
    seen = Interactions.of(["u", "v"], ["a", "b"], [1, 2], kinds)
    assert seen.bought.tolist() == [kind == goal for kind in kinds]


def test_a_visitor_who_only_looked_has_bought_nothing_in_a_shop_that_sells() -> None:
    seen = Interactions.of(["u", "v"], ["a", "b"], [1, 2], ["view", "purchase"])
    assert not seen.take(np.array([0])).bought.any()
    assert not Interactions.of(["w"], ["a"], [1], "view", goal="purchase").bought.any()
    assert Interactions.of(["w"], ["a"], [1], "view").bought.all()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 79), min_size=0, max_size=20))
def test_taking_customers_gives_each_its_own_history(codes: list[int]) -> None:
    seen = shop()
    some = seen.take(np.array(codes, np.int64))
    assert some.customer_ids.to_pylist() == [f"u{code:03d}" for code in codes]
    for place, code in enumerate(codes):
        mine, whole = slice(*some.starts[place : place + 2]), slice(*seen.starts[code : code + 2])
        assert some.product[mine].tolist() == seen.product[whole].tolist()
        assert some.day[mine].tolist() == seen.day[whole].tolist()
        assert some.segment[place] == seen.segment[code]


def test_ids_of_any_kind_of_column_are_read_as_text() -> None:
    chunked = pa.chunked_array([["2", "10"]])
    coded = pa.array(["a", "b"]).dictionary_encode()
    seen = Interactions.of(chunked, coded, [1, 2])
    assert seen.customer_ids.to_pylist() == ["10", "2"]
    assert Interactions.of([2, 10], [7, 7], [1, 2]).customer_ids.to_pylist() == ["10", "2"]


def test_an_empty_id_is_refused() -> None:
    with pytest.raises(InputError, match="1 without a customer"):
        Interactions.of([None, "u"], ["a", "a"], [1, 1])


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(InputError, match="2, 1, 1"):
        Interactions.of(["u", "v"], ["a"], [1])


def test_an_id_outside_the_list_is_refused() -> None:
    with pytest.raises(InputError, match='"z"'):
        Interactions.of(["u"], ["z"], [1], products=pa.array(["a"]))


def test_an_unknown_kind_of_event_is_refused() -> None:
    with pytest.raises(InputError, match='"stare" is no event type'):
        Interactions.of(["u"], ["a"], [1], ["stare"])
