"""Cells as words, and words that cannot steer a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.show.blocks import Cell, Table, TableColumn
from shoal.show.cells import is_numeric, printable, shown
from shoal.words.language import Text


@pytest.mark.parametrize(
    ("cell", "form", "wanted"),
    [
        (1234.5, ",.0f", "1,234"),
        (0.256, ".1%", "25.6%"),
        (-0.5, "+.1f", "−0.5"),
        (-0.001, "+.1f", "+0.0"),
        (1234567, "", "1,234,567"),
        (0.123456, "", "0.1235"),
        (98765.4, "", "98,765"),
        (None, ",.0f", "–"),
        (float("nan"), ",.0f", "–"),
        (float("inf"), ",.0f", "–"),
        (True, ",.0f", "yes"),
        ("tea-cup", ",.0f", "tea-cup"),
        (Text("orders", "订单"), "", "orders"),
    ],
)
def test_a_cell_is_written_as_people_write_it(cell: Cell, form: str, wanted: str) -> None:
    assert shown(cell, form, "en") == wanted


def test_words_of_a_cell_follow_the_language() -> None:
    assert shown(Text("orders", "订单"), "", "zh") == "订单"
    assert shown(False, "", "zh") == "否"


def test_a_column_is_numeric_when_all_but_its_gaps_are_numbers() -> None:
    columns = tuple(TableColumn(Text.same(name)) for name in "abc")
    table = Table(columns, ((1, "x", None), (None, 2, None)))
    assert [is_numeric(table, place) for place in range(3)] == [True, False, False]


def test_a_terminal_code_in_a_name_is_shown_not_obeyed() -> None:
    assert printable("a\x1b[31mb\nc\u202ed") == "a\ufffd[31mb c\ufffdd"


@given(st.text())
def test_printable_words_hold_no_control_sign(words: str) -> None:
    assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in printable(words))
    assert len(printable(words)) == len(words)
