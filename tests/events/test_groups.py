"""Rules that look at several records at once, the pace of a log, and the five scores."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from shoal.events.moment import Day
from shoal.events.pace import gap_days, shifts
from shoal.events.result import Quality
from tests.events.conftest import HEADER, Load, Write, aside, codes, rules

SESSION = "customer_id,event_time,event_type,product_id,session_id"


def _marked(quality: Quality, code: str) -> list[int]:
    """The lines given as examples of a rule, which is marked and never sets aside."""
    rule = next(rule for rule in quality.rules if rule.code == code)
    assert rule.action == "mark"
    assert rule.count == len(rule.examples) or rule.count > 3
    return [example.line for example in rule.examples]


def test_an_order_of_two_customers_and_one_over_days(write: Write, loaded: Load) -> None:
    _, quality = loaded(
        write(
            "a.csv",
            HEADER,
            "a,2025-01-01 10:00,purchase,p1,1,1,o1",
            "b,2025-01-01 11:00,purchase,p2,1,1,o1",
            "a,2025-01-02 10:00,purchase,p1,1,2,o2",
            "a,2025-01-03 10:01,purchase,p2,1,2,o2",
            "a,2025-01-04 10:00,purchase,p1,1,3,",
            "b,2025-01-04 10:00,purchase,p1,1,3,",
        )
    )
    assert _marked(quality, "order_of_several_customers") == [2, 3]
    assert _marked(quality, "order_over_days") == [4, 5]
    assert quality.set_aside_records == 0


def test_a_return_of_what_was_never_bought_is_told_from_one_that_was(write: Write, loaded: Load) -> None:
    _, quality = loaded(
        write(
            "a.csv",
            HEADER,
            "a,2025-01-01 10:00,purchase,p1,1,1,o1",
            "a,2025-01-02 10:00,refund,p1,1,1,o1",
            "a,2025-01-02 10:00,refund,p2,1,1,o3",
            "b,2025-01-02 10:00,refund,p1,1,1,o4",
            "a,2024-12-30 10:00,refund,p1,1,1,o5",
        )
    )
    assert _marked(quality, "refund_without_purchase") == [4, 5, 6]


def test_an_amount_beyond_all_others_is_marked(write: Write, loaded: Load) -> None:
    lines = [f"a,2025-01-01 10:{at:02d},purchase,p1,1,{5 + at % 9},o{at}" for at in range(50)]
    far, near = "b,2025-01-01,purchase,p1,1,9999999,o", "c,2025-01-01,purchase,p,1,25,x"
    _, quality = loaded(write("a.csv", HEADER, *lines, far, near))
    assert _marked(quality, "outlier") == [52]


def test_a_robot_is_known_by_its_pace(write: Write, loaded: Load) -> None:
    robot = [f"r,2025-01-01 10:00:{at % 60:02d},view,p{at}," for at in range(121)]
    person = [f"a,2025-01-01 {10 + at // 60}:{at % 60:02d},view,p{at}," for at in range(121)]
    _, quality = loaded(write("a.csv", SESSION, *robot, *person))
    assert rules(quality) == {"bot": 121}


def test_a_session_of_two_customers(write: Write, loaded: Load) -> None:
    lines = ("a,2025-01-01,view,p,s1", "b,2025-01-02,view,p,s1", "b,2025-01-02,view,q,s2")
    assert _marked(loaded(write("a.csv", SESSION, *lines))[1], "shared_session") == [2, 3]


def test_the_rarer_writing_of_a_code_is_marked(write: Write, loaded: Load) -> None:
    lines = ("a,2025-01-01,view,ab 1,", "a,2025-01-02,view,AB1,", "a,2025-01-03,view,AB1,", "a,2025-01-04,view,AB2,")
    assert _marked(loaded(write("a.csv", SESSION, *lines))[1], "same_code_written_differently") == [2]


def test_ids_that_a_spreadsheet_shortened_are_set_aside(write: Write, loaded: Load) -> None:
    lines = ("1.23457E+11,2025-01-01,view,p,", "E+5,2025-01-01,view,p,", "9e+15,2025-01-01,view,p,")
    assert aside(loaded(write("a.csv", SESSION, *lines))[1]) == {2: "lost_digits", 4: "lost_digits"}


def _days(numbers: list[int], events: int = 100) -> list[Day]:
    return [Day(number, events, number * 86400, number * 86400 + 5) for number in numbers]


def test_a_gap_is_longer_than_the_pauses_of_the_shop() -> None:
    assert gap_days(_days([*range(10), *range(20, 30)])) == [(10, 19)]
    assert gap_days(_days([*range(10), *range(16, 30)])) == []
    weekly = list(range(0, 200, 4))
    assert gap_days(_days([*weekly, 209])) == []
    assert gap_days(_days([*weekly, 214])) == [(197, 213)]


def test_a_shift_lasts_two_weeks_and_is_by_three() -> None:
    steady = _days(list(range(140)))
    assert shifts(steady) == []
    assert shifts([*steady[:70], *_days(list(range(70, 140)), 400)]) == [(70, pytest.approx(4))]
    assert shifts([*steady[:70], *_days(list(range(70, 77)), 400), *steady[77:]]) == []
    assert shifts([*steady[:70], *_days(list(range(70, 140)), 20)]) == [(70, pytest.approx(0.2))]


def test_gaps_and_columns_that_say_nothing_are_findings(write: Write, loaded: Load) -> None:
    days = [date(2025, 1, 1) + timedelta(at) for at in (*range(30), *range(50, 80))]
    lines = [f"u{at},{day},view,p{at},,{'9' if at == 5 else ''},web" for at, day in enumerate(days)]
    _, quality = loaded(write("a.csv", "customer_id,event_time,event_type,product_id,quantity,rating,channel", *lines))
    found = {finding.code: finding.text.say("en") for finding in quality.findings}
    assert "2025-01-31 - 2025-02-19" in found["gap"]
    assert "channel" in found["constant_column"]
    assert "rating" in found["mostly_empty"]
    assert "volume_shift" not in codes(quality)


def test_scores_are_shares_of_records_with_their_effect(write: Write, loaded: Load) -> None:
    _, quality = loaded(
        write(
            "a.csv",
            HEADER,
            "a,2025-01-01 10:00,purchase,p1,1,10,o1",
            "a,2025-01-01 10:00,purchase,p1,1,10,o1",
            ",2025-01-02 10:00,purchase,p1,1,30,o2",
            "b,2025-01-02 10:00,purchase,p1,1,-5,o2",
            "c,2025-01-02 10:00,refund,p1,1,5,o3",
        ),
        currency="EUR",
    )
    values = {score.dimension: (score.value, score.found) for score in quality.scores}
    assert values == {
        "completeness": (0.8, 1), "accuracy": (0.8, 1), "consistency": (0.8, 1), "uniqueness": (0.8, 1),
        "timeliness": (1.0, 0),
    }  # fmt: skip
    effects = {score.dimension: score.effect.say("en") for score in quality.scores}
    assert "30 EUR" in effects["completeness"]
    assert "10 EUR" in effects["uniqueness"]
    assert effects["timeliness"] == "none"
    assert effects["consistency"].endswith("no purchase of any amount was set aside.")
    assert not [said for said in effects.values() if re.search(r"\b0 EUR", said)]
    assert quality.scores[0].how.say("en") == "1 of 5 records were found by: no customer"
    assert "Five scores" in quality.text("en")


def test_customers_and_names_written_differently_are_marked_by_their_rarer_writing(write: Write, loaded: Load) -> None:
    _, quality = loaded(
        write(
            "a.csv",
            f"{HEADER},category,brand",
            "Ann,2025-01-01 10:00,purchase,p1,1,1,o1,Tea,Oak",
            "Ann,2025-01-02 10:00,purchase,p1,1,1,o2,Tea,Oak",
            "ann,2025-01-03 10:00,purchase,p1,1,1,o3,tea,Elm",
            "bob,2025-01-03 10:00,purchase,p1,1,1,o4,Tea,OAK",
            "b ob,2025-01-04 10:00,purchase,p1,1,1,o5,T ea,Elm",
            "cy,2025-01-04 10:00,purchase,p1,1,1,o6,Tea,Elm",
            "bob,2025-01-05 10:00,purchase,p1,1,1,o7,Tea,Elm",
        )
    )
    assert _marked(quality, "same_customer_written_differently") == [4, 6]
    assert _marked(quality, "same_name_written_differently") == [4, 5, 6]
    assert "same_code_written_differently" not in rules(quality)


def test_ids_all_in_capitals_are_nothing_odd(write: Write, loaded: Load) -> None:
    lines = [f"U{at},2025-01-01 10:00,purchase,P{at},1,1,o{at}" for at in range(9)]
    _, quality = loaded(write("a.csv", HEADER, *lines))
    assert not {code for code in rules(quality) if code.startswith("same_")}
