"""Specifications: one language or both, and JSON that cannot leave its script element."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.show.spec import bilingual, distinct, embedded, number, resolve, text
from shoal.words.language import Text

BOTH = {"title": Text("orders", "订单"), "rows": [{"name": Text.same("tea"), "value": 1.5}], "width": "container"}


def test_a_specification_is_resolved_to_one_language() -> None:
    assert resolve(BOTH, "zh") == {"title": "订单", "rows": [{"name": "tea", "value": 1.5}], "width": "container"}


def test_a_width_takes_the_place_of_the_container() -> None:
    assert resolve(BOTH, "en", width=300)["width"] == 300
    assert resolve({"width": 20}, "en", width=300)["width"] == 20


def test_both_languages_stand_together_only_where_they_differ() -> None:
    assert bilingual(BOTH)["title"] == {"en": "orders", "zh": "订单"}
    assert bilingual(BOTH)["rows"][0]["name"] == "tea"


@given(
    st.recursive(
        st.text() | st.integers(-(2**53), 2**53) | st.none(), lambda inner: st.lists(inner, max_size=4), max_leaves=8
    )
)
def test_embedded_json_says_the_same_and_never_ends_its_script(value: object) -> None:
    words = embedded(value)
    assert json.loads(words) == value
    assert not set(words) & {"<", ">", "&", "\u2028", "\u2029"}


def test_what_is_no_number_cannot_be_embedded() -> None:
    with pytest.raises(ValueError, match="JSON"):
        embedded(float("nan"))


@pytest.mark.parametrize(("value", "wanted"), [(1, 1.0), (None, None), (float("inf"), None), (float("nan"), None)])
def test_a_number_is_finite_or_missing(value: float | None, wanted: float | None) -> None:
    assert number(value) == wanted


@given(st.lists(st.text(max_size=3)))
def test_names_are_told_apart_in_both_languages(words: list[str]) -> None:
    told = distinct(words)
    assert len({one.en for one in told}) == len({one.zh for one in told}) == len(words)


def test_a_name_of_several_lines_stands_on_one() -> None:
    assert text("green\ntea\r\ncup") == Text.same("green tea cup")


def test_a_plain_string_reads_alike_in_both_languages() -> None:
    assert text("tea") == Text("tea", "tea")
