"""Never more segments offered than the proof supports: whole runs over small, short, thin and plain shops."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from hashlib import md5
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from shoal.features.lessons import MOST_CUSTOMERS, sampled
from shoal.proof.result import Proof, Verdict
from shoal.proof.segments import prove_segments
from shoal.segments.settings import SegmentSettings
from shoal.segments.table import segment_table
from shoal.study.result import Study
from shoal.study.run import run as made
from shoal.study.support import limit, told, within
from shoal.words.language import Text
from shoal.words.provenance import Made
from tests.proof.conftest import Planted, habits

Shop = Callable[..., Study]
BENCH = Path(os.environ.get("SHOAL_BENCH", Path(__file__).parents[2] / "bench" / "data"))
CDNOW = BENCH / "lifetimes" / "datasets" / "CDNOW_master.txt"


def music_shop(customers: int, seed: int = 0) -> list[tuple[int, float, float]]:
    """Buyers like those of CDNOW: all come in the first twelve weeks, then at rates that differ, until they stop.

    The model is that of Fader, Hardie and Lee 2005 (BG/NBD) with the parameters they print for CDNOW, in weeks; an
    order is worth a log-normal 30 or so.
    """
    draw = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        rate, leave = draw.gamma(0.243, 1 / 4.414), draw.beta(0.793, 2.426)
        week, worth = draw.uniform(0, 12), draw.lognormal(3.2, 0.4)
        while week < 78:
            rows.append((number, week * 7, round(float(worth * draw.lognormal(0, 0.4)), 2)))
            if draw.random() < leave:
                break
            week += draw.exponential(1 / max(rate, 1e-9))
    return rows


@pytest.fixture
def run_shop(tmp_path: Path) -> Shop:
    def run(rows: list[tuple[int, float, float]], category: str | None = None, **asked: object) -> Study:
        lines = ["customer_id,event_time,event_type,order_id,amount" + (",category" if category else "")]
        for place, (number, day, amount) in enumerate(rows):
            when = np.datetime64("1997-01-01") + np.timedelta64(int(day * 24), "h")
            lines.append(f"c{number:05d},{when}:00,purchase,o{place},{amount}" + (f",{category}" if category else ""))
        log = tmp_path / "orders.csv"
        log.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return made([log], tmp_path / "out", **{"currency": "USD", "as_of": "1998-07-01", **asked})

    return run


def _offered_within_the_proof(study: Study) -> int:
    """How many segments are offered, none of them beyond the proof; and the limits every study keeps."""
    offered, proof = len(study.segments.segments), study.proof
    assert proof is not None
    if proof.verdict.code in ("random", "unproven") and proof.supports is not None:
        assert offered == 1
    elif proof.supports is not None:
        assert offered <= proof.supports
    if offered > 1 and proof.verdict.code != "unproven":
        choice = next(one for one in proof.contenders if one.key == "choice")
        assert choice.r_squared.low > 0
    assert study.verdict.en
    assert study.verdict.zh
    assert sum(one.customers for one in study.segments.segments) == study.segments.table.num_rows
    return offered


@pytest.mark.parametrize(("customers", "most"), [(100, 1), (200, 4), (500, 8)])
def test_a_small_shop_is_offered_no_more_than_the_proof_supports(run_shop: Shop, customers: int, most: int) -> None:
    study = run_shop(music_shop(customers))
    assert 1 <= _offered_within_the_proof(study) <= most
    if len(study.segments.segments) > 1:
        assert min(one.customers for one in study.segments.segments) >= 5


def test_a_hundred_customers_with_too_few_buyers_are_one_segment_and_it_is_said(run_shop: Shop) -> None:
    study = run_shop(music_shop(100))
    assert study.proof.verdict.code == "unproven"
    assert "fewer than 30 customers bought" in study.verdict.en
    assert len(study.segments.segments) == 1


def test_a_horizon_longer_than_the_history_proves_nothing_and_says_so(run_shop: Shop) -> None:
    study = run_shop(music_shop(200), horizon=700)
    assert study.proof.verdict.code == "unproven"
    assert "the log is shorter than" in study.verdict.en
    assert "日志短于" in study.verdict.zh
    assert study.proof.supports is None
    assert all(one.outlook is None for one in study.segments.segments)
    _offered_within_the_proof(study)


def test_without_buyers_in_the_window_one_segment_is_offered(run_shop: Shop) -> None:
    """Everyone bought in the first ten months and nobody after: there are customers, but nothing to be proven by."""
    early = [row for row in music_shop(300) if row[1] < 300]
    study = run_shop(early, look_back=200)
    assert study.proof.verdict.code == "unproven"
    assert "bought in any test window" in study.verdict.en
    assert len(study.segments.segments) == 1
    (said,) = (finding for finding in study.findings if finding.code in ("segments.unsupported", "segments.one"))
    assert said.severity == "warning"


def test_one_category_is_judged_by_spend_and_orders(run_shop: Shop) -> None:
    study = run_shop(music_shop(700), category="music")
    assert study.proof.outcomes[:2] == ("spend", "orders")
    assert len(study.proof.outcomes) <= 3
    assert _offered_within_the_proof(study) >= 1


def test_customers_who_buy_by_lot_are_one_segment(run_shop: Shop) -> None:
    """Everybody has the same rate and nobody stops: no grouping can say more than chance."""
    draw = np.random.default_rng(0)
    rows = [(n, float(day), 10.0) for n in range(150) for day in np.cumsum(draw.exponential(25, 40)) if day < 545]
    study = run_shop(rows)
    assert _offered_within_the_proof(study) == 1


def test_a_number_that_was_asked_for_is_made_and_judged(run_shop: Shop) -> None:
    study = run_shop(music_shop(100), k=4)
    assert len(study.segments.segments) == 4
    assert study.proof.verdict.code == "unproven"


def test_more_segments_than_supported_are_said_to_be_more() -> None:
    """A method that finds its own number (HDBSCAN) takes no limit; three segments where the proof supports two."""
    table = pa.table({"id": range(60), "visits": [n % 3 * 100 + n // 3 for n in range(60)]})
    found = segment_table(table, SegmentSettings(k=3, k_max=3))
    asked = SegmentSettings(algorithm="hdbscan")
    (said,) = [one for one in told(found, asked, _proof(2)).findings if one.code == "segments.beyond"]
    assert "found 3 segments; the proof supports 2" in said.text.en
    for proof in (_proof(3), _proof(None), None):
        assert told(found, asked, proof) == found
    assert told(found, SegmentSettings(k=3), _proof(2)) == found


def _proof(supports: int | None) -> Proof:
    return Proof(made=Made("proof"), verdict=Verdict("level", Text.same("")), supports=supports)


@pytest.mark.parametrize(
    ("supports", "asked", "k", "k_max"),
    [(None, "auto", "auto", 15), (1, "auto", 1, 15), (4, "auto", "auto", 4), (4, 9, 9, 15), (1, "elbow", "elbow", 15)],
)
def test_only_what_shoal_chooses_is_limited(supports: int | None, asked: int | str, k: int | str, k_max: int) -> None:
    made = within(SegmentSettings(k=asked), _proof(supports))
    assert (made.k, made.k_max) == (k, k_max)
    assert within(SegmentSettings(k=asked), None) == SegmentSettings(k=asked)


def test_labels_that_people_gave_are_not_limited() -> None:
    assert limit(SegmentSettings(algorithm="labelled"), _proof(1)) is None


def test_the_proof_supports_what_it_judged_and_no_more(planted: Planted) -> None:
    settings = SegmentSettings(n_init=1, k_max=5)
    proof = prove_segments(planted(habits(120), look_back=380), settings)
    assert proof.supports == max(origin.k for origin in proof.origins)
    alike = prove_segments(planted(habits(120, tastes=False, rates=False), look_back=400), replace(settings, k=4))
    assert (alike.verdict.code, alike.supports) == ("random", 1)


def test_a_large_shop_is_judged_on_the_same_md5_sample_of_a_hundred_thousand(
    planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number itself, and that every stage of the proof sees the sampled customers and no others."""
    assert MOST_CUSTOMERS == 100_000
    log = planted(habits(240), look_back=400)
    monkeypatch.setattr("shoal.features.lessons.MOST_CUSTOMERS", 120)
    few = sampled(log)
    assert 80 <= few.customers <= 160
    names = [row[0] for row in log.engine.rows(f"SELECT DISTINCT customer_id FROM {few.relation}")]
    heads = {name: md5(name.encode(), usedforsecurity=False).hexdigest() for name in names}
    assert all(head < f"{int(16**6 * 120 / 240):06x}" for head in heads.values())
    proof = prove_segments(log, SegmentSettings(n_init=1, k=3, space="rfm"))
    assert {origin.customers for origin in proof.origins} <= set(range(1, few.customers + 1))


@pytest.mark.parametrize("customers", [100, 200, 500])
@pytest.mark.skipif(not CDNOW.exists(), reason="no CDNOW in bench/data; make bench-data fetches it")
def test_cuts_of_the_real_shop_are_offered_no_more_either(tmp_path: Path, customers: int) -> None:
    lines = CDNOW.read_text().splitlines()
    known = sorted({line.split()[0] for line in lines})[:: 23_570 // customers][:customers]
    log = tmp_path / "CDNOW_master.txt"
    log.write_text("\n".join(line for line in lines if line.split()[0] in set(known)) + "\n")
    _offered_within_the_proof(made([log], tmp_path / "out", as_of="1998-06-30", currency="USD"))
