"""A study with a customers file: attributes in it, contacts nowhere in it, newcomers placed."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from shoal.segments.newcomers import read_newcomers
from shoal.study.assign import assign
from shoal.study.result import Study
from tests.end_to_end.shop import ASKED, shoal


@pytest.fixture(scope="module")
def people(shop_log: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every customer of the small shop: a city that follows how much they buy's parity, and an e-mail address."""
    with shop_log.open(newline="", encoding="utf-8") as file:
        names = sorted({row["customer_id"] for row in csv.DictReader(file) if row["customer_id"]})
    lines = ["customer_id,signed_up,town,shoe,email"]
    lines += [
        f"{n},2020-01-{1 + i % 28:02d},{('York', 'Hull')[i % 2]},{36 + i * 7 % 10},who-{i}@mail.example"
        for i, n in enumerate(names)
    ]
    lines += ["fresh-1,2020-01-01,York,40,new-1@mail.example", "fresh-2,2020-01-01,Hull,41,new-2@mail.example"]
    file = tmp_path_factory.mktemp("people") / "people.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def study(shop_log: Path, people: Path, tmp_path_factory: pytest.TempPathFactory) -> Study:
    out = tmp_path_factory.mktemp("with people") / "out"
    asked = ("--customers", people, "--stages", "segments", "--no-proof", "--show-ids")
    ran = shoal("run", shop_log, "--out", out, *ASKED, *asked)
    assert ran.code == 0, ran.err
    return Study.open(out)


def test_attributes_are_features_of_the_study(study: Study) -> None:
    assert study.features is not None
    names = [info.name for info in study.features.columns if info.block == "attributes"]
    assert names == ["days_since_sign_up", "attribute_shoe", "attribute_town_hull", "attribute_town_york"]
    assert "signed_up" not in str(study.manifest.settings)


def test_the_account_of_the_file_is_in_the_quality(study: Study) -> None:
    assert study.quality is not None
    (file,) = [one for one in study.quality.files if one.kind == "customers"]
    assert file.records == file.used == study.segments.table.num_rows + 2


def test_no_file_of_the_study_holds_a_contact(study: Study) -> None:
    """The report was asked to show ids; it must not show contacts. The addresses lie in the private folder alone."""
    files = [path for path in study.folder.rglob("*") if path.is_file()]
    assert len(files) >= 8
    assert [path.name for path in files if b"mail.example" in path.read_bytes()] == []
    columns = [name for path in study.folder.rglob("*.parquet") for name in pq.read_schema(path).names]
    assert "email" not in columns
    assert (study.folder.parents[1] / "private" / "contacts.parquet").is_file()


def test_what_would_move_a_customer_is_never_who_they_are(study: Study) -> None:
    tried = {change.feature for one in study.segments.segments for move in one.moves for change in move.changes}
    assert not any(name.startswith(("attribute_", "days_since_sign_up")) for name in tried)


def test_with_attributes_of_no_meaning_newcomers_are_given_no_segment(
    study: Study, shop_log: Path, people: Path
) -> None:
    kept = read_newcomers(study.folder)
    assert kept == study.segments.newcomers
    found = assign(study, [shop_log], customers=people)
    told = kept is not None and kept.gain > 0
    codes = {finding.code for finding in found.findings}
    assert ("by_attributes" in codes, "not_by_attributes" in codes) == (told, not told)
    assert found.table.num_rows == study.segments.table.num_rows + 2 * told
    published = found.table.slice(0, study.segments.table.num_rows).drop_columns(["published_segment"])
    assert published.equals(study.segments.table)


def test_without_the_file_the_attributes_are_said_to_be_unknown(study: Study, shop_log: Path) -> None:
    found = assign(study, [shop_log])
    assert "attributes_unknown" in {finding.code for finding in found.findings}


def test_labels_by_mail_find_the_customers_the_log_knows_by_mail(tmp_path: Path) -> None:
    """Forty customers known by e-mail, written otherwise in the labels; one that is unknown stays so."""
    lines = ["customer_id,event_time,amount"]
    lines += [
        f"who-{i}@mail.example,2024-0{1 + n}-{1 + i % 28:02d},{1 + i % 2 * 9}" for i in range(40) for n in range(5)
    ]
    (tmp_path / "log.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    said = ["customer_id,label", "WHO-0@mail.example,small", "who-1@Mail.example,large", "nobody@mail.example,small"]
    (tmp_path / "labels.csv").write_text("\n".join(said) + "\n", encoding="utf-8")
    asked = ("--labels", tmp_path / "labels.csv", "--algorithm", "labelled", "--no-proof", "--stages", "segments")
    ran = shoal("run", tmp_path / "log.csv", "--out", tmp_path / "out", "--currency", "GBP", "--k", "2", *asked)
    assert ran.code == 0, ran.err
    study = Study.open(tmp_path / "out")
    (finding,) = [one for one in study.segments.findings if one.code == "segments.guided"]
    assert "Labels of 2 customers and 0 pairs were kept; 1 customers named there are not in the data" in finding.text.en
    assert {name: one.customers for name, one in zip("ab", study.segments.segments, strict=True)} == {"a": 20, "b": 20}
