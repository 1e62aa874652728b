"""Numbers as shops write them."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from shoal.engines.contract import Engine
from shoal.events.numbers import number_sql


def _read(engine: Engine, *texts: str) -> list[float | None]:
    engine.register("given", pa.table({"line": range(len(texts)), "n": list(texts)}))
    rows = engine.rows(f"SELECT {number_sql(engine, 'given', 'n')} FROM given ORDER BY line")
    return [None if value is None else float(Decimal(value)) for (value,) in rows]


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        (["1", "-2.5", " 3.25 ", "+4", "1e3", ""], [1, -2.5, 3.25, 4, 1000, None]),
        (["19,90", "1.234,50", "7", "-3,5"], [19.9, 1234.5, 7, -3.5]),
        (["1,234.50", "2.5", "12,345,678"], [1234.5, 2.5, 12345678]),
        (["1,234", "56"], [1234, 56]),
        (["£2.50", "$1,000.00", "¥3", "4.00 USD", "EUR 5"], [2.5, 1000, 3, 4, 5]),
        (["2,50 €", "3,00 €"], [2.5, 3]),
    ],
)
def test_a_number_is_read(engine: Engine, texts: list[str], wanted: list[float | None]) -> None:
    assert _read(engine, *texts) == wanted


@pytest.mark.parametrize("text", ["abc", "1.2.3", "12,50", "NaN", "inf", "1-2", "99999999999999999999", "--5"])
def test_what_is_no_number_beside_plain_ones_stays_unread(engine: Engine, text: str) -> None:
    """``12,50`` among decimal points could be 12.50 or 1250: it is not guessed."""
    assert _read(engine, "2.55", "3.39", text) == [2.55, 3.39, None]
