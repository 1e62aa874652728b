"""The predictive space used alone: of a log, of frames, of matrices; rows matched by name; bad input told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.cluster import KMeans
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import check_estimator

from shoal.segments.predictive import PredictiveSpace
from shoal.segments.taught import taught
from shoal.words.errors import InputError, ShoalError, UsageError
from tests.segments.lessons import drawn, lesson_of

DRAW = np.random.default_rng(3)
ROWS = 200
VISITS, AGE = DRAW.poisson(4, ROWS).astype(float), DRAW.normal(0, 1, ROWS)
SPEND = (1 + VISITS + 0.1 * DRAW.normal(size=ROWS)) ** 2
IDS = [f"c{row:03d}" for row in range(ROWS)]
FEATURES = pa.table({"customer_id": IDS, "visits": VISITS, "age": AGE})
OUTCOMES = pa.table({"customer_id": IDS, "spend": SPEND, "orders": VISITS})


def test_it_is_a_transformer_as_scikit_learn_wants_them() -> None:
    done = check_estimator(PredictiveSpace(), on_skip=None)
    assert len(done) > 30


def test_shoals_features_and_outcomes_teach_the_same_as_a_lesson() -> None:
    lesson = drawn(share_weekend=1.0)[1]
    alone, within = PredictiveSpace().fit(lesson.features, lesson.outcomes), PredictiveSpace().fit_lessons([lesson])
    assert alone.space_ == within.space_
    assert alone.outcomes_ == (*lesson.names, "buys")
    assert (alone.transform(lesson.features) == within.transform(lesson.features.table)).all()
    assert alone.get_feature_names_out().tolist() == list(alone.outcomes_)


def test_several_cuts_are_pooled() -> None:
    lessons = [drawn(seed=seed, share_weekend=1.0)[1] for seed in (0, 1)]
    pooled = PredictiveSpace().fit([one.features for one in lessons], [one.outcomes for one in lessons])
    assert pooled.space_ == PredictiveSpace().fit_lessons(lessons).space_
    assert len(pooled.expected_) == 2


@pytest.mark.parametrize("frame", [lambda table: table, lambda table: table.to_pandas(), pl.from_arrow])
def test_every_kind_of_frame_gives_the_same_map(frame: Any) -> None:
    first = PredictiveSpace().fit(FEATURES, OUTCOMES)
    other = PredictiveSpace().fit(frame(FEATURES), frame(OUTCOMES))
    assert other.space_ == first.space_
    assert (other.transform(frame(FEATURES)) == first.transform(FEATURES)).all()


def test_rows_are_matched_by_customer_whatever_their_order_and_strangers_are_left_out() -> None:
    order = DRAW.permutation(ROWS)
    stranger = pa.table({"customer_id": ["new"], "spend": [1e6], "orders": [1e3]})
    shuffled = pa.concat_tables([OUTCOMES.take(order), stranger])
    assert PredictiveSpace().fit(FEATURES, shuffled).space_ == PredictiveSpace().fit(FEATURES, OUTCOMES).space_


def test_without_ids_rows_are_matched_by_place() -> None:
    bare = PredictiveSpace().fit(FEATURES.drop("customer_id"), OUTCOMES.drop("customer_id"))
    assert bare.drivers("spend")[0][0] == "visits"
    lesson = taught(FEATURES.drop("customer_id"), OUTCOMES)[0]
    assert (lesson.roots == np.sqrt(np.column_stack([SPEND, VISITS]))).all()


def test_amounts_are_learned_under_a_root_and_signed_numbers_as_they_are() -> None:
    space = PredictiveSpace().fit(FEATURES, OUTCOMES).space_
    assert {column.feature: column.transform for column in space.columns} == {"visits": "sqrt", "age": "identity"}
    assert PredictiveSpace().fit(FEATURES, OUTCOMES).explained_[0] > 0.9


def test_outcomes_below_nothing_are_expected_below_nothing() -> None:
    """Net spend after returns: the root keeps its sign, and the limits are not cut at 0."""
    net = pa.table({"customer_id": IDS, "net": np.where(AGE > 0, 25.0, -16.0)})
    points = PredictiveSpace().fit(FEATURES, net).transform(FEATURES)[:, 0]
    assert points[AGE < -1].mean() < 0 < points[AGE > 1].mean()
    assert (PredictiveSpace().fit(FEATURES, OUTCOMES).transform(FEATURES) >= 0).all()


def test_who_did_anything_at_all_is_foreseen_too() -> None:
    lesson = taught(FEATURES, OUTCOMES.set_column(1, "spend", pa.array(np.where(VISITS > 3, SPEND, 0.0))))[0]
    assert (lesson.bought == ((VISITS > 3) | (VISITS > 0))).all()


def test_it_stands_in_a_pipeline_before_kmeans() -> None:
    matrix = np.column_stack([VISITS, AGE])
    groups = make_pipeline(PredictiveSpace(), KMeans(3, n_init=2, random_state=0)).fit(matrix, SPEND)
    means = [VISITS[groups[-1].labels_ == group].mean() for group in range(3)]
    assert np.ptp(means) > 3


def test_gaps_in_features_are_filled_and_said_nothing_of_outcomes() -> None:
    gappy = FEATURES.set_column(1, "visits", pa.array([None, *VISITS[1:].tolist()], pa.float64()))
    filled = FEATURES.set_column(1, "visits", pa.array([float(np.median(VISITS[1:])), *VISITS[1:].tolist()]))
    learned = PredictiveSpace().fit(gappy, OUTCOMES)
    assert learned.transform(gappy)[0] == pytest.approx(learned.transform(filled)[0])


BAD: dict[str, tuple[Any, Any, type[ShoalError], str]] = {
    "texts": (FEATURES.append_column("city", pa.array(["a"] * ROWS)), OUTCOMES, InputError, "no numbers: city"),
    "nothing": (FEATURES.select(["customer_id"]), OUTCOMES, InputError, "no numbers"),
    "gaps": (FEATURES, OUTCOMES.set_column(1, "spend", pa.nulls(ROWS, pa.float64())), InputError, "for some in: spend"),
    "missing": (FEATURES, OUTCOMES.slice(1), InputError, "1 customers did after: c000"),
    "repeated": (
        FEATURES,
        pa.concat_tables([OUTCOMES, OUTCOMES.slice(0, 2)]),
        InputError,
        "2 rows name a customer a second",
    ),
    "features repeated": (
        pa.concat_tables([FEATURES, FEATURES]),
        OUTCOMES,
        InputError,
        "200 rows name a customer a se",
    ),
    "unnamed": (FEATURES.set_column(0, "customer_id", pa.nulls(ROWS, pa.string())), OUTCOMES, InputError, "200 rows"),
    "no rows": (FEATURES.slice(0, 0), OUTCOMES.slice(0, 0), InputError, "no rows"),
    "one row": (FEATURES.slice(0, 1), OUTCOMES.slice(0, 1), InputError, "nothing to learn from 1 customers"),
    "two alike": (pa.table([VISITS, AGE], names=["a", "a"]), OUTCOMES, InputError, "more than one column named a"),
    "beyond": (FEATURES, OUTCOMES.set_column(1, "spend", pa.array(SPEND * 1e300)), InputError, "for some in: spend"),
    "rows": (FEATURES, OUTCOMES.drop("customer_id").slice(1), UsageError, "of 200 customers and outcomes of 199"),
    "lists": ([FEATURES, FEATURES], [OUTCOMES], UsageError, "2 tables of features need as many"),
    "no list": ([FEATURES, FEATURES], OUTCOMES, UsageError, "there are 1"),
    "unlike": ([FEATURES] * 2, [OUTCOMES, OUTCOMES.drop("spend")], UsageError, "the first has: spend, orders"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_told(case: str) -> None:
    features, outcomes, kind, words = BAD[case]
    with pytest.raises(kind) as caught:
        PredictiveSpace().fit(features, outcomes)
    assert words in str(caught.value)
    assert caught.value.say("zh") != caught.value.say("en")


def test_a_feature_that_is_gone_and_an_outcome_that_is_none_are_told() -> None:
    learned = PredictiveSpace().fit(FEATURES, OUTCOMES)
    with pytest.raises(InputError, match="lacks 1 columns"):
        learned.transform(FEATURES.drop("age"))
    with pytest.raises(UsageError, match="spend, orders, buys"):
        learned.drivers("luck")


def test_pandas_rows_with_an_index_of_customers_are_matched_by_it() -> None:
    """A named index is a column like others."""
    features = FEATURES.to_pandas().set_index("customer_id")
    outcomes = OUTCOMES.to_pandas().set_index("customer_id").sort_index(ascending=False)
    assert isinstance(features, pd.DataFrame)
    assert PredictiveSpace().fit(features, outcomes).space_ == PredictiveSpace().fit(FEATURES, OUTCOMES).space_


def test_lessons_of_other_outcomes_are_refused() -> None:
    first, second = drawn()[1], drawn()[1]
    other = lesson_of(second.features, second.outcomes.table["orders"].to_numpy())
    with pytest.raises(UsageError):
        PredictiveSpace().fit([first.features, other.features], [first.outcomes, other.outcomes])
