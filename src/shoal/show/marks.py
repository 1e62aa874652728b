"""The pieces charts are put together from: axes of names, bars, written values, tints, tooltips, marked lines.

Each returns a piece of a Vega-Lite specification. A layer with a `name` becomes the class ``NAME_marks`` in the SVG,
by which the style sheet of a page recolours what is written.
"""

# ruff: noqa: A002  (`format` is the word of TableColumn and of d3)
from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from statistics import median
from typing import Any

from shoal.show import theme
from shoal.show.blocks import Cell, Table, TableColumn
from shoal.show.spec import Word
from shoal.words.language import Text

Spec = dict[str, Any]
Values = Sequence[float | None]
LONGEST_LABEL, COLUMN = 190, 52


def names(field: str, gap: float = 0.16, of: Sequence[Text] = (), **axis: Any) -> Spec:
    """A channel with one place a name, in the order of the rows, or in that of `of` where layers hold other rows."""
    scale = {"paddingInner": gap, "paddingOuter": gap / 2, **({"domain": list(of)} if of else {})}
    look = {**axis, "labelOffset": _centred()}
    return {"field": field, "type": "nominal", "sort": None, "title": None, "axis": look, "scale": scale}


def height(names: Sequence[Text], least: int) -> int:
    """The height in pixels of rows with these names: at least so much each, and room for every line of a name."""
    lines = max((max(name.en.count("\n"), name.zh.count("\n")) + 1 for name in names), default=1)
    return len(names) * max(least, theme.LINE_HEIGHT * lines + 8)


def _centred() -> Spec:
    """A name of several lines is moved up by half of them: the renderer centres the first line only."""
    count = "length(split(datum.label, '\\n'))"
    moves = [{"test": f"{count} === {lines}", "value": -theme.LINE_HEIGHT * (lines - 1) / 2} for lines in range(2, 8)]
    return {"condition": moves, "value": 0}


def said(field: str, title: Text, format: str = "") -> Spec:
    """A line of the tooltip."""
    kind = {"type": "quantitative", "format": format} if format else {"type": "nominal"}
    return {"field": field, "title": title, **kind}


def fixed_colour(field: str = "colour") -> Spec:
    return {"field": field, "type": "nominal", "scale": None}


def series_colour(kinds: Sequence[Text], colours: Sequence[str] = theme.SERIES) -> Spec:
    """A colour a series, with a legend where there is more than one."""
    range_ = [colours[i % len(colours)] for i in range(len(kinds))]
    legend = columns(kinds) if len(kinds) > 1 else None
    return {
        "field": "series",
        "type": "nominal",
        "sort": None,
        "scale": {"domain": list(kinds), "range": range_},
        "legend": legend,
    }


def hue(colours: Sequence[int] | None, place: int) -> Spec:
    """The colour of a row whose label has one of its own."""
    return {} if colours is None else {"colour": theme.segment_colour(colours[place] + 1)}


def beside(series: int) -> Spec:
    """The places of a label's bars under each other."""
    scale = {"domain": list(range(series)), "paddingInner": 0.1}
    return {"field": "place", "type": "ordinal", "scale": scale}


def shades(kinds: Sequence[Text]) -> Spec:
    """Each label in its own colour, each series in its own shade of it; the legend shows the shades in grey."""
    last = max(len(kinds) - 1, 1)
    opacity = [round(0.5 + 0.5 * i / last, 2) for i in range(len(kinds))]
    scale = {"domain": list(kinds), "range": opacity}
    legend = {"symbolFillColor": theme.SOFT_INK, "title": None, **columns(kinds)}
    shade = {"field": "series", "type": "ordinal", "sort": list(kinds), "scale": scale, "legend": legend}
    return {"color": fixed_colour(), "opacity": shade}


def middles(x: Values, y: Values, group: Sequence[int]) -> list[Spec]:
    """The number of each group of points, from 1, written in the middle of it on a disc of the page's ground."""
    places: dict[int, list[tuple[float, float]]] = {}
    for a, b, g in zip(x, y, group, strict=True):
        if a is not None and b is not None:
            places.setdefault(g, []).append((a, b))
    rows = [
        {"x": median(a for a, _ in dots), "y": median(b for _, b in dots), "number": str(g + 1)}
        for g, dots in sorted(places.items())
    ]
    at = {axis: {"field": axis, "type": "quantitative"} for axis in ("x", "y")}
    plain = {**at, "color": {"value": theme.INK}, "tooltip": None}
    disc = {"type": "circle", "size": 420, "opacity": 0.85, "color": "#ffffff"}
    words = {"type": "text", "fontSize": 12, "fontWeight": 700, "baseline": "middle"}
    return [
        {"name": "disc", "data": {"values": rows}, "mark": disc, "encoding": {**plain, "color": {"value": "#ffffff"}}},
        {
            "name": "middle",
            "data": {"values": rows},
            "mark": words,
            "encoding": {**plain, "text": {"field": "number", "type": "nominal"}},
        },
    ]


def columns(kinds: Sequence[Text]) -> Spec:
    """As many columns of a legend as the drawing has room for."""
    letters = max((max(len(kind.en), 2 * len(kind.zh)) for kind in kinds), default=1)
    return {"columns": {"expr": f"max(1, floor(width / {40 + 7 * letters}))"}}


def length(values: Values, format: str) -> Spec:
    """The channel of a bar's length: from zero, no axis, with room for the value that is written at its end."""
    there = [value for value in values if value is not None]
    longest = max((letters(value, format) for value in there), default=1)
    room = 14 + 7 * longest
    start = room if any(value < 0 for value in there) else 0
    scale = {"zero": True, "nice": False, "range": [start, {"expr": f"width - {room}"}]}
    return {"field": "value", "type": "quantitative", "stack": None, "axis": None, "scale": scale}


def letters(value: float, format: str) -> int:
    """How many letters a number takes."""
    return len(_formatted(value, format))


def _formatted(value: float, format: str) -> str:
    try:
        return f"{value:{format}}"
    except ValueError:  # a format of d3 that Python does not know, such as ".2s"
        return f"{value:,.4g}"


def written(format: str, field: str = "value") -> Spec:
    """The value beside the end of its bar."""
    before = {"expr": f"datum.{field} < 0"}
    mark = {
        "type": "text",
        "baseline": "middle",
        "align": {"expr": f"{before['expr']} ? 'right' : 'left'"},
        "dx": {"expr": f"{before['expr']} ? -6 : 6"},
    }
    return {
        "name": "value",
        "mark": mark,
        "encoding": {"text": {"field": field, "type": "quantitative", "format": format}},
    }


def cells() -> Spec:
    shade = {"opacity": {"field": "strength", "type": "quantitative", "scale": None}}
    return {"name": "cell", "mark": {"type": "rect", "cornerRadius": 3}, "encoding": {"color": fixed_colour(), **shade}}


def cell_text(format: str, *, strong: bool, across: int, letters: int) -> Spec:
    """What is written in cells: white on the full tint, black (light on dark pages) below; so 4.5 to 1 at least.

    The letters shrink with the cell (`across` cells share the width) and go where they could not be read; the numbers
    stand in the table below the drawing.
    """
    name, wanted = ("strong", "datum.strength > 0.92") if strong else ("faint", "datum.strength <= 0.92")
    room = f"width / {across} / {0.68 * letters:.2f}"
    size = {"expr": f"{room} < 8 ? 0 : min(11, {room})"}
    mark = {"type": "text", "fontSize": size, **({"color": "#ffffff"} if strong else {})}
    shown = {"text": {"field": "value", "type": "quantitative", "format": format}}
    return {
        "name": name,
        "transform": [{"filter": f"isValid(datum.value) && {wanted}"}],
        "mark": mark,
        "encoding": shown,
    }


def reach(values: Values) -> float:
    """The size that takes the strongest tint: all but the largest 15 % lie below it, so one extreme row cannot pale
    all others; never less than a quarter of the largest."""
    sizes = sorted(abs(value) for value in values if value is not None)
    return max(sizes[ceil(0.85 * (len(sizes) - 1))], sizes[-1] / 4) or 1.0 if sizes else 1.0


def tint(value: float | None, most: float, diverging: bool) -> Spec:
    """The colour of a cell by its sign, and the strength of it, 0 to 0.95, by its size."""
    if value is None:
        return {"colour": theme.QUIET, "strength": 0.06}
    colour = theme.LOW if diverging and value < 0 else theme.HIGH
    return {"colour": colour, "strength": round(0.95 * min(abs(value) / most, 1.0), 3)}


def marked(at: float | None, label: Text | None = None, *, late: bool = False) -> list[Spec]:
    """A dashed upright line at a value, with words at its foot (left of it where it stands `late`); or nothing."""
    if at is None:
        return []
    place = {"data": {"values": [{}]}, "encoding": {"x": {"datum": at, "type": "quantitative"}}}
    rule = {"name": "mark", "mark": {"type": "rule", "strokeDash": [4, 3], "color": theme.SOFT_INK}, **place}
    if label is None:
        return [rule]
    words = {"type": "text", "align": "right" if late else "left", "dx": -7 if late else 7, "fontWeight": 600}
    foot = {"y": {"expr": "height - 6"}, "baseline": "bottom", "text": label}
    return [rule, {"name": "value", "mark": {**words, **foot}, **place}]


def numbers_table(titles: Sequence[Text], formats: Sequence[str], rows: Sequence[Sequence[Word | Cell]]) -> Table:
    """The numbers behind a chart, for who reads them rather than looks."""
    columns = tuple(TableColumn(title, form) for title, form in zip(titles, formats, strict=True))
    return Table(columns, tuple(tuple(row) for row in rows))


def along(x: Sequence[float], title: Text) -> Spec:
    """The horizontal axis of a line chart: a tick at every value where they are few whole numbers, such as K."""
    whole = all(float(at).is_integer() for at in x)
    ticks = {"format": "d", "values": list(x)} if whole and len(x) <= 20 else {}
    scale = {"zero": False, "nice": False, "padding": 10}
    return {"field": "x", "type": "quantitative", "title": title, "axis": {"grid": False, **ticks}, "scale": scale}


def up(format: str) -> Spec:
    """The vertical axis. What it measures is written flat above it (`measure`), where it is read first."""
    axis = {"tickCount": 5, "title": None, **({"format": format} if format else {})}
    return {"field": "y", "type": "quantitative", "axis": axis, "scale": {"zero": False, "nice": 5}}


def measure(title: Text) -> Spec:
    """What the vertical axis measures, as a small line above the drawing."""
    look = {"anchor": "start", "frame": "bounds", "fontSize": 12, "fontWeight": "normal", "offset": 8}
    return {"title": {"text": title, "color": theme.SOFT_INK, **look}}


def across(title: Text, format: str) -> Spec:
    """The horizontal axis of a measured value."""
    axis = {"tickCount": 6, "format": format}
    return {
        "field": "value",
        "type": "quantitative",
        "title": title,
        "axis": axis,
        "scale": {"zero": False, "padding": 12},
    }


def spans(place: Spec, title: Text, format: str) -> list[Spec]:
    """An interval from `low` to `high` with a dot on the value, each where `place` says."""
    ends = {**place, "x": {**across(title, format), "field": "low"}, "x2": {"field": "high"}}
    rule = {"type": "rule", "strokeWidth": 3, "opacity": 0.55, "strokeCap": "round"}
    dot = {"type": "point", "filled": True, "size": 90, "opacity": 1}
    return [{"name": "interval", "mark": rule, "encoding": ends}, {"name": "dot", "mark": dot, "encoding": place}]


def slanted(words: Sequence[Text]) -> Spec:
    """Labels above the columns: flat where they fit side by side, slanted and shortened where they do not."""
    slant = {"labelAngle": -35, "labelAlign": "left"} if overhang(words) else {"labelAngle": 0}
    return {"labelLimit": LONGEST_LABEL, **slant}


def overhang(words: Sequence[Text]) -> int:
    """How far slanted labels reach past the last, narrow column, in pixels; 0 where labels lie flat."""
    lengths = [6.5 * max(len(word.en), 2 * len(word.zh)) for word in words]
    if max(lengths, default=0) * len(words) <= 480:
        return 0
    reach = [0.82 * min(LONGEST_LABEL, length) - 0.7 * COLUMN * after for after, length in enumerate(reversed(lengths))]
    return max(1, int(max(reach)))


def series_table(first: Text, labels: Sequence[Word], series: Sequence[tuple[Text, Values]], format: str) -> Table:
    """One row a label, one column a series."""
    rows = [(label, *(values[i] for _, values in series)) for i, label in enumerate(labels)]
    return numbers_table((first, *(kind for kind, _ in series)), ("", *(format for _ in series)), rows)
