"""Known exports, columns the user names, and the guess for the rest."""

# ruff: noqa: DTZ001 -- the engine gives UTC times without a zone
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from shoal.events.known import LAYOUTS
from shoal.events.layouts import names_in
from shoal.words.errors import InputError, UsageError
from tests.events.conftest import Load, Write, codes, events, rules

ONLINE_RETAIL = (
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
    "536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,12/1/2010 8:26,2.55,17850.0,United Kingdom",
    "C536379,85123A,WHITE HANGING HEART T-LIGHT HOLDER,-1,12/13/2010 9:41,2.75,14527,United Kingdom",
    '536381,82567,"AIRLINE LOUNGE,METAL SIGN",2,12/13/2010 9:41,2.1,,United Kingdom',
    "536370,POST,POSTAGE,3,12/13/2010 8:45,18.0,12583,France",
)


@pytest.mark.parametrize("second", [False, True])
def test_online_retail(write: Write, loaded: Load, second: bool) -> None:
    lines = list(ONLINE_RETAIL)
    if second:
        lines[0] = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country"
    log, quality = loaded(write("a.csv", *lines))
    assert events(log, "customer_id", "event_time", "event_type", "quantity", "amount", "order_id") == [
        ("17850", datetime(2010, 12, 1, 8, 26), "purchase", 6, Decimal("15.30"), "536365"),
        ("14527", datetime(2010, 12, 13, 9, 41), "refund", 1, Decimal("2.75"), "C536379"),
    ]
    assert rules(quality) == {"missing_customer": 1, "not_a_product": 1, "refund_without_purchase": 1}
    assert {"float_ids", "date_order", "timezone_assumed"} <= codes(quality)
    assert log.currency == "GBP"
    assert log.engine.rows("SELECT product_id, name FROM products") == [
        ("85123A", "WHITE HANGING HEART T-LIGHT HOLDER")
    ]


@pytest.mark.parametrize("header", [[], ["customer_id  date number_of_cds  dollar_value"]])
def test_cdnow_with_and_without_a_header(write: Write, loaded: Load, header: list[str]) -> None:
    log, quality = loaded(write("cdnow.txt", *header, " 00001 19970101  1   11.77", " 00002 19970112  5    0.00"))
    wanted = [
        ("00001", datetime(1997, 1, 1), 1, Decimal("11.77"), f"day-{9862}"),
        ("00002", datetime(1997, 1, 12), 5, 0, f"day-{9873}"),
    ]
    assert events(log, "customer_id", "event_time", "quantity", "amount", "order_id") == wanted
    assert log.has == {"quantity", "amount", "order_id"}
    assert rules(quality) == {"zero_amount": 1}
    assert ("no_header" in codes(quality)) == (not header)
    assert "orders_derived" in codes(quality)
    assert "timezone_assumed" not in codes(quality)


def test_complete_journey_takes_its_categories_from_the_products_file(write: Write, loaded: Load) -> None:
    names = "household_id,store_id,basket_id,product_id,quantity,sales_value,retail_disc,coupon_disc,coupon_match_disc"
    path = write(
        "transactions.csv",
        f"{names},week,transaction_timestamp",
        "900,330,31198570044,1095275,1,0.50,0.10,-0.20,0,1,2017-01-01 11:53:26",
        "901,330,31198570045,7,0,0.00,0,0,0,1,2017-01-01 11:53:27",
    )
    products = write(
        "products.csv",
        "product_id,manufacturer_id,department,brand,product_category,product_type,package_size",
        "1095275,2,PASTRY,National,ROLLS/BUNS,DINNER ROLLS,6 CT",
        "1095275,2,OTHER,National,ROLLS,AGAIN,6 CT",
        ",2,OTHER,National,ROLLS,NAMELESS,6 CT",
        "25671,2,GROCERY,,FRZN ICE,ICE,22 LB",
    )
    log, quality = loaded(path, products=products)
    columns = ("category", "category_1", "brand", "amount", "discount", "order_id")
    row = ("PASTRY/ROLLS-BUNS", "PASTRY", "National", Decimal("0.5"), Decimal("0.3"), "31198570044")
    assert events(log, *columns) == [row]
    assert "brand" in log.has
    assert log.engine.rows("SELECT product_id, name, category, brand FROM products ORDER BY ALL") == [
        ("1095275", "DINNER ROLLS", "PASTRY/ROLLS-BUNS", "National"),
        ("25671", "ICE", "GROCERY/FRZN ICE", None),
    ]
    assert rules(quality) == {"zero_quantity": 1, "missing_product": 1}
    listed = quality.files[1]
    assert (listed.kind, listed.records, listed.used, listed.duplicates, listed.set_aside) == ("products", 4, 2, 1, 1)
    assert quality.records == 2


def test_rees46(write: Write, loaded: Load) -> None:
    log, _ = loaded(
        write(
            "2019-Oct.csv",
            "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session",
            "2019-10-01 00:00:00 UTC,view,44600062,2103807459595387724,,shiseido,35.79,541312140,s1",
            "2019-10-01 00:00:01 UTC,purchase,3900821,2053013552326770905,appliances.kitchen,aqua,33.20,554748717,s2",
            "2019-10-01 00:00:02 UTC,remove_from_cart,3900821,20530135,appliances.kitchen,aqua,33.20,554748717,s2",
        )
    )
    assert events(log, "event_type", "category", "brand", "amount", "session_id") == [
        ("view", None, "shiseido", Decimal("35.79"), "s1"),
        ("purchase", "appliances/kitchen", "aqua", Decimal("33.2"), "s2"),
        ("uncart", "appliances/kitchen", "aqua", Decimal("33.2"), "s2"),
    ]


def test_every_layout_is_told_from_every_other() -> None:
    for layout in LAYOUTS:
        columns = {name for theirs in layout.columns.values() for name in names_in(theirs)}
        joined = {name for beside in layout.beside for name in beside.take}
        assert {"customer_id", "event_time"} <= set(layout.columns)
        assert len(set(layout.known_by) & columns) >= 2
        assert not joined & set(layout.known_by)
    assert len({layout.code for layout in LAYOUTS}) == len(LAYOUTS)


OWN = ("Kunde;Datum;Artikel;Menge;Preis;Bon", "7;03.05.2024 10:12;a1;2;9,95;b1", "8;14.05.2024 11:00;a2;1;1.000,00;b2")


def test_columns_named_by_the_user(write: Write, loaded: Load) -> None:
    named = {
        "customer_id": "kunde",
        "event_time": "Datum",
        "product_id": "Artikel",
        "quantity": "Menge",
        "price": "Preis",
    }
    log, _ = loaded(write("a.csv", *OWN), columns=named)
    assert events(log, "customer_id", "event_time", "amount") == [
        ("7", datetime(2024, 5, 3, 10, 12), Decimal("19.90")),
        ("8", datetime(2024, 5, 14, 11, 0), Decimal(1000)),
    ]


def test_the_row_that_walks_through_the_design(write: Write, loaded: Load) -> None:
    header = "customer_id; event_time; event_type; product_id; quantity; price"
    log, _ = loaded(write("a.csv", header, "u91; 2024-05-03 10:12 +02:00; purchase; sku7; 2; 19,90"))
    columns = ("customer_id", "event_time", "event_type", "product_id", "quantity", "amount")
    wanted = ("u91", datetime(2024, 5, 3, 8, 12), "purchase", "sku7", 2, Decimal("39.80"))
    assert events(log, *columns) == [wanted]


def test_a_file_without_a_header_is_explained_by_places(write: Write, loaded: Load) -> None:
    path = write("a.csv", "1,2268318,pv,1511544070", "2,5,buy,1511561733")
    named = {"customer_id": "column_1", "event_time": "column_4", "event_type": "column_3", "product_id": "column_2"}
    log, quality = loaded(path, columns=named)
    assert events(log, "event_type", "ts_s", "source_line") == [("view", 1511544070, 1), ("purchase", 1511561733, 2)]
    assert "no_header" in codes(quality)


def test_what_the_user_names_wins_over_the_layout(write: Write, loaded: Load) -> None:
    log, _ = loaded(write("a.csv", *ONLINE_RETAIL), columns={"customer_id": "Country", "amount": "Quantity"})
    assert events(log, "customer_id", "amount")[0] == ("United Kingdom", 6)


def test_the_users_date_order_is_taken(write: Write, loaded: Load) -> None:
    path = write("a.csv", "customer_id,when", "a,01/02/2024", "b,03/04/2024")
    with pytest.raises(InputError, match="event_time=when:dmy"):
        loaded(path, columns={"event_time": "when"})
    log, quality = loaded(path, columns={"event_time": "when:dmy"})
    assert events(log, "event_time") == [(datetime(2024, 2, 1),), (datetime(2024, 4, 3),)]
    assert "date_order" in codes(quality)


def test_an_unknown_layout_shows_the_line_to_paste_and_the_line_works(write: Write, loaded: Load) -> None:
    path = write("a.csv", *OWN)
    with pytest.raises(InputError) as caught:
        loaded(path)
    message = str(caught.value)
    assert "Kunde, Datum, Artikel, Menge, Preis, Bon" in message
    line = next(part for part in message.splitlines() if "--columns" in part).split("--columns ")[1].strip("'")
    columns = dict(pair.split("=") for pair in line.split(","))
    assert columns == {
        "customer_id": "Kunde", "event_time": "Datum", "product_id": "Artikel", "quantity": "Menge", "price": "Preis",
    }  # fmt: skip
    assert loaded(path, columns=columns)[0].rows == 2


def test_the_guess_goes_by_contents_where_names_say_nothing(write: Write, loaded: Load) -> None:
    lines = [f"x{at},{at % 12},2024-01-{at % 28 + 1:02d} 10:00" for at in range(50)]
    with pytest.raises(InputError, match="customer_id=b,event_time=c") as caught:
        loaded(write("a.csv", "a,b,c", *lines))
    assert "event_time, customer_id" in str(caught.value)


def test_chinese_headers_are_guessed(write: Write, loaded: Load) -> None:
    path = write("订单.csv", "订单编号,买家,付款时间,商品名称,数量,实付金额", "1,小明,2024-01-01 10:00:00,茶,1,9.90")
    with pytest.raises(InputError, match="customer_id=买家,event_time=付款时间,order_id=订单编号,quantity=数量"):
        loaded(path)


def test_names_that_are_none_are_refused_with_those_there_are(write: Write, loaded: Load) -> None:
    path = write("a.csv", *ONLINE_RETAIL)
    with pytest.raises(UsageError, match=r"'custmer'.*\n.*customer_id, event_time"):
        loaded(path, columns={"custmer": "CustomerID"})
    with pytest.raises(UsageError, match=r"'Kunde'.*\n.*InvoiceNo, StockCode"):
        loaded(path, columns={"customer_id": "Kunde"})
    with pytest.raises(UsageError, match=r"'shopify'.*\n.*online_retail"):
        loaded(path, layout="shopify")
    with pytest.raises(UsageError, match="it has no customer_id"):
        loaded(path, layout="cdnow")


def test_a_table_with_one_row_a_customer_is_told_from_a_log(write: Write, refused: Callable[..., str]) -> None:
    lines = [f"{at},{20 + at % 50},{at % 9}.5,{at % 2}" for at in range(60)]
    said = refused(InputError, write("people.csv", "ID,Age,Spend,Newsletter", *lines))
    assert "none of its columns holds times" in said
    assert 'shoal segment people.csv --id "ID"' in said


def test_chinese_headers_of_a_shops_own_export_are_guessed_without_a_look_at_the_contents(
    write: Write, refused: Callable[..., str]
) -> None:
    path = write(
        "订单导出.csv",
        "会员编号,下单时间,订单编号,商品编号,商品分类,商品名称,购买数量,实付金额",
        "会员0001,2023-01-02 08:07:16,O1,P1,数码,耳机,1,140.21",
        "会员0002,2023-01-03 09:07:16,O2,P2,图书,字典,2,60.00",
    )
    said = refused(InputError, path)
    line = (
        "customer_id=会员编号,event_time=下单时间,order_id=订单编号,product_id=商品编号,quantity=购买数量,"
        "amount=实付金额,category=商品分类,name=商品名称"
    )
    assert line in said
    assert "guessed from contents alone" not in said


def test_a_flag_or_an_amount_is_never_guessed_to_be_the_customer(write: Write, refused: Callable[..., str]) -> None:
    lines = [f"2025-01-{at % 28 + 1:02d},{at % 2},{at % 7}.25,c{at % 20}" for at in range(60)]
    said = refused(InputError, write("a.csv", "Zeit,Newsletter,Rabatt,Wer", *lines))
    assert "customer_id=Wer,event_time=Zeit" in said
    assert "(guessed from contents alone: customer_id)" in said


def test_what_lies_beside_the_log_in_a_folder_is_left_out_and_named(
    write: Write, loaded: Load, refused: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "shop").mkdir()
    log_file = write("shop/log.csv", "customer_id,event_time,product_id", "a,2025-01-01,p1", "b,2025-01-02,p2")
    notes = write("shop/groups.csv", "product_id,product_group", "p1,tea", "", "p2,cups")
    log, quality = loaded(tmp_path / "shop")
    assert log.rows == 2
    said = next(finding for finding in quality.findings if finding.code == "left_out")
    assert said.text.en.startswith("groups.csv holds no log")
    assert quality.set_aside.to_pylist()[0]["source_file"] == "groups.csv"
    assert (quality.records, quality.set_aside_records) == (2, 1)
    assert "groups.csv" in refused(InputError, log_file, notes)


def test_an_answer_of_an_interface_is_a_document_and_its_customer_is_guessed(
    write: Write, refused: Callable[..., str]
) -> None:
    orders = ",".join(
        f'{{"id": {at}, "created_at": "2025-01-0{at}T10:00:00+01:00", "customer": {{"id": {70 + at % 3}}}, '
        f'"line_items": [{{"sku": "a{at}", "quantity": 2, "price": "5.00"}}]}}'
        for at in range(1, 7)
    )
    said = refused(InputError, write("api.json", f'{{"orders": [{orders}], "count": 6}}'))
    assert "customer_id=customer.id,event_time=created_at" in said
    assert "product_id=line_items.sku,quantity=line_items.quantity,price=line_items.price" in said
