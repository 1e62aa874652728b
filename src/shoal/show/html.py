"""Blocks as HTML. In: blocks. Out: markup in one language (`as_html`) or in both (`markup`), always escaped.

The templates hold the shape, `templates/blocks.css` the look. Nothing here runs a script or reaches the network.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from shoal.show import cells, theme
from shoal.show.blocks import Block, Cell, Heading, Table, TableColumn
from shoal.show.drawing import drawing
from shoal.words.language import LANGUAGES, Language, Text, Texts

texts = Texts("shoal.show")


def as_html(blocks: Iterable[Block], language: Language) -> str:
    """A fragment in one language: no script, charts as drawings. It reads well with no style sheet at all."""
    return environment(language).get_template("fragment.html").render(blocks=list(blocks), language=language)


def environment(language: Language | None = None) -> Environment:
    """The template engine; with no language every word is written in both, and the page shows one of them."""
    return _environment(language)


@cache
def _environment(language: Language | None) -> Environment:
    made = Environment(
        loader=PackageLoader("shoal.show", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    spoken: tuple[Language, ...] = LANGUAGES if language is None else (language,)
    made.globals["languages"] = spoken
    made.globals["texts"] = texts
    made.tests["numeric"] = cells.is_numeric
    filters: dict[str, Any] = {
        "say": lambda words: _both(words, language),
        "cell": lambda cell, column: _cell(cell, column, language),
        "bar": _bar,
        "kind": lambda block: type(block).__name__,
        "safe_target": safe_target,
        "drawing": lambda chart, spoken: Markup(drawing(chart, spoken)),  # noqa: S704  (Vega escapes what it writes)
        "hue": lambda colour: colour % len(theme.PALETTE),
    }
    made.filters.update(filters)
    return made


def _both(words: Text | str, language: Language | None) -> Markup:
    """The words, escaped: in one language, or in both, each marked with its own."""
    if isinstance(words, str) or language is not None or words.en == words.zh:
        return escape(words if isinstance(words, str) else words.say(language or "en"))
    span = Markup('<span class="{0}" lang="{0}">{1}</span>')
    return Markup("").join(span.format(spoken, words.say(spoken)) for spoken in LANGUAGES)


def _cell(cell: Cell, column: TableColumn, language: Language | None) -> Markup:
    words = cell if isinstance(cell, Text) else Text(*(cells.shown(cell, column.format, one) for one in LANGUAGES))
    return _both(words, language)


def _bar(cell: Cell, table: Table, place: int) -> dict[str, float] | None:
    """Where the bar beside a number starts and how long it is, in percent of its room; None where there is none."""
    numbers = [row[place] for row in table.rows if cells.is_number(row[place])]
    most = max((abs(float(number)) for number in numbers), default=0.0)  # type: ignore[arg-type]
    if not table.columns[place].bar or not cells.is_number(cell) or not most or most != most:
        return None
    value, signed = float(cell), any(float(number) < 0 for number in numbers)  # type: ignore[arg-type]
    room, zero = (50.0, 50.0) if signed else (100.0, 0.0)
    length = room * abs(value) / most
    return {"start": zero - length if value < 0 else zero, "length": length, "zero": zero, "value": value}


def safe_target(target: str) -> str | None:
    """The address of a link when it may stand in a page: a web page, a mail, a file beside it; else None.

    Examples
    --------
    >>> safe_target("report.html"), safe_target("javascript:alert(1)")
    ('report.html', None)
    """
    try:
        scheme = urlsplit(target.strip()).scheme
    except ValueError:
        return None
    return target if scheme in ("", "http", "https", "mailto", "file") else None


def lifted(blocks: Iterable[Block], levels: int) -> list[Block]:
    """The blocks with their headings that many levels deeper, to stand under a heading of the page."""
    return [
        Heading(block.text, min(block.level + levels, 6), block.anchor) if isinstance(block, Heading) else block
        for block in blocks
    ]
