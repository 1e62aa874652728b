"""The proof on planted truth: it praises what is there, refuses what is not, and never sees what comes later."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from shoal.events.result import EventLog
from shoal.proof.baselines import BASELINES
from shoal.proof.origins import Origin, origins
from shoal.proof.result import Contender, Proof
from shoal.proof.segments import prove_segments
from shoal.proof.verdict import PLAIN
from shoal.segments.segment import group
from shoal.segments.settings import SegmentSettings
from shoal.words.clock import DAY_S
from tests.features.conftest import event
from tests.proof.conftest import DAYS, HORIZON, LOOK_BACK, Planted, habits

QUICK = SegmentSettings(n_init=2, k_max=9)


def _by_key(proof: Proof) -> dict[str, Contender]:
    return {contender.key: contender for contender in proof.contenders}


def _origin_groups(log: EventLog) -> list[tuple[Origin, np.ndarray]]:
    return [(one, group(one.now.features, QUICK, lessons=one.lessons).labels) for one in origins(log, 0)]


def test_tastes_and_rates_that_last_are_found_better_than_any_plain_way(planted: Planted) -> None:
    proof = prove_segments(planted(habits()), QUICK)
    assert proof.verdict.code == "better"
    found = _by_key(proof)
    choice, rival = found["choice"], found["rfm_cells"]
    assert choice.r_squared.low > rival.r_squared.high
    assert rival.ahead is not None
    assert rival.ahead.low > 0
    assert found["random"].r_squared.high < 0.05
    assert choice.auc is not None
    assert choice.auc > 0.7


def test_the_ceiling_in_as_many_groups_is_said_beside_the_choice(planted: Planted) -> None:
    """Four plain habits are learned from earlier weeks as well as from the weeks themselves."""
    proof = prove_segments(planted(habits()), QUICK)
    found = _by_key(proof)
    best, ceiling, choice = found["ceiling_in_groups"], found["ceiling"], found["choice"]
    assert best.groups == choice.groups
    assert ceiling.ahead is None
    assert best.ahead is not None
    assert best.ahead.value == pytest.approx(choice.r_squared.value - best.r_squared.value)
    assert choice.r_squared.value > 0.9 * best.r_squared.value
    assert proof.limit is not None
    assert proof.limit.code == ("learning" if best.ahead.high < 0 else "number")
    assert f"{best.r_squared.value:.1%}" in proof.limit.text.en
    assert any(proof.limit.text == getattr(block, "text", None) for block in proof.view())


def test_each_date_has_its_own_figures_whose_mean_is_the_whole(planted: Planted) -> None:
    proof = prove_segments(planted(habits()), QUICK)
    choice = _by_key(proof)["choice"]
    assert len(proof.origins) > 2
    assert np.mean([tried.explained.value for tried in proof.origins]) == pytest.approx(choice.r_squared.value)
    for tried in proof.origins:
        assert tried.explained.low < tried.explained.value < tried.explained.high
        assert tried.rival is not None
        assert tried.rival_explained is not None
        assert tried.ahead is not None
        assert tried.ahead.value == pytest.approx(tried.explained.value - tried.rival_explained)


def test_where_groups_say_nothing_no_limit_is_named(planted: Planted) -> None:
    proof = prove_segments(planted(habits(tastes=False, rates=False)), replace(QUICK, k=6))
    assert proof.verdict.code == "random"
    assert proof.limit is None


def test_rates_alone_are_said_as_well_by_recency_frequency_and_money(planted: Planted) -> None:
    proof = prove_segments(planted(habits(tastes=False)), replace(QUICK, space="rfm"))
    found = _by_key(proof)
    best = max((found[key] for key in PLAIN if key in found), key=lambda rival: rival.r_squared.value)
    assert proof.verdict.code in ("level", "better")
    assert found["choice"].r_squared.low > 0.1
    assert abs(found["choice"].r_squared.value - best.r_squared.value) < 0.03


@pytest.mark.parametrize("k", ["auto", 6])
def test_where_all_are_alike_nothing_is_praised(planted: Planted, k: int | str) -> None:
    proof = prove_segments(planted(habits(tastes=False, rates=False)), replace(QUICK, k=k))
    assert proof.verdict.code in (("random", "unproven") if k == "auto" else ("random",))


def test_the_proof_tries_every_plain_way_and_says_which_could_not_run(planted: Planted) -> None:
    proof = prove_segments(planted(habits()), QUICK)
    missing = {finding.code.removeprefix("missing_") for finding in proof.missing}
    assert {*_by_key(proof)} | missing == {"choice", "ceiling", "ceiling_in_groups", *BASELINES}
    assert missing == set()
    bare = [{**e, "category": None, "category_1": None, "product_id": None} for e in habits(120)]
    proof = prove_segments(planted(bare), QUICK)
    assert {finding.code for finding in proof.missing} == {"missing_kmeans_tastes"}
    assert all(finding.text.en.startswith("Not compared: ") for finding in proof.missing)


def test_each_origin_is_a_horizon_apart_and_has_lessons_before_it(planted: Planted) -> None:
    """560 days hold cuts at 500, 440, 380 and 320, each with a look-back of 200 days and two cuts before it."""
    found = origins(planted(habits(60)), 0)
    assert [origin.now.clock.as_of // DAY_S for origin in found] == [500, 440, 380, 320]
    assert [[lesson.clock.as_of // DAY_S for lesson in origin.lessons] for origin in found] == [
        [440, 380],
        [380, 320],
        [320, 260],
        [260, 200],
    ]
    assert all(origin.now.clock.look_back_days == LOOK_BACK for origin in found)


def test_origins_without_lessons_count_only_where_there_are_no_others(planted: Planted) -> None:
    events = habits(60)
    cuts = lambda look_back: [o.now.clock.as_of // DAY_S for o in origins(planted(events, look_back=look_back), 0)]  # noqa: E731
    assert cuts(380) == [500, 440]
    assert cuts(400) == [500]
    assert cuts(450) == [500]
    assert [len(o.lessons) for o in origins(planted(events, look_back=450), 0)] == [0]
    assert cuts(501) == []


def test_nothing_after_a_cut_reaches_the_groups_at_it(planted: Planted) -> None:
    """Two futures of one past: other customers, products, tastes and sums from day 440 on."""
    events = habits(120)
    cut = 440
    draw = np.random.default_rng(9)
    other = [e for e in events if e["ts_s"] < cut * DAY_S]
    for number in range(150):
        day = float(draw.uniform(cut, DAYS))
        other.append(event(f"c{number:03d}", day, 5_000, product_id="gold-1", category="gold"))
    here, there = (
        [(one.now.clock.as_of // DAY_S, labels, one) for one, labels in _origin_groups(planted(e))]
        for e in (events, other)
    )
    judged = [(mine, theirs) for mine, theirs in zip(here, there, strict=True) if mine[0] <= cut]
    assert [mine[0] for mine, _ in judged] == [440, 380, 320]
    for (_, mine, origin), (_, theirs, same) in judged:
        assert origin.now.features.table.equals(same.now.features.table)
        assert mine.tolist() == theirs.tolist()
    (_, _, first), (_, _, changed) = judged[0]
    assert not np.array_equal(first.now.targets, changed.now.targets), "the futures are the same: nothing was tested"


def test_the_order_of_customers_and_rows_changes_no_bit(planted: Planted) -> None:
    events = habits(90)
    draw = np.random.default_rng(0)
    first, second = (
        prove_segments(planted(e, look_back=380), QUICK)
        for e in (events, [events[i] for i in draw.permutation(len(events))])
    )
    assert first.contenders == second.contenders
    assert first.verdict == second.verdict


def test_another_seed_gives_another_interval_and_the_same_seed_the_same(planted: Planted) -> None:
    log = planted(habits(60), look_back=400)
    first, again, other = (prove_segments(log, replace(QUICK, k=4, seed=seed)) for seed in (0, 0, 1))
    assert first.contenders == again.contenders
    assert _by_key(first)["choice"].r_squared != _by_key(other)["choice"].r_squared


# what cannot be proven --------------------------------------------------------------------------------------------


def _why(proof: Proof) -> str:
    assert proof.verdict.code == "unproven"
    assert proof.contenders == proof.origins == ()
    assert list(proof.view())
    assert re.search(r"[\u4e00-\u9fff]", proof.verdict.text.zh)
    return proof.verdict.text.en


def test_a_log_shorter_than_look_back_and_horizon_proves_nothing_and_says_so(planted: Planted) -> None:
    why = _why(prove_segments(planted(habits(60), look_back=501), QUICK))
    assert f"one look-back (501 days) and one horizon ({HORIZON} days)" in why


def test_too_few_buyers_prove_nothing_and_it_is_said(planted: Planted) -> None:
    early = [e for e in habits(60) if e["day"] < 300]
    late = [event(f"c{n:03d}", 510, 5, category="tea") for n in range(29)]
    assert "fewer than 30 customers bought" in _why(prove_segments(planted([*early, *late]), QUICK))


def test_customers_who_all_do_the_same_prove_nothing_and_it_is_said(planted: Planted) -> None:
    """The same order on the same days from everyone: there is nothing to tell."""
    alike = [event(f"c{n:02d}", day, 5) for n in range(40) for day in range(5, DAYS, 30)]
    assert "all customers did the same" in _why(prove_segments(planted(alike), QUICK))


@pytest.mark.parametrize(
    ("asked", "said"),
    [({"space": "predictive"}, "Learning from earlier dates was asked for"), ({"k": 70}, "70 segments")],
)
def test_what_could_not_have_been_made_then_is_no_failure_of_the_run(
    planted: Planted, asked: dict[str, Any], said: str
) -> None:
    """Today there is an earlier date to learn from; at that date there was none."""
    why = _why(prove_segments(planted(habits(60), look_back=450), replace(QUICK, **asked)))
    assert "at no earlier date could segments be made" in why
    assert said in why


def test_one_segment_has_nothing_to_compare(planted: Planted) -> None:
    assert "one segment only" in _why(prove_segments(planted(habits(60)), replace(QUICK, k=1)))


def test_a_log_without_amounts_is_judged_by_orders(planted: Planted) -> None:
    events = [{**e, "amount": None} for e in habits(120)]
    proof = prove_segments(planted(events), QUICK)
    assert proof.outcomes[0] == "orders"
    assert "spend" not in _by_key(proof)["choice"].by_outcome
    assert "spend_bands" not in _by_key(proof)
    assert {finding.code for finding in proof.missing} >= {"missing_spend_bands", "missing_rfm_cells"}
    assert proof.verdict.code in ("better", "level", "worse")


def test_a_proof_written_and_read_is_equal(planted: Planted, tmp_path: Path) -> None:
    proof = prove_segments(planted(habits(60)), replace(QUICK, k=3))
    proof.write(tmp_path)
    assert Proof.read(tmp_path) == proof


def test_the_share_of_the_ceiling_and_the_agreement_between_dates_are_what_they_say(planted: Planted) -> None:
    proof = prove_segments(planted(habits()), QUICK)
    found = _by_key(proof)
    assert proof.ceiling_kept == pytest.approx(found["choice"].r_squared.value / found["ceiling"].r_squared.value)
    groups = [
        dict(zip(one.now.features.table["customer_id"].to_pylist(), labels.tolist(), strict=True))
        for one, labels in _origin_groups(planted(habits()))
    ]
    later, earlier = groups[0], groups[1]
    shared = sorted(later.keys() & earlier.keys())
    first = adjusted_rand_score([later[c] for c in shared], [earlier[c] for c in shared])
    assert len(groups) > 2
    assert proof.agreement is not None
    assert 0 < proof.agreement <= 1
    assert abs(first - proof.agreement) < 0.5
