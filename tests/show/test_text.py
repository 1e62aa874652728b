"""Blocks in a terminal: inside its width, without codes, everything said."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from shoal.show.blocks import Chart, Finding, Heading, Link, Table, TableColumn
from shoal.show.cells import between
from shoal.show.text import as_text
from shoal.words.language import LANGUAGES, Language, Text
from tests.show import sample


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_is_wider_than_the_terminal(language: Language, width: int) -> None:
    lines = as_text(sample.blocks(), language, width=width).splitlines()
    assert len(lines) > 100
    assert max(map(cell_len, lines)) <= width


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_said_in_the_language_asked_for(language: Language) -> None:
    words = as_text(sample.blocks(), language, width=120)
    for name in sample.NAMES:
        assert name.say(language) in words
    assert ("期高额" in words) is (language == "zh")


def test_there_are_no_colour_codes_unless_asked_for() -> None:
    assert "\x1b" not in as_text(sample.blocks(), "en")
    assert "\x1b[" in as_text([Heading(Text.same("Title"))], "en", colour=True)


def test_a_terminal_code_in_the_data_does_not_reach_the_terminal() -> None:
    table = Table((TableColumn(Text.same("name")),), (("tea\x1b[2J",),))
    assert "\x1b" not in as_text([table, Heading(Text.same("\x1b]0;x\x07"))], "en")


def test_markup_of_the_terminal_library_in_the_data_stays_text() -> None:
    table = Table((TableColumn(Text.same("name")),), (("[bold red]tea[/] :smile:",),))
    assert "[bold red]tea[/] :smile:" in as_text([table], "en")


def test_a_finding_says_how_grave_it_is_and_what_to_do() -> None:
    finding = Finding("clock", "warning", Text("Late rows.", "晚到的行。"), Text("Mend them.", "请修正。"))
    assert as_text([finding], "en") == "Warning  Late rows.\n         Mend them.\n"
    assert as_text([finding], "zh") == "注意  晚到的行。\n      请修正。\n"


def test_a_chart_of_one_number_a_name_becomes_small_bars() -> None:
    chart = next(block for block in sample.drawings() if isinstance(block, Chart) and block.name == "revenue")
    lines = as_text([chart], "en", width=100).splitlines()
    assert lines[0] == "One segment brings half of revenue"
    assert lines[1] == "Recent big spenders               " + "█" * 24 + "  47.0%"
    assert lines[2].count("█") == round(24 * 0.21 / 0.47)


def test_numbers_stand_below_each_other_beside_chinese_names() -> None:
    table = Table((TableColumn(Text.same("名称")), TableColumn(Text.same("n"), ",.0f")), (("茶", 5), ("coffee", 1000)))
    ends = {cell_len(line) for line in as_text([table], "zh").splitlines() if line[-1].isdigit()}
    assert len(ends) == 1


def test_a_link_shows_where_it_leads() -> None:
    assert as_text([Link(Text("Report", "报告"), "out/report.html")], "en") == "Report: out/report.html\n"


def test_an_interval_is_never_broken_at_its_dash() -> None:
    columns = tuple(TableColumn(Text.same(name)) for name in ("way of recommending", "figure", "ahead by"))
    said = f"0.370 ({between(0.355, 0.386, '.3f')})"
    table = Table(columns, (("popularity, tuned on earlier days", said, said),))
    words = as_text([table], "en", width=60)
    assert words.count("(0.355 – 0.386)") == 2
    assert "\u00a0" not in words
    assert "\ue000" not in words
    assert "\u2060" not in words


def test_a_link_is_parted_by_the_colon_of_its_language() -> None:
    link = Link(Text("Open the report", "打开报告"), "my-shop/report.html")
    assert as_text([link], "en") == "Open the report: my-shop/report.html\n"
    assert as_text([link], "zh") == "打开报告：my-shop/report.html\n"
