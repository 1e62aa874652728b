"""What the predictive space goes by: the planted cause is named first, with its sign, and noise explains nothing."""

from __future__ import annotations

import pytest

from shoal.segments.drivers import driven, expectations
from shoal.segments.predictive import PredictiveSpace
from shoal.segments.result import Segments
from shoal.segments.segment import segment
from shoal.segments.settings import SegmentSettings
from shoal.show.blocks import Details, Table
from tests.segments.lessons import drawn


def test_the_planted_causes_are_named_strongest_first_with_their_signs() -> None:
    """Roots of orders are 3 + 1.0 of one feature - 0.5 of another, of spread 1 each, and noise of 0.1."""
    lesson = drawn(seed=5, share_weekend=1.0, share_evening=-0.5)[1]
    learned = PredictiveSpace().fit_lessons([lesson])
    orders = next(one for one in expectations(learned, lesson.features) if one.outcome == "orders")
    assert [driver.feature for driver in orders.drivers[:2]] == ["share_weekend", "share_evening"]
    first, second = (driver.effect for driver in orders.drivers[:2])
    assert first > 0 > second
    assert second / first == pytest.approx(-0.5, abs=0.1)
    assert orders.explained is not None
    assert orders.explained > 0.9
    assert len(orders.drivers) == 3


def test_what_is_the_same_for_everyone_has_no_share_and_no_drivers() -> None:
    lesson = drawn(share_weekend=0.1)[1]
    assert lesson.bought.all()
    buys = expectations(PredictiveSpace().fit_lessons([lesson]), lesson.features)[-1]
    assert (buys.outcome, buys.explained, buys.drivers) == ("buys", None, ())


def test_the_segments_carry_it_in_the_predictive_space_alone() -> None:
    lesson = drawn(share_weekend=1.0)[1]
    made = segment(lesson.features, SegmentSettings(k=3, space="predictive"), lessons=[lesson])
    assert [one.outcome for one in made.expected] == ["spend", "orders", "buys"]
    table = _table(made)
    assert table is not None
    weekend = lesson.features.info("share_weekend").label.en
    assert all(row[2].en.startswith(f"{weekend} (+") for row in table.rows[:2])
    plain = segment(lesson.features, SegmentSettings(k=3, space="standardised"), lessons=[lesson])
    assert plain.expected == ()
    assert _table(plain) is None
    assert list(driven(())) == []


def _table(made: Segments) -> Table | None:
    titles = {block.title.en: block.blocks for block in made.view() if isinstance(block, Details)}
    return next((b for b in titles.get("What the space expects, and what by", ()) if isinstance(b, Table)), None)
