"""What may be shown: stock, lists, margins, silence, what was bought and what was sent back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from shoal.recommend.crossing import Catalogue
from shoal.recommend.interactions import Interactions
from shoal.recommend.personal import Pace
from shoal.recommend.rules import Rules, Shelf, gone, may_be_shown, shelf
from shoal.words.errors import UsageError

PRODUCTS = pa.array(["a", "b", "c", "d"])
SEEN = Interactions.of(["u", "u", "v", "v"], ["a", "b", "a", "a"], [1, 2, 3, 9], products=PRODUCTS, now=10)


def on(rules: Rules, **known: list[float]) -> list[str]:
    """The products on the shelf under a rule, with some of the catalogue known."""
    nothing = Catalogue.nothing(4)
    catalogue = replace(nothing, **{name: np.array(values) for name, values in known.items()})
    found = shelf(rules, catalogue, SEEN, Pace.learned(SEEN.pairs, 4))
    return [name for name, shown in zip(PRODUCTS.to_pylist(), found.offered, strict=True) if shown]


def test_without_rules_every_product_may_be_offered() -> None:
    assert on(Rules()) == ["a", "b", "c", "d"]


def test_what_is_out_of_stock_blocked_or_not_allowed_is_not_offered() -> None:
    assert on(Rules(), in_stock=[1, 0, -1, 1]) == ["a", "c", "d"]
    assert on(Rules(block=("a", "d"))) == ["b", "c"]
    assert on(Rules(allow=("a", "d"), block=("d",))) == ["a"]


def test_a_margin_is_a_share_of_the_price_and_an_unknown_cost_has_none() -> None:
    price, cost = [10.0, 10.0, 10.0, np.nan], [5.0, 8.0, np.nan, 1.0]
    assert on(Rules(minimum_margin=0.5), price=price, cost=cost) == ["a"]
    assert on(Rules(minimum_margin=0.2), price=price, cost=cost) == ["a", "b"]


def test_what_stays_out_is_counted_by_reason() -> None:
    found = shelf(Rules(block=("a",)), Catalogue.nothing(4), SEEN, Pace.learned(SEEN.pairs, 4))
    assert found.kept_out == {"blocked": 1}


def test_an_unknown_product_in_a_list_is_refused() -> None:
    with pytest.raises(UsageError, match=r"no product x, y \(2 unknown"):
        on(Rules(block=("y", "x", "a")))


@pytest.mark.parametrize(
    "asked", [{"bought": "maybe"}, {"diversity": 1.5}, {"most_share": 0.0}, {"most_per_category": 0}]
)
def test_a_rule_that_cannot_be_is_refused(asked: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Rules(**asked)  # type: ignore[arg-type]


def test_a_product_silent_for_longer_than_chance_allows_is_gone() -> None:
    """Sold on each of twenty days, then for a hundred not: e^-100; sold on every fortieth day the same is nothing."""
    often = [("a", day) for day in range(20)]
    seldom = [("b", day) for day in range(0, 121, 30)]
    few = [("c", 0), ("c", 1)]
    names, days = zip(*often, *seldom, *few, strict=True)
    seen = Interactions.of(["u"] * len(names), list(names), list(days), now=121)
    assert gone(seen).tolist() == [True, False, False]


def _shown(rules: Rules, repeatable: list[bool], histories: Interactions = SEEN) -> list[bool]:
    shelf_ = Shelf(np.array([True, True, True, False]), np.array(repeatable), {})
    customer, product = np.array([0, 0, 0, 0]), np.array([0, 1, 2, 3], np.int32)
    repeat = np.array([True, True, False, False])
    return may_be_shown(rules, shelf_, histories, customer, product, repeat).tolist()


def test_bought_products_are_shown_where_people_buy_them_again_always_or_never() -> None:
    again = [True, False, False, False]
    assert _shown(Rules(), again) == [True, False, True, False]
    assert _shown(Rules(bought="allow"), again) == [True, True, True, False]
    assert _shown(Rules(bought="exclude"), again) == [False, False, True, False]


def test_what_was_sent_back_is_not_offered_until_it_is_bought_again() -> None:
    def bought(*kinds: str) -> list[bool]:
        rows = len(kinds)
        seen = Interactions.of(["u"] * rows, ["a"] * rows, list(range(rows)), list(kinds), products=PRODUCTS)
        return _shown(Rules(bought="allow"), [True] * 4, seen)

    assert bought("purchase", "refund")[0] is False
    assert bought("purchase", "refund", "purchase")[0] is True
    assert bought("purchase")[0] is True


def test_a_product_is_repeatable_as_the_catalogue_says_else_as_the_log_shows() -> None:
    people = [f"u{n}" for n in range(40)]
    twice = Interactions.of(people * 2 + people, ["a"] * 80 + ["b"] * 40, [1] * 40 + [9] * 40 + [5] * 40)
    pace = Pace.learned(twice.pairs, 2)
    nothing = Catalogue.nothing(2)
    assert shelf(Rules(), nothing, twice, pace).repeatable.tolist() == [True, True]  # b leans on the shop
    said = replace(nothing, repeatable=np.array([0, 1], np.int8))
    assert shelf(Rules(), said, twice, pace).repeatable.tolist() == [False, True]
