"""A reason states a count of the log that anybody can make again."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from shoal.recommend.evidence import Evidence, best_companion
from shoal.recommend.interactions import Interactions
from shoal.recommend.reason_words import in_words
from shoal.recommend.reasons import CODES, reasons
from shoal.words.language import Texts
from tests.recommend.shops import shop


def told(seen: Interactions, *asked: tuple[str, str]) -> list[tuple[str, str, float]]:
    """The reasons for pairs of customer and product, as (code, because, figure)."""
    customers, products = seen.customer_ids.to_pylist(), seen.product_ids.to_pylist()
    who = np.array([customers.index(customer) for customer, _ in asked])
    what = np.array([products.index(product) for _, product in asked], np.int32)
    found = reasons(Evidence.learned(seen), seen, who, what)
    return [
        (CODES[code], because, float(figure))
        for code, because, figure in zip(found.code, found.because, found.figure, strict=True)
    ]


def small(extra: list[tuple[str, str, int, str]] = []) -> Interactions:  # noqa: B006  never changed
    """u1 to u4 buy a; u1 to u3 buy b too; ten others buy z alone, so that a and b go together beyond the usual."""
    rows = [(f"u{n}", "a", 10, "purchase") for n in range(1, 5)] + [(f"u{n}", "b", 12, "purchase") for n in range(1, 4)]
    rows += [(f"x{n}", "z", 50, "purchase") for n in range(10)] + extra
    customer, product, day, kind = zip(*rows, strict=True)
    return Interactions.of(
        list(customer), list(product), list(day), list(kind), now=100, products=pa.array(sorted({*product, "new"}))
    )


def test_the_share_of_those_who_bought_the_one_that_bought_the_other() -> None:
    """Of four buyers of a three bought b."""
    assert told(small(), ("u4", "b")) == [("together", "a", 0.75)]


def test_two_in_common_are_too_few_and_no_more_than_usual_is_no_reason() -> None:
    seen = small()
    both = Evidence.learned(seen).both.toarray()
    assert both.tolist() == [[0, 3, 0, 0], [3, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]


def test_due_says_the_usual_days_and_the_days_since() -> None:
    rows = [("u9", "tea", day, "purchase") for day in (0, 28, 56, 84)]
    often = [(f"k{n}", "tea", day, "purchase") for n in range(60) for day in (0, 28)]
    assert told(small(rows + often), ("u9", "tea")) == [("regular", "4", 16.0)]
    later = [("u9", "tea", day, "purchase") for day in (0, 28, 56)]
    assert told(small(later + often), ("u9", "tea")) == [("due", "28", 44.0)]


def test_bought_once_says_how_many_come_back_for_it() -> None:
    """Of five buyers of a one bought it on two days."""
    assert told(small([("u5", "a", 20, "purchase"), ("u5", "a", 30, "purchase")]), ("u1", "a")) == [
        ("again", "90", 0.2)
    ]


@pytest.mark.parametrize(("kind", "code"), [("cart", "cart"), ("favourite", "favourite"), ("view", "viewed")])
def test_what_was_touched_says_since_when(kind: str, code: str) -> None:
    assert told(small([("u4", "z", 90, kind), ("u4", "z", 93, kind)]), ("u4", "z")) == [(code, "", 7.0)]


def test_the_segment_says_its_number_and_its_share() -> None:
    """In segment 2 three of four buyers bought b, in the shop three of fourteen."""
    seen = small()
    names = seen.customer_ids.to_pylist()
    seen = seen.in_segments(np.array([2 if name.startswith("u") else 1 for name in names], np.int32))
    evidence = Evidence.learned(seen)
    assert evidence.in_segment[2].tolist() == [4, 3, 0, 0]
    visitor = Interactions.of([], [], [], products=seen.product_ids, customers=pa.array(["who"]), now=100)
    found = reasons(evidence, visitor.in_segments(np.array([2])), np.array([0]), np.array([1], np.int32))
    assert (CODES[found.code[0]], found.because[0], found.figure[0]) == ("segment", "2", 0.75)


def test_selling_now_popular_so_far_and_new() -> None:
    seen = small([("x1", "z", 80, "purchase"), ("x2", "z", 85, "purchase")])
    assert told(seen, ("u4", "z"), ("x1", "a"), ("u4", "new")) == [
        ("popular", "", 2.0),
        ("popular", "all", 4.0),
        ("new", "", 0.0),
    ]


def test_every_pair_of_a_shop_has_a_reason_that_its_log_bears_out() -> None:
    """All reasons of a shop with tastes, each figure counted again from the events."""
    seen = shop()
    evidence = Evidence.learned(seen)
    who = np.repeat(np.arange(seen.customers), seen.products)
    what = np.tile(np.arange(seen.products, dtype=np.int32), seen.customers)
    found = reasons(evidence, seen, who, what)
    assert (found.code >= 0).all()
    bought = {(c, p) for c, p, b in zip(seen.customer.tolist(), seen.product.tolist(), seen.bought, strict=True) if b}
    ids = seen.product_ids.to_pylist()
    together = np.flatnonzero(found.code == CODES.index("together"))
    assert len(together) > 50
    for row in together[:: len(together) // 40]:
        other = ids.index(found.because[row])
        assert (who[row], other) in bought
        assert (who[row], what[row]) not in bought
        first = {c for c, p in bought if p == other}
        both = {c for c, p in bought if p == what[row]} & first
        assert found.figure[row] == pytest.approx(len(both) / len(first))


def test_the_companion_is_the_surest_of_those_bought() -> None:
    seen = shop()
    evidence = Evidence.learned(seen)
    found = best_companion(evidence, seen, np.zeros(seen.products, np.int64), np.arange(seen.products, dtype=np.int32))
    owned = set(seen.product[(seen.customer == 0) & seen.bought].tolist())
    table = evidence.together.toarray()
    for product, companion in enumerate(found.tolist()):
        shares = {other: table[product, other] for other in owned if table[product, other] > 0}
        assert companion == (max(shares, key=lambda other: (shares[other], -other)) if shares else -1)


def test_evidence_is_the_same_after_it_was_kept() -> None:
    evidence = Evidence.learned(shop())
    again = Evidence.restored(evidence.arrays())
    assert (again.both != evidence.both).nnz == 0
    assert (again.together != evidence.together).nnz == 0
    assert again.customers == evidence.customers
    assert np.array_equal(again.in_segment, evidence.in_segment)


@pytest.mark.parametrize("goal", ["purchase", "view", "cart", "favourite"])
@pytest.mark.parametrize("code", CODES)
def test_every_reason_has_words_in_both_languages(code: str, goal: str) -> None:
    words = in_words(code, "7", 0.41, {"7": "Green tea"}.get, goal)
    assert words.en
    assert words.zh != words.en
    assert "{" not in words.en + words.zh


def test_an_empty_figure_is_said_as_none() -> None:
    assert "0 buyers" in in_words("popular", "", float("nan"), str).en
    assert Texts("shoal.recommend").has("reason.popular_ever")


@pytest.mark.parametrize("code", CODES)
def test_where_nobody_bought_anything_no_reason_speaks_of_buying(code: str) -> None:
    words = in_words(code, "7", 3, str, "view")
    assert not {"bought", "buyer", "buyers"} & set(words.en.split())
    assert "买" not in words.zh


def test_one_day_and_one_buyer_are_said_in_the_singular() -> None:
    assert in_words("cart", "", 1, str).en == "put into the cart 1 day ago"
    assert in_words("popular", "all", 1, str).en == "popular: 1 buyer so far"
    assert in_words("again", "1", 0.5, str).en == "bought 1 day ago; 50% of its buyers come back for it"
