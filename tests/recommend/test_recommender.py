from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
import pyarrow as pa
import pytest

from shoal.measures.ranking import by_customer
from shoal.recommend import recommender as module
from shoal.recommend.choose import Asked, methods_for
from shoal.recommend.contract import Method
from shoal.recommend.interactions import WEIGHTS, Interactions
from shoal.recommend.lesson import Ahead, split
from shoal.recommend.methods.popularity import Popularity
from shoal.recommend.recommender import Recommender
from tests.recommend.shops import DAYS, ODD, columns, described, odd, shop
from tests.recommend.test_methods import lawful, same


def methods(seen: Interactions, ahead: Ahead = 30) -> Sequence[Method]:
    return methods_for(seen, Asked(ahead, WEIGHTS, described(min(seen.products, 24)), 0)).methods


def test_every_customer_gets_a_list_without_doubles() -> None:
    seen = shop()
    found = Recommender(methods(seen)).fit(seen).propose(seen, 10)
    lawful(found, seen, 10)
    assert (found.products >= 0).all()


def test_the_blend_is_learned_before_the_window_that_is_judged() -> None:
    """Whatever happens in the last days of the log, they cannot change what is learned for the days before."""
    whole = shop()
    seen = split(whole, 30).before
    once = Recommender(methods(seen)).fit(seen)
    draw = np.random.default_rng(3)
    told = columns()
    told["product"] = [
        p if d < DAYS - 30 else f"p{draw.integers(24):03d}" for p, d in zip(told["product"], told["day"], strict=True)
    ]
    products, customers = whole.product_ids, whole.customer_ids
    other = Interactions.of(**told, now=DAYS, products=products, customers=customers).in_segments(whole.segment)
    again = Recommender(methods(seen)).fit(split(other, 30).before)
    assert once.blend_.weights.tolist() == again.blend_.weights.tolist()
    same(once.propose(seen, 10), again.propose(seen, 10))


def test_the_order_of_rows_does_not_matter() -> None:
    told = columns()
    order = np.random.default_rng(1).permutation(len(told["day"]))
    shuffled = {key: [values[row] for row in order] for key, values in told.items()}
    one, other = Interactions.of(**told), Interactions.of(**shuffled)
    same(Recommender(methods(one)).fit(one).propose(one, 8), Recommender(methods(other)).fit(other).propose(other, 8))


def test_batches_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = shop()
    fitted = Recommender(methods(seen)).fit(seen)
    whole = fitted.propose(seen, 8)
    monkeypatch.setattr(module, "BATCH", 7)
    assert fitted.propose(seen, 8).products.tolist() == whole.products.tolist()


def test_a_customers_new_events_change_the_list_without_a_new_fit() -> None:
    seen = shop()
    fitted = Recommender(methods(seen)).fit(seen)
    told = {"customer": ["new"] * 2, "day": [DAYS - 2, DAYS - 1], "now": DAYS, "products": seen.product_ids}
    lists = [
        fitted.propose(Interactions.of(product=[a, b], **told), 5).products.tolist()
        for a, b in (("p000", "p001"), ("p020", "p021"))
    ]
    assert lists[0] != lists[1]


def test_a_visitor_of_whom_nothing_is_known_gets_a_list() -> None:
    seen = shop()
    nothing = Interactions.of([], [], [], now=DAYS, products=seen.product_ids, customers=pa.array(["?"]))
    assert (Recommender(methods(seen)).fit(seen).propose(nothing, 5).products >= 0).all()


def test_nobody_to_propose_to_gets_nothing() -> None:
    seen = shop()
    found = Recommender(methods(seen)).fit(seen).propose(seen.take(np.array([], np.int64)), 5)
    assert found.products.shape[0] == 0


@pytest.mark.parametrize("log", ODD)
@pytest.mark.parametrize("ahead", [30, "basket"])
def test_bears_an_odd_log(log: str, ahead: Ahead) -> None:
    seen = odd(log)
    found = Recommender(methods(seen, ahead), ahead).fit(seen).propose(seen, 5)
    lawful(found, seen, 5)


def test_planted_tastes_are_found_better_than_by_popularity() -> None:
    whole = shop(300, 24, seed=9)
    lesson = split(whole, 20)
    ways = methods(lesson.before, 20)
    blended = Recommender(ways, 20).fit(lesson.before).propose(lesson.before, 5)
    popular = ways[0].propose(lesson.before, 5)
    scores = [float(np.nanmean(by_customer(p.products, lesson.after, 5)["ndcg"])) for p in (blended, popular)]
    assert scores[0] > 1.5 * scores[1]


def test_looking_is_not_buying_even_for_a_visitor_of_whom_no_purchase_is_known() -> None:
    seen = shop()
    fitted = Recommender(methods(seen)).fit(seen)
    looked = Interactions.of(["?"], ["p003"], [DAYS - 1], "view", now=DAYS, products=seen.product_ids)
    slate = next(fitted.slates(looked))[2]
    assert not slate.repeat.any()


def test_a_lesson_made_by_hand_takes_the_place_of_the_last_days() -> None:
    seen = shop()
    whole, made = Recommender(methods(seen)), Recommender(methods(seen))
    whole.fit(seen)
    made.fit(seen, split(seen, 30))
    assert made.blend_.weights.tolist() == whole.blend_.weights.tolist()
    assert made.fit(seen, split(seen, 60)).blend_.weights.tolist() != whole.blend_.weights.tolist()


def test_a_large_shop_learns_its_blend_from_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = shop()
    monkeypatch.setattr(module, "TEACHERS", 40)
    fitted = Recommender(methods(seen)).fit(seen)
    assert fitted.blend_.learners <= 40
    assert len(fitted.propose(seen, 5).products) == seen.customers


def test_believed_alike_no_method_is_fitted_on_an_earlier_window() -> None:
    seen = shop()
    fits: list[int] = []

    class Counted(Popularity):
        def fit(self, seen: Interactions) -> Self:
            fits.append(seen.events)
            return super().fit(seen)

    alike = Recommender([Counted()], believed="equal").fit(seen)
    assert fits == [seen.events]
    assert not alike.blend_.learned
    Recommender([Counted()]).fit(seen)
    assert fits[1] < fits[2] == seen.events
