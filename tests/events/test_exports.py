"""Exports of shop systems and public data sets, each by a few lines as they really look, with its traps."""

# ruff: noqa: DTZ001, E501 -- the engine gives UTC times without a zone; lines of exports stay whole
from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest

from shoal.words.errors import InputError
from tests.events.conftest import Load, Write, codes, events, rules

Refused = Callable[..., str]


def test_shopify_orders_keep_the_first_lines_word_for_all_lines_of_an_order(write: Write, loaded: Load) -> None:
    header = (
        "Name,Email,Financial Status,Paid at,Currency,Discount Code,Created at,Lineitem quantity,Lineitem name,"
        "Lineitem price,Lineitem sku,Billing Phone,Cancelled at,Vendor,Phone,Lineitem discount"
    )
    log, quality = loaded(
        write(
            "orders.csv",
            header,
            "#1001,Ann@Example.com,paid,2025-10-02 17:10:00 -0300,EUR,SUMMER,2025-10-02 17:09:34 -0300,2,Tea,4.50,T1,,,Leaf,,1.00",
            "#1001,Ann@Example.com,,,,,,1,Cup,9.00,,,,Clay,,0.00",
            "#1002,,refunded,,EUR,,2025-10-03 09:00:00 -0300,1,Tea,4.50,T1,'+49301234567,,Leaf,,0.00",
            "#1003,bo@example.com,paid,,EUR,,2025-10-04 09:00:00 -0300,1,Tea,4.50,T1,,2025-10-05 09:00:00 -0300,Leaf,,0.00",
        )
    )
    columns = ("event_time", "event_type", "product_id", "amount", "discount", "order_id", "coupon")
    assert events(log, *columns) == [
        (datetime(2025, 10, 2, 20, 9, 34), "purchase", "T1", Decimal(8), Decimal(1), "#1001", "SUMMER"),
        (datetime(2025, 10, 2, 20, 9, 34), "purchase", "Cup", Decimal(9), Decimal(0), "#1001", "SUMMER"),
        (datetime(2025, 10, 3, 12, 0), "cancel", "T1", Decimal("4.5"), Decimal(0), "#1002", None),
        (datetime(2025, 10, 4, 12, 0), "cancel", "T1", Decimal("4.5"), Decimal(0), "#1003", None),
    ]
    assert (log.customers, log.currency, quality.set_aside_records) == (3, "EUR", 0)


def test_shopify_customers_beside_the_orders_name_the_person(write: Write, loaded: Load) -> None:
    orders = write(
        "orders.csv",
        "Name,Email,Financial Status,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku",
        "#1,Ann@Example.com,paid,2025-10-02 17:09:34 -0300,2,Tea,4.50,T1",
        "#2,new@example.com,paid,2025-10-02 17:09:35 -0300,1,Tea,4.50,T1",
    )
    customers = write(
        "customers.csv",
        b"\xef\xbb\xbfCustomer ID,First Name,Last Name,Email,Accepts Email Marketing,Total Spent,Total Orders",
        "'7210448301122,Ann,Lee,ann@example.com,yes,9.00,1",
        "'7210448301123,No,Mail,,no,0.00,0",
        "'7210448301124,Ann,Again,ann@example.com,no,0.00,0",
    )
    log, quality = loaded(orders, customers)
    assert events(log, "customer_id")[0] == ("7210448301122",)
    listed = next(file for file in quality.files if file.kind == "lookup")
    assert (listed.records, listed.used, listed.duplicates, listed.set_aside) == (3, 1, 1, 1)
    assert rules(quality) == {"missing_key": 1}
    assert quality.records == 2


def test_woocommerce_lines_and_their_states(write: Write, loaded: Load) -> None:
    log, _ = loaded(
        write(
            "orders.csv",
            "Order Number,Order Status,Order Date,Email (Billing),Phone (Billing),Item #,SKU,Name,Quantity,Item Cost,"
            "Order Line (w/o tax)",
            "501,Completed,2025-03-01 10:00,a@example.com,,1,MUG,Mug,2,5.00,10.00",
            "501,Completed,2025-03-01 10:00,a@example.com,,2,MUG,Mug,2,5.00,10.00",
            "502,Cancelled,2025-03-02 10:00,,+4930123456,1,,Plate,1,7.00,7.00",
            "503,Pending payment,2025-03-03 10:00,c@example.com,,1,MUG,Mug,1,5.00,5.00",
        )
    )
    assert events(log, "event_type", "product_id", "amount", "order_id") == [
        ("purchase", "MUG", 10, "501"), ("purchase", "MUG", 10, "501"), ("cancel", "Plate", 7, "502"),
        ("cart", "MUG", 5, "503"),
    ]  # fmt: skip


def test_woocommerce_analytics_knows_names_alone_and_says_so(write: Write, loaded: Load) -> None:
    log, quality = loaded(
        write(
            "report.csv",
            "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales",
            '2025-03-01 10:00:00,501,"€1,020.00",completed,Ann Lee,new,"2× Mug, 1× Plate",3,,1020.00',
        )
    )
    assert events(log, "customer_id", "amount", "quantity") == [("Ann Lee", 1020, 3)]
    assert "customers_by_name" in codes(quality)


def test_ga4_events_with_items_inside(write: Write, loaded: Load) -> None:
    def event(name: str, items: list[dict[str, object]], **more: object) -> str:
        session = {"key": "ga_session_id", "value": {"string_value": None, "int_value": "77"}}
        return json.dumps(
            {
                "event_date": "20250301", "event_timestamp": "1740823200000000", "event_name": name,
                "event_params": [session], "user_id": None, "user_pseudo_id": "1.2", "device": {"category": "mobile"},
                "items": items, **more,
            }
        )  # fmt: skip

    tea = {
        "item_id": "T1",
        "item_name": "Tea",
        "item_category": "Drinks",
        "item_category2": "Hot",
        "price": 4.5,
        "quantity": 2,
    }
    log, quality = loaded(
        write(
            "events_20250301.json",
            event("session_start", []),
            event("view_item", [tea]),
            event("purchase", [tea, {**tea, "item_id": "T2"}], ecommerce={"transaction_id": "o1"}),
            event("page_view", []),
        )
    )
    columns = ("event_type", "product_id", "category", "amount", "order_id", "session_id", "device", "source_line")
    assert events(log, *columns) == [
        ("view", "T1", "Drinks/Hot", 9, None, "1.2/77", "mobile", 2),
        ("purchase", "T1", "Drinks/Hot", 9, "o1", "1.2/77", "mobile", 3),
        ("purchase", "T2", "Drinks/Hot", 9, "o1", "1.2/77", "mobile", 3),
    ]
    assert rules(quality) == {"other_event": 2}, "a page seen is no product that is missing"
    assert "ga4_late_rows" in codes(quality)
    assert events(log, "event_time")[0] == (datetime(2025, 3, 1, 10),)


OLIST = {
    "olist_orders_dataset.csv": (
        "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at",
        "o1,c1,delivered,2018-01-02 10:00:00,2018-01-02 10:10:00",
        "o2,c2,canceled,2018-02-03 11:00:00,",
        "o3,c3,delivered,2018-03-03 11:00:00,",
    ),
    "olist_customers_dataset.csv": (
        "customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state",
        "c1,ann,01001,sao paulo,SP", "c2,ann,01001,sao paulo,SP", "c3,bo,01002,sao paulo,SP",
    ),
    "olist_order_items_dataset.csv": (
        "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value",
        "o1,1,p1,s,2018-01-05 10:00:00,29.90,8.72", "o1,2,p1,s,2018-01-05 10:00:00,29.90,8.72",
        "o2,1,p1,s,2018-02-05 10:00:00,29.90,8.72", "o9,1,p1,s,2018-02-05 10:00:00,29.90,8.72",
    ),
    "olist_products_dataset.csv": (
        "product_id,product_category_name,product_name_lenght,product_photos_qty", "p1,brinquedos,40,1",
    ),
    "product_category_name_translation.csv": (
        "product_category_name,product_category_name_english", "brinquedos,toys",
    ),
}  # fmt: skip


def test_olist_is_joined_from_its_files_and_the_person_is_the_unique_one(write: Write, loaded: Load) -> None:
    log, quality = loaded(*(write(name, *lines) for name, lines in OLIST.items()))
    assert events(log, "customer_id", "event_type", "category", "amount", "order_id") == [
        ("ann", "purchase", "toys", Decimal("29.9"), "o1"),
        ("ann", "purchase", "toys", Decimal("29.9"), "o1"),
        ("ann", "cancel", "toys", Decimal("29.9"), "o2"),
    ]
    assert rules(quality) == {"missing_customer": 1}
    assert {file.file: file.kind for file in quality.files} == {
        name: "text" if "items" in name else "lookup" for name in OLIST
    }
    assert quality.set_aside.to_pylist()[0]["raw"] == "o9,1,p1,s,2018-02-05 10:00:00,29.90,8.72"


def test_a_part_of_an_export_names_the_part_that_is_missing(write: Write, refused: Refused) -> None:
    name = "olist_order_items_dataset.csv"
    assert "order_purchase_timestamp" in refused(InputError, write(name, *OLIST[name]))


def test_retailrocket_takes_the_latest_category(write: Write, loaded: Load) -> None:
    log, quality = loaded(
        write(
            "events.csv",
            "timestamp,visitorid,event,itemid,transactionid",
            "1433221332117,257597,view,355908,",
            "1433221332118,257597,addtocart,355908,",
            "1433222276276,257597,transaction,355908,4000",
        ),
        write("item_properties_part1.csv", "timestamp,itemid,property,value", "1433041200000,355908,categoryid,1338"),
        write(
            "item_properties_part2.csv",
            "timestamp,itemid,property,value",
            "1433646000000,355908,categoryid,1173",
            "1433646000000,355908,888,n1",
        ),
        write("category_tree.csv", "categoryid,parentid", "1173,213", "231,"),
    )
    assert events(log, "event_type", "category", "order_id") == [
        ("view", "213/1173", None), ("cart", "213/1173", None), ("purchase", "213/1173", "4000"),
    ]  # fmt: skip
    assert sum(file.kind == "lookup" for file in quality.files) == 3


def test_taobao_has_no_header(write: Write, loaded: Load) -> None:
    log, quality = loaded(
        write(
            "UserBehavior.csv",
            "1,2268318,2520377,pv,1511544070",
            "1,2268318,2520377,buy,1511561733",
            "2,5,7,fav,1512000000",
        )
    )
    assert events(log, "customer_id", "event_type", "product_id", "category", "ts_s") == [
        ("1", "view", "2268318", "2520377", 1511544070),
        ("1", "purchase", "2268318", "2520377", 1511561733),
        ("2", "favourite", "5", "7", 1512000000),
    ]
    assert "no_header" in codes(quality)


def test_instacart_days_are_counted_from_each_customers_first_order(write: Write, loaded: Load) -> None:
    log, quality = loaded(
        write("order_products__prior.csv", "order_id,product_id,add_to_cart_order,reordered", "11,1,1,0", "12,1,1,1", "12,2,2,0"),
        write(
            "orders.csv",
            "order_id,user_id,eval_set,order_number,order_dow,order_hour_of_day,days_since_prior_order",
            "11,7,prior,1,2,08,", "12,7,prior,2,3,09,15.0", "99,8,test,1,0,10,",
        ),
        write("products.csv", "product_id,product_name,aisle_id,department_id", "1,Soda,77,7", "2,Nuts,117,19"),
        write("aisles.csv", "aisle_id,aisle", "77,soft drinks"),
        write("departments.csv", "department_id,department", "7,beverages"),
    )  # fmt: skip
    assert events(log, "customer_id", "event_time", "order_id", "product_id", "category") == [
        ("7", datetime(2017, 1, 3, 8), "11", "1", "beverages/soft drinks"),
        ("7", datetime(2017, 1, 18, 9), "12", "1", "beverages/soft drinks"),
        ("7", datetime(2017, 1, 18, 9), "12", "2", None),
    ]
    assert "relative_days" in codes(quality)


def test_jd_orders_in_gbk_with_chinese_states(write: Write, loaded: Load) -> None:
    path = write("订单.csv")
    lines = (
        "订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,订单金额,订单状态,下单帐号,客户姓名",
        '="100001",5089273,龙井茶,2,在线支付,2024-05-03 10:12:00,59.00,118.00,完成,jd_abc,张三',
        '="100002",5089273,龙井茶,1,货到付款,2024-05-04 10:12:00,59.00,59.00,已取消,jd_def,李四',
    )
    path.write_bytes("\r\n".join(lines).encode("gbk"))
    log, quality = loaded(path, timezone="Asia/Shanghai")
    assert events(log, "customer_id", "event_type", "amount", "order_id", "event_time") == [
        ("jd_abc", "purchase", 118, "100001", datetime(2024, 5, 3, 2, 12)),
        ("jd_def", "cancel", 59, "100002", datetime(2024, 5, 4, 2, 12)),
    ]
    assert log.currency == "CNY"
    assert "encoding" in codes(quality)


TMALL_ORDERS = (
    "订单编号,买家会员名,买家应付货款,买家实际支付金额,订单状态,收货人姓名,订单创建时间,订单付款时间,宝贝标题,宝贝总数量",
    '"=""900001""",小明,30.00,28.00,交易成功,王五,2024-05-03 10:12:00,2024-05-03 10:13:00,茶，杯,2',
)


def test_tmall_orders_alone_and_with_their_lines(write: Write, loaded: Load) -> None:
    orders = write("ExportOrderList.csv", *TMALL_ORDERS)
    log, _ = loaded(orders)
    assert events(log, "customer_id", "amount", "quantity", "order_id") == [("小明", 28, 2, "900001")]
    lines = write(
        "ExportOrderDetailList.csv",
        "订单编号,标题,价格,购买数量,外部系统编号,商品属性,订单状态,商家编码",
        '"=""900001""",茶,18.00,1,,,交易成功,T-1',
        '"=""900001""",杯,12.00,1,,,交易成功,',
    )
    log, _ = loaded(lines, orders)
    assert events(log, "customer_id", "product_id", "amount", "order_id") == [
        ("小明", "T-1", 18, "900001"), ("小明", "杯", 12, "900001"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("in_lines", "in_orders"), [('"=""{}"""', "{}"), ("{}", '"=""{}"""'), ("'{}", '"=""{}"""'), ("\t{}", "{}\t")]
)
def test_an_order_number_guarded_in_one_file_alone_is_one_order(
    write: Write, loaded: Load, in_lines: str, in_orders: str
) -> None:
    orders = write("orders.csv", TMALL_ORDERS[0], TMALL_ORDERS[1].replace('"=""900001"""', in_orders.format(900001)))
    header = "订单编号,标题,价格,购买数量,外部系统编号,商品属性,订单状态,商家编码"
    lines = [f"{way.format(900001)},茶,18.00,{n},,,交易成功,T-{n}" for n, way in enumerate((in_lines, "{}"), 1)]
    log, quality = loaded(write("lines1.csv", header, lines[0]), write("lines2.csv", header, lines[1]), orders)
    assert events(log, "customer_id", "product_id", "amount", "order_id") == [
        ("小明", "T-1", 18, "900001"), ("小明", "T-2", 36, "900001"),
    ]  # fmt: skip
    assert not quality.set_aside.num_rows


def test_tmall_items_of_the_newer_export_find_their_buyer_in_the_orders(write: Write, loaded: Load) -> None:
    """The newer export names an order 主订单编号 in its items, and what was paid 买家实付金额."""
    orders = write(
        "orders.csv",
        "订单编号,买家会员名,买家应付货款,买家应付邮费,总金额,买家实付金额,订单状态,订单创建时间,订单付款时间,退款金额",
        '900002,小红,30.00,0.00,30.00,27.00,"买家已付款,等待卖家发货",2024-05-03 10:12:00,2024-05-03 10:13:00,0.00',
    )
    items = write(
        "items.csv",
        "子订单编号,主订单编号,商品标题,商品价格,购买数量,商品ID,商品属性,商家编码,订单状态,退款状态,退款金额,买家实付金额",
        '900003,900002,茶,18.00,1,71,,T-1,"买家已付款,等待卖家发货",没有申请退款,0.00,16.20',
        '900004,900002,杯,6.00,2,72,,,"买家已付款,等待卖家发货",没有申请退款,0.00,10.80',
        "900005,900002,盘,9.00,1,73,,,交易成功,退款成功,9.00,9.00",
    )
    log, quality = loaded(items, orders)
    assert [file.layout for file in quality.files] == ["tmall_items", "tmall_orders"]
    assert events(log, "customer_id", "event_type", "product_id", "quantity", "amount", "order_id") == [
        ("小红", "purchase", "T-1", 1, Decimal("16.2"), "900002"),
        ("小红", "purchase", "72", 2, Decimal("10.8"), "900002"),
        ("小红", "cancel", "73", 1, 9, "900002"),
    ]
    alone, _ = loaded(orders)
    assert events(alone, "amount", "event_type") == [(27, "purchase")]


def test_shopify_customers_alone_are_no_log_and_the_message_says_what_they_go_with(
    write: Write, refused: Callable[..., str]
) -> None:
    path = write(
        "customers.csv",
        "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Total Spent,Total Orders",
        "'7210448301122,Ann,Lee,ann@example.com,yes,20.00,1",
    )
    said = refused(InputError, path)
    assert "customers.csv is one part of an export (shopify_customers) and no log by itself." in said
    assert "Lineitem quantity" in said
