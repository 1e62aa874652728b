"""Every way shops write times, told apart by evidence."""

# ruff: noqa: DTZ001 -- the engine gives UTC times without a zone
from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from shoal.engines.contract import Engine
from shoal.events.times import TimeStyle, find_style, native_style
from shoal.words.clock import iso
from shoal.words.errors import InputError
from tests.events.conftest import Load, Write, aside, codes


def _read(engine: Engine, *texts: str | None, timezone: str = "UTC", order: str | None = None) -> list[str | None]:
    style = _style(engine, *texts, timezone=timezone, order=order)
    rows = engine.rows(f"SELECT {style.sql} FROM given ORDER BY line")
    return [None if second is None else iso(second) for (second,) in rows]


def _style(
    engine: Engine, *texts: str | None, timezone: str = "UTC", order: str | None = None, serial: bool = False
) -> TimeStyle:
    engine.register("given", pa.table({"line": range(len(texts)), "t": pa.array(texts, pa.string())}))
    return find_style(engine, "given", "t", timezone, order, "When", serial=serial)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2010-12-01 08:26:00", "2010-12-01T08:26:00Z"),
        (" 2010-12-01T08:26 ", "2010-12-01T08:26:00Z"),
        ("2010-12-01", "2010-12-01T00:00:00Z"),
        ("2010-12-01 08:26:00.987654", "2010-12-01T08:26:00Z"),
        ("2010/12/01 8:26:00", "2010-12-01T08:26:00Z"),
        ("2010-12-01 08:26:00 UTC", "2010-12-01T08:26:00Z"),
        ("2010-12-01T08:26:00Z", "2010-12-01T08:26:00Z"),
        ("2010-12-01 08:26 +02:00", "2010-12-01T06:26:00Z"),
        ("2025-10-02 17:09:34 -0300", "2025-10-02T20:09:34Z"),
        ("2010-12-01T08:26:00+05", "2010-12-01T03:26:00Z"),
        ("2010-12-01T08:26:00.123+05:30", "2010-12-01T02:56:00Z"),
        ("12/13/2010 8:26", "2010-12-13T08:26:00Z"),
        ("13/12/2010 8:26", "2010-12-13T08:26:00Z"),
        ("12/13/10 8:26", "2010-12-13T08:26:00Z"),
        ("12/13/2010 8:26:05 PM", "2010-12-13T20:26:05Z"),
        ("12/13/2010 12:26am", "2010-12-13T00:26:00Z"),
        ("03.05.2024 10:12", "2024-05-03T10:12:00Z"),
        ("13-12-2010", "2010-12-13T00:00:00Z"),
        ("19970101", "1997-01-01T00:00:00Z"),
        ("20240503101200", "2024-05-03T10:12:00Z"),
        ("1291191960", "2010-12-01T08:26:00Z"),
        ("1291191960.9", "2010-12-01T08:26:00Z"),
        ("1291191960999", "2010-12-01T08:26:00Z"),
        ("1291191960999999", "2010-12-01T08:26:00Z"),
    ],
)
def test_a_time_is_read(engine: Engine, text: str, wanted: str) -> None:
    assert _read(engine, text) == [wanted]


def test_a_date_that_can_be_both_is_asked_for(engine: Engine) -> None:
    with pytest.raises(InputError, match=r"When=?.*|day and month") as caught:
        _read(engine, "01/02/2024", "03/04/2024")
    assert "event_time=When:dmy" in str(caught.value)
    assert _read(engine, "01/02/2024", order="dmy") == ["2024-02-01T00:00:00Z"]
    assert _read(engine, "01/02/2024", order="mdy") == ["2024-01-02T00:00:00Z"]


def test_one_value_decides_for_the_column(engine: Engine) -> None:
    assert _read(engine, "01/02/2024", "13/02/2024")[0] == "2024-02-01T00:00:00Z"
    assert _read(engine, "01/02/2024", "02/13/2024")[0] == "2024-01-02T00:00:00Z"


def test_what_is_no_time_stays_unread_and_changes_no_other(engine: Engine) -> None:
    strays = ["garbage", "", None, "2010-13-45", "infinity", "epoch", "12:30", "2010-12-01 garbage", "5"]
    read = _read(engine, *["2010-12-01 08:26:00"] * 20, *strays)
    assert read == ["2010-12-01T08:26:00Z"] * 20 + [None] * len(strays)


def test_a_stray_number_is_no_time_but_a_column_of_numbers_is(engine: Engine) -> None:
    assert _read(engine, *["2010-12-01"] * 200, "1291191960")[-1] is None
    assert _read(engine, *["1291191960"] * 3, "2010-12-01", "soon") == [
        *["2010-12-01T08:26:00Z"] * 3,
        "2010-12-01T00:00:00Z",
        None,
    ]


def test_values_with_and_without_an_offset_stand_side_by_side(engine: Engine) -> None:
    texts = ("2010-07-01 12:00:00", "2010-07-01 12:00:00Z", "2010-07-01 12:00:00+02:00")
    wanted = ["2010-07-01T11:00:00Z", "2010-07-01T12:00:00Z", "2010-07-01T10:00:00Z"]
    assert _read(engine, *texts, timezone="Europe/London") == wanted


def test_local_times_follow_the_zone_through_the_year(engine: Engine) -> None:
    zone, start = ZoneInfo("America/New_York"), datetime(2024, 1, 1, 12, tzinfo=UTC).replace(tzinfo=None)
    texts = [(start + timedelta(days=at)).isoformat(" ") for at in range(0, 366, 7)]
    wanted = [iso(int(datetime.fromisoformat(t).replace(tzinfo=zone).timestamp())) for t in texts]
    assert _read(engine, *texts, timezone="America/New_York") == wanted


def test_a_column_without_times_says_what_it_holds(engine: Engine) -> None:
    with pytest.raises(InputError, match="'blue', 'red'"):
        _read(engine, "red", "blue", "red")


def test_only_local_times_depend_on_a_zone(engine: Engine) -> None:
    assert _style(engine, "2010-12-01").local
    assert not _style(engine, "2010-12-01 08:26:00Z").local
    assert not _style(engine, "1291191960").local


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        (pa.array([datetime(2010, 7, 1, 12)]), "2010-07-01T11:00:00Z"),
        (pa.array([datetime(2010, 7, 1, 12)], pa.timestamp("s")), "2010-07-01T11:00:00Z"),
        (pa.array([datetime(2010, 7, 1, 12)], pa.timestamp("ns")), "2010-07-01T11:00:00Z"),
        (pa.array([datetime(2010, 7, 1, 12)], pa.timestamp("ms", "Asia/Shanghai")), "2010-07-01T12:00:00Z"),
        (pa.array([date(2010, 7, 1)]), "2010-06-30T23:00:00Z"),
    ],
)
def test_typed_times_need_no_evidence(engine: Engine, column: pa.Array, wanted: str) -> None:
    engine.register("given", pa.table({"t": column}))
    kind = str(engine.rows("DESCRIBE given")[0][1])
    style = native_style("t", kind, "Europe/London")
    assert style is not None
    assert [iso(second) for (second,) in engine.rows(f"SELECT {style.sql} FROM given")] == [wanted]


@pytest.mark.parametrize(
    ("written", "second"),
    [
        ("Jan 5, 2025", 1_736_035_200),
        ("January 5, 2025 1:05 PM", 1_736_082_300),
        ("05-Jan-2025 13:05:09", 1_736_082_309),
        ("5 jan 25", 1_736_035_200),
        ("2025年1月5日", 1_736_035_200),
        ("2025年01月05日 13:05:09", 1_736_082_309),
        ("2025年1月5日 13时05分", 1_736_082_300),
    ],
)
def test_months_with_names_and_chinese_dates_are_read(write: Write, loaded: Load, written: str, second: int) -> None:
    """2025-01-05 00:00 UTC is 1,736,035,200; 13:05 is 47,100 seconds later."""
    log, quality = loaded(write("a.csv", "customer_id;event_time", f"a;{written}", "b;soon"))
    assert log.engine.rows("SELECT ts_s FROM events") == [(second,)]
    assert aside(quality) == {3: "unparsable_time"}


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_column_of_a_spreadsheets_days_is_read_and_that_is_said(write: Write, loaded: Load, delimiter: str) -> None:
    """Day 25,569 is 1970-01-01, so 45,415.425 is 19,846 days and 0.425 * 86,400 = 36,720 s later: 10:12."""
    days = ["45415.425", "45415", "45415.4253472222", "", "20000"]
    lines = [f"u{at}{delimiter}{day.replace('.', ',' if delimiter == ';' else '.')}" for at, day in enumerate(days)]
    log, quality = loaded(write("a.csv", f"customer_id{delimiter}event_time", *lines))
    rows = log.engine.rows("SELECT customer_id, ts_s FROM events ORDER BY customer_id")
    assert rows == [("u0", 19_846 * 86_400 + 36_720), ("u1", 19_846 * 86_400), ("u2", 19_846 * 86_400 + 36_750)]
    assert aside(quality) == {5: "missing_time", 6: "unparsable_time"}  # day 20,000 is in 1954
    assert "serial_dates" in codes(quality)


def test_a_spreadsheets_days_are_local_times(engine: Engine) -> None:
    style = _style(engine, "45415.425", timezone="Asia/Shanghai", serial=True)
    assert style.local
    assert engine.rows(f"SELECT {style.sql} FROM given") == [((19_846 * 24 - 8) * 3600 + 36_720,)]


@pytest.mark.parametrize("stray", ["soon", "19999", "80001", "4541", "454150", "45415.4.2", "-45415"])
def test_numbers_among_which_one_is_no_day_of_a_spreadsheet_are_refused(engine: Engine, stray: str) -> None:
    with pytest.raises(InputError, match="no times that shoal can read"):
        _style(engine, "45415", stray, serial=True)


def test_numbers_are_no_days_where_nobody_says_they_are_times(engine: Engine) -> None:
    """A postcode among the attributes of customers is none."""
    with pytest.raises(InputError, match="no times that shoal can read"):
        _style(engine, "45415", "20095")
