"""Blocks as a notebook cell: the HTML fragment with its own style sheet, which touches nothing outside of it."""

from __future__ import annotations

from collections.abc import Iterable

from shoal.show.blocks import Block
from shoal.show.html import as_html
from shoal.show.page import style
from shoal.words.language import Language


def as_cell(blocks: Iterable[Block], language: Language) -> str:
    """A fragment for a notebook, in light and dark: no script, so it shows in a saved notebook too."""
    return f"<style>{style('blocks.css', 'notebook.css')}</style>\n{as_html(blocks, language)}"
