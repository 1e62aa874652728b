"""The parity check itself: it passes what is portable and sees one bit of difference."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from tests.conftest import SESSIONS, Parity


def _events(n: int = 4_000) -> pa.Table:
    """Amounts that a sum of doubles would add up differently in every order: tenths, in no order."""
    return pa.table(
        {
            "customer_id": [f"u{i * 7_919 % 97}" for i in range(n)],
            "amount": pa.array([Decimal(i * 31 % 1_009) / 10 for i in range(n)], pa.decimal128(18, 4)),
            "ts_s": pa.array([i * 86_399 for i in range(n)], pa.int64()),
        }
    )


def test_there_are_sessions_to_compare() -> None:
    assert len(SESSIONS) >= 3


def test_decimal_sums_and_one_last_division_are_equal_to_the_last_bit(parity: Parity) -> None:
    found = parity(
        "SELECT customer_id, CAST(SUM(amount) AS DOUBLE) / COUNT(*) AS mean, (400000000 - MAX(ts_s)) / 864e2 AS days "
        "FROM events GROUP BY customer_id",
        {"events": _events()},
    )
    assert found.num_rows == 97


def test_logarithms_in_whole_millionths_add_up_to_the_same_bit(parity: Parity) -> None:
    amount = "CAST(amount AS DOUBLE)"
    term = f"CAST(floor({amount} * ln({amount}) * 1e6 + 5e-1) AS DECIMAL(38,0))"
    found = parity(
        f"SELECT customer_id, CAST(SUM(CASE WHEN amount > 0 THEN {term} END) AS DOUBLE) / 1e6 AS total "
        "FROM events GROUP BY customer_id",
        {"events": _events()},
    )
    assert found.num_rows == 97


def test_the_order_of_rows_of_the_answer_does_not_matter(parity: Parity) -> None:
    found = parity("SELECT * FROM t", {"t": pa.table({"x": [3, 1, None], "y": ["a", "b", None]})})
    assert found.column("x").to_pylist() == [1, 3, None]


def test_a_sum_of_doubles_is_caught(parity: Parity) -> None:
    numbers = pa.table({"x": [1e16, 1.0, -1e16, 1.0, 3.0, 1e-3] * 5})
    with pytest.raises(AssertionError, match="differ"):
        parity("SELECT SUM(x) AS total FROM t", {"t": numbers})


def test_a_row_picked_without_a_tie_break_is_caught(parity: Parity) -> None:
    tied = pa.table({"customer_id": ["u"] * 500, "ts_s": [1] * 500, "product_id": [f"p{i}" for i in range(500)]})
    with pytest.raises(AssertionError, match="differ"):
        parity("SELECT first(product_id) AS p FROM t GROUP BY customer_id", {"t": tied})
