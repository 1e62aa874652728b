"""Every kind of `Result`, found by walking: read back it is equal, and it shows itself in every form and language."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import shoal
from shoal.show.blocks import Block, Cards, Chart, Details, Figures, Finding, Heading, Link, Note, Table
from shoal.show.result import Result
from shoal.words.language import LANGUAGES, Language
from tests.contracts.conftest import HOSTILE

VOID = {"img", "br", "hr", "meta", "input", "link", "path", "circle", "rect", "line", "use", "stop", "col", "wbr"}


def kinds() -> list[type[Result]]:
    """Every class derived from `Result` in the package."""
    for found in pkgutil.walk_packages(shoal.__path__, "shoal."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    return sorted(_below(Result), key=lambda kind: kind.__qualname__)


def _below(kind: type[Result]) -> Iterator[type[Result]]:
    for inner in kind.__subclasses__():
        if inner.__module__.startswith("shoal."):
            yield inner
        yield from _below(inner)


KINDS = kinds()


@pytest.fixture(scope="session")
def samples(study: shoal.Study, shop_log: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[type[Result], Result]:
    """One real result of every kind, from the small shop."""
    from shoal.study.offered import Several
    from shoal.study.part import find_part
    from shoal.study.serving import Serving

    shop = Serving.open(study.folder)
    table = tmp_path_factory.mktemp("table") / "customers.parquet"
    assert study.features is not None
    pq.write_table(study.features.table, table)
    made = [
        *study.results,
        study.manifest,
        find_part(study.folder, "customer", "c000"),
        find_part(study.folder, "segment", "1"),
        shop.customer("c000", n=5),
        Several(made=shop.made, lists=(shop.customer("c001", n=3), shop.visitor(n=3))),
        shop.similar("p3", n=3),
        shoal.assign(study, [shop_log]),
        shoal.segment_table(table, shoal.SegmentSettings(k=3, space="standardised")),
    ]
    return {type(result): result for result in made}


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def sample(request: pytest.FixtureRequest, samples: dict[type[Result], Result]) -> Result:
    assert request.param in samples, f"{request.param.__name__} has no sample here: make one"
    return samples[request.param]


def test_the_walk_finds_the_results() -> None:
    assert len(KINDS) >= 7
    assert len({kind.name for kind in KINDS}) >= 6


def test_a_result_written_and_read_is_equal(sample: Result, tmp_path: Path) -> None:
    files = sample.write(tmp_path)
    assert files
    assert all(file.is_file() for file in files)
    assert type(sample).read(tmp_path) == sample


def test_written_twice_a_result_is_the_same_bytes(sample: Result, tmp_path: Path) -> None:
    first, second = sample.write(tmp_path / "a"), sample.write(tmp_path / "b")
    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in second]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_result_shows_itself_as_text(sample: Result, language: Language) -> None:
    if list(sample.view()):
        _said(sample.text(language), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_result_shows_itself_as_html_that_is_well_formed_and_harmless(sample: Result, language: Language) -> None:
    page = sample.html(language)
    if list(sample.view()):
        _said(re.sub(r"<[^>]*>", "", page), language)
    assert _Balanced.of(page) == []
    assert HOSTILE not in page
    assert "<script" not in page.lower()
    assert not re.search(r"<[^>]+\son\w+\s*=", page)
    assert not re.search(r"(?:src|href)\s*=\s*[\"']?(?:https?:)?//", page)


def test_a_result_shows_itself_in_a_notebook(sample: Result) -> None:
    cell = sample._repr_html_()
    assert HOSTILE not in cell
    assert str(sample) == sample.text()


def test_a_result_is_one_json_object_without_nan(sample: Result) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    found = json.loads(sample.json(), parse_constant=refuse)
    assert found["made"]["stage"]
    assert found["made"]["versions"]


def test_a_view_yields_blocks_and_yields_them_again(sample: Result) -> None:
    assert all(isinstance(block, Block) for block in sample.view())
    assert list(map(type, sample.view())) == list(map(type, sample.view()))


def test_every_kind_of_block_is_used_by_some_result(samples: dict[type[Result], Result], study: shoal.Study) -> None:
    """A block that nothing yields is furniture."""
    yielded = {type(block) for shown in (*samples.values(), study) for block in _all(shown.view())}
    assert {Heading, Note, Figures, Table, Chart, Finding, Cards, Details, Link} <= yielded


def _all(blocks: Iterator[Block] | tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        yield block
        yield from _all(getattr(block, "blocks", ()))
        yield from _all(getattr(block, "cards", ()))


def test_every_chart_says_its_finding_and_a_summary(samples: dict[type[Result], Result]) -> None:
    charts = [block for sample in samples.values() for block in _all(sample.view()) if isinstance(block, Chart)]
    assert len(charts) >= 3
    for chart in charts:
        assert re.fullmatch(r"[\w-]+", chart.name)
        assert all(text.say(language) for text in (chart.title, chart.summary) for language in LANGUAGES)


def test_no_two_charts_of_a_study_share_a_name(study: shoal.Study) -> None:
    names = [b.name for result in study.results for b in _all(result.view()) if isinstance(b, Chart)]
    assert len(names) == len(set(names))


def _said(words: str, language: Language) -> None:
    assert words.strip()
    assert "Text(" not in words
    assert not re.search(r"\{[a-z_]+[:}]", words), "a placeholder was not filled"
    assert bool(re.search(r"[\u4e00-\u9fff]", words)) or language == "en"


class _Balanced(HTMLParser):
    """Collects what is opened and not closed, or closed and not opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.odd: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        """Opens and closes at once."""

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.odd.append(tag)

    @classmethod
    def of(cls, page: str) -> list[str]:
        parser = cls()
        parser.feed(page)
        parser.close()
        return [*parser.open, *parser.odd]
