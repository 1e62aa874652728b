"""The predictive space against scikit-learn, and the laws it must keep: left-out maps, limits, no constant axis."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from sklearn.linear_model import Ridge

from shoal.features.result import Lesson
from shoal.segments import predictive
from shoal.segments.model import assign
from shoal.segments.predictive import FOLDS, Moments, PredictiveSpace, fit_predictive, folds_of
from shoal.segments.result import Segments
from shoal.segments.segment import segment
from shoal.segments.settings import SegmentSettings
from shoal.segments.spaces import fit_everything
from tests.segments.lessons import drawn, lesson_of
from tests.segments.made import features_of, shop

DRAW = np.random.default_rng(4)
X = DRAW.normal(size=(120, 5))
Y = X @ DRAW.normal(size=(5, 3)) + DRAW.normal(size=(120, 3)) + 7


@pytest.mark.parametrize("strength", [1e-4, 0.03, 1.0, 10.0])
def test_ridge_from_sums_is_scikit_learns(strength: float) -> None:
    ours = Moments.of(X, Y).ridge(strength)
    theirs = Ridge(alpha=strength * len(X)).fit(X, Y)
    assert ours[0] == pytest.approx(theirs.intercept_, rel=1e-6)
    assert ours[1:] == pytest.approx(theirs.coef_.T, rel=1e-5, abs=1e-7)


def test_the_error_from_sums_is_the_error_of_the_predictions() -> None:
    coefficients = Moments.of(X[:80], Y[:80]).ridge(0.1)
    error = ((Y[80:] - coefficients[0] - X[80:] @ coefficients[1:]) ** 2).sum(0)
    assert Moments.of(X[80:], Y[80:]).squared_error(coefficients) == pytest.approx(error)


def test_sums_add_and_take_away() -> None:
    whole, part = Moments.of(X, Y), Moments.of(X[:40], Y[:40])
    rest = whole - part
    assert rest.n == 80
    assert rest.xx == pytest.approx(Moments.of(X[40:], Y[40:]).xx)
    assert (rest + part).xy == pytest.approx(whole.xy)


def test_the_map_of_one_strength_is_scikit_learns_on_the_same_axes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predictive, "STRENGTHS", np.array([0.2]))
    _, lesson = drawn(share_weekend=1.0, share_evening=-0.5)
    learned = PredictiveSpace().fit_lessons([lesson])
    axes = fit_everything(lesson.features).space.transform(lesson.features.table)
    known = np.column_stack([lesson.targets, lesson.bought])
    expected = Ridge(alpha=0.2 * len(axes)).fit(axes, known).predict(axes)
    inside = np.clip(expected, np.maximum(np.quantile(expected, 0.05, axis=0), 0), np.quantile(expected, 0.95, axis=0))
    scale = np.where(known.std(0) > 0, known.std(0), 1)
    ours = learned.transform(lesson.features) * scale
    middle = inside == expected
    assert middle.mean() > 0.8
    assert ours[middle] == pytest.approx(expected[middle], rel=1e-5)


def test_a_customer_is_placed_by_maps_that_have_not_seen_that_customer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predictive, "STRENGTHS", np.array([0.2]))
    _, lesson = drawn(share_weekend=1.0)
    here = folds_of(lesson.features.table["customer_id"].to_pylist()) == 2
    orders = lesson.outcomes.table["orders"].to_numpy().copy()
    orders[here] = 400.0
    before, after = (_expected(one) for one in (lesson, lesson_of(lesson.features, orders, 10 * orders)))
    assert before[here] == pytest.approx(after[here])
    assert np.abs(before[~here] - after[~here]).max() > 0.1


def _expected(lesson: Lesson) -> np.ndarray:
    """The left-out points, in the outcomes' own units."""
    learned = PredictiveSpace().fit_lessons([lesson])
    assert learned.space_.projection is not None
    return learned.expected_[0] * np.array(learned.space_.projection.scale)


def test_folds_go_by_the_name_alone_and_are_about_equal() -> None:
    names = [f"c{n}" for n in range(5_000)]
    folds = folds_of(names)
    assert (folds_of(names[::-1])[::-1] == folds).all()
    assert np.bincount(folds, minlength=FOLDS) == pytest.approx(1_000, rel=0.1)


def test_the_planted_driver_is_found_with_its_sign() -> None:
    _, lesson = drawn(share_evening=-0.8, share_refunded=0.2)
    learned = PredictiveSpace().fit_lessons([lesson])
    (first, effect), (second, other), *_ = learned.drivers("orders")
    assert (first, second) == ("share_evening", "share_refunded")
    assert effect < 0 < other
    assert abs(effect) == pytest.approx(4 * abs(other), rel=0.15)


def test_what_is_planted_is_explained_for_customers_left_out_and_noise_is_not() -> None:
    explained = PredictiveSpace().fit_lessons([drawn(share_weekend=1.0)[1]]).explained_
    assert explained[:2].min() > 0.95
    assert PredictiveSpace().fit_lessons([drawn()[1]]).explained_[:2].max() < 0.05


def test_a_prediction_is_never_carried_beyond_what_was_seen() -> None:
    _, lesson = drawn(share_weekend=1.0)
    learned = PredictiveSpace().fit_lessons([lesson])
    projection = learned.space_.projection
    assert projection is not None
    far = features_of({name: [-1e9, 1e9] for name in ("share_weekend", "share_evening", "share_refunded")})
    points = learned.transform(far) * np.array(projection.scale)
    assert (points >= np.array(projection.low) - 1e-12).all()
    assert (points <= np.array(projection.high) + 1e-12).all()
    assert points[0, 0] == pytest.approx(projection.low[0])
    assert points[1, 0] == pytest.approx(projection.high[0])
    assert min(projection.low) >= 0


def test_an_outcome_that_is_the_same_for_all_moves_no_one() -> None:
    """Its spread is rounding alone: divided by, it would be the loudest axis of all."""
    _, lesson = drawn(share_weekend=0.4)
    assert lesson.bought.all()
    learned = PredictiveSpace().fit_lessons([lesson])
    assert learned.space_.projection is not None
    place = learned.space_.projection.outcomes.index("buys")
    points = learned.transform(lesson.features)
    assert np.ptp(points[:, place]) == 0
    assert np.isnan(learned.explained_[place])
    assert np.isfinite(points).all()


def test_a_row_has_the_same_point_whatever_stands_beside_it() -> None:
    features = shop(300)
    draw = np.random.default_rng(0)
    lesson = lesson_of(features, draw.poisson(3, 300), draw.gamma(2, 30, 300))
    learned = PredictiveSpace().fit_lessons([lesson])
    together = learned.transform(features)
    alone = np.vstack([learned.transform(features.table.slice(n, 1)) for n in range(300)])
    assert together.tobytes() == alone.tobytes()


def test_a_feature_that_an_earlier_cut_lacks_is_no_axis() -> None:
    columns, lesson = drawn(share_weekend=1.0)
    earlier = lesson_of(
        features_of({name: list(values) for name, values in columns.items() if name != "share_evening"}),
        lesson.outcomes.table["orders"].to_numpy(),
        lesson.outcomes.table["spend"].to_numpy(),
    )
    learned = PredictiveSpace().fit_lessons([lesson, earlier])
    assert {column.feature for column in learned.space_.columns} == {"share_weekend", "share_refunded"}
    assert [len(points) for points in learned.expected_] == [400, 400]


def test_two_lessons_say_more_than_one() -> None:
    lessons = [drawn(60, seed, share_weekend=0.1)[1] for seed in (1, 2)]
    truth = drawn(2_000, 3, share_weekend=0.1)[1]
    errors = []
    for known in (lessons[:1], lessons):
        learned = PredictiveSpace().fit_lessons(known)
        assert learned.space_.projection is not None
        expected = learned.transform(truth.features)[:, 0] * learned.space_.projection.scale[0]
        errors.append(((truth.targets[:, 0] - expected) ** 2).mean())
    assert errors[1] < errors[0]


def test_the_frozen_model_gives_the_same_labels_after_json(tmp_path: Path) -> None:
    features = shop(300)
    draw = np.random.default_rng(0)
    orders = draw.poisson(features.table["orders"].to_numpy() / 3)
    lesson = lesson_of(features, orders, orders * draw.gamma(2, 30, 300))
    found = segment(features, SegmentSettings(space="predictive", k=4), lessons=[lesson])
    found.write(tmp_path)
    model = Segments.read(tmp_path).model
    assert model.space.projection is not None
    assert assign(model, features.table).equals(found.table)
    shuffled = features.table.take(pa.array(draw.permutation(300)))
    again = assign(model, shuffled).sort_by("customer_id")
    assert again.equals(found.table.sort_by("customer_id"))


def test_the_same_lessons_give_the_same_space_to_the_last_bit() -> None:
    _, lesson = drawn(share_weekend=1.0)
    first, second = (fit_predictive(lesson.features, [lesson])[0] for _ in range(2))
    assert first.space == second.space
    assert first.points.tobytes() == second.points.tobytes()
