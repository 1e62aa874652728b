from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.show import blocks as b
from shoal.show.text import as_text
from shoal.show.widths import fitting
from shoal.words.language import Text

WORDS = st.text("ab ", max_size=12)


def test_what_fits_is_left_alone_and_so_is_what_no_width_could_hold() -> None:
    assert fitting([["name", "tea"], ["n", "1"]], 9) is None
    assert fitting([["name", "unbreakable"], ["n", "1"]], 8) is None
    assert fitting([], 8) is None


def test_every_column_gets_its_longest_word_and_the_rest_is_shared_by_need() -> None:
    """Words of 5 and 4, and 11 and 9 in all: of 15 six are left, of which 6 * 6 // 11 and 6 * 5 // 11 are given."""
    assert fitting([["green tea x"[:11]], ["a pan 1 x"]], 15) == [5 + 3, 3 + 3]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.text("ab ", max_size=12), min_size=1, max_size=4), min_size=1, max_size=5), st.integers(1, 60)
)
def test_widths_stay_within_the_room_and_break_no_word(columns: list[list[str]], room: int) -> None:
    found = fitting(columns, room)
    if found is not None:
        assert sum(found) <= room
        for width, column in zip(found, columns, strict=True):
            assert all(len(word) <= width for said in column for word in said.split())


def test_no_word_of_a_wide_table_is_broken_on_a_narrow_terminal() -> None:
    columns = tuple(b.TableColumn(Text.same(name)) for name in ("Way of recommending", "Only bestsellers", "Interval"))
    table = b.Table(columns, (("popularity, tuned on earlier days", 0.5, "0.034 – 0.062"),) * 2)
    shown = as_text([table], "en", width=44).split()
    assert {"popularity,", "recommending", "bestsellers", "Interval"} <= set(shown)


def test_chinese_cells_break_between_signs_and_leave_names_of_columns_whole() -> None:
    columns = tuple(b.TableColumn(Text.same(name)) for name in ("列名", "特征", "含义"))
    table = b.Table(
        columns, (("days_since_last_order", "距上次下单天数", "回看期内的订单数；新订单计 1，每满 30 天减半"),)
    )
    lines = as_text([table], "zh", width=56).splitlines()
    assert "days_since_last_order" in lines[2]
    assert len(lines) <= 5  # blanks alone would break it into far more
    assert not [line for line in lines for part in line.split("  ") if part.strip()[:1] in "；，。" and part.strip()]
