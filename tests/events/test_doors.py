"""The doors: files and frames of every kind give the same log; what is none is refused in words."""

# ruff: noqa: DTZ001 -- the engine gives UTC times without a zone
from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shoal.engines.contract import Engine
from shoal.events.doors import Door
from shoal.events.result import EventLog
from shoal.events.staged import unite
from shoal.words.errors import InputError, UsageError
from shoal.words.progress import silent
from tests.events.conftest import HEADER, Load, Write, aside, codes, events
from tests.events.workbook import workbook

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


def test_a_folder_without_data_names_what_it_holds(write: Write, refused: Refused, tmp_path: Path) -> None:
    write("notes.md", "# sales")
    assert "notes.md" in refused(InputError, tmp_path)


def test_a_folder_of_daily_files_is_one_log_read_by_one_evidence(write: Write, loaded: Load, tmp_path: Path) -> None:
    """A day alone cannot say whether 03/04 is in April; the whole folder can."""
    (tmp_path / "days" / "deeper").mkdir(parents=True)
    header = "customer_id,event_time,amount"
    write("days/1.csv", header, "a,03/04/2025,1.00", "")
    write("days/deeper/2.csv", "amount,event_time,customer_id", "2.00,25/04/2025,b")
    write("days/3.csv", header)
    write("days/readme.md", "notes")
    for source in (tmp_path / "days", str(tmp_path / "days" / "**" / "*.csv")):
        log, quality = loaded(source)
        assert events(log, "customer_id", "event_time", "amount", "source_line") == [
            ("a", datetime(2025, 4, 3), 1, 2),
            ("b", datetime(2025, 4, 25), 2, 2),
        ]
        assert [(f.file, f.records, f.used, f.set_aside) for f in quality.files] == [
            ("1.csv", 2, 1, 1), ("3.csv", 0, 0, 0), ("2.csv", 1, 1, 0),
        ]  # fmt: skip
        assert {"files_united", "nothing_in_file"} <= codes(quality)


def test_a_pattern_that_matches_nothing_is_refused(refused: Refused, tmp_path: Path) -> None:
    assert "2024-*.csv" in refused(InputError, f"{tmp_path}/2024-*.csv")


JSON_LINES = (
    '{"customer_id": "a", "event_time": "2025-01-01 10:00:00", "event_type": "purchase", "product_id": "p1", '
    '"quantity": 2, "amount": 5.25, "order_id": "o1"}',
    '{"product_id": "p2", "customer_id": "b", "event_time": "2025-01-02 11:30:00", "event_type": "view"}',
)


def test_json_lines(write: Write, loaded: Load) -> None:
    log, quality = loaded(write("a.jsonl", *JSON_LINES, '{"customer_id": "c", "event', "", '["d"]', b'{"x": "\xff"}'))
    _same(log)
    assert {row["source_line"]: row["rule"] for row in quality.set_aside.to_pylist()} == {
        3: "malformed_json", 4: "blank_line", 5: "malformed_json", 6: "bad_encoding",
    }  # fmt: skip


def test_a_json_document(write: Write, loaded: Load, refused: Refused) -> None:
    _same(loaded(write("a.json", '{"count": 2, "data": [', JSON_LINES[0] + ",", JSON_LINES[1] + "]}"))[0])
    _same(loaded(write("b.json", "[" + JSON_LINES[0] + ",", JSON_LINES[1] + "]"))[0])
    assert "cannot be read to its end" in refused(InputError, write("c.json", "[" + JSON_LINES[0] + ","))
    assert "without a list" in refused(InputError, write("d.json", "{", '"data": 5}'))


def test_things_listed_in_one_object_are_rows_of_their_own(write: Write, loaded: Load) -> None:
    """Two equal things in one order are two things; the same order again is a duplicate."""
    things = '[{"product_id": "p1", "price": 2}, {"product_id": "p1", "price": 2}, {"price": 9}]'
    order = f'{{"customer_id": "a", "event_time": "2025-01-01", "order_id": "7", "items": {things}}}'
    columns = {"product_id": "items.product_id", "price": "items.price"}
    log, quality = loaded(write("a.json", order, order), columns=columns)
    assert events(log, "product_id", "amount", "source_line") == [("p1", 2, 1), ("p1", 2, 1)]
    assert (quality.records, quality.duplicates, quality.set_aside_records) == (6, 2, 2)


def test_a_table_with_nested_columns(tmp_path: Path, loaded: Load) -> None:
    table = pa.table(
        {
            "customer_id": ["a"],
            "event_time": [datetime(2025, 1, 1, 10)],
            "items": [[{"product_id": "p1", "price": 2.5}, {"product_id": "p2", "price": 1.0}]],
        }
    )
    columns = {"product_id": "items.product_id", "price": "items.price"}
    pq.write_table(table, tmp_path / "a.parquet")
    for source in (tmp_path / "a.parquet", table):
        assert events(loaded(source, columns=columns)[0], "product_id", "amount") == [("p1", Decimal("2.5")), ("p2", 1)]


@pytest.mark.parametrize(
    ("encoding", "name"), [("gb18030", "商品名称和颜色"), ("cp1252", "Müller, Größe é"), ("utf-16", "商品 ü")]
)
def test_texts_that_are_no_utf8(write: Write, loaded: Load, encoding: str, name: str) -> None:
    lines = [f'u{at},2025-01-{at + 1:02d},"{name} {at}",1.00' for at in range(9)]
    content = "\n".join(["customer_id,event_time,name,amount", *lines]).encode(encoding)
    path = write("a.csv")
    path.write_bytes(content)
    log, quality = loaded(path, columns={"product_id": "name"})
    assert events(log, "product_id") == [(f"{name} {at}",) for at in range(9)]
    assert ("encoding" in codes(quality)) == (encoding != "utf-16")


def test_a_line_that_is_not_in_the_files_encoding_is_set_aside_alone(write: Write, loaded: Load) -> None:
    lines = [f"张{at},2025-01-{at + 1:02d},1.00".encode("gb18030") for at in range(9)]
    lines[4] = b"\xff\xff,2025-01-01,1.00"
    log, quality = loaded(write("a.csv", "customer_id,event_time,amount", *lines))
    assert [row["source_line"] for row in quality.set_aside.to_pylist()] == [6]
    assert log.rows == 8


def test_a_workbook_with_several_sheets(tmp_path: Path, loaded: Load) -> None:
    title, blank = ["Sales of the shop", None, None, None], [None] * 4
    header = ["Customer ID", "event_time", "product_id", "amount"]
    year = {
        "2010": [title, blank, header, [17850.0, datetime(2024, 12, 1, 8, 26), "85123A", 15.3], blank, ["", 5, "x", 1]],
        "2011": [header, [12346, datetime(2025, 1, 18, 10, 1), "23166", 77.18]],
        "notes": [["made by", "on"], ["Ann", "Monday"]],
        "empty": [],
    }
    path = workbook(tmp_path / "sales.xlsx", year)
    log, quality = loaded(path, columns={"customer_id": "Customer ID"})
    assert events(log, "customer_id", "event_time", "product_id", "amount", "source_file", "source_line") == [
        ("17850", datetime(2024, 12, 1, 8, 26), "85123A", Decimal("15.3"), "sales.xlsx [2010]", 4),
        ("12346", datetime(2025, 1, 18, 10, 1), "23166", Decimal("77.18"), "sales.xlsx [2011]", 2),
    ]
    assert {row["source_line"]: row["rule"] for row in quality.set_aside.to_pylist()} == {
        5: "blank_line", 6: "missing_customer",
    }  # fmt: skip
    assert {"files_united", "left_out"} <= codes(quality)


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path, refused: Refused) -> None:
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.csv", "x,y")
    assert "cannot be read as a spreadsheet" in refused(InputError, tmp_path / "a.zip")


def test_a_header_alone_is_no_log(write: Write, refused: Refused) -> None:
    assert "only a header" in refused(InputError, write("a.csv", HEADER))


def test_a_broken_parquet_file_is_named(tmp_path: Path, refused: Refused) -> None:
    pq.write_table(_table(), tmp_path / "a.parquet")
    (tmp_path / "b.parquet").write_bytes((tmp_path / "a.parquet").read_bytes()[:-30])
    assert "b.parquet" in refused(InputError, tmp_path / "b.parquet")


def test_nothing_and_things_that_are_no_table_are_refused(refused: Refused) -> None:
    assert "No source" in refused(UsageError)
    assert "dict" in refused(UsageError, {"customer_id": ["a"]})


def test_a_file_packed_with_zstd_is_read_as_it_is(write: Write, loaded: Load) -> None:
    lines = [HEADER, *(f"u{at % 7},2025-01-01 10:{at % 60:02d},view,p{at},,," for at in range(500)), "u,2025-01-01"]
    packed = pa.compress("\n".join(lines).encode(), codec="zstd", asbytes=True)
    path = write("log.csv.zst")
    path.write_bytes(packed)
    log, quality = loaded(path)
    assert (log.rows, quality.records) == (500, 501)
    assert aside(quality) == {502: "malformed_line"}


def test_daily_files_are_one_scan_and_keep_their_names(engine: Engine, tmp_path: Path) -> None:
    """Three hundred scans in one join did not fit into 2 GB."""
    for day in range(3):
        (tmp_path / f"{day}.csv").write_text(f"customer_id,event_time\nu{day},2025-03-01\n")
    door = Door(engine, tmp_path, silent)
    (log,) = unite(engine, door.enter([tmp_path / f"{day}.csv" for day in range(3)]))
    plan = "".join(str(row) for row in engine.rows(f"EXPLAIN SELECT * FROM {log.relation}"))
    assert plan.count("ARROW_SCAN") == 1
    rows = engine.rows(f"SELECT __file, __line, {log.columns['customer_id']} FROM {log.relation} ORDER BY ALL")
    assert rows == [(f"{day}.csv", 2, f"u{day}") for day in range(3)]


def test_tabs_around_cells_are_no_part_of_them(write: Write, loaded: Load) -> None:
    """As in the exports of Alipay and Taobao, where they keep numbers from a spreadsheet's arithmetic."""
    rows = (
        "\tu1\t,2025-01-01 10:00:00\t,purchase\t,p1\t,\t2\t,5.25\t,7210448301122\t",
        "u1,2025-01-01 11:00:00,view,p1,,\t,",
    )
    log, quality = loaded(write("a.csv", HEADER, *rows, "\t,2025-01-01 11:00:00,view,p1,,,"))
    assert events(log, "customer_id", "event_time", "product_id", "quantity", "amount", "order_id") == [
        ("u1", datetime(2025, 1, 1, 10), "p1", 2, Decimal("5.25"), "7210448301122"),
        ("u1", datetime(2025, 1, 1, 11), "p1", None, None, None),
    ]
    assert aside(quality) == {4: "missing_customer"}
