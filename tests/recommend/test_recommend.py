"""The stage: every customer gets a list, or the result says what is missing."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import numpy as np
import pyarrow.compute as pc
import pytest

from shoal.engines.contract import Engine
from shoal.recommend.keep import keep, kept
from shoal.recommend.recommend import Recommended, RecommendSettings, recommend
from shoal.recommend.rules import Rules
from shoal.recommend.similar import similar
from shoal.show.text import as_text
from shoal.words.errors import StudyError
from tests.features.conftest import event, log_of
from tests.recommend.shops import columns

GOODS = [
    {"product_id": f"p{n:03d}", "name": f"Thing {n}", "category": "abcd"[n // 6], "brand": "xy"[n % 2]}
    for n in range(24)
]
NEVER_SOLD = {"product_id": "p999", "name": "Thing 1 new", "category": "a", "brand": "y"}


def events(**how: Any) -> list[dict[str, Any]]:
    told = columns(**how)
    rows = zip(told["customer"], told["product"], told["day"], told["kind"], told["count"], strict=True)
    return [
        event(customer, day, 5 * count, product_id=product, event_type=kind, quantity=count)
        for customer, product, day, kind, count in rows
    ]


def made(engine: Engine, rows: list[dict[str, Any]], goods: list[dict[str, Any]] = GOODS, **asked: Any) -> Recommended:
    log = log_of(engine, rows, as_of=121, look_back=60, products=goods)
    return recommend(log, None, RecommendSettings(**{"n": 6, "ahead_days": 20, **asked}))


def test_every_customer_has_a_ranked_list_without_repetition(engine: Engine) -> None:
    found = made(engine, events()).result
    table = found.table
    assert table.column_names == ["customer_id", "rank", "product_id", "score", "reason_code", "because", "figure"]
    assert table.num_rows == 80 * 6
    assert table["rank"].to_pylist() == list(range(1, 7)) * 80
    pairs = list(zip(table["customer_id"].to_pylist(), table["product_id"].to_pylist(), strict=True))
    assert len(set(pairs)) == len(pairs)
    assert pc.min(table["score"]).as_py() > 0
    assert pc.max(table["score"]).as_py() <= 1
    assert found.learned_from >= 30
    assert 0 < found.coverage <= 1


def test_lists_follow_tastes(engine: Engine) -> None:
    """Four in five purchases are of the customer's own category, so most of a list should be too."""
    rows = events()
    table = made(engine, rows).result.table
    taste: dict[str, list[int]] = {}
    for row in rows:
        taste.setdefault(row["customer_id"], []).append(int(row["product_id"][1:]) // 6)
    own = {customer: max(set(found), key=found.count) for customer, found in taste.items()}
    hits = [
        int(product[1:]) // 6 == own[customer]
        for customer, product in zip(table["customer_id"].to_pylist(), table["product_id"].to_pylist(), strict=True)
    ]
    assert np.mean(hits) > 0.7


def test_a_rule_holds_in_every_list(engine: Engine) -> None:
    rules = Rules(bought="exclude", block=("p000",), most_per_category=2, most_share=0.5)
    rows = events()
    found = made(engine, rows, rules=rules).result
    bought = {(row["customer_id"], row["product_id"]) for row in rows if row["event_type"] == "purchase"}
    offered = list(zip(found.table["customer_id"].to_pylist(), found.table["product_id"].to_pylist(), strict=True))
    assert not bought & set(offered)
    assert "p000" not in {product for _, product in offered}
    counts = [offered.count(pair) for pair in offered]
    assert set(counts) == {1}
    per_product = [sum(product == one for _, product in offered) for one in {p for _, p in offered}]
    assert max(per_product) <= 40
    for customer in {customer for customer, _ in offered}:
        mine = [int(product[1:]) // 6 for who, product in offered if who == customer]
        assert max(mine.count(category) for category in mine) <= 2
    assert found.kept_out == {"blocked": 1}


def test_a_product_that_nobody_bought_can_be_offered_by_what_it_is(engine: Engine) -> None:
    found = made(engine, events(), [*GOODS, NEVER_SOLD], n=20)
    code = found.seen.product_ids.to_pylist().index("p999")
    assert found.offers is not None
    like = {other: why for other, _, why, _ in similar(found.offers, code, 5)}
    assert like
    assert set(like.values()) == {"alike"}
    assert all(found.seen.product_ids[other].as_py() < "p006" for other in like)  # its own category
    cold = found.result.table.filter(pc.equal(found.result.table["product_id"], "p999"))
    assert set(cold["reason_code"].to_pylist()) <= {"alike"}


def test_products_bought_together_are_similar_and_never_themselves(engine: Engine) -> None:
    found = made(engine, events())
    assert found.offers is not None
    near = similar(found.offers, 0, 10)
    assert near
    assert 0 not in [code for code, *_ in near]
    assert [code for code, *_ in near[:2] if code < 6] != []


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([event("u1", 60, 5, product_id=None), event("u2", 61, 5, product_id=None)], "no_products"),
        ([event("u1", 60, 5, product_id="a"), event("u2", 61, 5, product_id="a")], "one_product"),
    ],
)
def test_without_products_to_choose_from_the_result_says_so(engine: Engine, rows: Any, code: str) -> None:
    found = made(engine, rows, [])
    assert found.offers is None
    assert found.result.table.num_rows == 0
    assert [finding.code for finding in found.result.findings] == [code]
    assert found.result.findings[0].do is not None
    assert list(found.result.view())


def test_a_log_of_views_alone_is_served(engine: Engine) -> None:
    views = [{**row, "event_type": "view"} for row in events()]
    found = made(engine, views).result
    assert found.table.num_rows == 80 * 6
    assert found.goal == "view"
    said = next(finding for finding in found.findings if finding.code == "no_purchases")
    assert "looking at a product, stands for buying" in said.text.en
    words = as_text(found.view(), "en", width=2_000).replace(said.text.en, "")
    assert re.findall(r"(?i)\b(?:buy|bought|bestsell|sell|purchase|basket)\w*", words) == []


def test_one_customer_gets_equal_weights_and_is_told(engine: Engine) -> None:
    rows = [row for row in events() if row["customer_id"] == "u003"]
    found = made(engine, rows).result
    assert {"equal_weights"} <= {finding.code for finding in found.findings}
    assert set(found.table["customer_id"].to_pylist()) == {"u003"}


def test_without_a_catalogue_the_result_says_what_that_costs(engine: Engine) -> None:
    found = made(engine, events(), []).result
    assert "content" in found.left_out
    assert "no_catalogue" in {finding.code for finding in found.findings}


def test_kept_and_read_again_it_offers_the_same(engine: Engine, tmp_path: Any) -> None:
    found = made(engine, events())
    assert found.offers is not None
    keep(tmp_path, found.offers, found.seen.product_ids, found.known.names(found.seen.product_ids), 121)
    again = kept(tmp_path)
    some = found.seen.take(np.arange(9))
    assert again.offers.table(some, 6).equals(found.offers.table(some, 6))
    assert again.names[0] == "Thing 0"
    facts = msgspec.json.decode((tmp_path / "recommender.json").read_bytes())
    for hurt in ({"format": 9}, {"now": None}, {"weights": [1.0]}, {"methods": ["magic"]}, {"goal": "dancing"}):
        (tmp_path / "recommender.json").write_bytes(msgspec.json.encode(facts | hurt))
        with pytest.raises(StudyError, match="cannot be read"):
            kept(tmp_path)


def test_rows_in_another_order_give_the_same_lists(engine: Engine) -> None:
    rows = events()
    shuffled = [rows[place] for place in np.random.default_rng(1).permutation(len(rows))]
    assert made(engine, rows).result.table.equals(made(engine, shuffled).result.table)


def test_what_happens_after_the_cut_changes_no_list(engine: Engine) -> None:
    rows = events()
    later = [event(f"u{n:03d}", 130, 5, product_id="p001") for n in range(80)]
    assert made(engine, rows).result.table.equals(made(engine, [*rows, *later]).result.table)
