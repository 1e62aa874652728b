"""The clock of a log: one stray row does not move it."""

from __future__ import annotations

import pytest

from shoal.events.moment import Day, Wish, choose_clock
from shoal.words.clock import DAY_S, parse_time
from shoal.words.errors import InputError

NOW = parse_time("2012-06-01")


def _days(first: str, count: int, events: int = 100) -> list[Day]:
    start = parse_time(first)
    return [
        Day(at // DAY_S, events, at + 8 * 3600, at + 20 * 3600) for at in range(start, start + count * DAY_S, DAY_S)
    ]


def _choose(days: list[Day], **asked: object) -> tuple[int, int, set[str]]:
    wish = {"as_of": None, "look_back_days": None, "horizon_days": 90, "timezone": "UTC", "now": NOW} | asked
    clock, findings = choose_clock(days, Wish(**wish))  # type: ignore[arg-type]
    return clock.as_of, clock.look_back_days, {finding.code for finding in findings}


def test_now_is_the_midnight_after_the_last_day() -> None:
    as_of, _, codes = _choose(_days("2011-01-01", 100))
    assert as_of == parse_time("2011-04-11")
    assert codes == {"as_of_chosen", "look_back_chosen"}


def test_now_is_a_local_midnight() -> None:
    as_of, _, _ = _choose(_days("2011-01-01", 100), timezone="Asia/Shanghai")
    assert as_of == parse_time("2011-04-11", "Asia/Shanghai")


@pytest.mark.parametrize("stray", ["2012-05-01", "2099-01-01"])
def test_one_row_far_behind_the_others_does_not_move_now(stray: str) -> None:
    assert _choose(_days("2011-01-01", 100) + _days(stray, 1, events=1))[0] == parse_time("2011-04-11")


def test_a_second_season_behind_a_gap_does() -> None:
    assert _choose(_days("2011-01-01", 100) + _days("2012-01-01", 10))[0] == parse_time("2012-01-11")


def test_one_row_far_before_the_others_does_not_lengthen_the_history() -> None:
    assert _choose(_days("1990-01-01", 1, events=1) + _days("2011-01-01", 100))[1] == 100


def test_a_day_that_has_not_ended_ends_with_its_last_event() -> None:
    now = parse_time("2011-04-10T21:00:00")
    assert _choose(_days("2011-01-01", 100), now=now)[0] == parse_time("2011-04-10T20:00:01")


def test_the_look_back_is_never_longer_than_a_year_or_the_history() -> None:
    assert _choose(_days("2008-01-01", 1_300))[1] == 365
    assert _choose(_days("2011-01-01", 10))[1] == 10


def test_what_was_asked_is_done() -> None:
    as_of, look_back, codes = _choose(_days("2011-01-01", 100), as_of="2011-03-01", look_back_days=30)
    assert (as_of, look_back, codes) == (parse_time("2011-03-01"), 30, set())
    assert _choose(_days("2011-01-01", 100), as_of=parse_time("2011-03-01"))[0] == parse_time("2011-03-01")


def test_a_look_back_longer_than_the_history_is_said() -> None:
    assert "look_back_long" in _choose(_days("2011-01-01", 100), look_back_days=300)[2]


def test_a_now_before_the_first_event_is_refused() -> None:
    with pytest.raises(InputError, match="the first one is at 2011-01-01"):
        _choose(_days("2011-01-01", 100), as_of="2010-01-01")
