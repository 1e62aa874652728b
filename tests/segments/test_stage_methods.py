"""The stage with every method: the same result, `assign`, explanation; what an advisor says; what people say."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from time import process_time

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from sklearn.datasets import make_blobs, make_moons
from sklearn.metrics import adjusted_rand_score

from shoal.features.result import Features
from shoal.segments.advice import advise
from shoal.segments.algorithms.registry import METHODS
from shoal.segments.guidance import Guidance, read_guidance
from shoal.segments.model import assign
from shoal.segments.result import Segments
from shoal.segments.segment import segment
from shoal.segments.settings import ALGORITHMS, SegmentSettings
from shoal.segments.table import segment_table
from shoal.words.errors import InputError, UsageError
from tests.segments.made import features_of

SAID = Guidance(labels={f"c{i:07d}": ("cooks", "gone", "gardeners")[i % 3] for i in range(12)})


def _segments(features: Features, algorithm: str, k: int | str = 3) -> Segments:
    own = "auto" if METHODS[algorithm].finds_k else k
    guidance = SAID if algorithm == "labelled" else None
    return segment(features, SegmentSettings(algorithm=algorithm, k=own), guidance=guidance)


@pytest.mark.parametrize("algorithm", METHODS)
def test_every_method_makes_a_study_that_its_frozen_model_repeats(
    algorithm: str, small_shop: Features, tmp_path: Path
) -> None:
    found = _segments(small_shop, algorithm)
    assert found.fit.algorithm == found.model.algorithm == algorithm
    assert len(found.segments) >= 2
    assert all(one.contrasts and one.rule is not None and one.name.zh for one in found.segments)
    found.write(tmp_path)
    again = Segments.read(tmp_path)
    assert again == found
    assert assign(again.model, small_shop.table).equals(found.table)
    backwards = small_shop.table.take(pa.array(np.arange(600)[::-1]))
    assert assign(again.model, backwards).sort_by("customer_id").equals(found.table)
    assert "nan" not in (tmp_path / "model" / "segmenter.json").read_text().lower()


def test_the_rules_of_a_rule_tree_are_the_segments(small_shop: Features) -> None:
    found = _segments(small_shop, "rules", 5)
    features, labels = small_shop.table, found.table
    with duckdb.connect() as engine:
        engine.register("features", features)
        for one in found.segments:
            assert one.rule is not None
            assert (one.rule.precision, one.rule.recall, one.rule.customers) == (1.0, 1.0, one.customers)
            met = engine.sql(f"SELECT customer_id FROM features WHERE {one.rule.sql}").fetchall()
            inside = labels.filter(pa.compute.equal(labels["segment"], one.number))["customer_id"].to_pylist()
            assert sorted(name for (name,) in met) == sorted(inside)


def test_a_method_that_finds_its_number_takes_no_other(small_shop: Features) -> None:
    with pytest.raises(UsageError, match="finds the number of segments itself"):
        segment(small_shop, SegmentSettings(algorithm="hdbscan", k=4))


def test_a_number_that_a_method_cannot_fill_is_refused() -> None:
    few = features_of({"orders": [1.0] * 90 + [2.0] * 3 + [3.0] * 3 + [9.0] * 4})
    with pytest.raises(UsageError, match="finds customers for only"):
        segment(few, SegmentSettings(space="standardised", algorithm="rules", k=4))


def test_one_cloud_is_one_segment_for_density_too() -> None:
    cloud = np.random.default_rng(0).uniform(size=(500, 3))
    found = segment(features_of({f"x{i}": column.tolist() for i, column in enumerate(cloud.T)}),
                    SegmentSettings(space="standardised", algorithm="hdbscan"))  # fmt: skip
    assert len(found.segments) == 1


# what people say -------------------------------------------------------------------------------------------------


def test_density_that_finds_one_group_says_so(small_shop: Features, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = replace(METHODS["hdbscan"], fit=lambda task: METHODS["kmeans"].fit(replace(task, k=1)))
    monkeypatch.setitem(METHODS, "hdbscan", alone)
    found = segment(small_shop, SegmentSettings(algorithm="hdbscan"))
    assert len(found.segments) == 1
    told = next(one for one in found.findings if one.code == "segments.one_dense")
    assert "--algorithm kmeans" in told.text.en


def test_labels_make_segments_and_it_is_said_which(small_shop: Features) -> None:
    found = segment(small_shop, SegmentSettings(algorithm="labelled"), guidance=SAID)
    assert found.choice.picked == 3
    number = dict(zip(found.table["customer_id"].to_pylist(), found.table["segment"].to_pylist(), strict=True))
    for label in SAID.names:
        assert len({number[name] for name, said in SAID.labels.items() if said == label}) == 1
    told = next(one for one in found.findings if one.code == "segments.guided")
    assert f"cooks is segment {number['c0000000']}" in told.text.en


def test_a_label_against_the_distances_is_pinned_in_the_model(small_shop: Features) -> None:
    odd = Guidance(labels={**SAID.labels, "c0000300": "gone"})  # by kind a cook
    found = segment(small_shop, SegmentSettings(algorithm="labelled"), guidance=odd)
    assert set(found.model.pinned) == {"c0000300"}
    row = assign(found.model, small_shop.table.slice(300, 1)).to_pylist()[0]
    assert row["segment"] == found.model.pinned["c0000300"]
    assert row["confidence"] == 1.0
    assert row["runner_up"] != row["segment"]


def test_labels_need_the_method_and_the_method_needs_labels(small_shop: Features) -> None:
    with pytest.raises(UsageError, match="labelled or auto"):
        segment(small_shop, SegmentSettings(k=3), guidance=SAID)
    with pytest.raises(UsageError, match="none is about them"):
        segment(small_shop, SegmentSettings(algorithm="labelled"), guidance=Guidance(labels={"nobody": "a"}))
    with pytest.raises(UsageError, match="3 different labels"):
        segment(small_shop, SegmentSettings(algorithm="labelled", k=2), guidance=SAID)
    with pytest.raises(UsageError, match="customers c0000000 and c0000001"):
        segment(
            small_shop,
            SegmentSettings(algorithm="labelled", k=3),
            guidance=replace(SAID, must=(("c0000000", "c0000001"),)),
        )


def test_guidance_is_read_from_files_and_a_bad_one_says_what_is_wrong(tmp_path: Path) -> None:
    labels, links = tmp_path / "labels.csv", tmp_path / "links.csv"
    labels.write_text("customer_id,label\n1,gold\n2,\n1,gold\n")
    links.write_text("customer_id,other_id,kind\n1,2,must\n1,3,Cannot\n")
    assert read_guidance(labels, links) == Guidance({"1": "gold"}, (("1", "2"),), (("1", "3"),))
    assert read_guidance() is None
    labels.write_text("customer_id,label\n1,gold\n1,silver\n")
    with pytest.raises(InputError, match="gold and silver"):
        read_guidance(labels)
    links.write_text("customer_id,other_id,kind\n1,2,referral\n")
    with pytest.raises(InputError, match="referral"):
        read_guidance(None, links)
    links.write_text("customer,other\n1,2\n")
    with pytest.raises(InputError, match="customer_id, other_id, kind"):
        read_guidance(None, links)


# the advisor -----------------------------------------------------------------------------------------------------


def _advised(X: np.ndarray, **known: bool) -> str:
    return advise(X, sample=np.arange(len(X)), **known).algorithm


def test_the_advisor_names_the_method_that_suits_the_shape() -> None:
    round_, _ = make_blobs(600, centers=[[0, 0], [12, 0], [0, 12]], random_state=0)
    assert _advised(round_) == "kmeans"
    draw = np.random.default_rng(1)
    long = np.vstack([draw.normal(size=(400, 2)) * [8, 0.25] + [0, 3 * i] for i in range(3)])
    assert _advised(long) == "mixture"
    moons, _ = make_moons(800, noise=0.05, random_state=0)
    assert _advised(moons) == "hdbscan"
    assert _advised(moons, number_asked=True) in ("kmeans", "mixture")
    assert _advised(draw.normal(size=(500, 3))) == "kmeans"
    assert _advised(round_, levels=True) == "kprototypes"
    assert _advised(round_, guided=True) == "labelled"
    assert _advised(moons, lessons=True) == "kmeans"


def test_auto_takes_the_advice_and_says_why() -> None:
    moons, y = make_moons(700, noise=0.05, random_state=0)
    table = features_of({"x": moons[:, 0].tolist(), "y": moons[:, 1].tolist()})
    found = segment(table, SegmentSettings(space="standardised", algorithm="auto"))
    assert found.fit.algorithm == "hdbscan"
    assert adjusted_rand_score(y, found.table["segment"].to_numpy()) > 0.98
    assert "segments.algorithm" in {one.code for one in found.findings}
    plain = segment(table, SegmentSettings(space="standardised", k=3))
    assert plain.fit.algorithm == "kmeans"
    assert found.advice is not None
    assert found.advice.taken


def test_every_algorithm_can_be_asked_for() -> None:
    assert set(ALGORITHMS) == {*METHODS, "auto"}


# text columns ----------------------------------------------------------------------------------------------------


def _people() -> pa.Table:
    draw = np.random.default_rng(3)
    kind = np.repeat([0, 1, 2], 60)
    return pa.table(
        {
            "customer_id": [f"p{i}" for i in range(180)],
            "age": draw.normal(40, 4, 180) + 6 * kind,
            "plan": np.array(["basic", "family", None], dtype=object)[kind].tolist(),
            "note": [f"note {i}" for i in range(180)],
        }
    )


def test_text_columns_take_part_where_a_method_measures_them() -> None:
    found = segment_table(_people(), SegmentSettings(algorithm="auto", k=3))
    assert (found.fit.algorithm, found.fit.space) == ("kprototypes", "mixed")
    assert adjusted_rand_score(np.repeat([0, 1, 2], 60), found.table["segment"].to_numpy()) > 0.9
    assert any("plan is basic" in one.name.en.lower() for one in found.segments)
    codes = {one.code: one.text.en for one in found.findings}
    assert "plan" in codes["table.levels"]
    assert "note" in codes["table.left_out"]
    assert assign(found.model, _people()).equals(found.table)  # the model reads the table as it came


def test_text_columns_stay_out_of_the_textbook() -> None:
    found = segment_table(_people(), SegmentSettings(k=3))
    assert found.fit.space == "standardised"
    assert "table.levels" not in {one.code for one in found.findings}


def test_a_table_of_texts_alone_is_segmented_by_them() -> None:
    found = segment_table(_people().drop_columns(["age"]), SegmentSettings(algorithm="kprototypes", k=3))
    assert sorted(one.customers for one in found.segments) == [60, 60, 60]


def test_a_mismatch_counts_as_much_as_a_number_does() -> None:
    found = segment_table(_people(), SegmentSettings(algorithm="kprototypes", k=3))
    axes = [axis for axis in found.model.space.columns if axis.level is not None]
    assert [axis.level for axis in axes] == ["", "basic", "family"]
    assert axes[0].weight ** 2 == pytest.approx(0.5 / (1 - 3 * (1 / 3) ** 2))  # gamma / 2, gamma = 1 / (1 - sum p²)


def test_empty_numbers_are_filled_where_that_is_asked_for() -> None:
    table = pa.table({"a": [1.0, 2.0, None, 4.0, 50.0, 51.0], "b": [1.0, 1.0, 1.0, 1.0, 9.0, 9.0]})
    dropped = segment_table(table, SegmentSettings(k=2))
    filled = segment_table(table, SegmentSettings(k=2), missing="fill")
    assert (dropped.table.num_rows, filled.table.num_rows) == (5, 6)
    assert filled.table["segment"].to_pylist() == [1, 1, 1, 1, 2, 2]  # the median of a is 4
    assert "table.filled" in {one.code for one in filled.findings}


# bad input -------------------------------------------------------------------------------------------------------


DRAW = np.random.default_rng(11)
ODD: dict[str, pa.Table] = {
    "one customer": pa.table({"a": [1.0], "b": [2.0]}),
    "two customers": pa.table({"a": [1.0, 2.0], "b": [2.0, 5.0]}),
    "nine customers": pa.table({"a": DRAW.normal(size=9), "b": DRAW.normal(size=9)}),
    "all alike": pa.table({"a": np.ones(100), "b": np.zeros(100)}),
    "one feature varies": pa.table({"a": np.ones(100), "b": DRAW.normal(size=100)}),
    "alike but for rounding": pa.table({"a": 1 + 1e-15 * DRAW.normal(size=100), "b": np.ones(100)}),
    "gaps and infinities": pa.table({"a": [1.0, None, float("inf"), *range(9)] * 5, "b": DRAW.normal(size=60)}),
    "beyond squares": pa.table({"a": np.r_[DRAW.normal(size=60), 1e300], "b": DRAW.normal(size=61)}),
    "squares vanish": pa.table({"a": DRAW.normal(size=60) * 1e-300, "b": DRAW.normal(size=60)}),
    "mostly nothing": pa.table({"a": np.r_[np.zeros(290), np.arange(10.0)], "b": np.zeros(300)}),
    "yes and no": pa.table({"a": DRAW.random(120) < 0.5, "b": DRAW.random(120) < 0.5}),
    "one far out": pa.table({"a": np.r_[DRAW.normal(size=100), 1e9], "b": DRAW.normal(size=101)}),
    "texts alone": pa.table({"t": DRAW.choice(["x", "y", "z"], 90)}),
}


@pytest.mark.parametrize("algorithm", METHODS)
@pytest.mark.parametrize("name", ODD)
def test_odd_tables_end_in_segments_or_in_one_clear_message(name: str, algorithm: str) -> None:
    labels = pa.table({"customer_id": ["1", "2"], "label": ["p", "q"]}) if algorithm == "labelled" else None
    settings = SegmentSettings(algorithm=algorithm, k="auto", n_init=1, k_max=3)
    found, said = None, ""
    try:
        found = segment_table(ODD[name], settings, labels=labels)
    except (InputError, UsageError) as problem:
        said = problem.say("zh")
    if found is None:
        assert re.search("[\u4e00-\u9fff]{6}", said)
        return
    assert {one.number for one in found.segments} == set(found.table["segment"].to_pylist())
    assert all(0 <= confidence <= 1 for confidence in found.table["confidence"].to_pylist())
    assert found.text("zh")


def test_very_many_identical_rows_are_one_segment_in_seconds() -> None:
    before = process_time()
    found = segment_table(pa.table({"orders": np.ones(300_000), "spend": np.full(300_000, 9.5)}))
    assert len(found.segments) == 1
    assert found.table.num_rows == 300_000
    assert {"segments.all_alike", "segments.constant"} <= {one.code for one in found.findings}
    assert process_time() - before < 30
