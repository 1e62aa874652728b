from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import ttest_ind

from shoal.features.result import EVENTS, Category, FeatureInfo, Features
from shoal.segments.cards import card
from shoal.segments.explain import explain
from shoal.segments.insights import insights
from shoal.segments.naming import named
from shoal.segments.persona import with_personas
from shoal.segments.portrait import Contrast, FeatureProfile, Segment
from shoal.segments.result import Segments
from shoal.segments.segment import segment
from shoal.segments.settings import SegmentSettings
from shoal.segments.table import table_features
from shoal.words.language import Text
from tests.segments.made import features_of, shop

DRAW = np.random.default_rng(0)


def test_profiles_are_mean_median_and_share_with_any() -> None:
    features = features_of({"orders": [1, 2, 3, 0], "gap_mean_days": [10, None, 30, None]})
    found = explain(features, np.array([0, 0, 0, 1]), 2)
    orders, gap = found.segments[0].profile
    assert (orders.mean, orders.median, orders.share_nonzero) == (2.0, 2.0, 1.0)
    assert (gap.mean, gap.median, gap.share_nonzero) == (20.0, 20.0, pytest.approx(2 / 3))
    nothing = found.segments[1].profile[1]
    assert (nothing.mean, nothing.median, nothing.share_nonzero, nothing.difference) == (None, None, 0.0, None)
    assert (found.whole[0].mean, found.whole[0].median, found.whole[0].share_nonzero) == (1.5, 1.5, 0.75)


def test_a_difference_and_its_interval_are_welchs() -> None:
    values, labels = DRAW.normal(size=200), np.repeat([0, 1], [60, 140])
    part = explain(features_of({"a": values}), labels, 2).segments[0].profile[0]
    here, there, spread = values[:60], values[60:], values.std()
    interval = ttest_ind(here, there, equal_var=False).confidence_interval(0.95)
    assert part.difference == pytest.approx((here.mean() - there.mean()) / spread)
    assert (part.low, part.high) == pytest.approx((interval.low / spread, interval.high / spread))


def test_counts_are_compared_on_the_square_root_scale() -> None:
    features = features_of({"orders": [1, 4, 9, 16]})
    part = explain(features, np.array([0, 0, 1, 1]), 2).segments[1].profile[0]
    assert part.difference == pytest.approx((3.5 - 1.5) / np.std([1, 2, 3, 4]))


def test_noise_gives_no_contrast_more_often_than_one_time_in_twenty() -> None:
    features = features_of({f"n{i}": DRAW.normal(size=300) for i in range(200)})
    found = explain(features, DRAW.integers(0, 2, 300), 2)
    named_ = sum(part.strength != 0 for part in found.segments[0].profile)
    assert named_ <= 22  # 10 expected, 4 standard deviations


def test_near_copies_of_a_feature_are_said_once() -> None:
    base = np.r_[np.zeros(50), np.ones(50)] + DRAW.normal(0, 0.1, 100)
    features = features_of(
        {"a": base, "copy": base + DRAW.normal(0, 0.01, 100), "other": base * 0 + DRAW.normal(size=100)}
    )
    contrasts = explain(features, np.repeat([0, 1], 50), 2).segments[0].contrasts
    assert len({"a", "copy"} & {one.feature for one in contrasts}) == 1


def test_a_segment_of_one_customer_claims_little() -> None:
    features = features_of({"a": [0.0, 0.1, 0.2, 0.3, 0.4]})
    part = explain(features, np.array([0, 0, 0, 0, 1]), 2).segments[1].profile[0]
    assert part.low is not None
    assert part.low < 0 < part.high


def test_contrasts_speak_in_the_shops_units(three: Segments) -> None:
    lapsed = next(one for one in three.segments if "gone quiet" in one.name.en)
    said = {contrast.feature: contrast.text for contrast in lapsed.contrasts}
    typical = lapsed.of("days_since_last_order")
    assert said["days_since_last_order"].en.startswith(f"last order {typical.median:,.0f} days ago (shop ")
    assert said["days_since_last_order"].zh.startswith(f"上次下单在 {typical.median:,.0f} 天前（全店 ")


def test_a_segment_without_orders_has_no_last_order() -> None:
    idle = np.repeat([0, 1], 40)
    features = features_of(
        {
            "days_since_last_order": np.where(idle, 365, DRAW.uniform(1, 90, 80)),
            "orders": np.where(idle, 0, 3 + DRAW.poisson(2, 80)),
            "spend_in_Tea": np.where(np.arange(80) == 79, 50.0, np.where(idle, 0, 5.0)),
            "spend_in_Rice": np.where(idle, 0, 25.0),
        }
    )
    (segment,) = (one for one in _named(features, idle) if one.number == 2)
    assert "no order in the last 365 days" in " ".join(contrast.text.en for contrast in segment.contrasts)
    assert segment.favourites == ()
    assert segment.name.en == "Dormant customers"


def test_every_contrast_lies_on_the_side_its_words_show(three: Segments) -> None:
    contrasts = [contrast for one in three.segments for contrast in one.contrasts]
    assert len(contrasts) >= 6
    for contrast in contrasts:
        assert contrast.low * contrast.high > 0
        assert (contrast.value - contrast.whole) * contrast.difference > 0


def test_favourites_are_shares_of_spend_over_the_shops() -> None:
    tea, rice = np.r_[np.full(50, 9.0), np.full(50, 1.0)], np.r_[np.full(50, 1.0), np.full(50, 9.0)]
    features = features_of({"spend_in_tea": tea, "spend_in_rice": rice})
    (favourite,) = explain(features, np.repeat([0, 1], 50), 2).segments[0].favourites
    assert (favourite.feature, favourite.share, favourite.whole, favourite.lift) == (
        "spend_in_tea",
        pytest.approx(0.9),
        pytest.approx(0.5),
        pytest.approx(1.8),
    )


def test_one_buyer_makes_no_favourite_of_a_segment() -> None:
    tea = np.r_[np.full(49, 1.0), 60.0, np.full(50, 1.0)]
    features = features_of({"spend_in_tea": tea, "spend_in_rice": np.full(100, 1.0)})
    assert explain(features, np.repeat([0, 1], 50), 2).segments[0].favourites == ()


def test_shares_of_spend_and_orders_are_of_the_whole_shop() -> None:
    features = features_of({"orders": [1, 3, 6], "spend_total": [10, 10, 60]})
    one = explain(features, np.array([1, 1, 0]), 2).segments[0]
    assert (one.spend, one.share_spend, one.share_orders, one.share_customers) == (
        60.0,
        0.75,
        0.6,
        pytest.approx(1 / 3),
    )


# names ----------------------------------------------------------------------------------------------------------


def _named(features: Features, labels: np.ndarray) -> tuple[Segment, ...]:
    k = int(labels.max()) + 1
    return named(explain(features, labels, k).segments, features.columns)


def test_names_are_composed_from_facts(three: Segments) -> None:
    names = {one.name.en for one in three.segments}
    assert "Big-spending regulars, active lately" in names
    assert "One-time buyers, gone quiet" in names


def test_names_are_short_and_never_numbered_where_anything_tells_segments_apart(three: Segments) -> None:
    for one in three.segments:
        assert len(one.name.en.split()) <= 5
        assert not any(sign.isdigit() for sign in one.name.en)


def test_the_size_of_spend_has_its_words() -> None:
    """The mean is about 640: 40,000 is 62 times as much, 3,500 five and a half times."""
    spend = np.r_[np.full(3, 40_000.0) + np.arange(3), np.full(60, 3_500.0) + np.arange(60), np.full(537, 100.0)]
    features = features_of(
        {
            "days_since_last_order": DRAW.uniform(1, 90, 600),
            "orders": DRAW.poisson(4, 600) + 1.0,
            "spend_total": spend + DRAW.uniform(0, 9, 600),
        }
    )
    names = [one.name.en for one in _named(features, np.repeat([0, 1, 2], [3, 60, 537]))]
    assert names[:2] == ["Key accounts", "Top spenders"]


def test_a_persona_is_two_sentences_of_facts(three: Segments) -> None:
    lapsed = next(one for one in three.segments if "gone quiet" in one.name.en)
    days = lapsed.of("days_since_last_order")
    assert f"ordered once in 365 days, for GBP {lapsed.of('spend_total').median:,.0f}" in lapsed.persona.en
    assert f"the last {days.median:,.0f} days ago." in lapsed.persona.en
    assert all(one.persona.en.count(". ") == 1 and one.persona.zh.count("。") == 2 for one in three.segments)


def test_a_persona_of_random_labels_leans_to_nothing() -> None:
    features = shop(2_000)
    for one in _named(features, np.random.default_rng(1).integers(0, 3, 2_000)):
        told = with_personas([one], features.columns, "GBP")[0].persona.en
        assert "more than others" not in told.lower()


@pytest.mark.parametrize("k", [2, 5, 12, 20])
def test_no_two_names_are_alike_in_either_language(k: int) -> None:
    features = shop(900, seed=k)
    segments = _named(features, np.arange(900) * k // 900)
    assert len({one.name.en for one in segments}) == len({one.name.zh for one in segments}) == k
    assert all(one.name.en and one.name.zh for one in segments)


def test_random_labels_are_not_called_anything() -> None:
    features = shop(2_000)
    segments = _named(features, np.random.default_rng(1).integers(0, 3, 2_000))
    words = ("recent", "lapsed", "big", "small", "regular", "occasional", "prefer")
    assert [one.name.en for one in segments if any(word in one.name.en.lower() for word in words)] == []


def test_a_favourite_category_stands_in_the_name_where_it_is_strong() -> None:
    tea = np.r_[DRAW.uniform(40, 60, 80), DRAW.uniform(0, 5, 80)]
    features = features_of(
        {
            "days_since_last_order": DRAW.uniform(1, 90, 160),
            "orders": DRAW.poisson(4, 160) + 1.0,
            "spend_total": np.full(160, 80.0),
            "spend_in_Tea": tea,
            "spend_in_Rice": tea[::-1],
        }
    )
    names = [one.name for one in _named(features, np.repeat([0, 1], 80))]
    assert [name.en for name in names] == ["Buyers who prefer Tea", "Buyers who prefer Rice"]
    assert [name.zh for name in names] == ["偏爱Tea的买家", "偏爱Rice的买家"]


def test_a_plain_table_is_named_by_its_columns() -> None:
    income, score = (
        np.r_[DRAW.normal(90, 5, 50), DRAW.normal(20, 5, 50)],
        np.r_[DRAW.normal(10, 3, 50), DRAW.normal(80, 3, 50)],
    )
    segments = _named(features_of({"income": income, "score": score}), np.repeat([0, 1], 50))
    assert {one.name.en for one in segments} <= {"High income", "Low income", "High score", "Low score"}


def test_one_segment_is_everyone() -> None:
    (one,) = _named(features_of({"orders": [1, 2]}), np.array([0, 0]))
    assert one.name.en == "All customers"


@pytest.mark.parametrize("columns", [{"orders": [0.0, 1, 0] * 9}, {"visits": [2.0, 1, 2] * 9}])
def test_who_are_all_of_a_shop_are_told_from_no_others(columns: dict[str, list[float]]) -> None:
    made = segment(features_of(columns), SegmentSettings(k=1))
    (one,) = made.segments
    assert "Nothing divides them" in one.persona.en
    assert one.persona.en.count(". ") == 1
    assert one.persona.zh.count("。") == 2
    for words in (one.persona.en, made.text("en")):
        assert "others" not in words
        assert "100.0% of the spend" not in words


def test_who_buy_clearly_more_than_a_sleeping_shop_are_not_called_average() -> None:
    """Of 300 customers 200 have not ordered, 30 ordered six times for 60 each; 70 ordered once or twice for 30 each.

    These 70 are 23 % of the customers and bring 2940 of 13740, 21 % of the spend: neither big nor average.
    """
    orders, price = (
        np.r_[np.zeros(200), np.tile([1.0, 2, 1, 1, 2], 14), np.full(30, 6.0)],
        np.repeat([30, 60], [270, 30]),
    )
    days = np.where(orders > 0, DRAW.uniform(100, 300, 300), 365.0)
    features = features_of({"days_since_last_order": days, "orders": orders, "spend_total": price * orders})
    names = [one.name.en for one in _named(features, np.repeat([0, 1, 2], [200, 70, 30]))]
    assert names[:2] == ["Dormant customers", "Buyers"]


def _homes() -> tuple[Features, np.ndarray]:
    """Ages and homes: forty young ones of the city, forty young ones of the village, forty old ones of both."""
    home = ["city"] * 40 + ["village"] * 40 + ["city", "village"] * 20
    age = np.r_[DRAW.normal(20, 2, 80), DRAW.normal(60, 2, 40)]
    table = pa.table({"member": [f"m{i}" for i in range(120)], "Age": age, "Home": home})
    return table_features(table, levels=True).features, np.repeat([0, 1, 2], 40)


def test_a_text_column_is_named_by_the_level_that_stands_there_not_by_the_one_that_does_not() -> None:
    """Those of the village are not of the city: the name says the village, and needs no number."""
    features, labels = _homes()
    names = {one.name.en for one in _named(features, labels)}
    assert names == {"Low Age, Home is city", "Low Age, Home is village", "High Age"}


def test_a_persona_of_a_plain_table_says_how_many_have_a_level_and_how_many_they_are() -> None:
    features, labels = _homes()
    first = with_personas(_named(features, labels), features.columns)[0].persona
    assert "Home is city for 100% (all 50%)" in first.en
    assert first.en.endswith("They are 33% of all customers.")
    assert "Home为city的占 100%（全体 50%）" in first.zh


def test_what_is_counted_in_purchases_is_not_called_spend() -> None:
    """A log without amounts: the taste is a share of what was chosen, and no word of money is said."""
    tea = np.r_[DRAW.poisson(9, 80) + 1.0, DRAW.poisson(1, 80)]
    features = features_of({"days_since_last_order": DRAW.uniform(1, 90, 160), "orders": DRAW.poisson(4, 160) + 1.0})
    for name, column in (("Tea", tea), ("Rice", tea[::-1])):
        info = FeatureInfo(
            f"events_in_{name}", "categories", "category_money", EVENTS, Text.same(name), Text.same(name), category=name
        )
        features = replace(
            features,
            table=features.table.append_column(info.name, pa.array(column)),
            columns=(*features.columns, info),
            categories=(*features.categories, Category(name, info.name, Text.same(name), 0.5)),
        )
    first = with_personas(_named(features, np.repeat([0, 1], 80)), features.columns)[0]
    assert "They lean to Tea" in first.persona.en
    assert "of what they choose" in first.persona.en
    assert "占其选择的" in first.persona.zh
    shown = card(first, features.columns)
    assert "spend" not in str(shown)
    assert "Of what it chooses" in str(shown)


def _told(number: int, **differences: float) -> Segment:
    """A segment of a plain table with these contrasts, the strongest first."""
    profile = tuple(FeatureProfile(n, d, d, 1.0, d, d - 0.1, d + 0.1) for n, d in differences.items())
    nothing = Text("", "")
    contrasts = tuple(Contrast(n, d, d - 0.1, d + 0.1, "median", d, 0.0, nothing) for n, d in differences.items())
    return Segment(number, nothing, 10, 0.5, profile, contrasts)


def test_two_names_of_a_table_never_say_the_same_in_another_order() -> None:
    """Both have more visits and more mails, one first the visits and one first the mails: their age parts them."""
    columns = features_of({name: [0.0, 1.0] for name in ("visits", "mails", "age")}).columns
    one, two = named((_told(1, visits=3.0, mails=2.0, age=1.0), _told(2, mails=3.0, visits=2.0, age=-1.0)), columns)
    assert one.name.en == "High visits, high mails, high age"
    assert two.name.en == "High visits, high mails, low age"


def test_a_level_is_told_as_a_share() -> None:
    features, labels = _homes()
    said = {c.feature: c.text for one in _named(features, labels) for c in one.contrasts}
    assert said["Home = city"].en in ("Home is city: 100% (all 50%)", "Home is city: 0% (all 50%)")


def test_beside_sleepers_who_buy_at_all_are_no_big_spenders() -> None:
    """A third of the customers brings all of the spend, for the others sleep: among buyers that is just their part."""
    orders = np.r_[np.zeros(200), np.tile([1.0, 2, 3, 2, 2], 20)]
    days = np.where(orders > 0, DRAW.uniform(100, 300, 300), 365.0)
    features = features_of({"days_since_last_order": days, "orders": orders, "spend_total": 30 * orders})
    names = [one.name.en for one in _named(features, (orders > 0).astype(int))]
    assert names == ["Dormant customers", "Repeat buyers"]


def test_the_only_buyers_of_a_shop_of_visitors_are_no_key_accounts_and_no_news() -> None:
    """Four in a hundred buy, twice each, and bring all the money: twenty-five times their part of the visitors."""
    orders = np.r_[np.zeros(480), np.full(20, 2.0)]
    days = np.where(orders > 0, 5.0, 30.0) + DRAW.uniform(0, 1, 500)
    columns = {"days_since_last_order": days, "orders": orders, "spend_total": orders * DRAW.uniform(20, 40, 500)}
    found = _named(features_of(columns), (orders > 0).astype(int))
    assert found[1].name.en.startswith("Repeat buyers")
    assert "know.worth" not in {finding.code for finding in insights(found, "GBP", 30)}


def test_a_look_back_of_a_day_is_said_as_one() -> None:
    features = features_of(
        {"days_since_last_order": [0.5, 1.0] * 5, "orders": [1.0, 0.0] * 5, "spend_total": [9.0, 0] * 5}
    )
    once, none = with_personas(_named(features, np.array([0, 1] * 5)), features.columns, "GBP", look_back_days=1)
    assert once.persona.en.startswith("A typical one ordered once in one day, for GBP 9")
    assert none.persona.en.startswith("A typical one has not ordered in the last day.")


def test_who_lean_to_something_are_not_called_average() -> None:
    """Two thirds spend 60 of 100 on tea, the shop 48: too little to be named after, too much to be average."""
    tea = np.r_[DRAW.uniform(55, 65, 200), DRAW.uniform(20, 30, 100)]
    columns = {"days_since_last_order": DRAW.uniform(1, 90, 300), "orders": DRAW.poisson(4, 300) + 1.0}
    features = features_of(
        {**columns, "spend_total": np.full(300, 100.0), "spend_in_Tea": tea, "spend_in_Rice": 100 - tea}
    )
    first, _ = _named(features, np.repeat([0, 1], [200, 100]))
    assert [one.label.en for one in first.favourites] == ["Tea"]
    assert first.favourites[0].lift < 1.5
    assert first.name.en.startswith("Buyers")
