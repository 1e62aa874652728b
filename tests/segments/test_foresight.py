"""The choice of space and number by what they said of later weeks: the simplest that is not beaten."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shoal.features.result import FEWEST_BUYERS, Lesson
from shoal.measures.left_out import left_out_means
from shoal.measures.validity import mean_explained, r_squared
from shoal.segments import foresight
from shoal.segments.fit import run
from shoal.segments.foresight import SIMPLEST_FIRST, Trials, choose_space_by_foresight, foresee
from shoal.segments.predictive import PredictiveSpace
from shoal.segments.segment import group, segment
from shoal.segments.settings import SegmentSettings
from shoal.words.errors import UsageError
from tests.segments.lessons import lesson_of
from tests.segments.made import features_of

SETTINGS = SegmentSettings(n_init=2)
ROWS = 500


def _shop(draw: np.random.Generator) -> dict[str, np.ndarray]:
    orders = draw.poisson(6, ROWS) + 1.0
    return {
        "days_since_last_order": draw.uniform(1, 200, ROWS),
        "orders": orders,
        "spend_total": orders * draw.lognormal(3, 0.4, ROWS),
    }


def _by_recency() -> Lesson:
    """Who bought lately buys again: recency alone decides, which every space but `tastes` can see."""
    draw = np.random.default_rng(11)
    columns = _shop(draw)
    orders = np.where(columns["days_since_last_order"] < 60, 4.0, 0.0) + draw.poisson(0.2, ROWS)
    return lesson_of(features_of(columns), orders, orders * 20)


def _by_a_share() -> Lesson:
    """Who buys in the evening buys again: a share, which no space holds but the predictive one."""
    draw = np.random.default_rng(12)
    columns = _shop(draw) | {"share_evening": draw.uniform(0, 1, ROWS)}
    orders = np.round(9 * columns["share_evening"]) + draw.poisson(0.2, ROWS)
    return lesson_of(features_of(columns), orders, orders * 20)


def _by_chance() -> Lesson:
    draw = np.random.default_rng(13)
    orders = draw.poisson(2, ROWS).astype(float)
    return lesson_of(features_of(_shop(draw)), orders, orders * draw.lognormal(3, 0.4, ROWS))


def _trials(*lessons: Lesson) -> Trials:
    return Trials.of(lessons, PredictiveSpace().fit_lessons(lessons), 0)


def test_prediction_is_picked_where_only_prediction_sees_what_is_planted() -> None:
    choice = choose_space_by_foresight(_trials(_by_a_share()), SETTINGS)
    assert choice.picked == "predictive" == choice.trials[0].space
    assert choice.trials[0].r_squared.low > choice.trials[1].r_squared.high
    assert "predictive" not in [trial.space for trial in choice.trials if trial.behind.low > 0]


def test_the_simplest_is_picked_where_all_are_level() -> None:
    choice = choose_space_by_foresight(_trials(_by_chance()), SETTINGS)
    assert choice.picked == "rfm" == SIMPLEST_FIRST[0]
    assert all(trial.behind.low <= 0 for trial in choice.trials)


def test_a_space_the_log_cannot_carry_takes_no_part() -> None:
    trials = _trials(_by_recency())
    assert set(trials.points) == {"rfm", "behaviour", "predictive"}
    assert {trial.space for trial in choose_space_by_foresight(trials, SETTINGS).trials} == set(trials.points)


def test_the_choice_says_why_in_both_languages_with_the_shares_it_found() -> None:
    choice = choose_space_by_foresight(_trials(_by_a_share()), SETTINGS)
    share = f"{choice.trials[0].r_squared.value:.0%}"
    assert share in choice.reason.en
    assert share in choice.reason.zh


def test_the_share_at_each_k_is_the_measure_applied_to_the_groups() -> None:
    trials = _trials(_by_recency())
    rows = {row.k: row for row in foresee(trials, "rfm", SETTINGS)}
    (points,), (targets,) = trials.points["rfm"], trials.targets
    labels = run(points, 3, SETTINGS).labels
    assert rows[3].r_squared == mean_explained(r_squared(targets, left_out_means(labels, targets)))
    assert rows[3].smallest_share == np.bincount(labels).min() / ROWS
    assert rows[1].r_squared == 0
    assert [*rows] == [*range(1, SETTINGS.k_max + 1)]
    assert all(row.error > 0 for row in rows.values() if row.k > 1)
    assert all(0 < row.smallest_share <= 1 / row.k for row in rows.values())


def test_the_number_is_no_larger_than_it_must_be() -> None:
    grouped = group(_by_recency().features, SegmentSettings(space="rfm", n_init=2), lessons=[_by_recency()])
    best = max(row.out_of_time or 0 for row in grouped.choice.rows if row.stable)
    taken = next(row for row in grouped.choice.rows if row.k == grouped.choice.picked)
    assert taken.out_of_time is not None
    assert best - taken.out_of_time <= max(row.out_of_time_error or 0 for row in grouped.choice.rows)


def test_where_nothing_can_be_foreseen_one_group_is_offered() -> None:
    lesson = _by_chance()
    grouped = group(lesson.features, SegmentSettings(space="rfm", n_init=2), lessons=[lesson])
    assert grouped.choice.picked == 1
    assert grouped.choice.picks["silhouette"] != 1


def test_more_rows_than_a_trial_holds_are_sampled_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = _by_recency()
    monkeypatch.setattr(foresight, "TRIAL_ROWS", 100)
    trials = _trials(lesson)
    assert {len(X) for points in trials.points.values() for X in points} == {100}
    assert [len(known) for known in trials.targets] == [100]
    again = _trials(_reversed(lesson))
    assert {*map(tuple, trials.targets[0].tolist())} == {*map(tuple, again.targets[0].tolist())}


def _reversed(lesson: Lesson) -> Lesson:
    rows = np.arange(ROWS)[::-1]
    features = replace(lesson.features, table=lesson.features.table.take(rows))
    return replace(lesson, features=features, outcomes=replace(lesson.outcomes, table=lesson.outcomes.table.take(rows)))


@pytest.mark.parametrize("buyers", [0, 1, FEWEST_BUYERS - 1])
def test_a_lesson_with_few_buyers_teaches_nothing(buyers: int) -> None:
    orders = np.r_[np.ones(buyers), np.zeros(ROWS - buyers)]
    lesson = lesson_of(features_of(_shop(np.random.default_rng(14))), orders, orders * 9)
    assert not lesson.teaches
    found = segment(lesson.features, SETTINGS, lessons=[lesson])
    assert found.space.trials == ()
    assert found.choice.picks["out_of_time"] is None
    said = (
        f"{FEWEST_BUYERS} customers must have bought in the 90 days after it, and not all alike; the most that did is"
    )
    assert f"{said} {buyers}." in found.space.reason.en
    for asked in (SegmentSettings(space="predictive"), SegmentSettings(k="out_of_time")):
        with pytest.raises(UsageError, match=f"{said} {buyers}"):
            segment(lesson.features, asked, lessons=[lesson])


def test_a_log_too_short_to_try_the_spaces_on_says_how_long_it_had_to_be() -> None:
    features = features_of(_shop(np.random.default_rng(14)))
    made = replace(features.made, look_back_days=200, horizon_days=60)
    reason = segment(replace(features, made=made), SETTINGS).space.reason
    assert "must reach back 260 days: 200 to know the customers by, 60 to see" in reason.en
    assert "260 天" in reason.zh
    undated = replace(features, made=replace(made, look_back_days=None))
    assert segment(undated, SETTINGS).space.reason.en.startswith("A table without dates")


def test_a_lesson_in_which_all_did_the_same_teaches_nothing() -> None:
    features = features_of(_shop(np.random.default_rng(14)))
    assert not lesson_of(features, np.ones(ROWS), np.full(ROWS, 9.0)).teaches
    assert lesson_of(features, np.ones(ROWS), np.arange(ROWS) + 1.0).teaches


def test_customers_alike_in_everything_are_one_group_in_a_trial() -> None:
    orders = np.r_[np.ones(40), np.zeros(40)]
    alike = features_of({"days_since_last_order": [5.0] * 80, "orders": [2.0] * 80, "spend_total": [9.0] * 80})
    trials = _trials(lesson_of(alike, orders, orders * 9))
    for name in ("rfm", "behaviour"):
        assert [row.k for row in foresee(trials, name, SETTINGS)] == [1]
    assert choose_space_by_foresight(trials, SETTINGS).picked == "rfm"


def test_fewer_different_customers_than_groups_are_no_trouble() -> None:
    recency = np.repeat([3.0, 50.0, 300.0], 40)
    orders = np.where(recency < 10, 3.0, 0.0)
    orders[::7] = 1.0
    few = features_of(
        {"days_since_last_order": recency, "orders": np.repeat([9.0, 4.0, 1.0], 40), "spend_total": recency}
    )
    trials = _trials(lesson_of(few, orders, orders * 9))
    assert [row.k for row in foresee(trials, "rfm", SETTINGS)] == [1, 2, 3]
