"""The report of a real study of a small table: whole, in order, without ids unless asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sklearn.datasets import make_blobs

from shoal.report.report import FILE, render_report, write_report
from shoal.study.result import Study
from shoal.study.table import run_table
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
    for segment in study.segments.segments:
        assert segment.name.en in words
        assert segment.name.zh in words


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
