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
    cards = seen.page.locator("article.card")
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
