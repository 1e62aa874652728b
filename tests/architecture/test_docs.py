"""The docs name every command, option and feature, their links lead somewhere, and generated pages are up to date."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

import shoal
from docs.generate import DOCS, pages
from shoal.cli.main import COMMANDS, build_app
from shoal.features.catalogue import CATALOGUE
from shoal.words.language import LANGUAGES, Language
from tests.architecture.source import ROOT, tracked

PAGES = sorted(path for path in tracked() if path.suffix == ".md")
OUTSIDE = re.compile(r"^(?:https?:|mailto:|#)")


@pytest.mark.parametrize("name", list(pages()))
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == pages()[name], "run: make docs"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_and_every_option_is_in_the_docs(language: Language) -> None:
    text = (DOCS / ("commands.md" if language == "en" else "commands.zh.md")).read_text(encoding="utf-8")
    app = build_app(language)
    assert set(app.commands) >= {"run", "check", "segment", "show", "assign"}
    for name, command in app.commands.items():
        section = text.split(f"## shoal {name}\n")[1].split("\n## ")[0]
        missing = [o for p in command.params if isinstance(p, click.Option) for o in p.opts if o not in section]
        assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_feature_is_in_the_docs(language: Language) -> None:
    text = (DOCS / ("features.md" if language == "en" else "features.zh.md")).read_text(encoding="utf-8")
    assert len(CATALOGUE) >= 20
    assert [feature.name for feature in CATALOGUE if f"`{feature.name}`" not in text] == []


@pytest.mark.parametrize("name", [name for name in shoal.__all__ if not name.startswith("__")])
def test_every_public_name_has_an_example_that_runs_and_stands_in_the_docs(name: str) -> None:
    examples = [line for line in (getattr(shoal, name).__doc__ or "").splitlines() if line.strip().startswith(">>>")]
    assert examples
    assert not any("+SKIP" in line for line in examples)
    assert f"## shoal.{name}\n" in (DOCS / "api.md").read_text(encoding="utf-8")


def test_every_option_has_help_in_its_own_language() -> None:
    for name, command in build_app("zh").commands.items():
        for option in (p for p in command.params if isinstance(p, click.Option)):
            assert re.search(r"[\u4e00-\u9fff]", option.help or ""), f"{name} {option.opts}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r"(?:src|href)=\"([^\"]+)\"", text)
    inside = [unquote(link.split("#")[0]) for link in links if not OUTSIDE.match(link)]
    assert [link for link in inside if link and not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_line_in_a_page_is_one_that_shoal_takes(page: Path) -> None:
    """Each line that starts with ``shoal`` in a code block names a command there is, with options it has."""
    app = build_app("en")
    for block in re.findall(r"```[a-z]*\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL):
        for line in re.findall(r"^(?:\$ )?shoal ([a-z]+)\b(.*(?:\\\n.*)*)$", block, flags=re.MULTILINE):
            assert line[0] in COMMANDS, f"shoal {line[0]}"
            known = {o for p in app.commands[line[0]].params for o in (*p.opts, *p.secondary_opts)} | {"--help", "-h"}
            assert set(re.findall(r"(?<!\S)--?[a-z][\w-]*", line[1])) <= known, f"shoal {line[0]}{line[1]}"


def test_a_chinese_page_has_the_same_sections_as_the_english_one() -> None:
    pairs = [
        (page, page.with_name(page.name.replace(".zh.md", ".md"))) for page in PAGES if page.name.endswith(".zh.md")
    ]
    assert len(pairs) >= 3
    for chinese, english in pairs:
        levels = [re.findall(r"^(#+) ", page.read_text(encoding="utf-8"), re.MULTILINE) for page in (chinese, english)]
        assert levels[0] == levels[1], chinese.name
