"""Currencies: one is chosen, others are set aside or converted; none are added up."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shoal.words.errors import InputError, UsageError
from tests.events.conftest import Load, Write, aside, codes, events

LINES = tuple(f"a,2025-01-01,{money}" for money in ("10,0,EUR", "10,1,usd", "100,0,CNY", "5,0,GBP"))
HEADER = "customer_id,event_time,amount,discount,currency"


def test_several_currencies_stop_the_run_with_both_ways_out(write: Write, loaded: Load) -> None:
    with pytest.raises(InputError, match=r"--currency CNY.*--currency CNY,EUR=1\.25"):
        loaded(write("a.csv", HEADER, *LINES))


def test_other_currencies_are_converted_at_the_rates_given(write: Write, loaded: Load) -> None:
    """10 EUR, 10 USD at 0.92 and 100 CNY at 0.128 EUR; pounds have no rate."""
    log, quality = loaded(write("a.csv", HEADER, *LINES), currency="EUR,USD=0.92,cny=0.128")
    assert events(log, "amount", "discount", "currency") == [
        (10, 0, "EUR"), (Decimal("9.2"), Decimal("0.92"), "EUR"), (Decimal("12.8"), 0, "EUR"),
    ]  # fmt: skip
    assert (log.currency, aside(quality)) == ("EUR", {5: "other_currency"})
    assert "converted" in codes(quality)


@pytest.mark.parametrize("words", ["EUR,USD", "EUR,USD=x", "EUR,USD=0", "USD=0.9", "EUR,=2"])
def test_words_that_are_no_rate_are_refused(write: Write, loaded: Load, words: str) -> None:
    with pytest.raises(UsageError, match="neither a currency nor a rate"):
        loaded(write("a.csv", HEADER, *LINES), currency=words)
