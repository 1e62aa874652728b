"""What moves a customer, why they are where they are, and whether a segment is found again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from shoal.features.result import Features
from shoal.segments.changes import smallest_changes, variants
from shoal.segments.grouping import group
from shoal.segments.joint_changes import smallest_pair
from shoal.segments.model import SegmentModel, assign
from shoal.segments.portrait import FeatureProfile, Segment
from shoal.segments.prospect import Steadiness
from shoal.segments.prospect_view import change_said, on_card
from shoal.segments.reasons import reasons
from shoal.segments.result import Segments
from shoal.segments.segment import segment
from shoal.segments.settings import SegmentSettings
from shoal.segments.space import Space, SpaceColumn
from shoal.segments.steady import unsteady, with_steadiness
from shoal.segments.table import table_features
from shoal.words.language import Text
from tests.segments.lessons import lesson_of
from tests.segments.made import features_of, shop

PLANE = Space(
    "behaviour", tuple(SpaceColumn(name, "identity", 0.0, 1.0) for name in ("share_weekend", "share_evening"))
)
TWO = SegmentModel(PLANE, ((0.0, 0.0), (10.0, 0.0)), (1, 2))


def _plane() -> Features:
    """Weekend shares 0, 1, ..., 10; evenings 0 or 1."""
    return features_of({"share_weekend": list(range(11)), "share_evening": [0.0, 1.0] * 5 + [0.0]})


def test_the_smallest_change_is_the_nearest_value_that_occurs_on_the_other_side() -> None:
    """Centres at 0 and 10: from 2 the first value nearer to 10 is 6. The evening parts nothing, so it is not named."""
    (change,) = smallest_changes(TWO, _plane(), 2, 2)
    assert (change.feature, change.value, change.needed) == ("share_weekend", 2.0, 6.0)
    assert change.spreads == pytest.approx(4 / np.std(np.arange(11)))


def test_every_change_does_what_it_says(small_shop: Features, three: Segments) -> None:
    table, moved = three.table.to_pydict(), 0
    for row in (0, 1, 2, 50, 51):
        to = table["runner_up"][row]
        for change in smallest_changes(three.model, small_shop, row, to):
            after = assign(three.model, variants(small_shop.table, row, [(change.feature, np.array([change.needed]))]))
            assert after["segment"].to_pylist() == [to]
            assert change.value == small_shop.table[change.feature][row].as_py()
            moved += 1
    assert moved >= 4


def test_changes_come_smallest_first_and_in_the_features_own_unit(small_shop: Features, three: Segments) -> None:
    found = [smallest_changes(three.model, small_shop, r, three.table["runner_up"][r].as_py()) for r in range(12)]
    assert any(len(changes) > 1 for changes in found)
    for changes in found:
        assert [one.spreads for one in changes] == sorted(one.spreads for one in changes)
    first = next(changes for changes in found if changes)[0]
    said = change_said(replace(first, kind="money", value=10.0, needed=50.0), "GBP")
    assert said.en.endswith("GBP 50 instead of GBP 10")
    assert "GBP 10" in said.zh


def test_what_no_single_feature_does_is_said_to_be_so() -> None:
    """The other centre is out of reach along either axis alone."""
    model = SegmentModel(PLANE, ((0.0, 0.0), (10.0, 100.0)), (1, 2))
    assert smallest_changes(model, _plane(), 0, 2) == ()


DIAGONAL = SegmentModel(PLANE, ((0.0, 0.0), (10.0, 10.0)), (1, 2))


def _square() -> Features:
    """Both shares take the values 0, 2, 4, 6, 8."""
    return features_of({"share_weekend": [0.0, 2, 4, 6, 8], "share_evening": [0.0, 8, 6, 4, 2]})


def test_where_one_feature_does_not_suffice_the_smallest_pair_is_named() -> None:
    """From (0, 0) the border to (10, 10) is x + y > 10; the pairs of least sum on it are 4 and 8, 6 and 6, 8 and 4."""
    assert smallest_changes(DIAGONAL, _square(), 0, 2) == ()
    pair = smallest_pair(DIAGONAL, _square(), 0, 2)
    assert {change.feature for change in pair} == {"share_weekend", "share_evening"}
    assert sum(change.needed for change in pair) == 12
    assert [change.value for change in pair] == [0, 0]


def test_a_pair_does_what_it_says_and_where_none_does_none_is_named(small_shop: Features, three: Segments) -> None:
    to = three.table["runner_up"][0].as_py()
    pair = smallest_pair(three.model, small_shop, 0, to)
    table = small_shop.table.slice(0, 1)
    for change in pair:
        place = table.schema.get_field_index(change.feature)
        table = table.set_column(place, change.feature, pa.array([change.needed]))
    assert len(pair) == 2
    assert assign(three.model, table)["segment"].to_pylist() == [to]
    far = SegmentModel(PLANE, ((0.0, 0.0), (100.0, 100.0)), (1, 2))
    assert smallest_pair(far, _square(), 0, 2) == ()


def test_each_segment_says_what_takes_its_customers_to_its_neighbours(three: Segments) -> None:
    for one in three.segments:
        runner_ups = [
            second
            for number, second in zip(*(three.table[c].to_pylist() for c in ("segment", "runner_up")), strict=True)
            if number == one.number
        ]
        assert [move.customers for move in one.moves] == [runner_ups.count(move.to) for move in one.moves]
        assert all(move.to != one.number for move in one.moves)
    assert all(one.moves for one in three.segments)


def test_the_reason_is_what_the_runner_up_does_not_have() -> None:
    here, there = (
        Segment(
            n,
            Text.same(str(n)),
            5,
            0.5,
            (FeatureProfile("share_weekend", m, m, 1.0), FeatureProfile("share_evening", 0, 0, 0)),
        )
        for n, m in ((1, 1.0), (2, 9.0))
    )
    (only,) = reasons(TWO, _plane(), 2, here, there)
    before, after = 1 - 2 / 8, -(1 - 1 / 9)
    assert (only.feature, only.value, only.here, only.there) == ("share_weekend", 2.0, 1.0, 9.0)
    assert only.weight == pytest.approx(before - after)


def test_planted_kinds_are_steady_and_a_cloud_cut_in_six_is_not() -> None:
    planted = segment(shop(300), SegmentSettings(k=3))
    assert {one.steadiness.word for one in planted.segments} == {"steady"}
    assert list(unsteady(planted.segments)) == []
    cloud = features_of({f"n{i}": np.random.default_rng(i).normal(size=300) for i in range(6)})
    cut = segment(cloud, SegmentSettings(space="standardised", k=6))
    shaky = [one for one in cut.segments if one.steadiness.word == "shaky"]
    assert len(shaky) >= 3
    (warned,) = (finding for finding in cut.findings if finding.code == "segments.unstable")
    assert (warned.severity, warned.count) == ("warning", len(shaky))
    assert all(one.name.en in warned.text.en and one.name.zh in warned.text.zh for one in shaky)
    for one in shaky:
        assert "Unstable" in cut.alone(one.number).text("en")
        assert "不稳定" in cut.alone(one.number).text("zh")


@pytest.mark.parametrize(
    ("shares", "word"),
    [
        ((0.9, 0.8, None), "steady"),
        ((0.9, 0.75, 0.75), "steady"),
        ((0.9, 0.74, 0.9), "shifting"),
        ((1, 1, 0.4), "shaky"),
    ],
)
def test_the_worst_of_the_three_trials_decides(shares: tuple[float, float, float | None], word: str) -> None:
    one = Segment(1, Text.same("a"), 5, 0.5, (), steadiness=Steadiness(*shares))
    assert one.steadiness.word == word
    assert len(list(on_card(one))) == (word == "shaky")


def test_neighbouring_dates_see_a_segment_that_was_not_there_before() -> None:
    """At the earlier date nobody came at weekends, so the weekend group of today is not found among those of then."""
    draw = np.random.default_rng(0)

    def of(weekend: np.ndarray) -> Features:
        noise = draw.normal(0, 0.05, 120), draw.normal(size=120)
        return features_of({"share_weekend": weekend + noise[0], "share_evening": noise[1]})

    today, then = of(np.repeat([0.0, 9.0], 60)), of(np.zeros(120))
    lesson = lesson_of(then, (np.arange(120) % 3).astype(float).tolist())
    settings = SegmentSettings(space="standardised", k=2)
    grouped = group(today, settings, lessons=[lesson])
    bare = [Segment(n + 1, Text.same(str(n)), 1, 0.5, ()) for n in range(2)]
    told = with_steadiness(bare, grouped, today, [lesson], settings)
    assert min(one.steadiness.dates for one in told) < 0.6
    assert min(one.steadiness.bootstrap for one in told) > 0.9
    assert all(one.steadiness.dates is None for one in with_steadiness(bare, grouped, today, [], settings))


def test_one_segment_is_not_asked_whether_it_is_found_again() -> None:
    made = segment(features_of({"orders": [1.0, 2.0, 3.0, 4.0]}), SegmentSettings(k=1))
    assert made.segments[0].steadiness is None


def _homes() -> Features:
    """Sixty customers: a number that says nothing of a text column with two levels, half and half."""
    rows = {"member": [f"m{i:02d}" for i in range(60)], "visits": [float(i % 5) for i in range(60)]}
    home = ["city" if i % 2 else "village" for i in range(60)]
    return table_features(pa.table(rows | {"home": home}), levels=True).features


def test_another_level_of_a_text_column_moves_a_customer_and_is_the_reason() -> None:
    """Only the home parts the two groups, so no number moves anybody; the other home does, and it is the reason."""
    features, table = _homes(), _homes().table
    made = segment(features, SegmentSettings(k=2, algorithm="kprototypes"))
    row = table["home"].to_pylist().index("village")
    own, to = (made.table[name][row].as_py() for name in ("segment", "runner_up"))
    (change,) = smallest_changes(made.model, features, row, to)
    assert (change.feature, change.value, change.needed, change.level) == ("home = city", 0.0, 1.0, True)
    assert change_said(change, None) == Text("home is city", "home为city")
    moved = variants(table, row, [("home", np.array(["city"], dtype=object))])
    assert assign(made.model, moved)["segment"].to_pylist() == [to]
    (reason,) = reasons(made.model, features, row, made.segment(own), made.segment(to))
    assert (reason.feature, reason.value, reason.here, reason.there) == ("home = village", 1.0, 1.0, 0.0)
    assert all(move.changes for one in made.segments for move in one.moves)


def test_a_pair_may_be_a_number_and_a_level_but_not_two_levels_of_one_column() -> None:
    """The other centre wants the city and many visits: neither alone is enough from village and none."""
    features = _homes()
    axes = (SpaceColumn("visits", "identity", 0.0, 1.0), SpaceColumn("home", "identity", 0.0, 1.0, 4.0, level="city"))
    model = SegmentModel(Space("mixed", axes), ((0.0, 0.0), (4.0, 4.0)), (1, 2))
    assert smallest_changes(model, features, 0, 2) == ()
    pair = smallest_pair(model, features, 0, 2)
    assert [(one.feature, one.needed) for one in pair] == [("visits", 1.0), ("home = city", 1.0)]
