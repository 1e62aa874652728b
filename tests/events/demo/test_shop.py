"""The demo shop: seeded, whole, and as its truth says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from shoal.events.demo import shop as demo
from shoal.events.demo.catalogue import goods
from shoal.events.demo.shop import write_demo
from shoal.words.columns import EVENT_TYPES, EVENTS, PRODUCTS


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    write_demo(folder, 600, seed=3)
    return folder


@pytest.fixture(scope="module")
def events(shop: Path) -> pa.Table:
    return pq.read_table(shop / "events.parquet")


@pytest.fixture(scope="module")
def truth(shop: Path) -> pa.Table:
    return pq.read_table(shop / "truth" / "customers.parquet")


def _of(events: pa.Table, what: str) -> pa.Table:
    return events.filter(pc.equal(events["event_type"], what))


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(shop: Path, tmp_path: Path) -> None:
    write_demo(tmp_path / "again", 600, seed=3)
    write_demo(tmp_path / "other", 600, seed=4)
    files = sorted(path.relative_to(shop) for path in shop.rglob("*.*"))
    assert len(files) == 8
    assert all((shop / f).read_bytes() == (tmp_path / "again" / f).read_bytes() for f in files)
    assert (shop / "events.parquet").read_bytes() != (tmp_path / "other" / "events.parquet").read_bytes()


def test_chunks_are_written_one_by_one_and_the_first_does_not_change_as_the_shop_grows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "CHUNK", 50)
    assert write_demo(tmp_path / "small", 50).rows["customers"] == 50
    assert write_demo(tmp_path / "large", 120).rows["customers"] == 120
    small, large = (pq.read_table(tmp_path / name / "events.parquet") for name in ("small", "large"))
    assert large.slice(0, small.num_rows).equals(small)
    assert pq.ParquetFile(tmp_path / "large" / "customers.parquet").num_row_groups == 3


def test_events_and_products_have_canonical_columns(shop: Path, events: pa.Table) -> None:
    assert set(events.column_names) <= {column.name for column in EVENTS}
    assert set(events["event_type"].unique().to_pylist()) <= set(EVENT_TYPES)
    assert set(pq.read_schema(shop / "products.parquet").names) <= {column.name for column in PRODUCTS}


def test_what_is_bought_was_viewed_and_put_into_the_cart_in_the_same_session(events: pa.Table) -> None:
    key = ("session_id", "product_id")
    seen, carted, bought = (
        set(zip(*(_of(events, what)[name].to_pylist() for name in key), strict=True))
        for what in ("view", "cart", "purchase")
    )
    assert len(bought) > 1_000
    assert bought <= carted <= seen


def test_amount_and_discount_make_up_the_price(shop: Path, events: pa.Table) -> None:
    bought, products = _of(events, "purchase"), pq.read_table(shop / "products.parquet")
    price = dict(zip(products["product_id"].to_pylist(), products["price"].to_pylist(), strict=True))
    full = [price[p] * q for p, q in zip(bought["product_id"].to_pylist(), bought["quantity"].to_pylist(), strict=True)]
    assert np.allclose(pc.add(bought["amount"], bought["discount"]).to_numpy(), full)


def test_every_return_is_of_a_line_that_was_bought_and_comes_later(events: pa.Table) -> None:
    bought, back = _of(events, "purchase"), _of(events, "refund")
    when = dict(zip(bought["order_id"].to_pylist(), bought["event_time"].to_pylist(), strict=True))
    assert back.num_rows > 20
    for order, time in zip(back["order_id"].to_pylist(), back["event_time"].to_pylist(), strict=True):
        assert when[order] < time


def test_reviews_speak_two_languages(events: pa.Table) -> None:
    said = "".join(_of(events, "review")["text"].to_pylist())
    assert "Happy with it" in said
    assert "质量不错" in said


def test_everyone_spends_most_on_the_taste_of_their_group(events: pa.Table, truth: pa.Table) -> None:
    group = dict(zip(truth["customer_id"].to_pylist(), truth["group"].to_pylist(), strict=True))
    bought = _of(events, "purchase")
    own = [
        path.split("/")[0] == group[customer]
        for customer, path in zip(bought["customer_id"].to_pylist(), bought["category"].to_pylist(), strict=True)
    ]
    assert np.mean(own) == pytest.approx(22 / 25, abs=0.05)  # the mean of Beta(22, 3)


def test_bots_only_look_and_fraudsters_share_a_card(events: pa.Table, truth: pa.Table) -> None:
    kinds = {kind: truth.filter(pc.equal(truth["kind"], kind))["customer_id"] for kind in ("bot", "fraudster")}
    bots = events.filter(pc.is_in(events["customer_id"], value_set=kinds["bot"].combine_chunks()))
    assert set(bots["event_type"].unique().to_pylist()) == {"view"}
    frauds = events.filter(pc.is_in(events["customer_id"], value_set=kinds["fraudster"].combine_chunks()))
    cards = _of(frauds, "purchase").group_by("payment_key").aggregate([("customer_id", "count_distinct")])
    assert max(cards["customer_id_count_distinct"].to_pylist()) == 3


def test_labels_are_known_only_after_the_order(shop: Path, events: pa.Table) -> None:
    labels, bought = pq.read_table(shop / "labels.parquet"), _of(events, "purchase")
    when = dict(zip(bought["order_id"].to_pylist(), bought["event_time"].to_pylist(), strict=True))
    assert set(labels["label"].unique().to_pylist()) == {"fraud", "legitimate"}
    days = [
        (known - when[order]).days
        for order, known in zip(labels["order_id"].to_pylist(), labels["known_at"].to_pylist(), strict=True)
    ]
    assert min(days) >= 14


def test_the_campaign_was_drawn_by_lot_and_moves_those_it_was_planted_for(tmp_path: Path) -> None:
    write_demo(tmp_path, 4_000, seed=5)
    sent = pq.read_table(tmp_path / "campaigns.parquet").to_pandas()
    truth = pq.read_table(tmp_path / "truth" / "customers.parquet").to_pandas()
    planted = json.loads((tmp_path / "truth" / "shop.json").read_text())["campaign"]["uplift_by_group"]
    answered = sent.merge(truth, on="customer_id").groupby(["group", "arm"])["ordered"].mean().unstack()
    assert sent["arm"].eq("treated").mean() == pytest.approx(0.5, abs=0.03)
    lift = answered["treated"] - answered["control"]
    assert lift["Food"] == pytest.approx(planted["Food"], abs=0.08)
    assert lift["Electronics"] == pytest.approx(0.0, abs=0.08)


def test_without_structure_all_have_one_rate_and_one_taste(tmp_path: Path) -> None:
    write_demo(tmp_path, 300, structure=False)
    truth = pq.read_table(tmp_path / "truth" / "customers.parquet")
    assert truth["orders_a_year"].unique().to_pylist() == [7.0]
    assert truth["kind"].unique().to_pylist() == ["ordinary"]


def test_the_catalogue_is_the_shops_and_not_the_customers() -> None:
    stock = goods(0)
    assert len(stock.cents) == 5 * 4 * 6 * 2
    assert len(set(stock.product_id)) == len(stock.product_id)
    assert stock.cents.min() > 0


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large")
    write_demo(folder, 3_000, seed=9)
    return folder


def _with_kind(shop: Path, what: str) -> dict[str, pa.Table]:
    """Events of one type by the kind of customer."""
    events = _of(pq.read_table(shop / "events.parquet"), what)
    truth = pq.read_table(shop / "truth" / "customers.parquet").select(["customer_id", "kind"])
    joined = events.join(truth, "customer_id")
    return {kind: joined.filter(pc.equal(joined["kind"], kind)) for kind in ("ordinary", "reseller", "heavy_returner")}


def test_resellers_buy_by_the_dozen_and_heavy_returners_send_most_of_it_back(large: Path) -> None:
    bought, back = _with_kind(large, "purchase"), _with_kind(large, "refund")
    pieces = {kind: pc.mean(rows["quantity"]).as_py() for kind, rows in bought.items()}
    assert pieces["reseller"] == pytest.approx(13.15, abs=0.5)  # 1 + 0.15 + a Poisson of 12
    assert pieces["ordinary"] == pytest.approx(1.15, abs=0.02)
    sent = {kind: back[kind].num_rows / bought[kind].num_rows for kind in bought}
    assert sent["heavy_returner"] == pytest.approx(0.6, abs=0.08)
    assert sent["ordinary"] < 0.12


def test_the_weeks_before_the_years_end_are_busier(large: Path) -> None:
    """Day 320 to 358 against 200 to 238: 1.35 by the season, times what the wave adds (about 1.1 to 0.92)."""
    days = _of(pq.read_table(large / "events.parquet"), "purchase")["event_time"].cast(pa.int64()).to_numpy() // 86_400
    of_first_year = days - days.min()
    late, plain = ((of_first_year >= start).sum() - (of_first_year >= start + 38).sum() for start in (320, 200))
    assert late / plain > 1.3


def test_coupons_and_sales_take_money_off_and_nothing_else_does(large: Path) -> None:
    bought = _of(pq.read_table(large / "events.parquet"), "purchase")
    share = pc.divide(bought["discount"], pc.add(bought["amount"], bought["discount"])).to_numpy()
    coupon = np.array(bought["coupon"].to_pylist(), dtype=object)
    assert {None, "WELCOME10", "SAVE15"} == set(coupon)
    assert share[coupon == "WELCOME10"] == pytest.approx(0.10, abs=0.01)
    assert share[coupon == "SAVE15"] == pytest.approx(0.15, abs=0.01)
    assert set(np.round(share[coupon == None], 1)) == {0.0, 0.2}  # noqa: E711 - element by element


def test_customers_bring_others_of_their_taste_who_come_later(large: Path) -> None:
    links = pq.read_table(large / "links.parquet")
    truth = pq.read_table(large / "truth" / "customers.parquet").to_pylist()
    signed = pq.read_table(large / "customers.parquet").to_pylist()
    group = {one["customer_id"]: one["group"] for one in truth}
    came = {one["customer_id"]: one["signed_up"] for one in signed}
    pairs = list(zip(links["customer_id"].to_pylist(), links["other_id"].to_pylist(), strict=True))
    assert len(pairs) > 300
    assert all(came[one] <= came[other] for one, other in pairs)
    assert np.mean([group[one] == group[other] for one, other in pairs]) > 0.75
    assert len({other for _, other in pairs}) == len(pairs)  # nobody is brought twice


def test_favourites_carts_and_what_was_put_back_are_among_what_they_do(events: pa.Table) -> None:
    counted = dict(zip(*(c.to_pylist() for c in events["event_type"].value_counts().flatten()), strict=True))
    assert counted["view"] > counted["cart"] > counted["favourite"] > 0
    assert counted["cart"] > counted["uncart"] > 0
