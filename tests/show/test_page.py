"""The page: whole, in both languages, and closed to the network by a policy that fits its own scripts."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from itertools import pairwise

import pytest

from shoal.show.blocks import Card, Cards, Chart, Details, Note
from shoal.show.page import Section, charts_in, render_page, style
from shoal.words.language import Language, Text
from tests.show import sample
from tests.show.test_html import Outline

TITLE = Text("Six groups of customers", "六个客户群")


@cache
def page(language: Language | None = None) -> str:
    return render_page(TITLE, sample.lead(), sample.sections(), eyebrow=TITLE, footer=[Note(TITLE)], language=language)


def _allowed(directive: str) -> set[str]:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page())
    assert policy
    rules = dict(rule.strip().split(" ", 1) for rule in policy[1].replace("&#39;", "'").split(";"))
    return set(rules[directive].split())


def _fingerprint(words: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(words.encode()).digest()).decode()}'"


def test_the_policy_forbids_everything_but_the_pages_own_scripts_and_style() -> None:
    scripts = re.findall(r"<script>(.*?)</script>", page(), flags=re.DOTALL)
    sheets = re.findall(r"<style>(.*?)</style>", page(), flags=re.DOTALL)
    assert len(scripts) == 2
    assert _allowed("script-src") == set(map(_fingerprint, scripts))
    assert _allowed("style-src") == set(map(_fingerprint, sheets))
    assert _allowed("default-src") == _allowed("base-uri") == _allowed("form-action") == {"'none'"}


def test_every_element_that_opens_also_closes() -> None:
    assert Outline(page()).open == []


def test_nothing_in_the_page_asks_for_another_file() -> None:
    for tag, attrs in Outline(page()).tags:
        assert tag not in {"link", "img", "iframe", "object", "embed", "source"}
        assert not {"src", "srcset", "style", "background"} & set(attrs)
        assert not [name for name in attrs if name.startswith("on")]
    assert "@import" not in page()
    assert "url(" not in style("blocks.css", "page.css", "notebook.css")


def test_every_word_is_there_in_both_languages() -> None:
    words = Outline(page()).words
    for name in (*sample.NAMES, TITLE, *(section.title for section in sample.sections())):
        assert name.en in words
        assert name.zh in words


@pytest.mark.parametrize(("language", "wanted"), [("en", "language-en"), ("zh", "language-zh"), (None, "language-en")])
def test_one_language_is_picked_from_the_start(language: Language | None, wanted: str) -> None:
    tags = Outline(page(language)).tags
    assert [attrs["id"] for tag, attrs in tags if tag == "input" and "checked" in attrs] == [wanted]
    root = next(attrs for tag, attrs in tags if tag == "html")
    assert root["lang"] == (language or "en")
    assert ("data-own-language" in root) is (language is None)


def test_a_page_has_one_first_heading_landmarks_and_a_way_past_the_contents() -> None:
    tags = Outline(page()).tags
    names = [tag for tag, _ in tags]
    assert names.count("h1") == names.count("main") == names.count("nav") == 1
    ids = [attrs["id"] for _, attrs in tags if attrs.get("id")]
    assert len(ids) == len(set(ids))
    hrefs = [attrs["href"] for tag, attrs in tags if tag == "a"]
    assert hrefs[0] == "#content"
    assert {href[1:] for href in hrefs if href and href.startswith("#")} <= set(ids)
    assert {attrs["aria-labelledby"] for _, attrs in tags if "aria-labelledby" in attrs} <= set(ids)


def test_headings_go_down_one_step_at_a_time() -> None:
    levels = [int(tag[1]) for tag, _ in Outline(page()).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_chart_is_drawn_in_both_languages_and_its_words_embedded_once() -> None:
    charts = list(charts_in(sample.blocks()))
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page(), flags=re.DOTALL)
    assert data
    embedded = json.loads(data[1])["charts"]
    assert list(embedded) == [chart.name for chart in charts]
    assert page().count('class="marks"') == 2 * len(charts) >= 14


def test_charts_are_found_inside_cards_and_folds() -> None:
    chart = next(charts_in(sample.blocks()))
    inside = [Cards((Card(TITLE, (Details(TITLE, (chart,)),)),)), Card(TITLE, (chart,)), chart, Note(TITLE)]
    assert list(charts_in(inside)) == [chart] * 3


def test_a_page_without_charts_carries_no_drawing_script() -> None:
    plain = render_page(TITLE, [], [Section("a", TITLE, (Note(TITLE),))])
    assert len(plain) < 60_000
    assert plain.count("<script>") == 1


def test_two_charts_of_one_name_or_two_sections_of_one_anchor_are_refused() -> None:
    chart = next(charts_in(sample.blocks()))
    assert isinstance(chart, Chart)
    with pytest.raises(ValueError, match="shares"):
        render_page(TITLE, [chart], [Section("a", TITLE, (chart,))])
    with pytest.raises(ValueError, match="section a"):
        render_page(TITLE, [], [Section("a", TITLE, ()), Section("a", TITLE, ())])


def test_a_hostile_title_stays_text_everywhere() -> None:
    hostile = render_page(Text.same(sample.HOSTILE), [], [Section("a", Text.same(sample.HOSTILE), ())])
    outline = Outline(hostile)
    assert "img" not in {tag for tag, _ in outline.tags}
    assert outline.words.count(sample.HOSTILE) == 4
    assert hostile.count("</script>") == 2
