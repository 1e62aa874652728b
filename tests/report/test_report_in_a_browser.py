"""A real study's report in a real browser: whole at every width, in both languages, light and dark, and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shoal.events.demo.shop import write_demo
from shoal.report.publish import run
from tests.show.browser import Visit, browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CUT = (
    "[...document.querySelectorAll('h1,h2,h3,h4,p,td,th,dt,dd,li,summary')].filter(e => e.checkVisibility() &&"
    " e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline').map(e => e.textContent.trim())"
)
OUTSIDE = (
    "[...document.querySelectorAll('.live svg.marks')].flatMap(svg => [...svg.querySelectorAll('text')].filter(t =>"
    " t.textContent.trim() && t.checkVisibility() && t.getBoundingClientRect().right >"
    " svg.getBoundingClientRect().right + 2).map(t => t.textContent))"
)
FAINT = """() => {
  const linear = (v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = (c) => c.slice(0, 3).map((v) => linear(v / 255))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const numbers = (words) => words.match(/[\\d.]+/g).map(Number);
  const ground = (node) => { for (; node; node = node.parentElement) {
    const c = numbers(getComputedStyle(node).backgroundColor);
    if (c.length < 4 || c[3] > 0.5) return c;
  } return [255, 255, 255]; };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  for (let node; (node = walk.nextNode()); ) {
    const owner = node.parentElement;
    if (!node.textContent.trim() || !owner.checkVisibility() || owner.closest("svg, script, .unseen")) continue;
    const [a, b] = [light(numbers(getComputedStyle(owner).color)), light(ground(owner))];
    if ((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5) found.push(node.textContent.trim());
  }
  return found;
}"""
JUMPS = (
    "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].filter(h => h.checkVisibility()).map(h => +h.tagName[1])"
    ".filter((level, i, all) => i && level > all[i - 1] + 1).length"
)


@pytest.fixture(scope="module")
def opened() -> Iterator[Any]:
    with browser() as one:
        yield one


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder / "shop", 300, seed=0)
    log = folder / "shop" / "events.parquet"
    study = run([log], folder / "out", currency="EUR", timezone="UTC", k=5, space="behaviour", proof=False)
    return study.folder / "report.html"


@pytest.mark.parametrize(
    ("width", "language", "scheme"),
    [(360, "en", "dark"), (360, "zh", "light"), (768, "en", "light"), (1440, "en", "light"), (1440, "zh", "dark")],
)
def test_nothing_is_cut_off_and_nothing_is_asked_for(
    opened: Any, file: Path, width: int, language: str, scheme: str
) -> None:
    seen = Visit(opened, file, width=width, language=language, scheme=scheme)
    assert seen.drawn() >= 4  # sizes, profiles, map, K
    assert seen.overflow() == 0
    assert seen.page.evaluate(CUT) == []
    assert seen.page.evaluate(OUTSIDE) == []
    assert (seen.said, seen.asked) == ([], [seen.file])
    seen.close()


def test_every_card_has_its_persona_its_figures_and_its_contrasts(opened: Any, file: Path) -> None:
    seen = Visit(opened, file)
    cards = seen.page.locator("#segments article.card")
    assert cards.count() == 5
    for card in cards.all():
        assert card.locator("p.note").first.inner_text().count(". ") >= 1
        assert card.locator(".figure").count() == 3
        assert card.locator("tbody tr .inline-bar").count() >= 1
    seen.close()


def test_the_switch_turns_every_card_into_chinese(opened: Any, file: Path) -> None:
    seen = Visit(opened, file)
    seen.page.get_by_text("中文").click()
    assert seen.page.locator("#segment-1 .note").first.inner_text().startswith("典型顾客")
    seen.close()


def test_it_prints(opened: Any, file: Path, tmp_path: Path) -> None:
    seen = Visit(opened, file)
    seen.drawn()
    seen.page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert (tmp_path / "report.pdf").read_bytes().count(b"/Type /Page") >= 3
    seen.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out_from_its_ground_and_headings_go_down_step_by_step(
    opened: Any, file: Path, scheme: str
) -> None:
    seen = Visit(opened, file, scheme=scheme)
    seen.drawn()
    assert seen.page.evaluate(FAINT) == []  # WCAG AA: 4.5 to 1
    assert seen.page.evaluate(JUMPS) == 0
    assert seen.page.locator("th:not([scope]), [role=img]:not([aria-labelledby])").count() == 0
    seen.close()


def test_the_keyboard_stops_only_at_what_scrolls(opened: Any, file: Path) -> None:
    wide, phone = Visit(opened, file), Visit(opened, file, width=360)
    stops = []
    for seen in (wide, phone):
        seen.drawn()
        stops.append(seen.page.locator(".table[tabindex='0']:visible").count())
        seen.close()
    assert stops[0] == 0 < stops[1]
