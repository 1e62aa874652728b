"""Blocks as HTML: one language, no script, and data that stays data."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.show.blocks import Block, Card, Cards, Details, Figure, Finding, Heading, Link, Note, Table, TableColumn
from shoal.show.cells import between
from shoal.show.html import as_html, lifted, safe_target
from shoal.show.notebook import as_cell
from shoal.words.language import LANGUAGES, Language, Text
from tests.show import sample

VOID = {"meta", "br", "img", "input", "link", "rect", "path", "line", "circle"}


class Outline(HTMLParser):
    """The elements of a page in order, its words, and whether every element that opens also closes."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fragment_is_whole_and_runs_nothing(language: Language) -> None:
    page = Outline(as_html(sample.blocks(), language))
    assert page.open == []
    names = {tag for tag, _ in page.tags}
    assert {"table", "figure", "svg", "article", "details", "dl"} <= names
    assert not names & {"script", "img", "iframe", "object", "embed", "link", "form"}
    assert not [attr for _, attrs in page.tags for attr in attrs if attr.startswith("on") or attr == "style"]


def test_a_fragment_is_in_one_language() -> None:
    assert not re.search("[\u4e00-\u9fff]", re.sub("茶", "", Outline(as_html(sample.blocks(), "en")).words))


@settings(max_examples=60)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=40))
def test_whatever_data_holds_it_comes_out_as_the_same_words(words: str) -> None:
    said = Text.same(words)
    blocks: list[Block] = [
        Heading(said), Note(said), Figure(said, said, said), Link(said, words), Finding(words, "info", said, said),
        Table((TableColumn(said, hint=said),), ((words,), (said,)), said, said), Card(said, (), said, 1), Details(said),
    ]  # fmt: skip
    page = Outline(as_html(blocks, "en"))
    plain = Outline(as_html(_same_blocks(), "en"))
    assert [tag for tag, _ in page.tags if tag not in ("a", "code")] == [
        tag for tag, _ in plain.tags if tag not in ("a", "code")
    ]
    assert page.words.count(words) >= 12


def _same_blocks() -> list[Block]:
    said = Text.same("x")
    return [
        Heading(said), Note(said), Figure(said, said, said), Link(said, "x"), Finding("x", "info", said, said),
        Table((TableColumn(said, hint=said),), (("x",), (said,)), said, said), Card(said, (), said, 1), Details(said),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        " JaVaScript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "java\nscript:alert(1)",
        "http://[bad",
    ],
)
def test_an_address_that_could_run_something_is_no_link(target: str) -> None:
    assert safe_target(target) is None
    assert "<a " not in as_html([Link(Text.same("x"), target)], "en")


def test_numbers_are_set_to_the_right_and_gaps_are_dashes() -> None:
    markup = as_html(
        [Table((TableColumn(Text.same("a")), TableColumn(Text.same("b"), ".1f")), (("x", 1.25), ("y", None)))], "en"
    )
    assert '<td class="number">1.2</td>' in markup
    assert '<td class="number">–</td>' in markup


def test_a_bar_reaches_as_far_as_its_share_of_the_largest() -> None:
    columns = (TableColumn(Text.same("a")), TableColumn(Text.same("b"), ".0f", bar=True))
    markup = as_html([Table(columns, (("x", 4), ("y", 1)))], "en")
    assert 'width="100.00%"' in markup
    assert 'width="25.00%"' in markup


def test_a_bar_below_zero_goes_to_the_left_of_the_middle() -> None:
    columns = (TableColumn(Text.same("a")), TableColumn(Text.same("b"), ".0f", bar=True))
    markup = as_html([Table(columns, (("x", 4), ("y", -2)))], "en")
    assert 'x="50.00%" width="50.00%"' in markup
    assert 'x="25.00%" width="25.00%"' in markup


def test_a_card_takes_its_segments_colour_and_starts_again_after_fifteen() -> None:
    said = Text.same("x")
    markup = as_html([Cards((Card(said, (), colour=3), Card(said, (), colour=17)))], "en")
    assert 'class="card hue-3"' in markup
    assert 'class="card hue-2"' in markup


def test_headings_are_lifted_and_never_past_the_sixth() -> None:
    said = Text.same("x")
    shown = lifted([Heading(said, 2), Heading(said, 6), Note(said)], 1)
    assert [block.level for block in shown if isinstance(block, Heading)] == [3, 6]


def test_a_cell_of_a_notebook_brings_its_style_and_no_script() -> None:
    cell = as_cell(sample.blocks(), "zh")
    assert cell.startswith("<style>")
    assert "<script" not in cell
    sheet = cell[len("<style>") : cell.index("</style>")]
    rules = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    selectors = [
        part.strip() for rule in re.findall(r"([^{}]+)\{", rules) for part in rule.split(",") if "(" not in rule
    ]
    assert len(selectors) > 40
    assert [one for one in selectors if ".shoal" not in one and "#vg-tooltip-element" not in one] == []


def test_an_interval_is_never_broken_at_its_dash() -> None:
    """A browser ends lines after a dash, but not where the word joiner stands."""
    assert "0.355\u00a0–\u2060\u00a00.386" in as_html([Note(Text.same(between(0.355, 0.386, ".3f")))], "en")
