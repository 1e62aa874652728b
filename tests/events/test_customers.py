"""The door of customers: who is who, what goes where, and that no row is lost."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from shoal.events.result import EventLog, Quality
from shoal.words.errors import InputError, UsageError
from tests.events.conftest import HEADER, Load, Write, codes

PEOPLE = "customer_id,signed_up,city,age,email,consent_email"


def _lines(customers: list[str], each: int = 2) -> list[str]:
    """Every customer orders on days of spring 2025: the n-th on day n modulo 28, and a fortnight later."""
    return [
        f"{name},2025-0{4 + turn}-{1 + at % 28:02d} 10:00:00,purchase,p{at % 3},1,{5 + at}.00,o{at}-{turn}"
        for at, name in enumerate(customers)
        for turn in range(each)
    ]


@pytest.fixture
def shop(write: Write, loaded: Load, tmp_path: Path) -> Callable[..., tuple[EventLog, Quality]]:
    """``shop(people lines, customers=[...])``: a log of forty customers u0 to u39 with a customers file beside it."""

    def run(*people: str, customers: list[str] | None = None, **options: Any) -> tuple[EventLog, Quality]:
        log = write("log.csv", HEADER, *_lines(customers or [f"u{at}" for at in range(40)]))
        file = write("people.csv", *people)
        return loaded(log, customers=file, private=tmp_path / "private", **options)

    return run


def _accounts(log: EventLog, *columns: str) -> list[tuple[Any, ...]]:
    return log.engine.rows(f"SELECT {', '.join(columns)} FROM accounts ORDER BY customer_id")


def _people(count: int = 40) -> list[str]:
    """Half of them in York, ages 20 to 59 in no order, consent said by every third."""
    return [
        f"u{at},2024-01-{1 + at % 28:02d},{('Leeds', 'York')[at % 2]},{20 + at * 7 % 40},u{at}@x.org,"
        + ("yes", "", "")[at % 3]
        for at in range(count)
    ]


def test_numbers_and_frequent_texts_become_attributes_and_contacts_do_not(shop: Callable[..., Any]) -> None:
    log, quality = shop(PEOPLE, *_people())
    assert [(one.name, one.levels) for one in log.attributes] == [("age", ()), ("city", ("Leeds", "York"))]
    assert log.account_dates == {"signed_up"}
    assert "email" not in str(log.engine.rows("DESCRIBE accounts"))
    assert {"customers_matched", "customers_attributes", "customers_undated", "customers_contacts"} <= codes(quality)
    assert "customers_several" not in codes(quality)


def test_contacts_and_consents_go_to_the_private_folder_alone(shop: Callable[..., Any], tmp_path: Path) -> None:
    shop(PEOPLE, *_people())
    file = tmp_path / "private" / "contacts.parquet"
    rows = {row["customer_id"]: row for row in pq.read_table(file).to_pylist()}
    assert rows["u3"] == {"customer_id": "u3", "email": "u3@x.org", "consent_email": True}
    assert rows["u4"]["consent_email"] is False
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_consent_that_is_not_a_clear_yes_is_a_no(shop: Callable[..., Any], tmp_path: Path) -> None:
    said = ["yes", "TRUE", "1", "SUBSCRIBED", "no", "", "maybe", "NEVER_SUBSCRIBED"]
    shop("customer_id,Accepts Marketing", *(f"u{at},{word}" for at, word in enumerate(said)))
    rows = pq.read_table(tmp_path / "private" / "contacts.parquet").to_pylist()
    assert [row["consent_accepts_marketing"] for row in rows] == [True] * 4 + [False] * 4


def test_every_row_is_in_the_account(shop: Callable[..., Any]) -> None:
    """Of 44 rows 40 are used, one customer comes twice, one signs up after the cut, one has no id, one is broken."""
    extra = ["u7,2024-01-08,York,27,u7@x.org,", "new,2025-12-30,York,30,,", ",2024-02-02,York,30,,", "u9,2024-01-01"]
    _, quality = shop(PEOPLE, *_people(), *extra)
    (file,) = [one for one in quality.files if one.kind == "customers"]
    assert (file.records, file.used, file.duplicates, file.after_as_of, file.set_aside) == (44, 40, 1, 1, 2)
    aside = {(row["source_line"], row["rule"]) for row in quality.set_aside.to_pylist()}
    assert aside == {(44, "missing_customer"), (45, "malformed_line")}


def test_what_is_set_aside_shows_no_contact(shop: Callable[..., Any]) -> None:
    _, quality = shop("customer_id,first_name,birthday,city", "u1,Ann,1990-01-01,York", ",Bob,1990-01-02,Leeds")
    (row,) = quality.set_aside.to_pylist()
    assert row["raw"] == ",***,***,Leeds"


def test_customers_whom_the_log_knows_by_mail_are_found_by_their_mail(shop: Callable[..., Any], tmp_path: Path) -> None:
    """The file has numbers of its own; the log knows e-mails, in other cases, as keyed ids."""
    mails = [f"U{at}@Example.com" for at in range(40)]
    people = [f"{1000 + at},u{at}@example.com,{20 + at}" for at in range(42)]
    log, quality = shop("customer_id,email,age", *people, customers=mails)
    known = {row[0] for row in log.engine.rows("SELECT customer_id FROM events GROUP BY customer_id")}
    there = {row[0] for row in _accounts(log, "customer_id")}
    assert known < there
    assert len(there) == 42
    assert all(name.startswith("k") and len(name) == 33 for name in there)
    said = next(finding for finding in quality.findings if finding.code == "customers_matched")
    assert "40 of the log's 40 customers are in it; 2 of its customers have no event" in said.text.en
    kept = pq.read_table(tmp_path / "private" / "contacts.parquet")["customer_id"].to_pylist()
    assert set(kept) == there


def test_phone_numbers_match_by_their_digits(write: Write, loaded: Load, tmp_path: Path) -> None:
    numbers = [f"+44 20 7946 {1000 + at}" for at in range(12)]
    log = write("log.csv", HEADER, *_lines(numbers))
    file = write(
        "people.csv", "customer_id,mobile,plan", *(f"m{at},+44-20-7946-{1000 + at},{'ab'[at % 2]}" for at in range(12))
    )
    found, _ = loaded(log, customers=file, private=tmp_path / "p", columns={"customers.phone": "mobile"})
    assert found.engine.rows("SELECT COUNT(*) FROM accounts SEMI JOIN events USING (customer_id)") == [(12,)]


def test_a_shopify_file_is_known_and_its_sums_are_left_out(shop: Callable[..., Any]) -> None:
    """A city may describe a customer; the street is a contact."""
    header = "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Address1"
    header += ",Default Address City,Total Spent,Total Orders"
    rows = [f"'{at},Ann,B,u{at}@x.org,yes,1 Road,{('York', 'Hull')[at % 2]},{at}.00,{at}" for at in range(40)]
    log, quality = shop(header, *rows, customers=[str(at) for at in range(40)])
    (file,) = [one for one in quality.files if one.kind == "customers"]
    assert (file.layout, file.used) == ("shopify_customers", 40)
    assert [(one.name, one.levels) for one in log.attributes] == [("Default Address City", ("Hull", "York"))]
    said = {finding.code: finding.text.en for finding in quality.findings}
    assert "Total Spent, Total Orders" in said["customers_left_behaviour"]
    assert "Default Address Address1" in said["customers_contacts"]


def test_a_column_that_goes_with_what_customers_did_is_taken_for_a_sum_of_it(shop: Callable[..., Any]) -> None:
    """Spend of customer n is 10 + 2n: the score n * n has its ranks, and so has the tier."""
    people = [f"u{at},{at * at},{'gold' if at >= 20 else 'tin'},{'ab'[at % 2]}" for at in range(40)]
    log, quality = shop("customer_id,score,tier,plan", *people)
    assert [one.name for one in log.attributes] == ["plan"]
    left = next(finding for finding in quality.findings if finding.code == "customers_left_behaviour")
    assert "score, tier" in left.text.en


def test_with_the_time_of_each_row_such_a_column_takes_part(shop: Callable[..., Any]) -> None:
    people = [f"u{at},{at * at},2025-01-01" for at in range(40)]
    log, _ = shop("customer_id,score,known_at", *people)
    assert [one.name for one in log.attributes] == ["score"]
    assert _accounts(log, "known_s")[0] == (1_735_689_600,)


def test_the_order_of_rows_changes_nothing(shop: Callable[..., Any], tmp_path: Path) -> None:
    people = [*_people(), "u7,2024-01-08,Leeds,99,,", "u7,2024-01-08,York,11,,"]
    one, _ = shop(PEOPLE, *people)
    first = (one.attributes, _accounts(one, "*"))
    two, _ = shop(PEOPLE, *reversed(people))
    assert (two.attributes, _accounts(two, "*")) == first


def test_rows_of_later_days_change_nothing(shop: Callable[..., Any]) -> None:
    one, _ = shop(PEOPLE, *_people())
    first = (one.attributes, _accounts(one, "*"))
    two, _ = shop(PEOPLE, *_people(), *(f"late{at},2025-12-01,Oslo,{at},," for at in range(60)))
    assert (two.attributes, _accounts(two, "*")) == first


def test_birthdays_are_days_whatever_the_zone(shop: Callable[..., Any]) -> None:
    people = [f"u{at},{1960 + at}-03-01" for at in range(40)]
    log, _ = shop("customer_id,birthday", *people, timezone="America/New_York")
    assert _accounts(log, "born_day")[0] == (-3_593,)  # 1960-03-01
    assert log.account_dates == {"birthday"}


def test_rare_values_empty_and_constant_columns_codes_dates_and_notes_are_told(shop: Callable[..., Any]) -> None:
    header = "customer_id,region,nothing,kind,referral_code,last_call,motto"
    people = [
        f"u{at},{'NS'[at % 2] if at else 'W'},,person,r{at},2024-05-{1 + at % 28:02d},m{at % 20}" for at in range(40)
    ]
    log, quality = shop(header, *people)
    assert [(one.name, one.levels) for one in log.attributes] == [("region", ("S", "N"))]
    left = {finding.code.removeprefix("customers_left_"): finding.text.en for finding in quality.findings}
    for reason, column in (
        ("empty", "nothing"),
        ("constant", "kind"),
        ("code", "referral_code"),
        ("free_text", "motto"),
    ):
        assert column in left[reason]
    assert "last_call" in left["date"]


def test_words_for_nothing_are_nothing_but_none_may_be_a_plan(shop: Callable[..., Any]) -> None:
    said = ["gold", "none", "NULL", "n/a", "None", ""]
    log, _ = shop("customer_id,plan", *(f"u{at},{said[at % 6]}" for at in range(40)))
    assert set(log.attributes[0].levels) == {"gold", "none"}


def test_yes_and_no_become_a_number(shop: Callable[..., Any]) -> None:
    log, _ = shop("customer_id,club", *(f"u{at},{'Yes' if at % 2 else 'no'}" for at in range(40)))
    assert log.attributes[0].levels == ()
    assert sorted(_accounts(log, "a0")) == [(0.0,)] * 20 + [(1.0,)] * 20


def test_hostile_values_stay_values(shop: Callable[..., Any]) -> None:
    value = "a'b {x}; DROP TABLE events"
    log, _ = shop("customer_id,plan", *(f'u{at},"{value}"' if at % 2 else f"u{at},b" for at in range(40)))
    assert set(log.attributes[0].levels) == {value, "b"}


@pytest.mark.parametrize("people", [[PEOPLE], [PEOPLE, ""]], ids=["header alone", "a blank line"])
def test_a_file_without_a_row_is_told(shop: Callable[..., Any], people: list[str]) -> None:
    log, quality = shop(*people)
    assert log.attributes == ()
    assert "nothing_in_file" in codes(quality)


def test_ids_that_never_appear_are_told_and_change_nothing(shop: Callable[..., Any]) -> None:
    log, quality = shop("customer_id,age", *(f"x{at},{20 + at}" for at in range(40)))
    assert log.attributes == ()
    assert {code for code in codes(quality) if code.startswith("customers")} == {"customers_unknown"}


def test_all_constant_attributes_leave_none(shop: Callable[..., Any]) -> None:
    log, quality = shop("customer_id,city,age", *(f"u{at},York,30" for at in range(40)))
    assert log.attributes == ()
    assert "customers_left_constant" in codes(quality)


def test_equal_rows_without_end_are_one_customer(shop: Callable[..., Any]) -> None:
    _, quality = shop("customer_id,age", *["u1,30"] * 30_000)
    assert "customers_several" in codes(quality)
    (file,) = [one for one in quality.files if one.kind == "customers"]
    assert (file.used, file.duplicates) == (1, 29_999)


def test_without_a_private_folder_contacts_are_dropped_and_that_is_said(write: Write, loaded: Load) -> None:
    log = write("log.csv", HEADER, *_lines([f"u{at}" for at in range(12)]))
    _, quality = loaded(log, customers=write("people.csv", "customer_id,email", "u1,a@b.org"))
    said = next(finding for finding in quality.findings if finding.code == "customers_contacts")
    assert "not kept" in said.text.en


def test_a_file_that_names_nobody_is_refused(refused: Callable[..., str], write: Write) -> None:
    log = write("log.csv", HEADER, *_lines([f"u{at}" for at in range(12)]))
    said = refused(InputError, log, customers=write("people.csv", "Member No,City", "1,York"))
    assert "people.csv has no customer_id column" in said
    assert "customers.customer_id=COLUMN" in said


def test_a_column_asked_for_that_is_not_there_is_refused(refused: Callable[..., str], write: Write) -> None:
    log = write("log.csv", HEADER, *_lines([f"u{at}" for at in range(12)]))
    people = write("people.csv", "customer_id,City", "1,York")
    assert "Joined" in refused(UsageError, log, customers=people, columns={"customers.signed_up": "Joined"})


def test_a_date_of_two_readings_is_asked_for_by_its_name(
    refused: Callable[..., str], loaded: Load, write: Write
) -> None:
    log = write("log.csv", HEADER, *_lines([f"u{at}" for at in range(12)]))
    people = write("people.csv", "customer_id,Joined", "u1,03/04/2024", "u2,05/06/2024")
    asked = {"customers.signed_up": "Joined"}
    assert "customers.signed_up=Joined:dmy" in refused(InputError, log, customers=people, columns=asked)
    found, _ = loaded(log, customers=people, columns={"customers.signed_up": "Joined:dmy"})
    assert _accounts(found, "signed_up_s")[0] == (1_712_102_400,)  # 3 April 2024


def test_several_tables_are_no_customers_file(refused: Callable[..., str], write: Write, tmp_path: Path) -> None:
    log = write("log.csv", HEADER, *_lines([f"u{at}" for at in range(12)]))
    (tmp_path / "both").mkdir()
    write("both/a.csv", "customer_id,age", "u1,30")
    write("both/b.csv", "customer_id,city", "u1,York")
    assert "different columns" in refused(UsageError, log, customers=tmp_path / "both")
