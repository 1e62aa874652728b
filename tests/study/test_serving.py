"""A published study serves: known customers, new events, baskets, segments, visitors, similar products."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shoal.segments.newcomers import AttributeAxis, NewcomerMap
from shoal.study.lookup import Lookup
from shoal.study.result import Study
from shoal.study.run import run
from shoal.study.serving import Serving
from shoal.words.errors import StudyError, UsageError


@pytest.fixture(scope="module")
def shop(published: Path) -> Serving:
    return Serving.open(published)


def test_a_known_customer_gets_the_list_of_the_study(shop: Serving, published: Path) -> None:
    study = Study.open(published)
    assert study.recommendations is not None
    rows = [row for row in study.recommendations.table.to_pylist() if row["customer_id"] == "c007"][:5]
    found = shop.customer("c007", n=5)
    assert found.how == "known"
    assert [(o.rank, o.product_id, o.score) for o in found.products] == [
        (row["rank"], row["product_id"], row["score"]) for row in rows
    ]


def test_new_events_change_the_list_without_a_refit(shop: Serving) -> None:
    before = shop.customer("c007", n=8)
    last = before.products[-1].product_id
    after = shop.customer("c007", n=8, events=[{"product_id": last, "event_type": "purchase", "quantity": 3}] * 3)
    assert after.how == "fresh"
    assert [o.product_id for o in after.products] != [o.product_id for o in before.products]


def test_somebody_new_is_served_by_the_session_or_as_a_visitor(shop: Serving) -> None:
    session = shop.customer("nobody", n=4, events=[{"product_id": "p1", "event_type": "view"}])
    assert session.how == "session"
    visitor = shop.customer("nobody", n=4)
    assert visitor.how == "unknown"  # an id with a slip in it should be noticed
    assert "does not know this customer" in visitor.text("en")
    assert shop.visitor(n=4).how == shop.customer("", n=4).how == "visitor"
    assert [o.product_id for o in visitor.products] == [o.product_id for o in shop.visitor(n=4).products]
    assert {o.reason_code for o in visitor.products} == {"popular"}


def test_a_basket_gets_what_goes_with_it_and_not_itself(shop: Serving) -> None:
    found = shop.basket(["p1", "p2"], n=5)
    assert not {"p1", "p2"} & {o.product_id for o in found.products}
    assert [o.rank for o in found.products] == list(range(1, len(found.products) + 1))


def test_an_empty_basket_is_refused(shop: Serving) -> None:
    with pytest.raises(UsageError, match="basket is empty"):
        shop.basket([])


def test_an_empty_list_says_so(shop: Serving) -> None:
    assert "Nothing may be offered" in replace(shop.visitor(), products=()).text("en")
    assert "没有可推荐的商品" in replace(shop.visitor(), products=()).text("zh")


@pytest.mark.parametrize("file", ["recommendations.parquet", "history.parquet", "segments.parquet"])
@pytest.mark.parametrize("left", [None, b"PAR1 cut off"])
def test_a_study_with_a_file_lost_or_cut_off_says_which(
    published: Path, tmp_path: Path, file: str, left: bytes | None
) -> None:
    shutil.copytree(published, tmp_path / "study", symlinks=True)
    damaged = Serving.open(tmp_path / "study").folder / file
    damaged.unlink()
    if left is not None:
        damaged.write_bytes(left)
    with pytest.raises(StudyError, match=f"{file} cannot be read"):
        Serving.open(tmp_path / "study")


def test_reasons_speak_of_interest_where_the_study_holds_no_purchases(tmp_path: Path) -> None:
    rows = [f"c{n % 40},2024-0{1 + n % 6}-{1 + n % 27:02d},view,p{n * 7 % 9}" for n in range(900)]
    (tmp_path / "views.csv").write_text("customer_id,event_time,event_type,product_id\n" + "\n".join(rows))
    run([tmp_path / "views.csv"], tmp_path / "out", timezone="UTC", k=2, proof=False)
    shop = Serving.open(tmp_path / "out")
    for found in (shop.customer("c7", n=5), shop.visitor(n=5)):
        assert found.goal == "view"
        assert "interested" in found.text("en") or "looked at" in found.text("en")
        assert "bought" not in found.text("en")


def test_a_segment_has_a_list_and_an_unknown_one_is_refused(shop: Serving) -> None:
    assert len(shop.segment(1, n=3).products) == 3
    with pytest.raises(UsageError, match="9"):
        shop.segment(9)


def test_an_unknown_product_is_refused_by_name(shop: Serving) -> None:
    with pytest.raises(UsageError, match="no product px"):
        shop.similar("px")
    with pytest.raises(UsageError, match="no product px"):
        shop.customer("c007", events=[{"product_id": "px"}])


def test_a_study_without_recommendations_says_so(shop_log: Path, tmp_path: Path) -> None:
    run([shop_log], tmp_path, timezone="UTC", k=3, proof=False, stages="segments")
    with pytest.raises(StudyError, match="no recommendations"):
        Serving.open(tmp_path)


@pytest.mark.parametrize("rows", [1, 7, 1000])
def test_one_customers_rows_are_found_in_any_row_group(tmp_path: Path, rows: int) -> None:
    ids = sorted(f"k{n % 40:02d}" for n in range(200))
    table = pa.table({"customer_id": ids, "n": list(range(200))})
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=rows)
    look = Lookup(tmp_path / "t.parquet")
    for name in ("k00", "k17", "k39"):
        assert look.rows(name)["n"].to_pylist() == [n for n, other in enumerate(ids) if other == name]
    assert [look.rows(name).num_rows for name in ("", "k", "k395", "z")] == [0, 0, 0, 0]


@pytest.fixture
def told(published: Path, tmp_path: Path) -> Serving:
    """The same study, as if it had learned that the gold plan is bought by segment 2."""
    copied = tmp_path / "study"
    shutil.copytree(published, copied, symlinks=True)
    axis = AttributeAxis("attribute_plan_gold", "plan", "gold", 0.5, 0.5, 0.0, 1.0)
    number = AttributeAxis("attribute_age", "age", None, 40.0, 10.0, 18.0, 90.0)
    learned = NewcomerMap((axis, number), ((-1.0, 0.0), (1.0, 0.0)), (0.0, 0.0), (0.5, 0.5), 0.1, 60)
    _learned(copied, learned)
    return Serving.open(copied)


def _learned(shop: Path, learned: NewcomerMap) -> None:
    folder = Serving.open(shop).folder / "model"
    (folder / "newcomers.json").write_bytes(msgspec.json.encode({"newcomers": learned}))


def test_attributes_of_somebody_new_choose_the_segment_whose_list_is_offered(told: Serving) -> None:
    found = told.customer("nobody", n=5, attributes={"plan": "gold", "age": "31"})
    assert found.how == "attributes"
    assert found.products == told.segment(2, n=5).products
    assert told.customer("nobody", n=5, attributes={"plan": "tin"}).products == told.segment(1, n=5).products


def test_with_a_session_too_both_count(told: Serving) -> None:
    looked = [{"product_id": "p1", "event_type": "view"}]
    found = told.customer("nobody", n=5, events=looked, attributes={"plan": "gold"})
    assert found.how == "session_attributes"
    assert found.products[0].reason_code != "popular" or found.products != told.segment(2, n=5).products


def test_of_a_customer_with_a_segment_attributes_are_not_asked(told: Serving) -> None:
    assert told.customer("c007", n=5, attributes={"plan": "gold"}) == told.customer("c007", n=5)


def test_attributes_that_tell_nothing_leave_the_shops_list_and_say_so(told: Serving) -> None:
    shares = NewcomerMap((), ((), ()), (0.0, -1.0), (0.7, 0.3), 0.0, 60)
    _learned(told.folder.parents[1], shares)
    deaf = Serving(told.folder, told.made)
    assert deaf.customer("nobody", n=4, attributes={}).how == "unknown"
    with pytest.raises(UsageError, match="plan"):
        deaf.customer("nobody", n=4, attributes={"plan": "gold"})
    axis = AttributeAxis("attribute_plan_gold", "plan", "gold", 0.5, 0.5, 0.0, 1.0)
    _learned(told.folder.parents[1], NewcomerMap((axis,), ((0.0,), (0.0,)), (0.0, -1.0), (0.7, 0.3), 0.0, 60))
    said = Serving(told.folder, told.made).customer("nobody", n=4, attributes={"plan": "gold"})
    assert said.how == "untold"
    assert said.products == told.visitor(n=4).products


def test_unknown_attributes_and_words_for_numbers_are_refused(told: Serving, shop: Serving) -> None:
    with pytest.raises(UsageError, match="shoe"):
        told.customer("nobody", attributes={"shoe": 40})
    with pytest.raises(UsageError, match="age"):
        told.customer("nobody", attributes={"age": "old"})
    with pytest.raises(UsageError, match="attributes"):
        shop.customer("nobody", attributes={"plan": "gold"})
