"""Every rule finds what it is for, at its line, and nothing else."""

from __future__ import annotations

import pytest

from shoal.events.rules import RULES
from shoal.words.errors import InputError
from tests.events.conftest import HEADER, Load, Write, aside, codes, events, rules

GOOD = ("a,2025-01-01 10:00,purchase,p1,2,5.00,o1", "b,2025-01-02 11:00,view,p2,,,")

CASES = {
    "missing_customer": [
        ",2025-01-03,purchase,p1,1,1,o",
        " ,2025-01-03,purchase,p1,1,1,o",
        "NULL,2025-01-03,view,p,,,",
    ],
    "missing_time": ["a,,purchase,p1,1,1,o", "a, ,purchase,p1,1,1,o"],
    "unparsable_time": ["a,yesterday,purchase,p1,1,1,o", "a,1869-05-05,purchase,p1,1,1,o", "a,2025-02-30,view,p,,,"],
    "future_time": ["a,2026-01-02 00:00:01,purchase,p1,1,1,o", "a,2099-01-01,view,p1,,,"],
    "unknown_event_type": ["a,2025-01-03,teleport,p1,1,1,o", "a,2025-01-03,,p1,1,1,o"],
    "unparsable_number": ["a,2025-01-03,purchase,p1,two,1,o", "a,2025-01-03,purchase,p1,1,free,o"],
    "lost_digits": ["1.23457E+11,2025-01-03,view,p1,,,"],
    "missing_product": ["a,2025-01-03,purchase,,1,1,o", "a,2025-01-03,view, ,,,"],
    "zero_quantity": ["a,2025-01-03,purchase,p1,0,0,o"],
    "impossible_quantity": ["a,2025-01-03,purchase,p1,1000001,5,o"],
    "no_amount": ["a,2025-01-03,purchase,p1,1,,o"],
    "negative_amount": ["a,2025-01-03,purchase,p1,1,-5,o", "a,2025-01-03,view,p1,,-5,"],
    "not_a_product": ["a,2025-01-03,purchase,POST,1,3,o", "a,2025-01-03,purchase,Bank Charges,1,3,o"],
    "malformed_line": ["a,2025-01-03,purchase,p1,1,1", "a,2025-01-03,purchase,p1,1,1,o,x"],
    "unclosed_quote": ['a,2025-01-03,"purchase,p1,1,1,o'],
    "blank_line": ["", "  "],
    "bad_encoding": ["a,2025-01-03,purchase,p\0,1,1,o"],
}


def _aside_rules() -> set[str]:
    return {rule.code for rule in RULES if rule.action == "set_aside"}


def test_every_rule_that_sets_aside_is_tested_here_or_below() -> None:
    assert set(CASES) == _aside_rules() - {"other_currency", "malformed_json", "missing_key", "other_event"}
    assert len(RULES) >= 15


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_finds_its_faults_and_no_other_record(rule: str, write: Write, loaded: Load) -> None:
    log, quality = loaded(write("a.csv", HEADER, GOOD[0], *CASES[rule], GOOD[1]))
    assert aside(quality) == dict.fromkeys(range(3, 3 + len(CASES[rule])), rule)
    assert rules(quality) == {rule: len(CASES[rule])}
    assert quality.rules[0].examples[0].line == 3
    assert quality.records == 2 + len(CASES[rule])
    assert log.rows == quality.used == 2


def test_a_duplicate_is_kept_once_and_the_first_stays(write: Write, loaded: Load) -> None:
    log, quality = loaded(write("a.csv", HEADER, GOOD[0], GOOD[1], GOOD[0], GOOD[0].replace(",2,", ",2.0,")))
    assert rules(quality) == {"duplicate": 2}
    assert events(log, "source_line") == [(2,), (3,)]
    assert quality.duplicates == 2
    assert quality.set_aside.num_rows == 0


def test_records_that_differ_in_anything_are_no_duplicates(write: Write, loaded: Load) -> None:
    other = [GOOD[0].replace(old, new) for old, new in [("p1", "p3"), ("o1", "o2"), (",2,", ",3,"), ("10:00", "10:01")]]
    assert loaded(write("a.csv", HEADER, GOOD[0], *other))[0].rows == 5


def test_a_purchase_for_nothing_is_kept_and_marked(write: Write, loaded: Load) -> None:
    log, quality = loaded(write("a.csv", HEADER, *GOOD, "c,2025-01-03,purchase,p1,1,0.00,o9"))
    assert rules(quality) == {"zero_amount": 1}
    assert quality.rules[0].examples[0].line == 4
    assert (log.rows, quality.set_aside_records) == (3, 0)


def test_a_negative_quantity_is_a_refund_of_positive_size(write: Write, loaded: Load) -> None:
    log, quality = loaded(write("a.csv", HEADER, GOOD[0], "a,2025-01-03,purchase,p1,-2,-5.00,c1"))
    assert events(log, "event_type", "quantity", "amount")[1] == ("refund", 2, 5)
    assert not quality.rules


def test_excluded_products_are_set_aside(write: Write, loaded: Load) -> None:
    assert rules(loaded(write("a.csv", HEADER, *GOOD), exclude=["P1"])[1]) == {"not_a_product": 1}


def test_product_codes_of_one_letter_are_products_unless_their_name_says_otherwise(write: Write, loaded: Load) -> None:
    header = "customer_id,event_time,product_id,name,amount"
    lines = [f"u{at},2025-01-01,{code},{name},1" for at, (code, name) in enumerate([("S", "small"), ("M", "Manual")])]
    assert aside(loaded(write("a.csv", header, *lines))[1]) == {3: "not_a_product"}


def test_two_currencies_stop_the_load_until_one_is_chosen(write: Write, loaded: Load) -> None:
    header = "customer_id,event_time,amount,currency"
    path = write("a.csv", header, "a,2025-01-01,5,EUR", "b,2025-01-01,5,eur", "c,2025-01-01,6,USD")
    with pytest.raises(InputError, match="EUR 2, USD 1"):
        loaded(path)
    log, quality = loaded(path, currency="EUR")
    assert (log.currency, log.rows, aside(quality)) == ("EUR", 2, {4: "other_currency"})


def test_contacts_are_masked_in_what_was_set_aside(write: Write, loaded: Load) -> None:
    _, quality = loaded(
        write("a.csv", HEADER, *GOOD, ",2025-01-01,view,ann@example.com,,,", 'x,"bo@example.org +44 20 7946 0958')
    )
    raws = quality.set_aside.column("raw").to_pylist()
    assert raws == [",2025-01-01,view,***@***,,,", 'x,"***@*** +***']
    assert "example." not in quality.json()


def test_ids_that_were_numbers_lose_their_point_and_it_is_said(write: Write, loaded: Load) -> None:
    log, quality = loaded(write("a.csv", HEADER, GOOD[0].replace("a,", "17850.0,"), GOOD[1].replace("b,", "x.0,")))
    assert events(log, "customer_id") == [("17850",), ("x.0",)]
    assert "float_ids" in codes(quality)


def test_a_log_of_nothing_but_faults_is_refused_with_their_counts(write: Write, loaded: Load) -> None:
    with pytest.raises(InputError, match="missing_customer 2"):
        loaded(write("a.csv", HEADER, ",2025-01-03,view,p1,,,", ",2025-01-04,view,p1,,,"))
    with pytest.raises(InputError, match="malformed_line 2"):
        loaded(write("b.csv", HEADER, "x", "y"))


@pytest.mark.parametrize(
    ("contact", "left"),
    [
        ("0170 1234567", "***"),
        ("030/1234567", "***"),
        ("(030) 123 45 67", "***"),
        ("01 23 45 67 89", "***"),
        ("02079460958", "***"),
        ("13800138000", "***"),
        ("(555) 123-4567", "***"),
        ("+49 (0)30 1234567", "+***"),
        ("0301234567,0301234568", "***,***"),
        ("2025-01-01 10:00:00", "2025-01-01 10:00:00"),
        ("01/02/2025 10:00", "01/02/2025 10:00"),
        ("1.234,56", "1.234,56"),
        ("4006381333931", "4006381333931"),
    ],
)
def test_numbers_as_they_are_dialled_are_masked_in_lines_no_one_can_read(
    write: Write, loaded: Load, contact: str, left: str
) -> None:
    """Times, amounts and bar codes are not."""
    path = write("a.csv", HEADER, "a,2025-01-01,view,p,,,", f'x,{contact},"open')
    _, quality = loaded(path)
    assert quality.set_aside.column("raw").to_pylist() == [f'x,{left},"open']
