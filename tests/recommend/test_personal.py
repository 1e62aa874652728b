from __future__ import annotations

import numpy as np
import pytest

from shoal.recommend.interactions import Interactions
from shoal.recommend.personal import GAP_TRUST, OWN_TRUST, RATE_TRUST, Pace

SEEN = Interactions.of(
    ["u", "u", "u", "u", "v", "v"],
    ["a", "a", "a", "b", "a", "b"],
    [0, 0, 10, 20, 5, 9],
    ["purchase", "purchase", "purchase", "purchase", "purchase", "refund"],
    now=30,
)


def test_a_pair_is_one_row_with_its_days_and_what_came_since() -> None:
    found = SEEN.pairs
    assert list(zip(found.customer, found.product, strict=True)) == [(0, 0), (0, 1), (1, 0)]
    assert found.days.tolist() == [2, 1, 1]
    assert (found.first.tolist(), found.last.tolist()) == ([0, 20, 5], [10, 20, 5])
    assert found.log_gaps == pytest.approx([np.log(10), 0, 0])
    # u bought on days 0, 10, 20: two and one baskets after the days of a, none after b
    assert found.fading == pytest.approx([0.81 + 0.9, 1, 1])
    assert found.baskets_since.tolist() == [1, 0, 0]


def test_a_products_rhythm_leans_on_the_shops() -> None:
    pace = Pace.learned(SEEN.pairs, 3)
    shop_gap = np.log(10)  # the only gap there is
    assert pace.log_gap == pytest.approx([(np.log(10) + GAP_TRUST * shop_gap) / (1 + GAP_TRUST), shop_gap, shop_gap])
    # of three pairs one came back: (1 + 1) / (3 + 2); a: one of two buyers, b: none of one, the third: nobody
    shop = 2 / 5
    wanted = [(1 + RATE_TRUST * shop) / (2 + RATE_TRUST), RATE_TRUST * shop / (1 + RATE_TRUST), shop]
    assert pace.repeat_share == pytest.approx(wanted)


def test_a_customers_own_interval_leans_on_the_products() -> None:
    seen = Interactions.of(["u"] * 3 + ["v"], ["a"] * 4, [0, 4, 20, 3])
    known = seen.pairs
    pace = Pace(np.array([np.log(30.0)]), np.array([0.5]))
    own = np.exp((np.log(4) + np.log(16) + OWN_TRUST * np.log(30)) / (2 + OWN_TRUST))
    assert pace.usual_days(known) == pytest.approx([own, 30])


def test_a_shop_without_a_second_purchase_takes_ninety_days() -> None:
    pace = Pace.learned(Interactions.of(["u", "v"], ["a", "b"], [1, 2]).pairs, 2)
    assert np.exp(pace.log_gap) == pytest.approx([90, 90])
    assert pace.repeat_share == pytest.approx([RATE_TRUST * 0.25 / (1 + RATE_TRUST)] * 2)


def test_nobody_bought_anything() -> None:
    found = Interactions.of(["u"], ["a"], [1], "refund").pairs
    assert len(found.customer) == len(found.fading) == 0
