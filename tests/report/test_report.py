"""The report of a real study of a small table: whole, in order, without ids unless asked for."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sklearn.datasets import make_blobs

from shoal.report.report import FILE, render_report, write_report
from shoal.segments.matching import Parent
from shoal.segments.segment import segment
from shoal.segments.settings import SegmentSettings
from shoal.study.result import Study
from shoal.study.table import run_table
from tests.segments.made import shop
from tests.show.test_html import Outline

COMMAND = "shoal segment customers.csv --out study --k 3"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("study")
    points, _ = make_blobs(120, 3, centers=3, random_state=3)
    rows = [f"person-{i:03d}," + ",".join(f"{value:.3f}" for value in point) for i, point in enumerate(points)]
    table = folder / "customers.csv"
    table.write_text(
        "\n".join(["customer_id,Age,Income,</script><img src=x onerror=alert(1)>", *rows]) + "\n", encoding="utf-8"
    )
    return run_table(table, folder / "out", k=3, command=COMMAND, report=write_report)


def test_the_report_lies_in_the_study(study: Study) -> None:
    assert (study.folder / FILE).is_file()


def test_it_can_be_written_again_anywhere(study: Study, tmp_path: Path) -> None:
    path = write_report(study, tmp_path)
    assert path == tmp_path / "report.html"
    assert path.read_text(encoding="utf-8") == render_report(study)


def test_the_verdict_comes_first_and_the_method_last(study: Study) -> None:
    words = Outline(render_report(study)).words
    places = [words.index(part) for part in (study.verdict.en, "What to know and do", "Who they are")]
    places += [words.rindex(part) for part in ("Side by side", "How the segments were found", "Making it again")]
    assert places == sorted(places)


def test_every_segment_has_its_card_in_its_colour(study: Study) -> None:
    cards = [attrs for tag, attrs in Outline(render_report(study)).tags if tag == "article"]
    assert [card["id"] for card in cards] == ["segment-1", "segment-2", "segment-3"]
    assert [card["class"] for card in cards] == ["card hue-0", "card hue-1", "card hue-2"]


def test_every_segment_is_named_in_both_languages(study: Study) -> None:
    words = Outline(render_report(study)).words
    for one in study.segments.segments:
        assert one.name.en in words
        assert one.name.zh in words


def test_the_method_tells_how_to_make_it_again(study: Study) -> None:
    words = Outline(render_report(study)).words
    fingerprint = study.manifest.inputs[0].sha256
    assert fingerprint is not None
    for part in (COMMAND, fingerprint, "customers.csv", "scikit-learn", "n_init", "max_iter"):
        assert part in words


def test_no_customer_is_named_unless_asked_for(study: Study) -> None:
    assert "person-" not in render_report(study)
    words = Outline(render_report(study, show_ids=True)).words
    named = {one.customer_id for segment in study.segments.segments for one in segment.typical}
    assert 5 <= len(named) <= 15
    assert all(one in words for one in named)
    assert named <= set(study.segments.table["customer_id"].to_pylist())


def test_a_hostile_column_name_stays_text(study: Study) -> None:
    report = render_report(study)
    assert "img" not in {tag for tag, _ in Outline(report).tags}
    assert report.count("</script>") == 3


def test_the_report_opens_in_the_language_asked_for(study: Study) -> None:
    assert '<html lang="zh">' in render_report(study, language="zh")


def test_the_same_study_gives_the_same_report(study: Study) -> None:
    assert render_report(study) == render_report(Study.open(study.folder))
    assert json.loads((study.folder / "manifest.json").read_text())["study"] == study.name


def test_changes_since_the_last_study_are_a_section_of_their_own(study: Study) -> None:
    features = shop(200, seed=3)
    first = segment(features, SegmentSettings(k=3))
    parent = Parent("2024-01-01-001", first.table.select(["customer_id", "segment"]))
    again = segment(features, SegmentSettings(k=4), parent=parent)
    words = Outline(render_report(replace(study, segments=again))).words
    places = [words.index(part) for part in ("How the segments were found", "Who changed segments", "Making it again")]
    assert places == sorted(places)
    assert "Who changed segments" not in Outline(render_report(replace(study, segments=first))).words


def test_what_to_know_and_do_stands_before_the_segments_and_says_what_to_do(study: Study) -> None:
    found = segment(shop(200, seed=3), SegmentSettings(k=3))
    advice = [one for one in found.findings if one.code.startswith("know.")]
    words = Outline(render_report(replace(study, segments=found))).words
    assert advice
    assert all(words.index(one.text.en) < words.index("Who they are") for one in advice)
    assert all(one.do is not None and one.do.zh in words for one in advice)
