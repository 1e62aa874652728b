"""One customer: which segment, how sure, why, and what would change it, in both languages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow.compute as pc
import pytest

import shoal
from shoal.segments.prospect import Change, Steadiness
from shoal.study.assign import assign
from shoal.study.customer import Customer, CustomerFeature, customer
from shoal.study.table import run_table
from shoal.words.language import Language, Text
from tests.contracts.conftest import write_shop


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> shoal.Study:
    folder = tmp_path_factory.mktemp("one")
    return shoal.run([write_shop(folder / "orders.csv", 120)], folder / "out", k=3, currency="GBP", proof=False)


@pytest.fixture(scope="module")
def one(study: shoal.Study) -> Customer:
    return customer(study, "c007")


def test_a_customer_says_segment_runner_up_and_how_sure(study: shoal.Study, one: Customer) -> None:
    table = study.segments.table
    row = table.filter(pc.equal(table["customer_id"], "c007")).to_pylist()[0]
    assert (one.segment, one.runner_up, one.confidence) == (row["segment"], row["runner_up"], row["confidence"])
    peers = [p for p in table.to_pylist() if p["segment"] == one.segment]
    assert one.surer_than == sum(p["confidence"] < row["confidence"] for p in peers) / len(peers)
    assert one.runner_up_name == study.segments.segment(row["runner_up"]).name


def test_a_customer_says_why_and_what_would_change_it(study: shoal.Study, one: Customer) -> None:
    assert one.reasons
    assert [reason.weight for reason in one.reasons] == sorted((r.weight for r in one.reasons), reverse=True)
    strongest = one.reasons[0]
    here, there = (study.segments.segment(n).of(strongest.feature) for n in (one.segment, one.runner_up))
    assert (strongest.here, strongest.there) == (here.median, there.median)
    for language, why in (("en", "Why"), ("zh", "为何属于")):
        shown = one.text(language)
        assert why in shown
        assert "GBP" in shown
        assert one.runner_up_name.say(language) in shown


def test_two_changes_are_named_where_one_does_not_suffice_and_none_where_none_was_found(one: Customer) -> None:
    more = Change("orders", Text("orders", "订单数"), "count", 1.0, 3.0, 1.0)

    def said(together: tuple[Change, ...], language: Language) -> str:
        return "".join(replace(one, changes=(), together=together).text(language).split())  # lines may break anywhere

    assert "thesetwotogetherwould:orders3insteadof1;orders3insteadof1" in said((more, more), "en")
    assert "两项同时变化" in said((more, more), "zh")
    assert "ofonefeatureoroftwotogether" in said((), "en")


def test_every_customer_of_the_study_can_be_shown(study: shoal.Study) -> None:
    for name in study.segments.table["customer_id"].to_pylist()[::17]:
        assert customer(study, name).text("en").startswith(f"Customer {name}")


def test_where_a_study_keeps_no_features_nothing_is_claimed_of_them(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("id,a\n" + "".join(f"x{n},{n % 2 * 50 + n}\n" for n in range(20)), encoding="utf-8")
    study = run_table(table, tmp_path / "out", k=2)
    (study.folder / "features.parquet").unlink()  # as studies were before they kept the rows of a table
    for language in ("en", "zh"):
        shown = customer(study, "x3").text(language)
        assert "No change of a single feature" not in shown
        assert "任何单个特征" not in shown


def test_a_customer_of_a_plain_table_gets_reasons_too(tmp_path: Path) -> None:
    """Two groups apart in visits alone: that is the reason, and what would move the customer."""
    table = tmp_path / "table.csv"
    rows = "".join(f"x{n},{n % 2 * 50 + n},{n % 3},{'ab'[n % 2]}\n" for n in range(40))
    table.write_text("id,visits,shoe,plan\n" + rows, encoding="utf-8")
    study = run_table(table, tmp_path / "out", k=2)
    shown = customer(study, "x3")
    assert [reason.feature for reason in shown.reasons] == ["visits"]
    assert shown.runner_up is not None
    assert [change.feature for change in shown.changes] == ["visits"]
    assert {one.name: one.value for one in shown.features} == {"visits": 53.0, "shoe": 0.0}
    for language in ("en", "zh"):
        assert "53" in shown.text(language)


def test_a_feature_is_written_in_its_unit_as_everywhere_else() -> None:
    said = Text("share of orders", "订单占比")
    share = CustomerFeature("share_weekend", said, 0.256, None, 0.1, "share")
    assert share.row("GBP") == (said, "26%", None, "10%")
    assert CustomerFeature("spend_total", said, 1234.5, 0.0, None, "money").row("GBP")[1:] == (
        "GBP 1,234",
        "GBP 0",
        None,
    )
    assert CustomerFeature("orders", said, 365.0, 2.46, 1.0, "count").row(None)[1:] == ("365", "2.5", "1")


def _shaky(study: shoal.Study) -> shoal.Study:
    first, *rest = study.segments.segments
    marked = replace(first, steadiness=Steadiness(0.9, 0.3, 0.9))
    return replace(study, segments=replace(study.segments, segments=(marked, *rest)))


def test_an_unstable_segment_is_marked_on_its_customers_and_where_it_is_exported(
    study: shoal.Study, tmp_path: Path
) -> None:
    shaky = _shaky(study)
    member = next(row["customer_id"] for row in study.segments.table.to_pylist() if row["segment"] == 1)
    assert "Unstable" in customer(shaky, member).text("en")
    assigned = assign(shaky, [write_shop(tmp_path / "again.csv", 60)])
    (warned,) = (finding for finding in assigned.findings if finding.code == "segments.unstable")
    assert shaky.segments.segment(1).name.en in warned.text.en
    assert shaky.segments.segment(1).name.en in assigned.text("en").split("Not found again")[1]
    assert "segments.unstable" not in {f.code for f in assign(study, [tmp_path / "again.csv"]).findings}
