"""The top of a report: a bad verdict is a callout with what to do, a good one a sentence; four figures to remember."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from shoal.events.demo.shop import write_demo
from shoal.measures.validity import Interval
from shoal.proof.result import Contender, Proof, Verdict
from shoal.report.headline import figures, verdict
from shoal.report.publish import run
from shoal.report.report import render_report
from shoal.show.blocks import Finding, Note
from shoal.study.result import Study
from shoal.words.language import Text
from tests.show.test_html import Outline


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder, 200, seed=2)
    return run([folder / "events.parquet"], folder / "out", k=3, space="behaviour", timezone="UTC", proof=False)


def _judged(study: Study, code: str) -> Study:
    said = Verdict(code, Text("In short: the verdict.", "一句话：结论。"))
    contenders = tuple(
        Contender(key, Text.same(key), 8, Interval(share, share - 0.02, share + 0.02), {}, None, None)
        for key, share in (("choice", 0.31), ("rfm_cells", 0.15), ("spend_bands", 0.22), ("kmeans_tastes", 0.4))
    )
    return replace(study, proof=Proof(made=study.segments.made, verdict=said, contenders=contenders))


@pytest.mark.parametrize(("code", "tone"), [("worse", "warning"), ("random", "problem"), ("unproven", "info")])
def test_a_bad_verdict_is_a_callout_with_what_to_do(study: Study, code: str, tone: str) -> None:
    block = verdict(_judged(study, code))
    assert isinstance(block, Finding)
    assert (block.severity, block.text.en) == (tone, "In short: the verdict.")
    assert block.do is not None
    judged = _judged(study, code)
    assert judged.proof is not None
    bare = replace(judged, proof=replace(judged.proof, contenders=()))
    shown = [attrs for tag, attrs in Outline(render_report(bare)).tags if tag == "div"]
    assert f"finding {tone}" in {attrs.get("class") for attrs in shown}


@pytest.mark.parametrize("code", ["better", "level", "alone"])
def test_another_verdict_is_the_first_sentence(study: Study, code: str) -> None:
    assert verdict(_judged(study, code)) == Note(Text("In short: the verdict.", "一句话：结论。"), "lead")
    assert verdict(study) == Note(study.verdict, "lead")


def test_the_figures_are_customers_segments_proof_and_records(study: Study) -> None:
    shown = {figure.label.en: figure for figure in figures(_judged(study, "better")).figures}
    assert shown["customers"].value.en == f"{study.segments.table.num_rows:,}"
    assert shown["segments"].value.en == "3"
    assert shown["explained of later weeks"].value.en == "31%"
    assert shown["explained of later weeks"].hint == Text("95 % interval 29% to 33%", "95% 区间 29% 至 33%")
    assert (
        shown["explained by the best plain way"].value.en == "22%"
    )  # spend bands; shoal's own other space is no plain way
    assert study.quality is not None
    assert shown["records used"].value.en == f"{study.quality.used / study.quality.records:.1%}"


def test_without_a_proof_nothing_is_said_to_be_explained(study: Study) -> None:
    assert "explained of later weeks" not in {figure.label.en for figure in figures(study).figures}


def test_the_figures_stand_before_the_first_section(study: Study, tmp_path: Path) -> None:
    words = Outline(render_report(study)).words
    assert words.index("records used") < words.index("What to know and do")
