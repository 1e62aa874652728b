"""Numbers and prints of single values, beside what arithmetic says."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shoal.events.arrays import text_array
from shoal.events.typed.amounts import points, ten_thousandths
from shoal.events.typed.cells import Field
from shoal.events.typed.prints import text_prints


def _field(*texts: str) -> Field:
    return Field.of(text_array(texts))


def test_numbers_are_ten_thousandths_and_the_rest_leaves_a_doubt() -> None:
    plain = ["3", "19.9", "0.0150", "007", "", "9999999.9999"]
    odd = ["-1", "1,5", "1e3", ".5", "5.", "1.2.3", "1.00005", "99999999", " 4", "NaN"]
    found, doubtful = ten_thousandths(_field(*plain, *odd))
    assert found[: len(plain)].tolist() == [30_000, 199_000, 150, 70_000, 0, 99_999_999_999]
    assert doubtful.tolist() == [False] * len(plain) + [True] * len(odd)


def test_points_tell_cents_from_thousands() -> None:
    assert points(_field("1", "20")) == (False, False)
    assert points(_field("1.5", "20.25")) == (True, False)
    assert points(_field("1.250", "20")) == (False, True)


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30), max_size=30))
def test_prints_are_equal_where_texts_are(texts: list[str]) -> None:
    prints = text_prints(_field(*texts)) if texts else np.empty(0, np.uint64)
    assert len(set(prints.tolist())) == len(set(texts))
