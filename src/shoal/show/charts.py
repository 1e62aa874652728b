"""The kinds of chart there are, as pure functions from numbers to a `Chart`.

In: words (`Text`, or a plain string where it is data) and numbers; None or NaN where there is none. Out: a block with
the drawing, what it says in words, and its numbers as a table. Formats are those that Python and d3 share
(",.0f", ".1%"). Colours of segments count from 0 here, as on a `Card`: segment number n has colour n - 1.
"""

# ruff: noqa: A002  (`format` is the word of TableColumn and of d3)
from __future__ import annotations

from collections.abc import Sequence

from shoal.show import marks, theme
from shoal.show.blocks import Chart
from shoal.show.cells import unsigned_zero
from shoal.show.marks import Values
from shoal.show.spec import Word, distinct, drawn, folded, number, same_length
from shoal.words.language import Text, Texts

texts = Texts("shoal.show")
MOST_POINTS = 2_000
Series = Sequence[tuple[Text, Values]]


def bars(
    name: str,
    title: Text,
    labels: Sequence[Word],
    values: Values,
    *,
    value_title: Text,
    format: str,
    summary: Text,
    colours: Sequence[int] | None = None,
) -> Chart:
    """One horizontal bar a label, in the order given, its value written at its end."""
    same_length(name, labels=labels, values=values, colours=labels if colours is None else colours)
    shown, found = folded(distinct(labels)), [number(value) for value in values]
    hues = [theme.ACCENT] * len(found) if colours is None else [theme.segment_colour(c + 1) for c in colours]
    rows = [{"label": w, "value": v, "colour": c} for w, v, c in zip(shown, found, hues, strict=True)]
    encoding = {
        "y": marks.names("label"),
        "x": marks.length(found, format),
        "tooltip": [marks.said("label", texts("chart.label")), marks.said("value", value_title, format)],
    }
    bar = {"name": "bar", "mark": {"type": "bar", "cornerRadiusEnd": 3}, "encoding": {"color": marks.fixed_colour()}}
    table = marks.numbers_table(
        (texts("chart.label"), value_title), ("", format), list(zip(labels, found, strict=True))
    )
    layers = [bar, marks.written(format)]
    return drawn(name, title, summary, rows, layers, height=marks.height(shown, 34), encoding=encoding, table=table)


def grouped(
    name: str,
    title: Text,
    labels: Sequence[Word],
    series: Series,
    *,
    value_title: Text,
    format: str,
    summary: Text,
    colours: Sequence[int] | None = None,
) -> Chart:
    """A few bars a label, one a series, such as the share of customers beside the share of revenue.

    With `colours` every label has its own (of the segments, from 0); the series are its shades, the last the fullest.
    """
    same_length(name, labels=labels, colours=labels if colours is None else colours)
    same_length(name, labels=labels, **{f"series {i}": values for i, (_, values) in enumerate(series)})
    shown, kinds = folded(distinct(labels)), distinct([kind for kind, _ in series])
    found = [[number(value) for value in values] for _, values in series]
    rows = [
        {"label": label, "series": kind, "value": found[s][i], "place": s, **marks.hue(colours, i)}
        for i, label in enumerate(shown)
        for s, kind in enumerate(kinds)
    ]
    encoding = {
        "y": marks.names("label", gap=0.3, of=shown),
        "yOffset": marks.beside(len(kinds)),
        "x": marks.length([value for values in found for value in values], format),
        "tooltip": [
            marks.said("label", texts("chart.label")),
            marks.said("series", texts("chart.series")),
            marks.said("value", value_title, format),
        ],
    }
    bar = {
        "name": "bar",
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": marks.shades(kinds) if colours else {"color": marks.series_colour(kinds)},
    }
    table = marks.series_table(texts("chart.label"), labels, series, format)
    tall = marks.height(shown, 20 * len(kinds) + 16)
    return drawn(name, title, summary, rows, [bar, marks.written(format)], height=tall, encoding=encoding, table=table)


def heatmap(
    name: str,
    title: Text,
    rows: Sequence[Word],
    columns: Sequence[Word],
    values: Sequence[Values],
    *,
    format: str,
    summary: Text,
    diverging: bool = True,
) -> Chart:
    """A field of cells, ``values[row][column]``: blue above zero, orange below; a cell without a value stays empty."""
    same_length(name, rows=rows, values=values)
    same_length(name, columns=columns, **{f"row {i}": line for i, line in enumerate(values)})
    down, over = folded(distinct(rows)), distinct(columns)
    found = [[None if (v := number(value)) is None else unsigned_zero(v, format) for value in line] for line in values]
    most = marks.reach([v for line in found for v in line])
    data = [
        {"row": down[r], "column": over[c], "value": v, **marks.tint(v, most, diverging)}
        for r, line in enumerate(found)
        for c, v in enumerate(line)
    ]
    encoding = {
        "y": marks.names("row", gap=0.06, of=down),
        "x": marks.names("column", gap=0.03, of=over, orient="top", **marks.slanted(over)),
        "tooltip": [
            marks.said("row", texts("chart.row")),
            marks.said("column", texts("chart.column")),
            marks.said("value", texts("chart.value"), format),
        ],
    }
    longest = max((marks.letters(v, format) for line in found for v in line if v is not None), default=1)
    fit = {"across": len(over), "letters": longest}
    layers = [marks.cells(), *(marks.cell_text(format, strong=strong, **fit) for strong in (False, True))]
    formats = ("", *(format for _ in columns))
    lines_ = [(word, *line) for word, line in zip(rows, found, strict=True)]
    table = marks.numbers_table((texts("chart.label"), *over), formats, lines_)
    room = {"padding": {"left": 2, "top": 2, "bottom": 2, "right": 4 + marks.overhang(over)}}
    tall, wide = marks.height(down, 34), 180 + marks.COLUMN * len(over)
    return drawn(
        name, title, summary, data, layers, height=tall, encoding=encoding, table=table, narrowest=wide, also=room
    )


def lines(
    name: str,
    title: Text,
    x: Sequence[float],
    series: Series,
    *,
    x_title: Text,
    y_title: Text,
    format: str,
    summary: Text,
    mark_x: float | None = None,
    mark_label: Text | None = None,
) -> Chart:
    """One line a series over `x`; `mark_x` draws a vertical line, such as the K that was picked."""
    same_length(name, x=x, **{f"series {i}": values for i, (_, values) in enumerate(series)})
    kinds = distinct([kind for kind, _ in series])
    rows = [
        {"x": number(at), "y": number(value), "series": kind}
        for kind, (_, values) in zip(kinds, series, strict=True)
        for at, value in zip(x, values, strict=True)
    ]
    axes = {"x": marks.along(x, x_title), "y": marks.up(format)}
    tooltip = [marks.said("series", texts("chart.series")), marks.said("x", x_title), marks.said("y", y_title, format)]
    shape = {"encoding": {**axes, "color": marks.series_colour(kinds), "tooltip": tooltip}}
    layers = [
        {"name": "line", "mark": {"type": "line"}, **shape},
        {"name": "dot", "mark": {"type": "point", "filled": True, "size": 46, "opacity": 1}, **shape},
        *marks.marked(mark_x, mark_label, late=mark_x is not None and mark_x > 0.7 * max(x) + 0.3 * min(x)),
    ]
    table = marks.series_table(x_title, [f"{at:g}" for at in x], series, format)
    return drawn(name, title, summary, rows, layers, height=250, table=table, also=marks.measure(y_title))


def points(
    name: str,
    title: Text,
    x: Values,
    y: Values,
    group: Sequence[int],
    *,
    group_names: Sequence[Text],
    x_title: Text,
    y_title: Text,
    summary: Text,
) -> Chart:
    """A cloud of at most 2,000 points; `group` counts `group_names` from 0 and takes that segment's colour.

    The number of each group (from 1) stands in its middle, so that nobody has to tell a dozen colours apart.
    """
    same_length(name, x=x, y=y, group=group)
    if len(x) > MOST_POINTS:
        raise ValueError(f"chart {name!r} has {len(x):,} points, at most {MOST_POINTS:,} can be told apart")
    kinds = distinct(group_names)
    rows = [{"x": number(a), "y": number(b), "series": kinds[g]} for a, b, g in zip(x, y, group, strict=True)]
    encoding = {
        "x": {
            "field": "x",
            "type": "quantitative",
            "title": x_title,
            "scale": {"zero": False},
            "axis": {"tickCount": 6},
        },
        "y": marks.up(""),
        "color": marks.series_colour(kinds, theme.PALETTE),
        "tooltip": [
            marks.said("series", texts("chart.group")),
            marks.said("x", x_title, ",.4~g"),
            marks.said("y", y_title, ",.4~g"),
        ],
    }
    cloud = {"name": "point", "mark": {"type": "circle", "size": 28, "opacity": 0.7}}
    layers = [cloud, *marks.middles(x, y, group)]
    named = [Text(f"{n} {kind.en}", f"{n} {kind.zh}") for n, kind in enumerate(kinds, 1)]
    encoding["color"] = marks.series_colour(named, theme.PALETTE)
    rows = [{**row, "series": named[g]} for row, g in zip(rows, group, strict=True)]
    return drawn(name, title, summary, rows, layers, height=420, encoding=encoding, also=marks.measure(y_title))


def intervals(
    name: str,
    title: Text,
    labels: Sequence[Word],
    values: Values,
    low: Values,
    high: Values,
    *,
    value_title: Text,
    format: str,
    summary: Text,
    reference: float | None = None,
    highlight: int | None = None,
) -> Chart:
    """A value with its interval a label; `reference` is drawn as a line, the label at `highlight` in colour."""
    same_length(name, labels=labels, values=values, low=low, high=high)
    shown = folded(distinct(labels))
    measured = [tuple(number(v) for v in triple) for triple in zip(values, low, high, strict=True)]
    rows = [
        {"label": label, "value": v, "low": a, "high": b, "colour": theme.ACCENT if i == highlight else theme.QUIET}
        for i, (label, (v, a, b)) in enumerate(zip(shown, measured, strict=True))
    ]
    named = [(key, texts(f"chart.{key}"), format) for key in ("low", "high")]
    place: marks.Spec = {
        "y": marks.names("label", gap=0.3, of=shown),
        "x": marks.across(value_title, format),
        "color": marks.fixed_colour(),
        "tooltip": [
            marks.said("label", texts("chart.label")),
            marks.said("value", value_title, format),
            *(marks.said(*n) for n in named),
        ],
    }
    layers = [*marks.spans(place, value_title, format), *marks.marked(reference)]
    titles = (texts("chart.label"), value_title, texts("chart.low"), texts("chart.high"))
    table = marks.numbers_table(
        titles, ("", format, format, format), [(w, *m) for w, m in zip(labels, measured, strict=True)]
    )
    return drawn(name, title, summary, rows, layers, height=20 + marks.height(shown, 32), table=table)
