"""Recommendations judged on later days: what is planted is found, what is not there is not claimed."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import numpy as np
import pytest

from shoal.engines.contract import Engine
from shoal.proof.ranked import RankingProof
from shoal.proof.recommendations import prove_recommendations
from shoal.recommend.reason_words import goal_in_words
from shoal.recommend.recommend import RecommendSettings
from shoal.segments.settings import SegmentSettings
from shoal.show.result import encode
from shoal.show.text import as_text
from shoal.words.language import LANGUAGES, Language
from tests.features.conftest import event, log_of

HOW = SegmentSettings(space="behaviour", k=2)
ASKED = RecommendSettings(n=5, ahead_days=30)


def shop(tastes: bool, customers: int = 150, days: int = 240, seed: int = 0) -> list[dict[str, Any]]:
    """Everybody buys every eight days or so: one's own three of thirty products, or any product by lot."""
    draw = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        own = draw.choice(30, 3, replace=False)
        for day in np.cumsum(draw.integers(3, 14, days // 6)):
            if day < days:
                product = int(draw.choice(own)) if tastes else int(draw.integers(30))
                rows.append(event(f"c{number:03d}", float(day), 5, product_id=f"p{product:02d}"))
    return rows


def proven(engine: Engine, rows: list[dict[str, Any]], **how: Any) -> RankingProof:
    log = log_of(engine, rows, **{"as_of": 240, "look_back": 90, "horizon": 40, **how})
    return prove_recommendations(log, HOW, ASKED)


def test_habits_are_found_on_later_days_and_popularity_is_beaten(engine: Engine) -> None:
    found = proven(engine, shop(tastes=True))
    by_key = {ranker.key: ranker for ranker in found.rankers}
    assert found.verdict.code == "better"
    assert by_key["choice"].ndcg.value > 0.8  # by lot it would be a third
    assert by_key["choice"].ndcg.low <= by_key["choice"].ndcg.value <= by_key["choice"].ndcg.high
    assert by_key["popularity"].ahead is not None
    assert by_key["popularity"].ahead.low > 0
    assert found.customers == 150
    assert by_key["choice"].measures["hit_rate@10"] == 1.0
    assert by_key["choice"].new is None or by_key["choice"].new <= 1
    assert [ranker.ndcg.value for ranker in found.rankers] == sorted(
        (ranker.ndcg.value for ranker in found.rankers), reverse=True
    )


def test_where_everybody_buys_by_lot_nothing_is_claimed(engine: Engine) -> None:
    assert proven(engine, shop(tastes=False)).verdict.code in ("level", "worse")


def test_one_segment_is_no_part_of_its_own(engine: Engine) -> None:
    log = log_of(engine, shop(tastes=True, customers=60), as_of=240, look_back=90, horizon=40)
    found = prove_recommendations(log, SegmentSettings(space="behaviour", k=1), ASKED)
    assert found.rankers
    assert (found.segments_add, found.by_segment) == (None, ())


def test_who_comes_new_is_counted_and_not_judged(engine: Engine) -> None:
    new = [event(f"n{n}", 225 + n, 5, product_id="p01") for n in range(7)]
    looked = [{**event("looked", 100, None, product_id="p01"), "event_type": "view"}, event("looked", 226, 5)]
    looked[1]["product_id"] = "p01"  # a first purchase, but not a first visit: judged, so not counted as new
    found = proven(engine, [*shop(tastes=True), *new, *looked])
    assert (found.customers, found.newcomers) == (151, 7)


@pytest.mark.parametrize(
    ("rows", "how", "said"),
    [
        (shop(tastes=True, days=60), {"as_of": 60, "look_back": 20, "horizon": 10}, "shorter than three times 30 days"),
        ([{**row, "product_id": None} for row in shop(tastes=True, customers=40)], {}, "names no products"),
        (shop(tastes=True, customers=20), {}, "only 20 customers"),
    ],
)
def test_what_cannot_be_proven_says_why(engine: Engine, rows: Any, how: Any, said: str) -> None:
    found = proven(engine, rows, **how)
    assert found.verdict.code == "unproven"
    assert said in found.verdict.text.en
    assert found.rankers == ()
    assert len(list(found.view())) == 2 + (found.last_basket is not None)


def test_a_log_too_short_for_later_days_is_still_judged_by_last_baskets(engine: Engine) -> None:
    found = proven(engine, shop(tastes=True, customers=40, days=60), as_of=60, look_back=20, horizon=10)
    assert found.verdict.code == "unproven"
    assert found.last_basket is not None
    assert found.last_basket.customers == 40


def test_in_a_log_of_views_what_was_looked_at_before_is_a_repeat(engine: Engine) -> None:
    views = [{**row, "event_type": "view", "amount": None} for row in shop(tastes=True, customers=60)]
    views += [{**event(f"n{n}", 225 + n, None, product_id="p01"), "event_type": "view"} for n in range(3)]
    found = proven(engine, views)
    choice = next(ranker for ranker in found.rankers if ranker.key == "choice")
    assert (found.goal, found.newcomers) == ("view", 3)
    assert choice.repeat is not None
    assert choice.repeat > 0.8  # each looks at the same three again and again


@pytest.mark.parametrize(
    ("language", "buying"),
    [("en", r"(?i)\b(?:buy|bought|bestsell|sell|purchase|basket)\w*"), ("zh", "购买|买|畅销|热销|复购|篮")],
)
def test_in_a_log_of_views_nothing_is_called_buying(engine: Engine, language: Language, buying: str) -> None:
    views = [{**row, "event_type": "view", "amount": None} for row in shop(tastes=True, customers=60)]
    words = as_text(proven(engine, views).view(), language, width=2_000)
    assert re.findall(buying, words.replace(goal_in_words("view").say(language), "")) == []


def test_lists_that_rules_leave_empty_have_no_novelty_and_can_be_kept(engine: Engine) -> None:
    back = [{**row, "event_type": "refund", "ts_s": row["ts_s"] + 60} for row in shop(tastes=True, customers=60)]
    found = proven(engine, [*shop(tastes=True, customers=60), *back])
    kept = msgspec.json.decode(encode(found), type=RankingProof)
    assert kept == found


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_shows_itself(engine: Engine, language: Any) -> None:
    words = as_text(proven(engine, shop(tastes=True, customers=60)).view(), language)
    assert "NDCG@10" in words
    assert ("popularity, tuned" in words) == (language == "en")
