from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_score

from shoal.segments.choose_k import KRow, auto, choose, out_of_time, picks, structured
from shoal.segments.settings import SegmentSettings
from shoal.segments.sweep import sweep


def _to(k_max: int) -> SegmentSettings:
    return SegmentSettings(k_max=k_max)


def _rows(*facts: tuple[int, float, float]) -> list[KRow]:
    return [KRow(1, 100.0, 1.0), *(KRow(k, 100.0 / k, small, score) for k, score, small in facts)]


def test_the_sweep_gives_scikit_learns_criteria_at_every_k() -> None:
    X, _ = make_blobs(240, centers=4, n_features=3, random_state=0)
    rows = sweep(X, _to(6))
    assert [row.k for row in rows] == [1, 2, 3, 4, 5, 6]
    for row in rows[1:]:
        model = KMeans(row.k, n_init=10, random_state=0).fit(X)
        assert row.inertia == pytest.approx(model.inertia_)
        assert row.silhouette == pytest.approx(silhouette_score(X, model.labels_))
        assert row.calinski_harabasz == pytest.approx(calinski_harabasz_score(X, model.labels_))
        assert row.davies_bouldin == pytest.approx(davies_bouldin_score(X, model.labels_))


def test_inertia_at_one_segment_is_the_total_sum_of_squares() -> None:
    assert sweep(np.array([[0.0], [2.0], [4.0], [4.0]]), _to(2))[0].inertia == 6.25 + 0.25 + 2 * 2.25


@pytest.mark.parametrize(("distinct", "highest"), [(1, 1), (2, 1), (3, 2), (5, 4)])
def test_k_stays_below_the_number_of_different_customers(distinct: int, highest: int) -> None:
    X = np.repeat(np.arange(distinct, dtype=float)[:, None], 4, axis=0)
    assert sweep(X, _to(15))[-1].k == highest


def test_four_separated_blobs_are_four_by_every_criterion() -> None:
    X, _ = make_blobs(400, centers=[[0, 0], [20, 0], [0, 20], [20, 20]], random_state=0)
    taken = picks(sweep(X, _to(10)), 400)
    judged = (
        *("auto", "silhouette", "elbow", "calinski_harabasz", "davies_bouldin"),
        *("gap", "prediction_strength", "jaccard"),
    )
    assert {name: taken[name] for name in judged} == dict.fromkeys(judged, 4)


def test_auto_takes_the_largest_silhouette_that_leaves_no_segment_too_small() -> None:
    rows = _rows((2, 0.7, 0.005), (3, 0.5, 0.10), (4, 0.6, 0.01))
    assert auto(rows, 1_000) == (4, "auto")


def test_auto_needs_five_customers_in_a_small_shop() -> None:
    rows = _rows((2, 0.5, 0.25), (3, 0.6, 0.16))
    assert auto(rows, 25) == (2, "auto")  # 16 % of 25 is 4 customers


def test_auto_says_when_every_k_leaves_a_tiny_segment() -> None:
    assert auto(_rows((2, 0.9, 0.001), (3, 0.8, 0.001)), 1_000) == (2, "auto_small")


def test_auto_offers_one_segment_where_there_is_nothing_to_compare() -> None:
    assert auto(_rows(), 1_000) == (1, "one")
    assert auto(_rows((2, 0.9, 0.4)), 9) == (1, "one")


def test_a_tie_goes_to_fewer_segments() -> None:
    assert picks(_rows((2, 0.5, 0.4), (3, 0.5, 0.3)), 1_000)["silhouette"] == 2


def test_a_number_is_taken_as_it_is_and_a_criterion_alone() -> None:
    rows = _rows((2, 0.7, 0.001), (3, 0.5, 0.3), (4, 0.6, 0.2))
    assert choose(rows, 3, 1_000, 1_000).picked == 3
    assert choose(rows, "silhouette", 1_000, 1_000).picked == 2
    assert choose(rows, "auto", 1_000, 1_000).picked == 4


def test_the_choice_says_whether_all_customers_were_compared() -> None:
    rows = _rows((2, 0.7, 0.2))
    assert choose(rows, "auto", 1_000, 1_000).silhouette == "exact"
    assert choose(rows, "auto", 50_000, 10_000).silhouette == "sample"


@pytest.mark.parametrize("kind", ["uniform", "normal", "lognormal"])
def test_one_cloud_is_one_segment(kind: str) -> None:
    draw = np.random.default_rng(3)
    X = getattr(draw, kind)(size=(600, 3))
    rows = sweep(np.log(X) if kind == "lognormal" else X, _to(8))
    assert not structured(rows)
    assert auto(rows, 600) == (1, "no_structure")


def test_few_customers_in_plain_groups_are_structure() -> None:
    X, _ = make_blobs(60, centers=[[0, 0], [9, 0], [0, 9]], random_state=0)
    assert auto(sweep(X, _to(15)), 60) == (3, "auto")


def test_what_was_not_tested_is_not_refuted() -> None:
    assert structured(_rows((2, 0.5, 0.4)))
    assert not structured([KRow(2, 1.0, 0.4, 0.5, valley=0.03), KRow(3, 1.0, 0.3, 0.5, valley=0.9)])  # 2 * 0.03 > 0.05
    assert structured([KRow(2, 1.0, 0.4, 0.5, valley=0.02), KRow(3, 1.0, 0.3, 0.5, valley=0.9)])


def _seen(k: int, r: float, jaccard: float, smallest: float = 0.2) -> KRow:
    facts = {"out_of_time": r, "out_of_time_error": 0.01, "out_of_time_smallest": smallest}
    return KRow(k, 1.0, 0.2, 0.5, jaccards=(0.9, jaccard) if k > 1 else (), **facts)


def test_time_takes_the_smallest_stable_number_within_one_error_of_the_best() -> None:
    rows = [_seen(1, 0.0, 1.0), _seen(2, 0.2, 0.9), _seen(3, 0.295, 0.4), _seen(4, 0.296, 0.6), _seen(5, 0.3, 0.7)]
    assert out_of_time(rows, 1_000) == 4
    assert auto(rows, 1_000) == (4, "out_of_time")


def test_where_no_number_is_stable_time_alone_decides_and_says_so() -> None:
    rows = [_seen(1, 0.0, 1.0), _seen(2, 0.2, 0.4), _seen(3, 0.295, 0.4), _seen(4, 0.3, 0.3)]
    assert auto(rows, 1_000) == (3, "out_of_time_unstable")


def test_the_gap_takes_the_first_number_that_the_next_does_not_beat_by_more_than_its_error() -> None:
    gaps = [(1, 0.1, 0.01), (2, 0.3, 0.01), (3, 0.5, 0.02), (4, 0.51, 0.02)]
    rows = [KRow(k, 1.0, 0.2, 0.5, gap=gap, gap_error=wrong) for k, gap, wrong in gaps]
    assert picks(rows, 1_000)["gap"] == 3


def test_strength_and_jaccard_take_the_largest_number_that_holds() -> None:
    rows = [
        KRow(1, 1.0, 1.0),
        KRow(2, 1.0, 0.4, 0.5, prediction_strength=0.95, jaccards=(0.9, 0.8)),
        KRow(3, 1.0, 0.3, 0.5, prediction_strength=0.81, jaccards=(0.9, 0.74, 0.9)),
        KRow(4, 1.0, 0.2, 0.5, prediction_strength=0.50, jaccards=(0.9, 0.3, 0.9, 0.9)),
    ]
    assert (picks(rows, 1_000)["prediction_strength"], picks(rows, 1_000)["jaccard"]) == (3, 2)
    assert [row.stable for row in rows] == [True, True, True, False]


def _held(k: int, silhouette: float, strength: float, between: float, smallest: float = 0.2) -> KRow:
    return KRow(k, 100.0 / k, smallest, silhouette, prediction_strength=strength, between=between)


def test_auto_starts_at_the_largest_number_that_holds_and_has_gaps() -> None:
    rows = [KRow(1, 100.0, 1.0), _held(2, 0.9, 1.0, 0.0), _held(4, 0.6, 0.9, 0.1), _held(5, 0.5, 0.85, 1.2)]
    assert auto(rows, 1_000) == (4, "auto")  # 5 holds but cuts a group in two; 2 is the coarser of two scales
    assert auto([*rows, _held(6, 0.7, 0.5, 0.1)], 1_000) == (6, "auto")  # small groups: not strong, but clearer


def test_auto_takes_no_number_whose_segments_dissolve_while_there_is_another() -> None:
    """The clearest, 12, has a segment that bootstrap samples do not find again: so 5; else 12, and that is said."""
    rows = [KRow(1, 100.0, 1.0), _held(4, 0.33, 0.9, 0.1), _held(5, 0.34, 0.5, 0.4), _held(12, 0.35, 0.4, 0.4)]
    shaky = [replace(row, jaccards=(0.9, 0.25 if row.k == 12 else 0.6)) if row.k > 1 else row for row in rows]
    assert auto(shaky, 1_000) == (5, "auto")
    assert auto([shaky[0], shaky[3]], 1_000) == (12, "auto_unstable")


def test_clusters_at_two_scales_are_all_found() -> None:
    near = [[0, 0], [8, 0], [0, 8]]
    X, _ = make_blobs(600, centers=[*near, *([x + 200, y] for x, y in near)], random_state=0)
    rows = sweep(X, _to(10))
    assert picks(rows, 600)["silhouette"] == 2
    assert auto(rows, 600) == (6, "auto")


def test_an_even_cloud_cut_in_two_is_stable_but_has_no_gap() -> None:
    draw = np.random.default_rng(0)
    X = np.vstack([draw.uniform(size=(1_000, 2)) * [2, 1], draw.uniform(size=(1_000, 2)) * [2, 1] + [0, 3]])
    rows = sweep(X, _to(6))
    assert rows[3].prediction_strength is not None
    assert rows[3].between is not None
    assert rows[1].holds
    assert rows[3].k == 4
    assert rows[3].between >= 0.8  # each even box was cut in two
    assert auto(rows, 2_000) == (2, "auto")


def _natural(k: int, r: float, strength: float, between: float) -> KRow:
    return replace(_seen(k, r, 0.9), prediction_strength=strength, between=between)


def test_natural_groups_go_first_where_they_say_nearly_as_much() -> None:
    rows = [_seen(1, 0.0, 1.0), _natural(2, 0.1, 1.0, 0.0), _natural(5, 0.25, 0.9, 0.1), _natural(8, 0.3, 0.5, 3.0)]
    assert auto(rows, 1_000) == (5, "natural")  # 0.25 of 0.30 is more than four fifths
    assert out_of_time(rows, 1_000) == 8


def test_a_gap_that_says_little_of_later_weeks_decides_nothing() -> None:
    rows = [_seen(1, 0.0, 1.0), _natural(2, 0.1, 1.0, 0.0), _natural(5, 0.25, 0.9, 1.5), _natural(8, 0.3, 0.5, 3.0)]
    assert auto(rows, 1_000) == (8, "out_of_time")
