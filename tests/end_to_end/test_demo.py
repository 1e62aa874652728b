"""The textbook case on a shop with planted truth, and a shop in which there is nothing to find."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import adjusted_rand_score

from shoal.cli.main import build_app
from shoal.events.demo.shop import write_demo
from shoal.report.publish import run
from shoal.study.result import Study

TASTES = {"Electronics", "Clothing", "Home", "Books", "Food"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    write_demo(folder, 1_000, seed=0)
    return folder


def _with_two_orders(shop: Path) -> pa.Array:
    events = pq.read_table(shop / "events.parquet")
    bought = events.filter(pc.equal(events["event_type"], "purchase"))
    orders = bought.group_by("customer_id").aggregate([("order_id", "count_distinct")])
    return orders.filter(pc.greater_equal(orders["order_id_count_distinct"], 2))["customer_id"].combine_chunks()


def test_the_five_planted_groups_are_found_and_named_after_what_they_prefer(shop: Path, tmp_path: Path) -> None:
    """Customers with two orders and more shape the segments; the others are placed in them and not counted here."""
    asked = ["run", str(shop / "events.parquet"), "--out", str(tmp_path), "--space", "tastes", "--k", "auto"]
    asked += ["--min-orders", "2", "--look-back", "730d", "--currency", "EUR", "--no-proof", "--stages", "segments"]
    build_app("en").main(asked, standalone_mode=False)
    segments = Study.open(tmp_path).segments
    truth = pq.read_table(shop / "truth" / "customers.parquet")
    found = segments.table.select(["customer_id", "segment"]).join(truth, "customer_id")
    found = found.filter(pc.is_in(found["customer_id"], value_set=_with_two_orders(shop)))
    assert found.num_rows > 600
    assert segments.choice.picked == 5
    assert adjusted_rand_score(found["group"], found["segment"]) >= 0.9
    for one in segments.segments:
        assert one.favourites[0].label.en in one.name.en
        assert one.name.zh.startswith(f"偏爱{one.favourites[0].label.zh}")
    assert {one.favourites[0].label.en for one in segments.segments} == TASTES


def test_the_report_of_the_default_run_names_the_five_tastes(shop: Path, tmp_path: Path) -> None:
    study = run([shop / "events.parquet"], tmp_path, currency="EUR", timezone="UTC", proof=False)
    names = [one.name.en for one in study.segments.segments]
    assert {taste for taste in TASTES if any(taste in name for name in names)} == TASTES
    report = (study.folder / "report.html").read_text(encoding="utf-8")
    assert all(taste in report for taste in TASTES)
    assert len(set(names)) == len(names)


def test_a_shop_without_structure_is_one_segment_and_says_so(tmp_path: Path) -> None:
    write_demo(tmp_path / "flat", 500, seed=1, structure=False)
    log = tmp_path / "flat" / "events.parquet"
    study = run([log], tmp_path / "study", currency="EUR", timezone="UTC", proof=False)
    assert study.segments.choice.picked == 1
    assert "segments.one" in {finding.code for finding in study.findings}
    assert "no structure" in (study.folder / "report.html").read_text(encoding="utf-8")


def test_the_command_says_what_it_made_and_what_comes_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_app("en").main(["demo", str(tmp_path), "--customers", "30", "--seed", "2"], standalone_mode=False)
    said = "".join(capsys.readouterr().out.split())  # the path may be broken over lines, at any place
    assert f"shoalrun{tmp_path}/events.parquet" in said
    build_app("en").main(["demo", str(tmp_path), "--customers", "30", "--json"], standalone_mode=False)
    assert json.loads(capsys.readouterr().out)["rows"]["customers"] == 30
