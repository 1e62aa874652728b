"""One self-contained page in both languages. In: a title and sections of blocks. Out: HTML that needs no network.

A policy in its head forbids every request; the two scripts and the style sheet are allowed by their fingerprints.
Without scripts (mail, print) the page shows the same drawings and the switch of languages still works.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from markupsafe import Markup

from shoal.show import theme
from shoal.show.blocks import Block, Card, Cards, Chart, Details
from shoal.show.drawing import vega_bundle
from shoal.show.html import environment, lifted
from shoal.show.spec import bilingual, embedded
from shoal.words.language import Language, Text


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page: its anchor in the address, its title, its blocks. `short` is its name in the navigation."""

    anchor: str
    title: Text
    blocks: tuple[Block, ...]
    short: Text | None = None


def render_page(
    title: Text,
    lead: Sequence[Block],
    sections: Sequence[Section],
    *,
    eyebrow: Text | None = None,
    footer: Sequence[Block] = (),
    language: Language | None = None,
) -> str:
    """The page. It opens in `language`, or where that is None in the reader's own when the page's script runs.

    Raises `ValueError` when two charts share a name or two sections an anchor: links and scripts go by them.
    """
    blocks = [*lead, *(block for section in sections for block in section.blocks), *footer]
    charts = list(charts_in(blocks))
    _unique("chart", [chart.name for chart in charts])
    _unique("section", [section.anchor for section in sections])
    under = [replace(section, blocks=tuple(lifted(section.blocks, 1))) for section in sections]
    parts = {"title": title, "lead": lead, "sections": under, "eyebrow": eyebrow, "footer": footer}
    return environment().get_template("page.html").render(**parts, language=language, **_assets(charts, title))


def charts_in(blocks: Iterable[Block]) -> Iterator[Chart]:
    """Every chart among the blocks, those inside cards and folds too, in the order they are read."""
    for block in blocks:
        if isinstance(block, Chart):
            yield block
        elif isinstance(block, Cards):
            yield from charts_in(block.cards)
        elif isinstance(block, Card | Details):
            yield from charts_in(block.blocks)


def style(*names: str) -> str:
    """Style sheets of the templates as one text, with the colours of the segments."""
    hues = "".join(f".shoal .hue-{place} {{ --hue: {colour}; }}\n" for place, colour in enumerate(theme.PALETTE))
    return "".join(_template(name) for name in names) + hues


def _assets(charts: Sequence[Chart], title: Text) -> dict[str, Markup]:
    """What stands in the head and foot: policy, style, scripts, the data of the charts. Ours, so not escaped again."""
    sheet, script = style("blocks.css", "page.css"), _template("page.js")
    data = {"title": bilingual(title), "charts": {chart.name: bilingual(chart.spec) for chart in charts}}
    scripts = [vega_bundle(), script] if charts else [script]
    policy = "; ".join((
        "default-src 'none'",
        f"script-src {' '.join(map(_allowed, scripts))}",
        f"style-src {_allowed(sheet)}",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ))  # fmt: skip
    found = {"policy": policy, "sheet": sheet, "script": script, "data": embedded(data)}
    found["bundle"] = scripts[0] if charts else ""
    return {name: Markup(words) for name, words in found.items()}  # noqa: S704


def _allowed(words: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(words.encode()).digest()).decode()}'"


def _unique(kind: str, names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"a page cannot hold two of the {kind} {', '.join(twice)}")


@cache
def _template(name: str) -> str:
    return files("shoal.show").joinpath("templates", name).read_text(encoding="utf-8")
