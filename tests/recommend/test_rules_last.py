"""Each rule of the shop, kept in the lists themselves: broken without it, whole with it; or refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from shoal.engines.contract import Engine
from shoal.recommend.recommend import Recommended
from shoal.recommend.rules import Rules
from shoal.words.errors import UsageError
from tests.recommend.test_recommend import GOODS, events, made

Lists = dict[str, list[str]]
PRICED = [{**good, "price": 10, "cost": 9 if n % 2 else 4} for n, good in enumerate(GOODS)]
"""Every other product has a margin of 10 %, the rest of 60 %."""
SMALL = {"customers": 60}


def lists(found: Recommended) -> Lists:
    table: Lists = {}
    for row in found.result.table.select(["customer_id", "product_id"]).to_pylist():
        table.setdefault(row["customer_id"], []).append(row["product_id"])
    return table


def bought(product: str) -> Callable[[Lists], bool]:
    return lambda found: any(product in mine for mine in found.values())


def same_category(found: Lists) -> bool:
    return any(len({int(p[1:]) // 6 for p in mine[:3]}) == 1 for mine in found.values())


def crowded(found: Lists) -> bool:
    listed = [product for mine in found.values() for product in mine]
    return max(listed.count(product) for product in set(listed)) > 0.4 * len(found)


def thin_margin(found: Lists) -> bool:
    return any(int(product[1:]) % 2 for mine in found.values() for product in mine)


@pytest.mark.parametrize(
    ("rule", "goods", "broken"),
    [
        (Rules(block=("p000",)), GOODS, bought("p000")),
        (Rules(allow=tuple(f"p{n:03d}" for n in range(1, 24))), GOODS, bought("p000")),
        (Rules(most_per_category=2), GOODS, same_category),
        (Rules(diversity=0.7), GOODS, same_category),
        (Rules(most_share=0.4), GOODS, crowded),
        (Rules(minimum_margin=0.5), PRICED, thin_margin),
    ],
    ids=["block", "allow", "cap", "diversity", "most_share", "margin"],
)
def test_a_rule_is_kept_and_would_be_broken_without_it(engine: Engine, rule: Rules, goods: Any, broken: Any) -> None:
    rows = events(**SMALL)
    assert broken(lists(made(engine, rows, goods, rules=Rules(bought="allow"))))
    kept = Rules(**{**vars(rule), "bought": "allow"})
    assert not broken(lists(made(engine, rows, goods, rules=kept)))


def test_what_is_out_of_stock_is_not_offered_and_still_tells_of_taste(engine: Engine) -> None:
    """Who bought nothing but p000, sold out since, is still offered its category."""
    rows = [row for row in events(**SMALL) if row["customer_id"] != "u003"]
    rows += [{**row, "customer_id": "u003"} for row in rows if row["product_id"] == "p000"][:4]
    gone = [{**good, "in_stock": good["product_id"] != "p000"} for good in GOODS]
    found = lists(made(engine, rows, gone))
    assert not bought("p000")(found)
    assert np.mean([int(product[1:]) < 6 for product in found["u003"][:3]]) > 0.5


@pytest.mark.parametrize(
    ("goods", "by"),
    [
        (GOODS, "category"),
        ([{key: value for key, value in good.items() if key != "category"} for good in GOODS], "content"),
        ([], "buyers"),
    ],
)
def test_lists_are_spread_by_whatever_the_shop_says_of_likeness(engine: Engine, goods: Any, by: str) -> None:
    """Names and buyers tell the planted categories, so that the lists hold more of them with the rule than without."""
    rows = events(**SMALL)

    def kinds(found: Recommended) -> float:
        return float(np.mean([len({int(p[1:]) // 6 for p in mine}) for mine in lists(found).values()]))

    named = [{**good, "name": f"{['tea', 'pan', 'mug', 'hat'][n // 6]} {n}"} for n, good in enumerate(goods)]
    plain = made(engine, rows, named, rules=Rules(bought="allow"), n=4)
    spread = made(engine, rows, named, rules=Rules(bought="allow", diversity=0.8), n=4)
    assert (plain.result.spread_by, spread.result.spread_by) == (None, by)
    assert kinds(spread) > kinds(plain) + 0.3


def test_products_of_unknown_cost_stay_out_of_a_margin_and_that_is_said(engine: Engine) -> None:
    half = [{**good, "cost": None} if n < 4 else good for n, good in enumerate(PRICED)]
    half[5] = {**half[5], "price": 0}
    found = made(engine, events(**SMALL), half, rules=Rules(minimum_margin=0.5)).result
    assert found.kept_out["cost_unknown"] == 5
    assert found.kept_out["margin"] == 9  # the odd ones from p007 to p023
    finding = next(finding for finding in found.findings if finding.code == "cost_unknown")
    assert finding.text.en.startswith("5 products")


@pytest.mark.parametrize(
    ("rule", "goods", "said"),
    [
        (Rules(minimum_margin=0.1), GOODS, "no product has both a price and a cost"),
        (Rules(most_per_category=2), [], "no product has a category"),
        (Rules(block=("p000", "nope")), GOODS, "no product nope"),
        (Rules(allow=("it's",)), GOODS, "no product it's"),
    ],
)
def test_a_rule_that_the_catalogue_cannot_fulfil_is_refused(engine: Engine, rule: Rules, goods: Any, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        made(engine, events(**SMALL)[:50], goods, rules=rule)
