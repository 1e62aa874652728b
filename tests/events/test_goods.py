"""The products file beside the log: one that says nothing is told, with what to do."""

from __future__ import annotations

import pytest

from tests.events.conftest import Load, Write

LOG = ("customer_id,event_time,product_id,amount", "u1,2024-05-01,sku7,5.00", "u2,2024-05-02,sku9,6.00")


@pytest.mark.parametrize("rows", [(), (",Green tea",)])
def test_a_products_file_without_a_product_is_told(write: Write, loaded: Load, rows: tuple[str, ...]) -> None:
    products = write("products.csv", "product_id,name", *rows)
    log, quality = loaded(write("orders.csv", *LOG), products=products)
    [said] = [finding for finding in quality.findings if finding.code == "nothing_in_file"]
    assert said.text.en.startswith("products.csv holds no record")
    assert said.do is not None
    assert log.engine.rows("SELECT COUNT(*) FROM products") == [(2,)]


def test_a_products_file_with_ids_of_another_kind_is_told_with_examples(write: Write, loaded: Load) -> None:
    products = write("products.csv", "product_id,name", "0001,Green tea", "0002,Pot", "0003,Cup", "0004,Tray")
    _, quality = loaded(write("orders.csv", *LOG), products=products)
    [said] = [finding for finding in quality.findings if finding.code == "products_unknown"]
    assert "none of its 4 products is in the log, so it says nothing of the 2 that are" in said.text.en
    assert said.do is not None
    assert "0001, 0002, 0003 there, sku7, sku9 in the log" in said.do.en
    assert "0001, 0002, 0003，日志中是 sku7, sku9" in said.do.zh


def test_a_products_file_that_knows_some_of_the_log_is_no_finding(write: Write, loaded: Load) -> None:
    products = write("products.csv", "product_id,name", "sku7,Green tea", "0002,Pot")
    _, quality = loaded(write("orders.csv", *LOG), products=products)
    assert not {"products_unknown", "nothing_in_file"} & {finding.code for finding in quality.findings}
