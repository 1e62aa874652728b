"""The few kinds of block a result is shown with. A result yields blocks; how they look is decided elsewhere.

Words are `Text` (both languages). Cells of a table are numbers, `Text`, plain strings (data, never markup) or None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from shoal.words.language import Text

Cell = float | int | str | Text | None
Severity = Literal["good", "info", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Advice as data: what was seen, how grave, what to do. `code` is stable and made for programs."""

    code: str
    severity: Severity
    text: Text
    do: Text | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    text: Text
    level: int = 2
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A paragraph. `tone` "lead" is the sentence to read first, "small" is fine print, "code" is to be typed."""

    text: Text
    tone: Literal["plain", "lead", "small", "code"] = "plain"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number to remember, already formatted, with what it is."""

    label: Text
    value: Text
    hint: Text | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures that stand side by side."""

    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a shown table. `format` is a Python format spec for numbers (",.0f", ".1%").

    With `bar` each number of the column gets a small bar beside it, to the largest of them; below zero to the left.
    """

    label: Text
    format: str = ""
    hint: Text | None = None
    bar: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: Text | None = None
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A Vega-Lite drawing. `spec` is JSON-like and may hold `Text` where words stand; it is resolved when shown.

    `title` says what the chart shows (a finding, not a topic); `summary` says the same to who cannot see it;
    `table` holds the numbers behind it where they are few.
    """

    name: str
    title: Text
    spec: Mapping[str, Any]
    summary: Text
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Link:
    text: Text
    target: str


@dataclass(frozen=True, slots=True)
class Card:
    """Blocks that belong together under a title, such as one segment. `colour` indexes the segment palette, from 0."""

    title: Text
    blocks: tuple[Block, ...]
    subtitle: Text | None = None
    colour: int | None = None
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Cards:
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Details:
    """Blocks to unfold: method, long tables."""

    title: Text
    blocks: tuple[Block, ...] = field(default=())


Block = Heading | Note | Figure | Figures | Table | Chart | Link | Finding | Card | Cards | Details
