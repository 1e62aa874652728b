"""What came after a cut, and the refusal to look at a future that is only half known."""

from __future__ import annotations

import pytest

from shoal.features.build import build
from shoal.features.categories import learn_categories
from shoal.features.outcomes import outcomes
from shoal.words.errors import UsageError
from tests.features.conftest import MakeLog, event

SHOP = [
    event("ann", 60, 10, category="tea"),
    event("bob", 61, 10, category="pots"),
    event("ann", 90, 7, category="tea", order_id="x"),
    event("ann", 99.9, 3, category="pots", order_id="x"),
    event("ann", 89.9, 50, category="tea"),
    event("new", 95, 9, category="tea"),
]


def test_outcomes_hold_the_horizon_alone_for_customers_known_at_the_cut(make_log: MakeLog) -> None:
    log = make_log(SHOP)
    cut = log.clock.earlier(10)
    found = outcomes(log, cut, learn_categories(log, cut))
    assert found.table.to_pylist() == [
        {"customer_id": "ann", "orders": 1, "spend": 10, "spend_in_tea": 7, "spend_in_pots": 3},
        {"customer_id": "bob", "orders": 0, "spend": 0, "spend_in_tea": 0, "spend_in_pots": 0},
    ]


def test_a_future_that_is_not_whole_is_refused(make_log: MakeLog) -> None:
    log = make_log(SHOP)
    with pytest.raises(UsageError, match="earlier as_of or a shorter horizon"):
        outcomes(log, log.clock.earlier(9), None)


def test_the_categories_of_earlier_features_hold_for_outcomes_and_for_features_later(make_log: MakeLog) -> None:
    """At the cut there were tea and pots; later the shop sells books too, and tea no longer most."""
    books = [event("bob", 92 + day / 10, 500, category="books") for day in range(9)]
    log = make_log([*SHOP, *books])
    cut = log.clock.earlier(10)
    then = build(log, cut)
    assert outcomes(log, cut, like=then) == outcomes(log, cut, learn_categories(log, cut))
    assert outcomes(log, cut, like=then).names == ("spend", "orders", "spend_in_tea", "spend_in_pots")
    assert outcomes(log, cut).names == ("spend", "orders")
    now = build(log, log.clock, like=then)
    assert now.categories == then.categories
    assert now.table.column_names == then.table.column_names
