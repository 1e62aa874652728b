"""Features of what a customers file says: as it was known at the cut, and in the columns of an earlier study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from shoal.events.result import Attribute, EventLog
from shoal.features.build import build, newcomers
from shoal.words.clock import DAY_S
from tests.features.conftest import AS_OF_DAY, MakeLog, event

SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("signed_up_s", pa.int64()),
        ("known_s", pa.int64()),
        ("born_day", pa.int32()),
        ("a0", pa.float64()),
        ("a1", pa.string()),
    ]
)
ATTRIBUTES = (Attribute("points", "a0"), Attribute("plan", "a1", ("free", "pro {x}'s")))
LEVELS = ["attribute_plan_free", "attribute_plan_pro_x_s"]


def with_accounts(log: EventLog, rows: Sequence[Mapping[str, Any]]) -> EventLog:
    """The log with a customers file: days for dates, ``a0`` points, ``a1`` a plan."""
    log.engine.register("accounts", pa.Table.from_pylist([dict(row) for row in rows], schema=SCHEMA))
    dates = frozenset({"signed_up", "birthday"})
    return replace(log, accounts="accounts", attributes=ATTRIBUTES, account_dates=dates)


@pytest.fixture
def log(make_log: MakeLog) -> EventLog:
    """Four customers who bought on day 80; u4 is not in the file, u5 in the file has no event."""
    bare = make_log([event(f"u{at}", 80, 10) for at in range(1, 5)])
    return with_accounts(
        bare,
        [
            {"customer_id": "u1", "signed_up_s": 90 * DAY_S, "born_day": -9_900, "a0": 3.5, "a1": "free"},
            {"customer_id": "u2", "a0": None, "a1": "pro {x}'s"},
            {"customer_id": "u3", "signed_up_s": 95 * DAY_S, "born_day": 200, "a0": 7.0, "a1": "rare"},
            {"customer_id": "u5", "known_s": 99 * DAY_S, "a0": 1.0, "a1": "free"},
        ],
    )


def _column(log: EventLog, name: str, day: int = AS_OF_DAY) -> list[float | None]:
    clock = log.clock if day == AS_OF_DAY else log.clock.earlier(AS_OF_DAY - day)
    return list(build(log, clock).table[name].to_pylist())


def test_numbers_stand_as_they_are_and_texts_as_nought_or_one(log: EventLog) -> None:
    """u4 is not in the file: nothing is known. u3 has a plan, but a rare one: none of the frequent."""
    assert _column(log, "attribute_points") == [3.5, None, 7.0, None]
    assert _column(log, LEVELS[0]) == [1.0, 0.0, 0.0, None]
    assert _column(log, LEVELS[1]) == [0.0, 1.0, 0.0, None]


def test_days_since_sign_up_and_age_are_of_the_cut(log: EventLog) -> None:
    """u1 signed up on day 90 and was born 9,900 days before 1970: 10 days and 10,000 / 365.2425 years at day 100.

    u3 was born after the cut: an age is not known.
    """
    assert _column(log, "days_since_sign_up") == [10.0, None, 5.0, None]
    assert _column(log, "age_years") == [pytest.approx(10_000 / 365.2425), None, None, None]


def test_who_had_not_signed_up_at_an_earlier_cut_is_not_known_there(log: EventLog) -> None:
    """At day 92 u3 had not signed up; u1 had, two days before."""
    assert _column(log, "attribute_points", 92) == [3.5, None, None, None]
    assert _column(log, "days_since_sign_up", 92) == [2.0, None, None, None]


def test_a_row_written_later_is_not_known_at_an_earlier_cut(make_log: MakeLog) -> None:
    bare = make_log([event("u1", 80, 10), event("u2", 80, 10)])
    rows = [{"customer_id": "u1", "known_s": 91 * DAY_S, "a0": 1.0}, {"customer_id": "u2", "a0": 2.0}]
    log = with_accounts(bare, rows)
    assert _column(log, "attribute_points") == [1.0, 2.0]
    assert _column(log, "attribute_points", 91) == [None, 2.0]


def test_attributes_are_a_block_that_says_which_column_and_value_it_is(log: EventLog) -> None:
    infos = {info.name: info for info in build(log, log.clock).columns if info.block == "attributes"}
    assert set(infos) == {"days_since_sign_up", "age_years", "attribute_points", *LEVELS}
    assert (infos[LEVELS[1]].attribute, infos[LEVELS[1]].level) == ("plan", "pro {x}'s")
    assert infos[LEVELS[1]].label.en == "plan: pro {x}'s"
    assert not any(info.additive for info in infos.values())


def test_without_a_customers_file_the_two_of_the_catalogue_are_said_to_be_absent(make_log: MakeLog) -> None:
    features = build(bare := make_log([event("u1", 80, 10)]), bare.clock)
    reasons = {one.name: one.reason.en for one in features.absent}
    assert "customers file" in reasons["days_since_sign_up"]
    assert "customers file" in reasons["age_years"]


def test_an_earlier_studys_columns_are_filled_from_another_file(log: EventLog, make_log: MakeLog) -> None:
    like = build(log, log.clock)
    other = with_accounts(make_log([event("n1", 90, 5)]), [{"customer_id": "n1", "a0": 9.0, "a1": "free"}])
    swapped = replace(other, attributes=(Attribute("plan", "a1", ("free",)), Attribute("points", "a0")))
    found = build(swapped, swapped.clock, like=like)
    assert found.table.column_names == like.table.column_names
    assert found.table.select(["attribute_points", *LEVELS]).to_pylist() == [
        {"attribute_points": 9.0, LEVELS[0]: 1.0, LEVELS[1]: 0.0}
    ]
    assert not any(finding.code == "attributes_unknown" for finding in found.findings)


def test_without_the_file_an_earlier_studys_attributes_are_empty_and_that_is_said(
    log: EventLog, make_log: MakeLog
) -> None:
    like, bare = build(log, log.clock), make_log([event("n1", 90, 5)])
    found = build(bare, bare.clock, like=like)
    assert found.table["attribute_points"].null_count == 1
    assert found.table["days_since_sign_up"].null_count == 1
    (said,) = [finding for finding in found.findings if finding.code == "attributes_unknown"]
    assert said.count == 4  # sign-up, age, points, plan


def test_newcomers_are_those_of_the_file_without_an_event_before_the_cut(log: EventLog) -> None:
    """u5 was written on day 99; u3 has an event."""
    found = newcomers(log, log.clock, build(log, log.clock))
    assert found["customer_id"].to_pylist() == ["u5"]
    assert found[LEVELS[0]].to_pylist() == [1.0]
    assert newcomers(log, log.clock.earlier(5), build(log, log.clock)).num_rows == 0


def test_without_a_file_there_are_no_newcomers(log: EventLog, make_log: MakeLog) -> None:
    bare = make_log([event("n1", 90, 5)])
    assert newcomers(bare, bare.clock, build(log, log.clock)).num_rows == 0
