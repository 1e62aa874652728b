"""What every engine must do alike. A new engine joins `ENGINES` and is tested here without a new line."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shoal.engines.choose import ENGINES, open_engine
from shoal.engines.contract import Engine, literal, quoted
from shoal.words.errors import UsageError

AMOUNTS = pa.array([Decimal("1.10"), Decimal("2.20"), Decimal("3.30")], pa.decimal128(18, 4))
ORDERS = pa.table({"customer_id": ["u1", "u1", "u2"], "amount": AMOUNTS})
HOSTILE = [
    "plain",
    "O'Neill",
    'say "hi"',
    "; DROP TABLE events",
    "</script><img onerror=alert(1)>",
    "a\nb",
    "日本",
    "%s {x}",
]


def test_an_engine_keeps_the_contract(engine: Engine) -> None:
    assert isinstance(engine, Engine)
    assert engine.name in ENGINES
    assert engine.version


def test_registered_rows_come_back_as_table_rows_and_batches(engine: Engine) -> None:
    engine.register("orders", ORDERS)
    query = "SELECT customer_id, SUM(amount) AS spend FROM orders GROUP BY customer_id ORDER BY customer_id"
    assert engine.rows(query) == [("u1", Decimal("3.3000")), ("u2", Decimal("3.3000"))]
    assert engine.table(query).column("customer_id").to_pylist() == ["u1", "u2"]
    streamed = pa.Table.from_batches(engine.batches("SELECT * FROM orders", rows=2))
    assert sorted(streamed.column("amount").to_pylist()) == ORDERS.column("amount").to_pylist()


def test_a_stream_is_taken_as_it_is_read(engine: Engine) -> None:
    engine.register("orders", ORDERS.to_reader(max_chunksize=1))
    engine.run("CREATE TEMP TABLE kept AS SELECT * FROM orders")
    assert engine.rows("SELECT COUNT(*) FROM kept") == [(3,)]


def test_parquet_goes_out_and_comes_in_equal(engine: Engine, tmp_path: Path) -> None:
    engine.register("orders", ORDERS)
    files = [tmp_path / "engine" / "one.parquet", tmp_path / "engine" / "deep" / "O'Neill two.parquet"]
    assert [engine.write_parquet("SELECT * FROM orders", file) for file in files] == [3, 3]
    assert pq.read_table(files[0]).column("customer_id").to_pylist() == ["u1", "u1", "u2"]
    engine.open_parquet("twice", files)
    assert engine.rows("SELECT COUNT(*), SUM(amount) FROM twice") == [(6, Decimal("13.2000"))]


def test_a_division_by_zero_that_is_guarded_is_null(engine: Engine) -> None:
    assert engine.rows("SELECT 1e0 / NULLIF(0e0, 0e0)") == [(None,)]


@pytest.mark.parametrize("words", HOSTILE)
def test_a_value_is_never_sql(engine: Engine, words: str) -> None:
    assert engine.rows(f"SELECT {literal(words)}") == [(words,)]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_never_sql(engine: Engine, name: str) -> None:
    engine.register("t", pa.table({name: [7]}))
    assert engine.rows(f"SELECT {quoted(name)} FROM t") == [(7,)]


@given(words=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_survives_as_a_literal(engine: Engine, words: str) -> None:
    assert engine.rows(f"SELECT {literal(words)}") == [(words,)]


@pytest.mark.parametrize("value", [1.5, float("nan"), True, b"x"])
def test_what_has_no_portable_literal_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="no portable SQL literal"):
        literal(value)  # type: ignore[arg-type]


def test_closing_removes_what_lay_on_disk(tmp_path: Path) -> None:
    for name in ENGINES:
        with open_engine(name, tmp_path / name, memory="1GB") as session:
            assert (tmp_path / name).is_dir()
            session.run("SELECT 1")
        assert list((tmp_path / name).iterdir()) == []


def test_an_engine_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match=r"(?s)'oracle'.*duckdb"):
        open_engine("oracle")


def test_auto_is_the_embedded_engine() -> None:
    with open_engine("auto", memory="1GB") as session:
        assert session.name == "duckdb"
