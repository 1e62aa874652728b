from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from shoal.show import blocks as b
from shoal.show.breaking import CLOSING, broken
from shoal.show.text import as_text
from shoal.words.language import Text


def test_chinese_breaks_between_signs_and_never_before_a_closing_mark() -> None:
    """Ten cells: five signs a line; the comma would begin the second line, so the sign before it goes along."""
    assert broken("一二三四五，六七", 10).split("\n") == ["一二三四", "五，六七"]
    assert broken("共“甲”群", 5).split("\n") == ["共", "“甲”", "群"]  # an opening mark stays with its sign


def test_a_number_keeps_its_signs_and_a_short_line_is_left_alone() -> None:
    assert broken("差异 12.5% 左右", 9).split("\n") == ["差异", "12.5% 左", "右"]
    assert broken("很短。", 40) == "很短。"
    assert broken("", 5) == ""


@settings(max_examples=80, deadline=None)
@given(st.text("一二三ab1 ，。“”", max_size=40), st.integers(8, 30))
def test_nothing_is_lost_and_no_line_is_wider_than_its_room(words: str, room: int) -> None:
    lines = broken(words, room).split("\n")
    assert "".join("".join(lines).split()) == "".join(words.split())
    for line in lines:
        pieces = [part for part in line.split() if part]
        assert cell_len(line.rstrip()) <= room or len(pieces) == 1
    assert all(not line or line[0] not in CLOSING for line in lines[1:]) or "  " in words or " " in words


def test_a_chinese_warning_fills_its_lines() -> None:
    finding = b.Finding("code", "warning", Text("x", "顾客保留为一群：" * 12))
    first, *rest = as_text([finding], "zh", width=60).splitlines()
    assert cell_len(first) > 50
    assert all(cell_len(line) <= 60 for line in rest)
