"""Blocks as plain text for a terminal, a log or a mail. In: blocks. Out: lines no wider than the terminal.

Chinese takes two columns a character, and rich counts them so. What data holds is printed, never obeyed: control
signs are shown as a replacement mark.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from io import StringIO
from typing import Literal

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text as Line

from shoal.show import blocks as b
from shoal.show import cells
from shoal.show.breaking import broken
from shoal.show.widths import fitting
from shoal.words.language import Language, Texts

texts = Texts("shoal.show")
NARROWEST, WIDEST, BAR = 40, 120, 24
PADDING, GAP = 2, 3
"""Blanks right of a column, and all there is between two: the box adds one."""
GLUE = "\ue000"
"""Stands for a blank that must stay while lines are broken: rich breaks at every blank there is."""
STYLES = {"good": "green", "info": "blue", "warning": "yellow", "problem": "bold red"}


def as_text(blocks: Iterable[b.Block], language: Language, *, colour: bool = False, width: int | None = None) -> str:
    """The blocks as text, without colour codes unless asked for. `width` is the terminal's where it is None."""
    columns = width or min(max(shutil.get_terminal_size((100, 24)).columns, NARROWEST), WIDEST)
    out = StringIO()
    console = Console(
        file=out,
        width=columns,
        force_terminal=colour,
        color_system="standard" if colour else None,
        emoji=False,
        markup=False,
        highlight=False,
        legacy_windows=False,
    )
    _Writer(console, language).all(blocks)
    lines = (line.rstrip() for line in out.getvalue().replace(GLUE, " ").splitlines())
    return "\n".join(lines).strip("\n") + "\n"


class _Writer:
    """Writes one block after the other; a method a kind of block."""

    def __init__(self, console: Console, language: Language, indent: int = 0) -> None:
        self.console, self.language, self.indent = console, language, indent

    def all(self, blocks: Iterable[b.Block]) -> None:
        for block in blocks:
            getattr(self, type(block).__name__.lower())(block)

    def line(self, words: str, style: str = "", indent: int = 0) -> None:
        line = Line(self._broken(words, indent), style=style)
        self.console.print(Padding(line, (0, 0, 0, self.indent + indent), expand=False))

    def _broken(self, words: str, indent: int = 0) -> str:
        """The words as they may be printed; Chinese ones with their line ends."""
        shown = _glued(words)
        return broken(shown, self.console.width - self.indent - indent) if self.language == "zh" else shown

    def heading(self, block: b.Heading) -> None:
        self.console.print()
        words = block.text.say(self.language)
        self.line(words, "bold")
        if block.level <= 2:
            self.line("─" * min(cell_len(words), self.console.width - self.indent))

    def note(self, block: b.Note) -> None:
        self.line(block.text.say(self.language), {"lead": "bold", "small": "dim"}.get(block.tone, ""))

    def figure(self, block: b.Figure) -> None:
        self.figures(b.Figures((block,)))

    def figures(self, block: b.Figures) -> None:
        grid = Grid.grid(padding=(0, 2, 0, 0))
        for figure in block.figures:
            hint = figure.hint.say(self.language) if figure.hint else ""
            grid.add_row(self._said(figure.label), Line(self._said(figure.value), "bold"), _glued(hint))
        self._print(grid)

    def table(self, block: b.Table) -> None:
        grid = Grid(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, PADDING, 0, 0))
        if block.title:
            self.console.print()
            self.line(block.title.say(self.language), "bold")
        heads = [self._said(column.label) for column in block.columns]
        rows = [[self._cell(cell, block, place) for place, cell in enumerate(row)] for row in block.rows]
        room = self.console.width - self.indent - GAP * (len(heads) - 1)
        widths = fitting([list(said) for said in zip(heads, *rows, strict=True)], room)
        for place, head in enumerate(heads):
            justify: Literal["left", "right"] = "right" if cells.is_numeric(block, place) else "left"
            grid.add_column(head, justify=justify, overflow="fold", width=widths[place] if widths else None)
        for row in rows:
            grid.add_row(*(broken(said, room_) for said, room_ in zip(row, widths, strict=True)) if widths else row)
        self._print(grid)
        if block.note:
            self.line(block.note.say(self.language), "dim")

    def chart(self, block: b.Chart) -> None:
        """The title, then small bars where there is one number a name, the table where there are more."""
        self.console.print()
        self.line(block.title.say(self.language), "bold")
        if block.table is not None and _one_number(block.table):
            self._bars(block.table)
        elif block.table is not None and len(block.table.columns) <= 9:
            self.table(block.table)
        if block.summary != block.title:
            self.line(block.summary.say(self.language), "dim")

    def _bars(self, table: b.Table) -> None:
        numbers = [float(row[1]) if cells.is_number(row[1]) else 0.0 for row in table.rows]  # type: ignore[arg-type]
        most = max(map(abs, numbers), default=0.0) or 1.0
        grid = Grid.grid(padding=(0, 2, 0, 0))
        grid.add_column(overflow="fold")
        grid.add_column(no_wrap=True)
        grid.add_column(justify="right")
        for row, number in zip(table.rows, numbers, strict=True):
            bar = ("█" if number >= 0 else "░") * round(BAR * abs(number) / most)
            grid.add_row(self._cell(row[0], table, 0), Line(bar, "blue"), self._cell(row[1], table, 1))
        self._print(grid)

    def link(self, block: b.Link) -> None:
        self.line(texts("link", text=block.text, target=block.target).say(self.language))

    def finding(self, block: b.Finding) -> None:
        word = texts(f"severity.{block.severity}").say(self.language)
        line = Line(self._broken(f"{word}  {block.text.say(self.language)}"))
        line.stylize(STYLES[block.severity], 0, len(word))
        self.console.print(Padding(line, (0, 0, 0, self.indent)))
        if block.do:
            self.line(block.do.say(self.language), indent=cell_len(word) + 2)

    def card(self, block: b.Card) -> None:
        self.console.print()
        self.line(f"● {block.title.say(self.language)}", "bold")
        inner = _Writer(self.console, self.language, self.indent + 2)
        if block.subtitle:
            inner.line(block.subtitle.say(self.language), "dim")
        inner.all(block.blocks)

    def cards(self, block: b.Cards) -> None:
        self.all(block.cards)

    def details(self, block: b.Details) -> None:
        self.console.print()
        self.line(f"▸ {block.title.say(self.language)}", "bold")
        _Writer(self.console, self.language, self.indent + 2).all(block.blocks)

    def _said(self, words: b.Cell) -> str:
        return _glued(cells.shown(words, "", self.language))

    def _cell(self, cell: b.Cell, table: b.Table, place: int) -> str:
        return _glued(cells.shown(cell, table.columns[place].format, self.language))

    def _print(self, grid: Grid) -> None:
        self.console.print(Padding(grid, (0, 0, 0, self.indent)))


def _glued(words: str) -> str:
    """The words as a terminal may have them, with what must stay on one line glued."""
    return cells.printable(words).replace(cells.STAYS, GLUE).replace(cells.JOINED, "")


def _one_number(table: b.Table) -> bool:
    return len(table.columns) == 2 and all(not cells.is_number(row[0]) for row in table.rows)
