"""From the events relation to interactions: nothing at or after the cut, every product and customer with a code."""

from __future__ import annotations

import numpy as np
import pytest

from shoal.engines.contract import Engine
from shoal.recommend.crossing import bought_after, catalogue, interactions
from shoal.words.columns import EVENT_TYPES
from tests.features.conftest import event, log_of

GOODS = [
    {"product_id": "a", "name": "Tea", "category": "food/tea", "price": 10, "cost": 4, "in_stock": True},
    {"product_id": "unsold", "name": "Pot", "repeatable": False},
]
EVENTS = [
    event("bob", 60, 5, product_id="b"),
    event("ann", 60, 5, product_id="a", quantity=2),
    event("ann", 60.5, 5, product_id="a", quantity=1),
    event("ann", 61, None, product_id="b", event_type="view", quantity=None),
    event("ann", 62, 5, product_id="a", event_type="refund"),
    event("cid", 62, 5, product_id=None),
    event("ann", 91, 5, product_id="b"),
    event("bob", 89.9, 5, product_id="a"),
]


def test_events_of_a_day_are_one_row_and_a_type_is_a_code(engine: Engine) -> None:
    log = log_of(engine, EVENTS, products=GOODS)
    seen = interactions(log, log.clock)
    assert seen.customer_ids.to_pylist() == ["ann", "bob", "cid"]
    assert seen.product_ids.to_pylist() == ["a", "b", "unsold"]
    assert seen.starts.tolist() == [0, 4, 6, 6]
    rows = zip(seen.product, seen.day, [EVENT_TYPES[kind] for kind in seen.kind], seen.count, strict=True)
    assert list(rows) == [
        (0, 60, "purchase", 3),
        (1, 61, "view", 1),
        (0, 62, "refund", 1),
        (1, 91, "purchase", 1),
        (1, 60, "purchase", 1),
        (0, 89, "purchase", 1),
    ]
    assert (seen.now == 100).all()


def test_an_earlier_cut_sees_nothing_of_what_came_after_and_that_is_what_it_is_judged_by(engine: Engine) -> None:
    log = log_of(engine, EVENTS, products=GOODS)
    earlier = log.clock.earlier(20)
    seen = interactions(log, earlier)
    assert seen.day.max() < 80
    assert (seen.now == 80).all()
    after = bought_after(log, earlier, seen, 10)
    assert after.toarray().tolist() == [[0, 0, 0], [1, 0, 0], [0, 0, 0]]
    assert bought_after(log, earlier, seen, 12).toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]


def test_the_catalogue_stands_in_the_order_of_the_codes(engine: Engine) -> None:
    log = log_of(engine, EVENTS, products=GOODS)
    seen = interactions(log, log.clock)
    known = catalogue(log)
    assert known.names(seen.product_ids) == ["Tea", "b", "Pot"]
    assert known.described["category"] == ["food/tea", None, None]
    assert known.categories().tolist() == [0, -1, -1]
    assert known.price[0] == pytest.approx(10)
    assert known.cost[0] == pytest.approx(4)
    assert np.isnan(known.price[1:]).all()
    assert known.in_stock.tolist() == [1, -1, -1]
    assert known.repeatable.tolist() == [-1, -1, 0]
