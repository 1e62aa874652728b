"""Real exports, held against what is published about them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.events.conftest import Load, aside, codes, rules

ONLINE_RETAIL = Path(__file__).parents[2] / "examples" / "online_retail" / "online_retail.csv.gz"


@pytest.mark.slow
def test_online_retail_as_it_is_shipped(loaded: Load) -> None:
    """541,909 lines, 4,372 customers, 135,080 lines without a customer: the counts on the page of its source."""
    log, quality = loaded(ONLINE_RETAIL)
    assert quality.records == 541_909
    assert rules(quality) == {
        "missing_customer": 135_080, "not_a_product": 1_916, "duplicate": 5_220, "zero_amount": 34,
        "outlier": 4, "refund_without_purchase": 1_051, "refund_of_more": 56,
    }  # fmt: skip
    assert quality.used == log.rows == 541_909 - 135_080 - 1_916 - 5_220
    assert 4_372 - log.customers == 9, "customers who only ever had postage, fees and corrections"
    assert log.has == {"product_id", "quantity", "amount", "order_id", "hour"}
    assert log.clock.iso == "2011-12-10T00:00:00Z"
    sums = (
        "SELECT event_type, COUNT(*), CAST(SUM(amount) AS VARCHAR) FROM events GROUP BY event_type ORDER BY event_type"
    )
    # the same steps written in pandas give these counts and sums
    assert log.engine.rows(sums) == [("purchase", 391_187, "8737227.6430"), ("refund", 8_506, "471750.7100")]


@pytest.mark.shared
def test_the_night_of_rees46_with_its_cut_off_last_line(shared: Path, loaded: Load) -> None:
    log, quality = loaded(shared / "rees46_events" / "2019-Oct.csv.gz")
    assert aside(quality) == {17_436: "malformed_line"}
    assert (quality.records, quality.duplicates, log.rows) == (17_435, 5, 17_429)
    assert log.types == {"view", "cart", "purchase"}
    assert "timezone_assumed" not in codes(quality)
