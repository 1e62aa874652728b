from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import StandardScaler

from shoal.features.result import Features
from shoal.segments import choose_k, fit, grouping
from shoal.segments.algorithms import kmeans
from shoal.segments.model import assign
from shoal.segments.result import Segments
from shoal.segments.segment import segment
from shoal.segments.settings import SegmentSettings
from shoal.show.blocks import Block
from shoal.words.columns import SEGMENTS
from shoal.words.errors import InputError, UsageError
from shoal.words.language import Text
from tests.segments.made import features_of, shop


def _codes(segments: Segments) -> set[str]:
    return {finding.code for finding in segments.findings}


def test_the_planted_kinds_are_found_again(small_shop: Features, three: Segments) -> None:
    planted = np.arange(small_shop.table.num_rows) % 3
    assert adjusted_rand_score(planted, three.table["segment"].to_numpy()) > 0.95


def test_every_customer_is_in_one_segment_and_columns_are_the_public_ones(three: Segments) -> None:
    assert three.table.column_names == [column.name for column in SEGMENTS]
    assert three.table.num_rows == 600
    assert set(three.table["segment"].to_pylist()) == {1, 2, 3}
    assert three.table["customer_id"].to_pylist() == [f"c{i:07d}" for i in range(600)]
    assert sum(one.customers for one in three.segments) == 600


def test_numbers_go_by_total_spend(three: Segments) -> None:
    spend = [one.spend for one in three.segments]
    assert spend == sorted(spend, reverse=True)
    assert [one.number for one in three.segments] == [1, 2, 3]
    assert sum(one.share_spend or 0 for one in three.segments) == pytest.approx(1.0)


def test_the_runner_up_is_another_segment_and_confidence_is_between_0_and_1(three: Segments) -> None:
    table = three.table
    assert (table["segment"].to_numpy() != table["runner_up"].to_numpy()).all()
    confidence = table["confidence"].to_numpy()
    assert ((confidence >= 0) & (confidence <= 1)).all()


def test_the_frozen_model_gives_the_same_labels_after_json(
    three: Segments, small_shop: Features, tmp_path: Path
) -> None:
    three.write(tmp_path)
    model = Segments.read(tmp_path).model
    assert assign(model, small_shop.table).equals(three.table)


def test_a_result_read_again_is_the_result_written(three: Segments, tmp_path: Path) -> None:
    names = {path.relative_to(tmp_path).as_posix() for path in three.write(tmp_path)}
    files = {"segments.parquet", "segments.json", "k.json", "map.json", "model/segmenter.json", "model/newcomers.json"}
    assert names == files
    assert Segments.read(tmp_path) == three


def test_two_runs_write_the_same_bytes(small_shop: Features, tmp_path: Path) -> None:
    for name in ("a", "b"):
        segment(small_shop, SegmentSettings(k=4)).write(tmp_path / name)
    for file in ("segments.parquet", "k.json", "model/segmenter.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    facts = [json.loads((tmp_path / name / "segments.json").read_text()) for name in ("a", "b")]
    assert [one.pop("made")["stage"] for one in facts] == ["segments", "segments"]
    assert facts[0] == facts[1]


@pytest.mark.parametrize("k", [2, 3, 5, 8])
def test_standardised_with_a_fixed_k_is_the_textbook(k: int) -> None:
    features = shop(400, seed=4)
    used = [info.name for info in features.columns if features.table[info.name].null_count == 0]
    X = np.column_stack([features.table[name].to_numpy() for name in used])
    theirs = KMeans(k, init="k-means++", n_init=10, max_iter=300, random_state=0).fit(StandardScaler().fit_transform(X))
    ours = segment(features, SegmentSettings(space="standardised", k=k))
    assert adjusted_rand_score(theirs.labels_, ours.table["segment"].to_numpy()) == 1.0
    assert ours.fit.inertia == pytest.approx(theirs.inertia_)
    assert ours.fit.n_iter == theirs.n_iter_


@pytest.mark.parametrize("space", ["behaviour", "tastes", "rfm", "standardised"])
def test_every_space_carries_a_study(space: str, small_shop: Features) -> None:
    found = segment(small_shop, SegmentSettings(space=space, k=3))
    assert found.fit.space == space
    assert found.fit.converged
    assert assign(found.model, small_shop.table).equals(found.table)


@pytest.mark.parametrize("criterion", ["silhouette", "elbow", "calinski_harabasz", "davies_bouldin", "auto"])
def test_a_criterion_decides_alone(criterion: str, small_shop: Features) -> None:
    found = segment(small_shop, SegmentSettings(k=criterion))
    assert found.choice.picked == found.choice.picks[criterion] == len(found.segments)


def test_k_may_come_as_text() -> None:
    assert SegmentSettings(k="4").k == 4


def test_a_fixed_k_beyond_the_compared_ones_is_done(small_shop: Features) -> None:
    found = segment(small_shop, SegmentSettings(k=17))
    assert len(found.segments) == 17
    assert list(found.view())


def test_being_stopped_early_is_a_finding(small_shop: Features) -> None:
    assert "segments.not_converged" in _codes(segment(small_shop, SegmentSettings(k=6, n_init=1, max_iter=1)))


def test_a_large_shop_is_seeded_and_compared_on_samples_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    features = shop(900)
    whole = segment(features, SegmentSettings(k=3))
    monkeypatch.setattr(kmeans, "LARGE_ROWS", 500)
    monkeypatch.setattr(kmeans, "SEED_ROWS", 200)
    monkeypatch.setattr(grouping, "EXACT_ROWS", 300)
    sampled = segment(features, SegmentSettings(k=3))
    assert {"segments.k_sample", "segments.seeded"} <= _codes(sampled)
    assert (sampled.choice.rows_used, sampled.choice.silhouette, sampled.fit.seeded_on) == (300, "sample", 200)
    assert sampled.table["segment"].equals(whole.table["segment"])


def test_the_textbook_is_never_seeded_on_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kmeans, "LARGE_ROWS", 100)
    found = segment(shop(300), SegmentSettings(space="standardised", k=3))
    assert found.fit.seeded_on == 300


def test_a_sample_does_not_depend_on_the_order_of_customers() -> None:
    names = [f"c{i}" for i in range(500)]
    here = [names[i] for i in fit.sample_rows(names, 50)]
    there = names[::-1]
    assert here == [there[i] for i in fit.sample_rows(there, 50)]


# bad input ------------------------------------------------------------------------------------------------------


def test_no_customers_is_an_error() -> None:
    with pytest.raises(InputError, match="no customers"):
        segment(features_of({"orders": []}))


def test_more_segments_than_customers_is_refused() -> None:
    with pytest.raises(UsageError, match="7 segments"):
        segment(features_of({"orders": [1, 2, 3], "spend_total": [1, 2, 3]}), SegmentSettings(k=7))


def test_more_segments_than_different_customers_is_refused() -> None:
    with pytest.raises(UsageError, match="only 2 different customers among 40"):
        segment(features_of({"orders": [1, 2] * 20}), SegmentSettings(k=3))


def test_three_customers_are_kept_as_one_segment_and_it_is_said() -> None:
    found = segment(features_of({"orders": [1, 2, 9], "spend_total": [5, 9, 99], "days_since_last_order": [1, 2, 3]}))
    assert len(found.segments) == 1
    assert "segments.too_few" in _codes(found)
    assert found.table["runner_up"].null_count == 3


@pytest.mark.parametrize("space", ["behaviour", "standardised"])
def test_identical_customers_are_one_segment_and_it_is_said(space: str) -> None:
    features = features_of({"orders": [3.0] * 60_000, "spend_total": [9.5] * 60_000})
    found = segment(features, SegmentSettings(space=space))
    assert found.table["segment"].to_pylist() == [1] * 60_000
    assert "segments.all_alike" in _codes(found)
    assert assign(found.model, features.table).equals(found.table)


def test_a_shop_of_one_purchase_each_is_told_apart_by_what_differs() -> None:
    draw = np.random.default_rng(0)
    spend = np.r_[draw.uniform(5, 10, 60), draw.uniform(200, 300, 40)]
    features = features_of(
        {
            "days_since_last_order": draw.uniform(1, 300, 100),
            "orders": np.ones(100),
            "spend_total": spend,
            "gap_mean_days": [None] * 100,
        }
    )
    found = segment(features, SegmentSettings(space="behaviour", k=2))
    assert {column.feature for column in found.model.space.columns} == {"spend_total"}
    assert next(one.name.en for one in found.segments).startswith("One-time big spenders")
    assert list(found.view())


def test_customers_without_gaps_are_one_segment_and_how_to_cut_them_all_the_same_is_said() -> None:
    draw = np.random.default_rng(3)
    cloud = {name: draw.normal(size=300) for name in ("share_weekend", "share_evening", "share_refunded")}
    found = segment(features_of(cloud), SegmentSettings(space="standardised"))
    (said,) = (finding for finding in found.findings if finding.code == "segments.one")
    assert said.do is not None
    assert f"--k silhouette makes {found.choice.picks['silhouette']}" in said.do.en
    assert "drawn, not found" in said.do.en


def test_one_customer_is_one_segment() -> None:
    found = segment(features_of({"orders": [1], "spend_total": [5]}))
    assert [one.customers for one in found.segments] == [1]
    assert list(found.view())


def test_infinite_values_do_not_reach_a_centre() -> None:
    features = features_of({"orders": [1, 2, 3, 4] * 5, "spend_total": [float("inf"), 2, 3, 4] * 5})
    found = segment(features, SegmentSettings(space="behaviour", k=2))
    assert np.isfinite(found.model.matrix).all()


@pytest.mark.parametrize(
    "wrong",
    [{"k": 0}, {"k": "many"}, {"space": "hyper"}, {"algorithm": "magic"}, {"init": "x"}, {"max_iter": 0}, {"tol": -1}],
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        SegmentSettings(**wrong)


# showing --------------------------------------------------------------------------------------------------------


def test_a_view_has_a_card_for_every_segment_in_both_languages(three: Segments) -> None:
    blocks: list[Block] = list(three.view())
    kinds = [type(block).__name__ for block in blocks]
    assert kinds.count("Cards") == 1
    assert kinds.count("Chart") == 4
    for language in ("en", "zh"):
        shown = three.text(language)
        assert all(one.name.say(language) in shown for one in three.segments)


def test_hostile_categories_stay_text() -> None:
    evil = "</script><img onerror=x>{0}"
    draw = np.random.default_rng(0)
    spend = np.r_[draw.uniform(50, 99, 50), np.zeros(50)]
    features = features_of(
        {
            "days_since_last_order": draw.uniform(1, 90, 100),
            "orders": draw.poisson(3, 100) + 1.0,
            "spend_total": spend + 10,
            f"spend_in_{evil}": spend,
            "spend_in_Tea": spend[::-1],
        }
    )
    found = segment(features, SegmentSettings(k=2))
    assert any(evil in one.name.en for one in found.segments)
    assert "<img" not in found.html("en")


def test_progress_is_told_from_zero_to_one(small_shop: Features) -> None:
    told: list[tuple[Text, float | None]] = []
    segment(small_shop, SegmentSettings(k=3), lambda doing, done: told.append((doing, done)))
    shares = [done for _, done in told if done is not None]
    assert shares == sorted(shares)
    assert 0 < shares[0] <= shares[-1] <= 1


def test_the_limit_of_exact_comparison_is_ten_thousand() -> None:
    assert choose_k.EXACT_ROWS == 10_000
