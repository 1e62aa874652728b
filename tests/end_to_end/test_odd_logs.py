"""Whatever a log holds, ``shoal run`` ends in a study or in one clear message. Never in a traceback or a warning."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shoal.study.result import Study
from tests.end_to_end.shop import Ran, shoal

HEADER = "customer_id,event_time,event_type,product_id,category,quantity,amount,order_id\n"
ROWS = 400
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _when(day: float) -> str:
    return (datetime(2023, 1, 2, 9) + timedelta(days=day)).isoformat(timespec="seconds")  # noqa: DTZ001


def _log(row: Callable[[int], str], rows: int = ROWS) -> str:
    """A row for each day, of forty customers in turn."""
    return HEADER + "".join(row(n) for n in range(rows))


def _row(n: int, kind: str = "purchase", amount: object = None, category: str = "tea") -> str:
    worth = 5 + n % 7 if amount is None else amount
    return f"c{n % 40},{_when(n)},{kind},p{n % 3},{category},1,{worth},o{n}\n"


WHOLE: dict[str, str] = {
    "one customer": _log(lambda n: f"ann,{_when(n * 3)},purchase,p{n % 3},tea,1,{5 + n % 7},o{n}\n", 200),
    "one row": _log(_row, 1),
    "two rows": _log(_row, 2),
    "two customers": _log(lambda n: f"c{n % 2},{_when(n)},purchase,p{n % 3},tea,1,{5 + n % 7},o{n}\n"),
    "views alone": _log(lambda n: _row(n, "view", "")),
    "carts alone": _log(lambda n: _row(n, "cart", "")),
    "free of charge": _log(lambda n: _row(n, amount=0)),
    "huge amounts": _log(lambda n: _row(n, amount=9 * 10**13 + n)),
    "one instant": _log(lambda n: f"c{n % 40},{_when(3)},purchase,p{n % 3},tea,1,{5 + n % 7},o{n}\n"),
    "all alike": _log(lambda n: f"c{n % 40},{_when(n // 40 * 40)},purchase,p1,tea,1,5,o{n}\n", 800),
    "everything once": _log(lambda n: f"c{n},{_when(n)},purchase,p{n},c{n},1,{5 + n % 7},o{n}\n"),
    "no amounts": "customer_id,event_time,event_type,product_id,category\n"
    + "".join(f"c{n % 40},{_when(n)},purchase,p{n % 3},{('tea', 'pot')[n % 3 % 2]}\n" for n in range(ROWS)),
    "customers and times alone": "customer_id,event_time\n" + "".join(f"c{n % 40},{_when(n)}\n" for n in range(ROWS)),
    "days without times": "customer_id,event_time,amount\n"
    + "".join(f"c{n % 40},{_when(n)[:10]},{5 + n % 7}\n" for n in range(ROWS)),
    "refunds of everything": _log(lambda n: _row(n) + _row(n, "refund")),
    "braces and blank ends": _log(
        lambda n: f" c{n % 40} , {_when(n)} ,purchase , {{p{n % 3}}}, {{as_of}} %s {{}} , 1 , {5 + n % 7} ,o{n}\n"
    ),
    "one product with a long name": _log(
        lambda n: f"{'c' * 500}{n % 40},{_when(n)},purchase,{'p' * 3000},,1,{5 + n % 7},o{n}\n"
    ),
    "a stray row in 2099": _log(_row) + "c1,2099-01-01T00:00:00,purchase,p1,tea,1,5,late\n",
    "a stray row in 1970": "".join(
        [HEADER, "c1,1970-01-01T00:00:00,purchase,p1,tea,1,5,early\n", _log(_row)[len(HEADER) :]]
    ),
}

REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "a line end": (b"\n", "is empty"),
    "a byte order mark": (b"\xef\xbb\xbf", "is empty"),
    "a header alone": (HEADER.encode(), "only a header"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 8, "is no table"),
    "zeros": (b"\0" * 4096, "is no table"),
    "cut gzip": (gzip.compress(_log(_row).encode())[:-40], "cannot be read to its end"),
    "other columns": (b"colour,size\nred,3\nblue,4\n", "is no log of events"),
    "words": (b"Dear shop,\nplease find nothing enclosed.\nYours\n", "is no log of events"),
    "times to come": (_log(lambda n: _row(n + 30_000)).encode(), "can be used"),
    "nothing but debts": (_log(lambda n: _row(n, amount=-5)).encode(), "can be used"),
    "no times": (_log(lambda n: f"c{n % 40},never,purchase,p1,tea,1,5,o{n}\n").encode(), "holds no times"),
    "no customers": (_log(lambda n: f",{_when(n)},purchase,p1,tea,1,5,o{n}\n").encode(), "can be used"),
}


def _run(file: Path, *more: object) -> Ran:
    return shoal("run", file, "--out", file.parent / "out", "--memory", "1GB", "--timezone", "UTC", *more)


@pytest.mark.parametrize("name", WHOLE)
def test_an_odd_log_ends_in_a_study(name: str, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(WHOLE[name], encoding="utf-8")
    ran = _run(file)
    assert (ran.code, ran.said) == (0, "")
    study = Study.open(tmp_path / "out")
    assert (study.folder / "report.html").stat().st_size > 50_000
    assert sum(segment.customers for segment in study.segments.segments) == study.segments.table.num_rows
    assert study.verdict.en
    assert CHINESE.search(study.text("zh"))
    assert not re.search(r"\bnan\b|\binf\b|None", study.text("en") + study.segments.text("en"))


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_log_ends_with_2_and_a_message(name: str, tmp_path: Path) -> None:
    content, said = REFUSED[name]
    file = tmp_path / "orders.csv"
    file.write_bytes(content)
    for language in ("en", "zh"):
        ran = _run(file, "--lang", language)
        assert (ran.code, ran.out) == (2, "")
        assert "orders.csv" in ran.said or name == "no times"
        assert (said in ran.said) == (language == "en")
        assert bool(CHINESE.search(ran.said)) == (language == "zh")
        assert len(ran.said.splitlines()) <= 5
    assert not (tmp_path / "out" / "current").exists()


def test_a_log_of_returns_alone_says_which_space_can_carry_it_and_that_one_does(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(_log(lambda n: _row(n, "refund")), encoding="utf-8")
    refused = _run(file)
    assert refused.code == 2
    (advice,) = re.findall(r"--space \w+", refused.said)
    assert _run(file, *advice.split()).code == 0


@pytest.mark.parametrize("source", ["nowhere.csv", "a folder"])
def test_what_is_no_file_is_said(source: str, tmp_path: Path) -> None:
    (tmp_path / "a folder").mkdir()
    ran = shoal("run", tmp_path / source, "--out", tmp_path / "out")
    assert (ran.code, ran.out) == (2, "")
    assert source in ran.said


def test_an_office_file_or_an_archive_under_the_name_of_a_table_is_no_traceback(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("nothing.txt", "no table here")
    (tmp_path / "orders.csv").write_bytes(packed.getvalue())
    ran = _run(tmp_path / "orders.csv")
    assert (ran.code, ran.out) == (2, "")
    assert "Traceback" not in ran.err


def test_parquet_without_rows_or_without_its_end_is_said(tmp_path: Path) -> None:
    table = pa.table({"customer_id": ["a"], "event_time": [_when(1)], "amount": [1.0]})
    pq.write_table(table.slice(0, 0), tmp_path / "none.parquet")
    pq.write_table(table, tmp_path / "cut.parquet")
    whole = (tmp_path / "cut.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    for name in ("none.parquet", "cut.parquet"):
        ran = _run(tmp_path / name)
        assert (ran.code, ran.out) == (2, ""), name
        assert name in ran.said


def test_chinese_file_names_columns_and_contents_are_at_home(tmp_path: Path) -> None:
    folder = tmp_path / "店铺 数据"
    folder.mkdir()
    file = folder / "订单（一月）.csv"
    lines = (f"顾客{n % 40},{_when(n)},茶{n % 3},{('茶叶', '器皿/壶')[n % 2]},{5 + n % 7}\n" for n in range(ROWS))
    file.write_text("顾客,时间,商品,类别,金额\n" + "".join(lines), encoding="utf-8")
    columns = "customer_id=顾客,event_time=时间,product_id=商品,category=类别,amount=金额"
    ran = shoal("run", file, "--out", folder / "研究", "--columns", columns, "--lang", "zh", "--memory", "1GB")
    assert (ran.code, ran.said) == (0, "")
    assert "茶叶" in ran.out or "器皿" in ran.out
    shown = shoal("show", folder / "研究", "customer", "顾客7", "--lang", "zh")
    assert "顾客7" in shown.out
    report = Path(shoal("show", folder / "研究", "--json").json["report"])
    assert "器皿" in report.read_text(encoding="utf-8")


def test_some_bad_rows_do_not_cost_the_good_ones(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    bad = b'c1,never,purchase,p1,tea,1,5,b1\nc2\n\xff\xfe,x,y\n,,,,,,,\n"c3,unclosed\n'
    file.write_bytes(_log(_row).encode() + bad)
    ran = _run(file, "--no-proof", "--k", "3")
    assert ran.code == 0
    quality = Study.open(tmp_path / "out").quality
    assert quality is not None
    assert (quality.used, quality.set_aside_records) == (ROWS, 5)
    assert quality.records == ROWS + 5


def test_more_segments_than_customers_are_refused_not_invented(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(_log(_row, 12), encoding="utf-8")
    ran = _run(file, "--k", "13", "--no-proof")
    assert ran.code == 2
    assert "13 segments" in ran.said
    (advice,) = re.findall(r"--k \d+", ran.said)
    assert _run(file, *advice.split(), "--no-proof", "--stages", "segments").code == 0
