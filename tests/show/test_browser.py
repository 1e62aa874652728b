"""The page in a real browser: quiet, closed to the network, whole at every width, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shoal.show.blocks import Table, TableColumn
from shoal.show.page import Section, render_page
from shoal.words.language import Text
from tests.show import sample
from tests.show.browser import Visit, browser

pytestmark = pytest.mark.browser
TITLE = Text("Six groups of customers, and what sets them apart", "六个客户群，以及它们的不同之处")
CHARTS = 7
LEGEND_TOPS = """() => [...document.querySelectorAll(".live .role-legend-label text")].map(
  (words) => words.getBoundingClientRect().top - words.ownerSVGElement.getBoundingClientRect().top)"""
BROKEN_NUMBERS = """() => [...document.querySelectorAll("td.number")].map((cell) => {
  const range = document.createRange();
  range.selectNodeContents(cell.lastChild);
  return [cell.textContent.trim(), range.getClientRects().length];
}).filter(([, lines]) => lines > 1)"""


@pytest.fixture(scope="module")
def opened() -> Iterator[Any]:
    with browser() as one:
        yield one


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render_page(TITLE, sample.lead(), sample.sections(), eyebrow=TITLE), encoding="utf-8")
    return path


Opener = Callable[..., Visit]


@pytest.fixture
def visit(opened: Any, file: Path) -> Iterator[Opener]:
    visits: list[Visit] = []

    def open_(**how: Any) -> Visit:
        visits.append(Visit(opened, file, **how))
        return visits[-1]

    yield open_
    for one in visits:
        one.close()


@pytest.mark.parametrize("width", [360, 768, 1440])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_fits_every_width_says_nothing_and_asks_for_nothing(visit: Opener, language: str, width: int) -> None:
    seen = visit(width=width, language=language)
    assert seen.drawn() == CHARTS - 1  # one waits in a closed fold
    assert seen.overflow() == 0
    assert seen.said == []
    assert seen.asked == [seen.file]


def test_it_opens_in_the_readers_language_and_switches_without_loading_again(visit: Opener) -> None:
    seen = visit(language="zh")
    seen.drawn()
    heading = seen.page.locator("h1")
    assert heading.inner_text() == TITLE.zh
    seen.page.get_by_text("English").click()
    assert heading.inner_text() == TITLE.en
    assert seen.page.title() == TITLE.en
    seen.until("document.querySelector('#chart-revenue .live').textContent.includes('Lapsed one-time')")
    assert seen.page.evaluate("document.documentElement.lang") == "en"
    assert seen.asked == [seen.file]
    assert seen.said == []


def test_without_scripts_the_drawings_are_there_and_the_switch_still_works(visit: Opener) -> None:
    seen = visit(scripts=False)
    shown = seen.page.locator("#chart-revenue svg.marks:visible")
    assert shown.count() == 1
    assert sample.NAMES[3].en in shown.inner_html()
    seen.page.get_by_text("中文").click()
    assert sample.NAMES[3].zh in seen.page.locator("#chart-revenue svg.marks:visible").inner_html()


def test_a_chart_in_a_fold_is_drawn_when_it_is_opened(visit: Opener) -> None:
    seen = visit()
    seen.drawn()
    seen.page.get_by_text("Products with odd names").click()
    assert seen.drawn() == CHARTS


def test_on_a_phone_a_long_name_is_broken_and_not_cut(visit: Opener) -> None:
    seen = visit(width=360)
    seen.drawn()
    lines = seen.page.locator("#chart-revenue .live .role-axis-label text").all_text_contents()
    assert "…" not in "".join(lines)
    assert "Bargain hunterswho return often" in lines


@pytest.mark.parametrize("width", [360, 390, 480, 600])
def test_every_entry_of_a_legend_is_inside_its_drawing(visit: Opener, width: int) -> None:
    seen = visit(width=width)
    seen.drawn()
    tops = seen.page.evaluate(LEGEND_TOPS)
    assert len(tops) >= 2
    assert min(tops) >= 0


def test_a_hostile_product_is_shown_as_text(visit: Opener) -> None:
    seen = visit()
    seen.page.get_by_text("Products with odd names").click()
    seen.drawn()
    assert seen.page.locator("th", has_text=sample.HOSTILE).count() >= 1
    assert seen.page.locator("img").count() == 0
    assert seen.said == []


def test_a_chart_answers_the_pointer_in_words(visit: Opener) -> None:
    seen = visit()
    seen.drawn()
    seen.page.locator("#chart-revenue .live .mark-rect path").first.hover()
    tip = seen.page.locator("#vg-tooltip-element.visible")
    tip.wait_for()
    assert "Recent big spenders" in tip.inner_text()
    assert "47.0%" in tip.inner_text()
    assert seen.said == []


def test_a_dark_page_writes_in_light_ink_in_its_charts_too(visit: Opener) -> None:
    def ink(scheme: str) -> int:
        seen = visit(scheme=scheme)
        seen.drawn()
        words = "document.querySelector('#chart-revenue .live .role-axis-label text')"
        return sum(map(int, seen.page.evaluate(f"getComputedStyle({words}).fill.match(/\\d+/g)")))

    assert ink("dark") > 450 > ink("light")


def test_print_shows_every_drawing_once_on_white(visit: Opener) -> None:
    seen = visit(scheme="dark")
    seen.drawn()
    seen.page.emulate_media(media="print")
    assert seen.page.locator("#chart-revenue svg.marks:visible").count() == 1
    assert seen.page.locator("#chart-revenue .live:visible").count() == 0
    assert seen.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not seen.page.locator(".contents").is_visible()
    seen.page.set_viewport_size({"width": 690, "height": 900})  # what A4 leaves between its margins
    assert seen.overflow() == 0


def test_print_breaks_no_number_between_long_sentences(opened: Any, tmp_path: Path) -> None:
    long = "Orders, sessions or products may be counted wrongly for these records. " * 3
    heads = tuple(TableColumn(Text.same(name), form) for name, form in (("what", ""), ("n", ",.0f"), ("do", "")))
    table = Table(heads, ((long, 3_412, long), (long, 115_309, long)))
    file = tmp_path / "report.html"
    file.write_text(render_page(TITLE, (), (Section("numbers", TITLE, (table,)),), eyebrow=TITLE), encoding="utf-8")
    seen = Visit(opened, file, width=690)
    seen.page.emulate_media(media="print")
    assert seen.page.locator("td.number").count() == 2
    assert seen.page.evaluate(BROKEN_NUMBERS) == []
    seen.close()


def test_the_keyboard_reaches_the_content_and_the_switch(visit: Opener) -> None:
    seen = visit()
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("document.activeElement.className") == "skip"
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.press("ArrowRight")
    assert seen.page.locator("h1").inner_text() == TITLE.zh
