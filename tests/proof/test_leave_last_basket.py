"""The last basket of each customer, named from the days before it: found where it can be, never read beforehand."""

from __future__ import annotations

from typing import Any

import pytest

from shoal.engines.contract import Engine
from shoal.proof.last_basket import LastBasketProof
from shoal.proof.leave_last_basket import leave_last_basket
from shoal.recommend.recommend import RecommendSettings
from shoal.show.text import as_text
from shoal.words.language import LANGUAGES
from tests.features.conftest import event, log_of
from tests.proof.test_recommendations import shop

ASKED = RecommendSettings(n=5)


def judged(engine: Engine, rows: list[dict[str, Any]]) -> LastBasketProof:
    found = leave_last_basket(log_of(engine, rows, as_of=240, look_back=90, horizon=40), ASKED)
    assert found is not None
    return found


def test_habits_name_the_last_basket_and_popularity_does_not(engine: Engine) -> None:
    found = judged(engine, shop(tastes=True, customers=60))
    by_key = {ranker.key: ranker for ranker in found.rankers}
    assert (found.verdict.code, found.customers, found.learners) == ("better", 60, 60)
    assert by_key["choice"].measures["hit_rate@5"] > 0.9  # one of one's own three; by lot it would be a sixth
    assert by_key["popularity"].ahead is not None
    assert by_key["popularity"].ahead.low > 0
    assert "segment_popularity" not in by_key  # today's segments know the last basket


def test_nothing_of_the_last_basket_reaches_the_list(engine: Engine) -> None:
    """Everybody's last product is one that nobody else ever bought, looked at on the same day: only a leak finds it."""
    rows = shop(tastes=True, customers=40, days=230)
    people = sorted({row["customer_id"] for row in rows})
    for who in people:
        rows.append(event(who, 239, 5, product_id=f"only {who}"))
        rows.append({**event(who, 239, None, product_id=f"only {who}"), "event_type": "view"})
    found = judged(engine, rows)
    assert [ranker.measures["hit_rate@20"] for ranker in found.rankers] == [0.0] * len(found.rankers)
    assert found.verdict.code == "level"


def test_who_bought_on_one_day_alone_teaches_and_is_not_judged(engine: Engine) -> None:
    once = [event(f"n{n}", 225, 5, product_id="p01") for n in range(7)]
    found = judged(engine, [*shop(tastes=True, customers=40), *once])
    assert (found.customers, found.learners) == (40, 47)


def test_too_few_second_baskets_are_said(engine: Engine) -> None:
    found = judged(engine, shop(tastes=True, customers=20))
    assert found.verdict.code == "unproven"
    assert "only 20 customers" in found.verdict.text.en
    assert len(list(found.view())) == 1


def test_a_log_without_products_has_no_last_baskets(engine: Engine) -> None:
    rows = [{**row, "product_id": None} for row in shop(tastes=True, customers=40)]
    assert leave_last_basket(log_of(engine, rows, as_of=240, look_back=90, horizon=40), ASKED) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_that_it_is_the_weaker_test(engine: Engine, language: Any) -> None:
    words = as_text(judged(engine, shop(tastes=True, customers=40)).view(), language)
    said = {"en": "a weaker test than the one on later days", "zh": "弱于用之后日子的检验"}[language]
    assert "".join(said.split()) in "".join(words.split())  # lines may break anywhere
