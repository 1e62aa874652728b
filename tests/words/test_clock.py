"""The clock: half-open windows, one look-back for every cut, times that say where they are."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.words.clock import DAY_S, Clock, Window, iso, parse_days, parse_time, zone
from shoal.words.errors import UsageError

seconds = st.integers(-(10**9), 4 * 10**9)
spans = st.integers(1, 36_500)


@given(seconds, spans, spans)
def test_features_end_where_outcomes_begin_and_share_no_second(as_of: int, look_back: int, horizon: int) -> None:
    clock = Clock(as_of, look_back, horizon)
    assert clock.features.end == clock.outcomes.start == as_of
    assert as_of - 1 in clock.features
    assert as_of - 1 not in clock.outcomes
    assert as_of in clock.outcomes
    assert as_of not in clock.features
    assert clock.features.days == look_back
    assert clock.outcomes.days == horizon


@given(seconds, spans, spans, st.integers(0, 4_000))
def test_an_earlier_cut_keeps_look_back_and_horizon(as_of: int, look_back: int, horizon: int, days: int) -> None:
    earlier = Clock(as_of, look_back, horizon, "Asia/Shanghai").earlier(days)
    assert earlier == Clock(as_of - days * DAY_S, look_back, horizon, "Asia/Shanghai")


@given(st.integers(0, 4 * 10**9))
def test_a_second_survives_being_written(second: int) -> None:
    assert parse_time(iso(second)) == second
    assert parse_time(iso(second), "America/New_York") == second  # an offset in the text wins


def test_a_bare_date_is_midnight_in_the_shops_zone() -> None:
    """Shanghai is eight hours ahead, New York five behind in January and four in July."""
    midnight = int(datetime(2024, 1, 15, tzinfo=UTC).timestamp())
    assert parse_time("2024-01-15") == midnight
    assert parse_time("2024-01-15", "Asia/Shanghai") == midnight - 8 * 3_600
    assert parse_time("2024-01-15", "America/New_York") == midnight + 5 * 3_600
    assert parse_time("2024-07-15", "America/New_York") == int(datetime(2024, 7, 15, 4, tzinfo=UTC).timestamp())


def test_a_window_is_half_open_and_cannot_run_backwards() -> None:
    assert [second in Window(10, 12) for second in (9, 10, 11, 12)] == [False, True, True, False]
    assert 5 not in Window(5, 5)
    with pytest.raises(ValueError, match="cannot end"):
        Window(2, 1)


@pytest.mark.parametrize(("words", "days"), [("90d", 90), ("90", 90), (" 13W ", 91), (1, 1), ("36500", 36_500)])
def test_a_span_is_days_or_weeks(words: str | int, days: int) -> None:
    assert parse_days(words) == days


@pytest.mark.parametrize("words", ["", "d", "0", "-3", "1.5d", "90 days", "3m", "36501", "9999999999w", "٣d٣"])
def test_what_is_no_span_is_refused_with_an_example(words: str) -> None:
    with pytest.raises(UsageError, match="90d"):
        parse_days(words)


@pytest.mark.parametrize("words", ["", "yesterday", "2011-13-01", "10/12/2011", "2011-12-10T25:00"])
def test_what_is_no_time_is_refused_with_an_example(words: str) -> None:
    with pytest.raises(UsageError, match="2011-12-10T08:00:00"):
        parse_time(words)


@pytest.mark.parametrize(
    "name", ["localtime", "posix/Europe/Berlin", "Mars/Olympus", "", "../etc/passwd", "/etc/passwd", "Europe", "\0"]
)
def test_what_is_no_zone_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(UsageError, match="Europe/London"):
        zone(name)


@given(st.text(max_size=20))
def test_any_text_is_a_span_or_a_usage_error(words: str) -> None:
    with suppress(UsageError):
        assert 1 <= parse_days(words) <= 36_500


@given(st.text(max_size=20))
def test_any_text_is_a_time_or_a_usage_error(words: str) -> None:
    with suppress(UsageError):
        assert isinstance(parse_time(words), int)
