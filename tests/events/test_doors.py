"""The doors: files and frames of every kind give the same log; what is none is refused in words."""

# ruff: noqa: DTZ001 -- the engine gives UTC times without a zone
from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shoal.events.result import EventLog
from shoal.words.errors import InputError, UsageError
from tests.events.conftest import HEADER, Load, Write, codes, events

LINES = (HEADER, "a,2025-01-01 10:00:00,purchase,p1,2,5.25,o1", "b,2025-01-02 11:30:00,view,p2,,,")
COLUMNS = ("customer_id", "event_time", "event_type", "product_id", "quantity", "amount", "order_id", "source_line")


def _table() -> pa.Table:
    return pa.table(
        {
            "customer_id": ["a", "b"],
            "event_time": [datetime(2025, 1, 1, 10), datetime(2025, 1, 2, 11, 30)],
            "event_type": ["purchase", "view"],
            "product_id": ["p1", "p2"],
            "quantity": [2.0, None],
            "amount": [5.25, None],
            "order_id": ["o1", None],
        }
    )


def _same(log: EventLog, first_line: int = 1) -> None:
    purchase = ("a", datetime(2025, 1, 1, 10), "purchase", "p1", Decimal(2), Decimal("5.25"), "o1", first_line)
    view = ("b", datetime(2025, 1, 2, 11, 30), "view", "p2", None, None, None, first_line + 1)
    assert events(log, *COLUMNS) == [purchase, view]
    assert log.has == {"product_id", "quantity", "amount", "order_id", "hour"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_text_table_with_any_delimiter(write: Write, loaded: Load, delimiter: str) -> None:
    log, quality = loaded(write("a.csv", *(line.replace(",", delimiter) for line in LINES)))
    _same(log, 2)
    assert ("delimiter" in codes(quality)) == (delimiter != ",")


def test_a_packed_text_table(tmp_path: Path, loaded: Load) -> None:
    content = "\r\n".join(LINES).encode()
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf" + content))
    _same(loaded(tmp_path / "a.csv.gz")[0], 2)


def test_quoted_fields_are_the_same_fields(write: Write, loaded: Load) -> None:
    _same(loaded(write("a.csv", *(",".join(f'"{field}"' for field in line.split(",")) for line in LINES)))[0], 2)


def test_a_parquet_file(tmp_path: Path, loaded: Load) -> None:
    pq.write_table(_table(), tmp_path / "a.parquet")
    log, quality = loaded(tmp_path / "a.parquet")
    _same(log)
    assert quality.files[0].sha256 is not None


@pytest.mark.parametrize(
    "frame",
    [
        lambda: _table(),
        lambda: pl.from_arrow(_table()),
        lambda: _table().to_pandas(),
        lambda: _table().to_pandas().set_index(pd.Index([7, 8])),
        lambda: _table().to_pandas().astype({"event_type": "category"}),
        lambda: _table().to_reader(),
    ],
    ids=["arrow", "polars", "pandas", "pandas with an index", "pandas with categories", "arrow reader"],
)
def test_a_frame(loaded: Load, frame: Callable[[], object]) -> None:
    log, quality = loaded(frame())
    _same(log)
    assert quality.files[0].file == "frame 1"


def test_ids_kept_as_numbers_are_ids(loaded: Load) -> None:
    table = pa.table(
        {
            "customer_id": pa.array([17850.0, None, float("nan")]),
            "event_time": ["2025-01-01"] * 3,
            "product_id": [1, 2, 3],
        }
    )
    log, quality = loaded(table)
    assert events(log, "customer_id", "product_id") == [("17850", "1")]
    assert quality.set_aside_records == 2


def test_several_files_make_one_log_each_with_its_account(write: Write, loaded: Load) -> None:
    log, quality = loaded(write("a.csv", *LINES), write("b.csv", LINES[0], LINES[1], "c,2025-01-03,view,p9,,,"))
    assert [(f.file, f.records, f.used, f.duplicates) for f in quality.files] == [
        ("a.csv", 2, 2, 0),
        ("b.csv", 2, 1, 1),
    ]
    assert log.rows == 3


def test_files_of_one_name_are_told_apart(tmp_path: Path, write: Write, loaded: Load) -> None:
    (tmp_path / "x").mkdir()
    one, two = write("a.csv", *LINES), write("x/a.csv", HEADER, "z,2025-01-03,view,p9,,,")
    assert [f.file for f in loaded(one, two)[1].files] == [str(one), str(two)]
    assert [f.duplicates for f in loaded(one, one)[1].files] == [0, 2]


def test_a_file_with_a_header_alone_beside_a_full_one_is_a_finding(write: Write, loaded: Load) -> None:
    log, quality = loaded(write("a.csv", *LINES), write("b.csv", HEADER))
    assert (log.rows, quality.files[1].records) == (2, 0)
    assert "nothing_in_file" in codes(quality)


Refused = Callable[..., str]


def test_a_missing_file_names_its_neighbours(write: Write, refused: Refused, tmp_path: Path) -> None:
    write("sales.csv", *LINES)
    assert "sales.csv" in refused(InputError, tmp_path / "sale.csv")


def test_a_folder_names_its_files(write: Write, refused: Refused, tmp_path: Path) -> None:
    write("sales.csv", *LINES)
    assert "sales.csv" in refused(InputError, tmp_path)


def test_a_header_alone_is_no_log(write: Write, refused: Refused) -> None:
    assert "only a header" in refused(InputError, write("a.csv", HEADER))


def test_a_broken_parquet_file_is_named(tmp_path: Path, refused: Refused) -> None:
    pq.write_table(_table(), tmp_path / "a.parquet")
    (tmp_path / "b.parquet").write_bytes((tmp_path / "a.parquet").read_bytes()[:-30])
    assert "b.parquet" in refused(InputError, tmp_path / "b.parquet")


def test_nothing_and_things_that_are_no_table_are_refused(refused: Refused) -> None:
    assert "No source" in refused(UsageError)
    assert "dict" in refused(UsageError, {"customer_id": ["a"]})
