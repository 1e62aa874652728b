"""Times typed at the door, beside what the calendar says and what the careful way reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.engines.contract import Engine
from shoal.events.arrays import text_array
from shoal.events.numbers import BeliedError
from shoal.events.times import Beside, find_style
from shoal.events.typed.cells import Field
from shoal.events.typed.forms import form_of, forms_in, order_in
from shoal.events.typed.moments import Moments, late_days, moments
from shoal.events.typed.zones import zone_table

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31))  # noqa: DTZ001 -- written without a zone
ZONES = [
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "America/St_Johns",
]
ZONES += ["Asia/Kathmandu", "Africa/Casablanca", "Europe/Dublin", "Pacific/Apia", "Africa/Monrovia", "UTC"]
WRITTEN = [
    "2024-05-03 10:12:11", "2024-05-03T10:12:11", "2024-05-03", "2024/05/03 10:12", "2024/5/3 9:05", "2024/5/13 19:05",
    "2024-05-03 10:12:11.5", "2024-05-03T10:12:11.123Z", "2024-05-03 10:12:11 UTC", "2024-05-03T10:12:11+08:00",
    "2024-05-03 10:12:11 -0330", "2024-05-03T10:12:11.123456+05", "2024-05-03 10:12:11+14:59", "20240503",
    "20240503101211", "1714731131", "999999999", "1714731131.75", "1714731131123", "999999999999", "1714731131123456",
    "2024年5月3日", "2024年05月03日 10:12", "2024年5月3日 9:12:11", "13/5/2024", "13/05/2024 9:05",
    "05-13-2024 10:12:11", "5/13/2024 9:05", "3.5.2024", "03.05.2024 10:12", "13/5/2024T19:05:01",
]  # fmt: skip
"""Every way of writing that is typed at the door."""
NO_TIMES = [
    "2025-02-29", "2025-13-01", "2025-00-10", "2025-01-01 24:00:00", "2025-01-01 10:60:00", "2025-01-01 10:00:60",
    "20250229", "2024/13/1 9:05", "2024-05-03T10:12:11+15:00", "2024-05-03T10:12:11+08:60", "20240503246060",
    "1969-12-31 10:00:00", "2300-01-01", "2024年2月30日",
]  # fmt: skip


def _read(*texts: str) -> Moments:
    field = Field.of(text_array(texts))
    return moments(field, forms_in(text.encode() for text in texts), None)


@given(st.lists(MOMENTS, min_size=1, max_size=9), st.sampled_from(["", "Z", " UTC"]), st.sampled_from("T "))
def test_times_are_the_seconds_of_the_calendar(given: list[datetime], suffix: str, between: str) -> None:
    whole = [moment.replace(microsecond=0) for moment in given]
    found = _read("soon", *(at.isoformat(between) + suffix for at in whole))
    assert found.good.tolist() == [False] + [True] * len(whole)
    assert found.seconds[1:].tolist() == [int(at.replace(tzinfo=UTC).timestamp()) for at in whole]


@given(MOMENTS, st.integers(-14 * 60 - 59, 14 * 60 + 59))
def test_an_offset_in_the_text_is_taken_off(moment: datetime, minutes: int) -> None:
    at = moment.replace(microsecond=0, year=min(max(moment.year, 1971), 2198))
    text = at.replace(tzinfo=timezone(timedelta(minutes=minutes))).isoformat()
    found = _read(text)
    assert found.good.tolist() == [True]
    assert found.seconds.tolist() == [int(at.replace(tzinfo=UTC).timestamp()) - 60 * minutes]


@given(MOMENTS)
def test_leading_zeros_may_be_missing_in_some_values(moment: datetime) -> None:
    """What the first values do not show, as a month of two digits, the others may have."""
    text = f"{moment.year}/{moment.month}/{moment.day} {moment.hour}:{moment.minute:02d}"
    found = moments(Field.of(text_array([text])), forms_in([b"2024/5/3 9:05"]), None)
    assert found.good.all()
    assert found.seconds[0] == int(moment.replace(second=0, microsecond=0, tzinfo=UTC).timestamp())


def test_a_column_may_be_written_in_many_ways() -> None:
    """Eight shapes and all that are like them; a ninth, the rarest, is left to the careful way."""
    ends = ["", "Z", " UTC", "GMT", "+08:00", " -0330", "+05", ".5Z", " GMT"]
    found = _read(*(f"2024-05-03 10:12:11{end}" for at, end in enumerate(ends) for _ in range(9 - at)))
    assert found.good.sum() == 44
    forms = forms_in(f"2024-5-3 9:12:11{end}".encode() for end in ends[:8])
    late = moments(Field.of(text_array(["2024-12-13 19:12:11.5Z"])), forms, None)
    assert late.good.all()
    assert late.forms[0] > 127
    assert late.seconds[0] == int(datetime(2024, 12, 13, 19, 12, 11, tzinfo=UTC).timestamp())


@pytest.mark.parametrize("text", NO_TIMES)
def test_no_time_is_read_that_the_calendar_has_not(text: str) -> None:
    assert form_of(text.translate(str.maketrans("012345678", "9" * 9)).encode()) is not None
    assert _read(text).good.tolist() == [False]


@pytest.mark.parametrize("text", WRITTEN)
@pytest.mark.parametrize("timezone", ["UTC", "Europe/Berlin"])
def test_each_way_of_writing_means_what_the_careful_way_reads(engine: Engine, text: str, timezone: str) -> None:
    order = order_in([text.encode()])
    forms = forms_in([text.encode()], order)
    found = moments(Field.of(text_array([text])), forms, zone_table(engine, timezone))
    engine.register("given", pa.table({"t": [text]}))
    style = find_style(engine, "given", "t", timezone, None, "When")
    assert found.good.tolist() == [True]
    assert engine.rows(f"SELECT {style.sql} FROM given") == [(int(found.seconds[0]),)]
    assert style.families == (forms[0].family,)
    assert style.local == forms[0].local


def test_dates_of_which_nothing_tells_the_day_are_left_to_the_careful_way() -> None:
    texts = [b"03/05/2024", b"3/5/2024 10:12", b"May 3, 2024", b"2024.05.03", b"soon", b"03/05/24", b""]
    assert order_in(texts) is None
    assert forms_in(texts) == ()


@pytest.mark.parametrize(
    ("order", "texts"),
    [
        ("dmy", ["13/1/2024", "1/2/2024", "31/12/2024 9:05", "12/5/2024"]),
        ("mdy", ["1/13/2024", "1/2/2024", "12/31/2024 9:05", "12/5/2024"]),
    ],
)
def test_days_above_the_twelfth_are_counted(order: str, texts: list[str]) -> None:
    """13 and 31; of those that are flagged, only 31."""
    field, sample = Field.of(text_array(texts)), [text.encode() for text in texts]
    assert order_in(sample) == order
    forms = forms_in(sample, order)
    found = moments(field, forms, None)
    assert found.good.all()
    assert late_days(field, found.forms, forms, found.good) == 2
    assert late_days(field, found.forms, forms, np.array([False, True, True, True])) == 1


@pytest.mark.parametrize("timezone", ZONES)
def test_every_local_hour_of_seven_years_is_the_moment_that_the_engine_says(engine: Engine, timezone: str) -> None:
    """2020 to 2026, by quarters of an hour: what the clock passes over and what it shows twice included."""
    local = np.arange(1_577_836_800, 1_798_761_600, 900)
    engine.register("given", pa.table({"s": local}))
    wanted = engine.table(
        f"SELECT s, epoch_us(timezone('{timezone}', make_timestamp(s * 1000000))) // 1000000 AS utc, "
        f"epoch_us(timezone('{timezone}', make_timestamptz(s * 1000000))) // 1000000 - s AS ahead FROM given ORDER BY s"
    )
    zone = zone_table(engine, timezone)
    if zone is None:
        assert timezone == "UTC"
        return
    assert np.array_equal(zone.utc(local), wanted["utc"].to_numpy())
    assert np.array_equal(zone.ahead(local), wanted["ahead"].to_numpy())


def test_an_hour_passed_over_and_one_shown_twice(engine: Engine) -> None:
    """Berlin 2024: 02:30 is not there on 31 March and is 01:30 UTC; on 27 October it comes twice, the second 01:30."""
    zone = zone_table(engine, "Europe/Berlin")
    texts = text_array(["2024-03-31 02:30:00", "2024-10-27 02:30:00", "2024-10-27 01:30:00"])
    found = moments(Field.of(texts), forms_in([b"2024-03-31 02:30:00"]), zone)
    wanted = [datetime(2024, 3, 31, 1, 30), datetime(2024, 10, 27, 1, 30), datetime(2024, 10, 26, 23, 30)]  # noqa: DTZ001
    assert found.seconds.tolist() == [int(at.replace(tzinfo=UTC).timestamp()) for at in wanted]


def test_times_before_1970_by_the_zone_are_left_to_the_careful_way(engine: Engine) -> None:
    field = Field.of(text_array(["1970-01-01 07:59:59", "1970-01-01 08:00:00"]))
    assert moments(field, forms_in([b"1970-01-01 08:00:00"]), zone_table(engine, "Asia/Shanghai")).good.tolist() == [
        False,
        True,
    ]


def test_numbers_typed_as_times_that_the_whole_column_belies_are_read_again(engine: Engine) -> None:
    engine.register("given", pa.table({"t": ["2024-05-03"] * 1000}))
    with pytest.raises(BeliedError):
        find_style(engine, "given", "t", "UTC", None, "When", beside=Beside((("9999999999", 9),)))
    style = find_style(engine, "given", "t", "UTC", None, "When", beside=Beside((("9999999999", 11),)))
    assert style.families == ("local", "seconds")


@pytest.mark.parametrize(
    ("here", "beside", "wanted"),
    [
        (["1/2/2024"], Beside((("99/9/9999", 3),), "dmy", 1), "dmy"),
        (["1/13/2024"], Beside((("99/9/9999", 3),), "dmy", 2), "dmy"),
        (["1/13/2024"], Beside((("99/9/9999", 3),), "dmy", 1), None),
        (["1/13/2024"], Beside((("99.9.9999", 3),), "dmy", 1), "dmy"),
        (["1/13/2024"] * 2, Beside((("99/9/9999", 3),), "dmy", 1), None),
        (["13/1/2024"], Beside((("9/99/9999", 3),), "mdy", 2), "mdy"),
        (["1/2/2024"], Beside((("9.9.9999", 3),), "dmy", 0), "dmy"),
    ],
)
def test_the_whole_column_says_whether_the_day_comes_first(
    engine: Engine, here: list[str], beside: Beside, wanted: str | None
) -> None:
    """One day above the twelfth tells; as many for the one as for the other tell nothing but where full stops do."""
    engine.register("given", pa.table({"t": here}))
    if wanted is None:
        with pytest.raises(BeliedError):
            find_style(engine, "given", "t", "UTC", None, "When", beside=beside)
        return
    assert find_style(engine, "given", "t", "UTC", None, "When", beside=beside).order == wanted
