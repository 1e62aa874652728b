"""The load as a whole: its laws, its account, and what the log says of itself."""

# ruff: noqa: DTZ001 -- the engine gives UTC times without a zone
from __future__ import annotations

import random
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from shoal.engines.contract import Engine
from shoal.events import accounts
from shoal.events.check import check
from shoal.events.load import load
from shoal.events.result import EventLog, Quality
from shoal.show.text import as_text
from shoal.words.clock import parse_time
from shoal.words.columns import DERIVED, EVENTS, PRODUCTS
from shoal.words.errors import InputError, LostRowsError
from shoal.words.language import Text
from tests.events.conftest import HEADER, NOW, Load, Write, aside, events, rules

COLUMNS = [column.name for column in (*EVENTS, *DERIVED)]
HOSTILE = "</script><img onerror=alert(1)>'; DROP TABLE events; -- {x} %s =1+1"


def _lines(count: int, seed: int = 0) -> list[str]:
    rng = random.Random(seed)
    kinds = ["view", "purchase", "refund"]
    return [
        f"u{rng.randrange(9)},2025-03-{rng.randrange(1, 29):02d} {rng.randrange(24):02d}:00:00,{rng.choice(kinds)},"
        f"p{rng.randrange(5)},{rng.randrange(1, 4)},{rng.randrange(1, 999) / 100},o{rng.randrange(40)}"
        for _ in range(count)
    ]


def _content(log: EventLog, without: tuple[str, ...] = ("source_line",)) -> pa.Table:
    names = ", ".join(name for name in COLUMNS if name not in without)
    return log.engine.table(f"SELECT {names} FROM events ORDER BY ALL")


def test_the_relations_have_every_column_with_its_type(write: Write, loaded: Load) -> None:
    log, _ = loaded(write("a.csv", HEADER, *_lines(5)))
    described = {str(row[0]): str(row[1]) for row in log.engine.rows("DESCRIBE events")}
    assert described == {column.name: column.type for column in (*EVENTS, *DERIVED)}
    assert [row[0] for row in log.engine.rows("DESCRIBE products")] == [column.name for column in PRODUCTS]


def test_the_log_says_what_it_has(write: Write, loaded: Load) -> None:
    log, _ = loaded(write("a.csv", HEADER, *_lines(50)))
    assert log.types == {"view", "purchase", "refund"}
    assert (log.rows, log.customers) == log.engine.rows("SELECT COUNT(*), COUNT(DISTINCT customer_id) FROM events")[0]
    assert (log.first_s, log.last_s) == log.engine.rows("SELECT MIN(ts_s), MAX(ts_s) FROM events")[0]
    assert log.has_products


def test_local_days_hours_and_weekdays_follow_the_shops_zone(write: Write, loaded: Load) -> None:
    lines = [
        HEADER,
        "a,2025-01-05 17:30:00Z,view,p,,,",
        "a,2025-07-05 15:30:00Z,view,p,,,",
        "a,1970-01-01 00:30Z,view,p,,,",
    ]
    log, _ = loaded(write("a.csv", *lines), timezone="Asia/Shanghai", horizon_days=36_000)
    monday, sunday = 0, 6
    days = [datetime(2025, 1, 6).toordinal(), datetime(2025, 7, 5).toordinal(), datetime(1970, 1, 1).toordinal()]
    wanted = [(days[0], 1, monday), (days[1], 23, sunday - 1), (days[2], 8, 3)]
    assert events(log, "day + 719163", "hour", "dow") == wanted
    log, _ = loaded(write("a.csv", *lines), timezone="America/New_York", horizon_days=36_000)
    assert events(log, "day", "hour", "dow")[2] == (-1, 19, 2)


def test_the_order_of_rows_changes_nothing(write: Write, loaded: Load) -> None:
    lines = _lines(300)
    one, first = loaded(write("a.csv", HEADER, *lines))
    table = _content(one)
    random.Random(1).shuffle(lines)
    two, second = loaded(write("a.csv", HEADER, *lines))
    assert _content(two).equals(table)
    assert (first.duplicates, first.used) == (second.duplicates, second.used)


def test_rows_at_and_after_as_of_are_counted_and_nothing_more(write: Write, loaded: Load) -> None:
    lines = _lines(200)
    one, first = loaded(write("a.csv", HEADER, *lines), as_of="2025-03-20")
    table, products = _content(one), one.engine.table("SELECT * FROM products ORDER BY product_id")
    later = [f"u1,2025-03-20 00:00:00,purchase,P{at},1,{at},o{at}" for at in range(1, 30)] + [
        "u1,2025-03-20,view,POST,,,"
    ]
    two, second = loaded(write("a.csv", HEADER, *lines, *later, later[0]), as_of="2025-03-20")
    assert _content(two).equals(table)
    assert two.engine.table("SELECT * FROM products ORDER BY product_id").equals(products)
    assert (two.clock, two.has, two.types, two.rows) == (one.clock, one.has, one.types, one.rows)
    assert second.after_as_of == first.after_as_of + 31
    assert (second.duplicates, second.set_aside_records) == (first.duplicates, 0)


def test_hostile_text_stays_text_everywhere(write: Write, loaded: Load) -> None:
    quoted = '"' + HOSTILE.replace('"', '""') + '"'
    header = f'customer_id,event_time,product_id,name,amount,"{HOSTILE}"'
    log, quality = loaded(
        write(
            "a'; --.csv",
            header,
            f"{quoted},2025-01-01,{quoted},{quoted},5,x",
            f",2025-01-01,{quoted},{quoted},5,{quoted}",
            'b,2025-01-02,"two\nlines","a ""b""",5,',
        )
    )
    assert events(log, "customer_id", "product_id") == [(HOSTILE, HOSTILE), ("b", "two\nlines")]
    assert log.engine.rows("SELECT name FROM products ORDER BY name") == [(HOSTILE,), ('a "b"',)]
    assert aside(quality) == {3: "missing_customer"}
    assert HOSTILE in quality.set_aside.column("raw").to_pylist()[0]


def test_the_raw_text_of_a_record_set_aside_reads_back_as_the_record(write: Write, loaded: Load) -> None:
    line = ',2025-01-01,"a, ""b""",5'
    _, quality = loaded(write("a.csv", "customer_id,event_time,name,amount", line, "x,2025-01-01,y,5"))
    assert quality.set_aside.column("raw").to_pylist() == [line]


def test_a_record_over_several_lines_stands_where_it_starts(write: Write, loaded: Load) -> None:
    log, quality = loaded(
        write("a.csv", "customer_id,event_time,name", 'a,2025-01-01,"x\ny\nz"', ",2025-01-01,n", "b,2025-01-01,n")
    )
    assert events(log, "customer_id", "source_line") == [("a", 2), ("b", 6)]
    assert aside(quality) == {5: "missing_customer"}


def test_a_lost_record_stops_the_load(write: Write, loaded: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    module = import_module("shoal.events.load")  # the package has a function of that name
    honest = module.find_twins
    monkeypatch.setattr(module, "find_twins", lambda *given: {"a.csv": honest(*given).get("a.csv", 0) + 1})
    with pytest.raises(LostRowsError, match=r"a\.csv: -1 of 20 records"):
        loaded(write("a.csv", HEADER, *_lines(20)))
    assert accounts.LostRowsError is LostRowsError


@pytest.mark.parametrize("seed", range(3))
def test_planted_faults_are_all_found_and_none_is_invented(write: Write, loaded: Load, seed: int) -> None:
    """10,000 rows with 400 faults of ten kinds at known lines, shuffled among quoted, joined and plain ones."""
    rng = random.Random(seed)
    kinds = {
        "missing_customer": lambda n: f",2025-01-01 10:00:00,view,p{n},,,",
        "unparsable_time": lambda n: f"u{n},soon,view,p{n},,,",
        "future_time": lambda n: f"u{n},2031-01-01 10:00:00,view,p{n},,,",
        "unknown_event_type": lambda n: f"u{n},2025-01-01 10:00:00,poke,p{n},,,",
        "unparsable_number": lambda n: f"u{n},2025-01-01 10:00:00,purchase,p{n},x,1,",
        "negative_amount": lambda n: f"u{n},2025-01-01 10:00:00,purchase,p{n},1,-1,",
        "malformed_line": lambda n: f"u{n},2025-01-01 10:00:00",
        "unclosed_quote": lambda n: f'u{n},2025-01-01 10:00:00,view,"p{n},,,',
        "blank_line": lambda _: "",
        "bad_encoding": lambda n: f"u{n},2025-01-01 10:00:00,view,p\x00,,,",
    }
    good = [
        'u{n},2025-01-01 10:00:00,view,"p, {n}",,,',
        "u{n},2025-01-01 10:00:00,view,p{n},,,",
        'u{n},2025-01-02,view,"a\nb {n}",,,',
    ]
    planted, lines, at = dict[int, str](), [HEADER], 2
    for n in range(10_000):
        kind = rng.choice([*kinds]) if rng.random() < 0.04 and n > 100 else ""
        lines.append(kinds[kind](n) if kind else rng.choice(good).format(n=n))
        planted |= {at: kind} if kind else {}
        at += 1 + lines[-1].count("\n")
    log, quality = loaded(write("a.csv", *lines))
    assert aside(quality) == planted
    assert log.rows == 10_000 - len(planted)


def test_a_result_reads_back_as_it_was_written(write: Write, loaded: Load, tmp_path: Path) -> None:
    _, quality = loaded(write("a.csv", HEADER, *_lines(30), ",2025-01-01,view,p,,,", _lines(1)[0]))
    quality.write(tmp_path / "study")
    back = Quality.read(tmp_path / "study")
    assert back.set_aside.equals(quality.set_aside)
    assert back.to_dict() == quality.to_dict()
    assert back.made.rows_in == 32


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_shows_where_every_record_went(write: Write, loaded: Load, language: Any) -> None:
    _, quality = loaded(write("a.csv", HEADER, *_lines(30), ",2025-01-01,view,p,,,"))
    text = as_text(quality.view(), language, width=120)
    assert {"en": "no customer", "zh": "缺少顾客"}[language] in text
    assert {"en": "line 32", "zh": "第 32 行"}[language] in text


def test_two_loads_in_one_workspace_do_not_disturb_each_other(write: Write, loaded: Load) -> None:
    _, first = loaded(write("a.csv", HEADER, *_lines(30), ",2025-01-01,view,p,,,"))
    log, _ = loaded(write("b.csv", HEADER, *_lines(10)))
    assert log.rows == 10
    assert first.set_aside.column("source_line").to_pylist() == [32]


@pytest.mark.parametrize(
    ("lines", "log"), [(_lines(30), "records.parquet"), (_lines(30) + _lines(1), "events.parquet")]
)
def test_nothing_but_the_log_stays_in_the_workspace(
    write: Write, loaded: Load, tmp_path: Path, lines: list[str], log: str
) -> None:
    """Parsed text is the log itself where nothing but records with a rule had to go."""
    loaded(write("a.csv", HEADER, *lines))
    left = sorted(path.name for path in (tmp_path / "work").rglob("*.*"))
    assert left == sorted([log, "products.parquet", "returns.arrow", "set_aside.arrow", "visits.parquet"])


def test_the_log_survives_the_lock(write: Write, engine: Engine, tmp_path: Path) -> None:
    log, _ = load([write("a.csv", HEADER, *_lines(30))], engine, tmp_path / "engine", now=NOW)
    engine.lock()
    assert engine.rows("SELECT COUNT(*) FROM events") == [(log.rows,)]


def test_progress_is_told_in_both_languages(write: Write, loaded: Load) -> None:
    told: list[tuple[Text, float | None]] = []
    loaded(write("a.csv", HEADER, *_lines(3)), progress=lambda *words: told.append(words))
    assert len(told) >= 5
    assert all(text.en != text.zh and (share is None or 0 <= share <= 1) for text, share in told)


def test_check_is_the_quality_alone(write: Write) -> None:
    quality = check([write("a.csv", HEADER, *_lines(3), "")], now=NOW)
    assert rules(quality)["blank_line"] == 1


def test_a_zone_and_an_as_of_of_the_shop_go_together(write: Write, loaded: Load) -> None:
    path = write("a.csv", HEADER, "a,2025-01-01 23:30,view,p,,,", "a,2025-01-02 00:30,view,p,,,")
    log, _ = loaded(path, as_of="2025-01-02", timezone="Asia/Shanghai")
    assert log.clock.as_of == parse_time("2025-01-01T16:00:00")
    assert events(log, "event_time") == [(datetime(2025, 1, 1, 15, 30),)]


def test_an_as_of_before_the_first_event_is_told_when_that_was(write: Write, loaded: Load) -> None:
    with pytest.raises(InputError, match=r"the first one is at 2025-03-\d\dT"):
        loaded(write("a.csv", HEADER, *_lines(30)), as_of="2009-01-01")
