"""Colours, fonts and the look of every chart. Only this file knows a colour code of a chart.

Charts are drawn once, for a light ground; on a page the style sheet recolours text, axes and grid for a dark one by
class. So the colours of data are chosen to stand out on both grounds (3:1 or more, held by a test), in an order that
stays apart for colour-blind readers.
"""

from __future__ import annotations

from typing import Any

FONT = (
    'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans CJK SC", '
    '"WenQuanYi Micro Hei", "Microsoft YaHei", "PingFang SC", sans-serif'
)

PALETTE = (
    "#0072b2", "#d55e00", "#009073", "#9687f0", "#d278b4", "#875a3c", "#785a87", "#69a569",
    "#7869e1", "#b4695a", "#00a5c3", "#b43c00", "#f0694b", "#8778c3", "#d25a96",
)  # fmt: skip
"""Colours of segments, in the order of their numbers."""

SERIES = ("#0072b2", "#d98200", "#7d8590", "#00906a", "#c0609a", "#7a5cc7")
"""Colours of series that are no segments, such as "customers" beside "revenue"."""

LINE_HEIGHT = 14
ACCENT, QUIET = "#0072b2", "#8b929c"
HIGH, LOW = "#0072b2", "#c05200"
"""Above and below: the two ends of a diverging heat map. Strength is opacity, so the middle is the page itself."""

INK, SOFT_INK, GRID = "#1d2129", "#5b6270", "#dfe2e7"


def segment_colour(number: int) -> str:
    """The colour of the segment with that number (from 1), the same in every chart, card and table.

    Examples
    --------
    >>> segment_colour(1) == PALETTE[0]
    True
    """
    return PALETTE[(number - 1) % len(PALETTE)]


def config() -> dict[str, Any]:
    """The Vega-Lite configuration of every chart: no frame, quiet grid, one font stack with Chinese faces."""
    axis = {
        "labelColor": SOFT_INK, "titleColor": SOFT_INK, "gridColor": GRID, "domainColor": GRID, "tickColor": GRID,
        "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelPadding": 6, "titlePadding": 10,
        "labelLimit": 300, "titleLimit": 420, "ticks": False, "domain": False, "gridDash": [2, 3],
    }  # fmt: skip
    legend = {
        "orient": "top", "direction": "horizontal", "title": None, "labelColor": SOFT_INK, "labelFontSize": 12,
        "labelLimit": 260, "symbolType": "circle", "symbolSize": 90, "symbolStrokeWidth": 0, "offset": 6,
        "columnPadding": 16, "rowPadding": 4,
    }  # fmt: skip
    return {
        "background": "transparent",
        "font": FONT,
        "aria": False,  # the figure around the drawing says what it shows; 200 labelled rectangles would drown it
        "view": {"stroke": None},
        "axis": axis,
        "axisY": {"labelLineHeight": LINE_HEIGHT},
        "lineBreak": "\n",
        "legend": legend,
        "text": {"font": FONT, "fontSize": 12, "color": INK},
        "bar": {"color": ACCENT},
        "line": {"strokeWidth": 2.25},
    }
