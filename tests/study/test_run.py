"""One run, from a log to a published study: every file of the contract, whole, equal after reading, never changed."""

from __future__ import annotations

import json
import shutil
from dataclasses import fields
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

import shoal
from shoal.report.report import render_report
from shoal.study.result import Study
from shoal.study.run import run
from shoal.study.settings import RunSettings
from shoal.study.store import Store
from shoal.study.table import run_table
from shoal.words.clock import DAY_S, parse_time
from shoal.words.errors import ShoalError, StudyError
from shoal.words.language import Text
from tests.segments.made import shop

FILES = {
    "manifest.json",
    "quality.json",
    "set_aside.parquet",
    "returns.parquet",
    "history.parquet",
    "recommendations.parquet",
    "recommendations.json",
    "features.parquet",
    "features.json",
    "segments.parquet",
    "segments.json",
    "k.json",
    "map.json",
    "proof.json",
    "model/segmenter.json",
    "model/newcomers.json",
    "model/product_groups.parquet",
    "report.html",
}
ASKED: dict[str, Any] = {"timezone": "Europe/London", "currency": "GBP", "k": 3, "memory": "1GB"}


LATER = {"map.json": "map", "model/newcomers.json": "newcomers"}
"""Files that studies had not from the first, and the part of the segments that they hold."""
KEPT = "model/recommender/"
"""The folder of the recommender; which arrays lie there depends on the methods that suit the shop."""


def _files(folder: Path) -> dict[str, bytes]:
    """The files of a study but the recommender's own."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not name.startswith(KEPT)}


def numbers_of(folder: Path) -> dict[str, object]:
    """Everything a study says but what must differ: seconds and the inputs' fingerprints."""
    found: dict[str, object] = {}
    for name, content in _files(folder).items():
        if name.endswith(".json") and name not in ("manifest.json", "quality.json"):
            told = json.loads(content)
            (told.get("made") or {}).pop("seconds", None)
            found[name] = told
        elif name.endswith(".parquet") and name not in ("set_aside.parquet", "returns.parquet"):
            found[name] = sha256(content).hexdigest()
    return found


@pytest.fixture(scope="module")
def folder(published: Path) -> Path:
    return Store(published).current()


def test_every_file_of_the_contract_is_there_and_no_other(folder: Path) -> None:
    assert set(_files(folder)) == FILES


def test_a_stage_that_did_not_run_leaves_no_file(shop_log: Path, tmp_path: Path) -> None:
    study = run([shop_log], tmp_path, stages="segments", proof=False, **ASKED)
    later = {"history.parquet", "recommendations.parquet", "recommendations.json", "proof.json", "report.html"}
    assert set(_files(study.folder)) == FILES - later
    assert not (study.folder / KEPT).exists()
    assert study.proof is None
    assert study.verdict.en.startswith("Nothing was proven here")
    with pytest.raises(StudyError, match="Parts there are: quality, features, segments"):
        study.part("proof")


def test_a_study_is_dated_as_the_shops_own_calendar_is(shop_log: Path, tmp_path: Path) -> None:
    asked = {**ASKED, "timezone": "Asia/Shanghai", "as_of": "2024-05-01", "k": 2}
    study = run([shop_log], tmp_path, stages="segments", proof=False, **asked)
    assert study.name == "2024-05-01-001"
    assert "behaviour before 2024-05-01" in render_report(study)
    first = study.segments.segments[0].outlook
    assert first is not None
    assert first.cut == "2024-02-01T00:00:00+08:00"


def test_nothing_in_a_study_is_code(folder: Path) -> None:
    """JSON, Parquet and one page; a pickle runs whatever its author liked."""
    for name, content in _files(folder).items():
        if name.endswith(".parquet"):
            assert content[:4] == content[-4:] == b"PAR1"
            assert not [field for field in pq.read_schema(folder / name) if pa.types.is_binary(field.type)]
        elif name.endswith(".json"):
            json.loads(content, parse_constant=pytest.fail)
        else:
            assert name == "report.html"
            assert content.startswith(b"<!doctype html>")
    arrays = sorted((folder / KEPT).glob("*.npy"))
    assert len(arrays) >= 10
    assert all(np.load(array, allow_pickle=False).dtype != object for array in arrays)
    assert {path.suffix for path in (folder / KEPT).iterdir()} == {".npy", ".json", ".parquet"}


def test_a_published_study_opens_as_it_was_made(shop_log: Path, tmp_path: Path, folder: Path) -> None:
    made = run([shop_log], tmp_path, **ASKED)
    opened = Study.open(tmp_path)
    assert made == opened == Study.open(made.folder) == Study.open(str(tmp_path))
    assert numbers_of(made.folder) == {k: v for k, v in numbers_of(folder).items() if k != "report.html"}


def test_written_again_a_study_is_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    study = Study.open(folder)
    for result in (*study.results, study.manifest):
        result.write(tmp_path)
    again = _files(tmp_path)
    assert len(again) >= 11
    assert again == {name: content for name, content in _files(folder).items() if name in again}


def test_the_tables_agree_with_each_other(folder: Path) -> None:
    study = Study.open(folder)
    assert study.features is not None
    assert study.quality is not None
    assert study.features.table["customer_id"].equals(study.segments.table["customer_id"])
    assert study.quality.customers == study.segments.table.num_rows == 240
    assert sum(segment.customers for segment in study.segments.segments) == 240
    history = pq.read_table(folder / "history.parquet")
    assert history.column_names == ["customer_id", "day", "product_id", "event_type", "quantity", "amount"]
    start = parse_time(str(study.manifest.made.as_of)) // DAY_S - int(study.manifest.look_back_days or 0)
    spend = sum(study.features.table["spend_total"].to_pylist())
    since = [history.filter(pc.greater_equal(history["day"], start + n)) for n in (0, 1)]
    longer, shorter = (sum(part["amount"].to_pylist()) for part in since)
    assert shorter <= spend <= longer  # the look-back starts within a day
    assert study.recommendations is not None
    offered = study.recommendations.table
    assert set(offered["customer_id"].to_pylist()) == set(study.segments.table["customer_id"].to_pylist())


def test_the_manifest_tells_how_to_make_it_again(folder: Path, shop_log: Path) -> None:
    manifest = Study.open(folder).manifest
    (source,) = manifest.inputs
    assert source.name == shop_log.name
    assert source.sha256 == sha256(shop_log.read_bytes()).hexdigest()
    assert source.records == len(shop_log.read_text(encoding="utf-8").splitlines()) - 1 == manifest.made.rows_in
    assert set(manifest.settings) == {field.name for field in fields(RunSettings)}
    assert (manifest.settings["k"], manifest.settings["timezone"]) == ("3", "Europe/London")
    assert {"python", "shoal", "duckdb", "numpy", "pyarrow", "scikit-learn", "scipy", "implicit"} == set(
        manifest.made.versions
    )
    assert manifest.made.engine == f"duckdb {manifest.made.versions['duckdb']}"
    assert manifest.study == folder.name
    assert manifest.made.as_of is not None
    day = datetime.fromtimestamp(parse_time(manifest.made.as_of), ZoneInfo("Europe/London")).date()
    assert folder.name == f"{day}-001"
    assert (manifest.horizon_days, manifest.parent) == (90, None)
    assert [cost.stage for cost in manifest.costs] == [
        "events",
        "features",
        "proof",
        "segments",
        "recommendations",
        "history",
        "report",
    ]
    assert all(cost.seconds > 0 and (cost.peak_memory_mb or 1) > 0 for cost in manifest.costs)
    assert sum(cost.seconds for cost in manifest.costs) >= manifest.made.seconds - 1


def test_a_catalogue_is_an_input_too(shop_log: Path, tmp_path: Path) -> None:
    catalogue = tmp_path / "products.csv"
    catalogue.write_text("product_id,name,category\np1,Pan,kitchen\n", encoding="utf-8")
    study = run([shop_log], tmp_path / "out", products=catalogue, proof=False, stages="segments", **ASKED)
    known = {source.name: source.sha256 for source in study.manifest.inputs}
    assert known == {f.name: sha256(f.read_bytes()).hexdigest() for f in (shop_log, catalogue)}


def test_a_second_study_stands_beside_the_first_and_changes_no_byte_of_it(shop_log: Path, tmp_path: Path) -> None:
    first = run([shop_log], tmp_path, proof=False, **ASKED)
    before = _files(first.folder)
    times = {path: path.stat().st_mtime_ns for path in first.folder.rglob("*")}
    second = run([shop_log], tmp_path, proof=False, **{**ASKED, "k": 4})
    assert [first.name[-3:], second.name[-3:]] == ["001", "002"]
    assert _files(first.folder) == before
    assert {path: path.stat().st_mtime_ns for path in first.folder.rglob("*")} == times
    assert Study.open(tmp_path) == second
    assert Study.open(first.folder) == first
    assert {path.name for path in tmp_path.iterdir()} == {"current", "studies", ".lock"}


@pytest.mark.parametrize("kind", ["pandas", "polars", "arrow", "parquet", "two files"])
def test_however_the_log_comes_the_study_is_the_same(kind: str, shop_log: Path, tmp_path: Path, folder: Path) -> None:
    table = pa_csv.read_csv(shop_log)
    sources: list[Any]
    if kind == "parquet":
        pq.write_table(table, tmp_path / "orders.parquet")
        sources = [tmp_path / "orders.parquet"]
    elif kind == "two files":
        lines = shop_log.read_text(encoding="utf-8").splitlines(keepends=True)
        for name, part in (("a.csv", lines[1:4000]), ("b.csv", lines[4000:])):
            (tmp_path / name).write_text("".join([lines[0], *part]), encoding="utf-8")
        sources = [tmp_path / "b.csv", tmp_path / "a.csv"]
    else:
        sources = [{"pandas": table.to_pandas, "polars": lambda: pl.from_arrow(table), "arrow": lambda: table}[kind]()]
        assert isinstance(sources[0], pd.DataFrame | pl.DataFrame | pa.Table)
    study = run(sources, tmp_path / "out", **ASKED)
    same = numbers_of(study.folder)
    assert same == numbers_of(folder)
    assert len(same) >= 9
    if kind in ("pandas", "polars", "arrow"):
        assert [source.sha256 for source in study.manifest.inputs] == [None]
    assert sum(source.records for source in study.manifest.inputs) == table.num_rows


def test_what_is_being_done_is_told_in_order_and_shares_lie_between_0_and_1(shop_log: Path, tmp_path: Path) -> None:
    told: list[tuple[Text, float | None]] = []
    run([shop_log], tmp_path, progress=lambda doing, share: told.append((doing, share)), **ASKED)
    words = [doing.en for doing, _ in told]
    stages = ["Loading and checking the events", "Computing features", "Testing the segments on later weeks"]
    stages += ["Finding segments", "Writing the history"]
    assert [word for word in words if word in stages] == stages
    assert all(share is None or 0 <= share <= 1 for _, share in told)


@pytest.mark.parametrize(
    "wrong",
    [
        {"k": "many"},
        {"k": 0},
        {"space": "hyper"},
        {"algorithm": "magic"},
        {"stages": "most"},
        {"horizon": "soon"},
        {"look_back": 0},
        {"timezone": "Mars/Base"},
        {"as_of": "yesterday"},
        {"engine": "abacus"},
        {"memory": "lots"},
        {"seed": -1},
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_read(wrong: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ShoalError) as caught:
        run([tmp_path / "never-read.csv"], tmp_path / "out", **wrong)
    assert "never-read" not in str(caught.value)
    assert Store(tmp_path / "out").names() == []


def test_settings_as_one_object_and_as_words_are_the_same() -> None:
    with pytest.raises(TypeError):
        run(["x.csv"], "out", colour="red")
    assert RunSettings(k="5").segmentation == RunSettings(k=5).segmentation


# a study that was damaged ---------------------------------------------------------------------------------------


UNREAD = {"report.html", "history.parquet", "recommendations.parquet", "recommendations.json"}
"""Files that opening a study does not read."""


@pytest.mark.parametrize("file", sorted(FILES - UNREAD))
@pytest.mark.parametrize("damage", ["gone", "cut", "garbage", "empty"])
def test_a_damaged_study_is_said_with_its_file(folder: Path, tmp_path: Path, file: str, damage: str) -> None:
    for name, content in _files(folder).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    hurt, content = tmp_path / file, (tmp_path / file).read_bytes()
    if damage == "gone":
        hurt.unlink()
        if file in LATER:  # studies made before there was such a file are read still
            assert getattr(Study.open(tmp_path).segments, LATER[file]) is None
            return
    else:
        hurt.write_bytes({"cut": content[: len(content) // 2], "garbage": b"\xff\x00[", "empty": b""}[damage])
    with pytest.raises(StudyError) as caught:
        Study.open(tmp_path)
    assert file.rpartition("/")[2] in str(caught.value) or file == "manifest.json"


@pytest.mark.parametrize(("file", "key"), [("manifest.json", "study"), ("segments.json", "columns")])
def test_a_study_of_another_version_says_what_it_lacks(published: Path, tmp_path: Path, file: str, key: str) -> None:
    shutil.copytree(published, tmp_path / "study", symlinks=True)
    path = Study.open(tmp_path / "study").folder / file
    told = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**told, "from_the_future": 1}), encoding="utf-8")
    assert Study.open(tmp_path / "study").name  # what is not known yet is passed over
    path.write_text(json.dumps({name: value for name, value in told.items() if name != key}), encoding="utf-8")
    with pytest.raises(StudyError, match=f"{file} lacks {key}: the study was made by another version"):
        Study.open(tmp_path / "study")


def test_what_a_part_of_a_file_lacks_is_no_damage_but_another_version(published: Path, tmp_path: Path) -> None:
    shutil.copytree(published, tmp_path / "study", symlinks=True)
    path = Study.open(tmp_path / "study").folder / "segments.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    del told["segments"][0]["number"]
    path.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(StudyError, match=r"segments.json lacks number: the study was made by another version"):
        Study.open(tmp_path / "study")


# a plain table --------------------------------------------------------------------------------------------------


def test_a_table_is_published_as_a_study_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    pa_csv.write_csv(shop(200).table.drop_columns(["gap_mean_days"]), file)
    study = run_table(file, tmp_path / "out", k=3, command="shoal segment customers.csv")
    assert set(_files(study.folder)) == {
        "manifest.json",
        "segments.parquet",
        "segments.json",
        "k.json",
        "map.json",
        "model/segmenter.json",
        "model/newcomers.json",
        "features.parquet",
        "set_aside.parquet",
    }
    assert (study.quality, study.features, study.proof) == (None, None, None)
    assert [source.sha256 for source in study.manifest.inputs] == [sha256(file.read_bytes()).hexdigest()]
    assert study.manifest.settings["k"] == 3
    assert study.manifest.made.rows_in == study.segments.table.num_rows == 200
    assert Study.open(tmp_path / "out") == study
    for part in ("quality", "proof", "features"):
        with pytest.raises(StudyError, match=f"no part '{part}'"):
            study.part(part)
    assert shoal.assign(study, [file]).table["segment"].equals(study.segments.table["segment"])


@pytest.mark.parametrize("kind", ["pandas", "polars", "arrow", "parquet"])
def test_however_the_table_comes_the_partition_is_the_same(kind: str, tmp_path: Path) -> None:
    table = shop(150).table
    pa_csv.write_csv(table, tmp_path / "a.csv")
    pq.write_table(table, tmp_path / "a.parquet")
    source: Any = {
        "pandas": table.to_pandas,
        "polars": lambda: pl.from_arrow(table),
        "arrow": lambda: table.set_column(0, "customer_id", table["customer_id"].dictionary_encode()),
        "parquet": lambda: tmp_path / "a.parquet",
    }[kind]()
    study = run_table(source, tmp_path / "out", k=4)
    plain = run_table(tmp_path / "a.csv", tmp_path / "out", k=4)
    assert study.segments.table.equals(plain.segments.table)
    assert (study.manifest.inputs[0].sha256 is None) == (kind != "parquet")


def test_a_plain_table_says_why_nothing_is_proven_and_shows_no_empty_column(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,a\n" + "".join(f"x{n},{n % 2 * 50 + n}\n" for n in range(20)))
    study = run_table(tmp_path / "a.csv", tmp_path / "out", k=2)
    assert "table without dates" in study.verdict.en
    assert "没有日期的表格" in study.verdict.zh
    shown = [column.label.en for column in study.segments.brief().columns]
    assert "share of spend" not in shown
    assert "share of customers" in shown
