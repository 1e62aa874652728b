"""Every kind of chart: valid Vega-Lite in both languages, numbers as given, data never more than data."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from xml.etree import ElementTree

import altair
import pytest
import vl_convert
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.show import charts, theme
from shoal.show.blocks import Chart
from shoal.show.drawing import drawing
from shoal.show.spec import resolve, text
from shoal.words.language import LANGUAGES, Language, Text
from tests.show import sample

SAID = Text("said", "说明")


def _bars(labels: list[str], values: list[float | None], **more: object) -> Chart:
    return charts.bars("b", SAID, labels, values, value_title=SAID, format=",.0f", summary=SAID, **more)  # type: ignore[arg-type]


def _rows(chart: Chart, language: Language = "en") -> list[dict[str, object]]:
    return resolve(chart.spec, language)["data"]["values"]


KINDS: dict[str, Callable[[], Chart]] = {
    "bars": lambda: _bars(["a", "b"], [1.0, -2.0]),
    "grouped": lambda: charts.grouped(
        "g",
        SAID,
        ["a", "b"],
        [(Text("x", "甲"), [1, 2]), (Text("y", "乙"), [3, None])],
        value_title=SAID,
        format=".1%",
        summary=SAID,
    ),
    "heatmap": lambda: charts.heatmap("h", SAID, ["a"], ["c", "d"], [[1.0, None]], format="+.1f", summary=SAID),
    "lines": lambda: charts.lines(
        "l",
        SAID,
        [2, 3, 4],
        [(SAID, [0.1, None, 0.3])],
        x_title=SAID,
        y_title=SAID,
        format=".2f",
        summary=SAID,
        mark_x=3,
        mark_label=SAID,
    ),
    "points": lambda: charts.points(
        "p",
        SAID,
        [1.0, 2.0],
        [1.0, 2.0],
        [0, 1],
        group_names=sample.NAMES[:2],
        x_title=SAID,
        y_title=SAID,
        summary=SAID,
    ),
    "intervals": lambda: charts.intervals(
        "i",
        SAID,
        ["a", "b"],
        [1, 2],
        [0.5, 1.5],
        [1.5, 2.5],
        value_title=SAID,
        format=".2f",
        summary=SAID,
        reference=1.2,
        highlight=1,
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_valid_vega_lite_in_both_languages(kind: str, language: Language) -> None:
    altair.Chart.from_dict(resolve(KINDS[kind]().spec, language))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn_as_well_formed_svg(kind: str) -> None:
    root = ElementTree.fromstring(drawing(KINDS[kind](), "zh"))
    assert root.tag.endswith("svg")
    assert len(list(root.iter())) > 20


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn_without_a_warning(kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    vl_convert.vegalite_to_svg(resolve(KINDS[kind]().spec, "en", width=600), show_warnings=True)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_as_wide_as_its_place(kind: str) -> None:
    assert KINDS[kind]().spec["width"] == "container"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "points"])
def test_the_numbers_behind_a_chart_stand_beside_it(kind: str) -> None:
    table = KINDS[kind]().table
    assert table is not None
    assert all(len(row) == len(table.columns) for row in table.rows)


def test_bars_take_the_colours_of_their_segments() -> None:
    rows = _rows(_bars(["a", "b", "c"], [1, 2, 3], colours=[2, 0, 16]))
    assert [row["colour"] for row in rows] == [theme.PALETTE[2], theme.PALETTE[0], theme.PALETTE[1]]


def test_what_is_no_number_stays_empty() -> None:
    chart = _bars(["a", "b", "c"], [math.nan, math.inf, None])
    assert [row["value"] for row in _rows(chart)] == [None, None, None]
    json.dumps(resolve(chart.spec, "en"), allow_nan=False)


def test_names_that_read_alike_stay_two_bars() -> None:
    rows = _rows(_bars(["tea", "tea"], [1, 2]))
    assert len({row["label"] for row in rows}) == 2


def test_lists_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="lengths differ"):
        _bars(["a"], [1, 2])


def test_more_than_five_thousand_rows_are_refused() -> None:
    _bars([str(i) for i in range(5_000)], [1.0] * 5_000)
    with pytest.raises(ValueError, match="5,001 rows"):
        _bars([str(i) for i in range(5_001)], [1.0] * 5_001)


def test_more_than_two_thousand_points_are_refused() -> None:
    many = [1.0] * 2_001
    with pytest.raises(ValueError, match="2,001 points"):
        charts.points("p", SAID, many, many, [0] * 2_001, group_names=[SAID], x_title=SAID, y_title=SAID, summary=SAID)


def test_a_cell_that_rounds_to_zero_has_no_sign() -> None:
    chart = charts.heatmap("h", SAID, ["a"], ["c", "d"], [[-0.04, -0.06]], format="+.1f", summary=SAID)
    assert [row["value"] for row in _rows(chart)] == [0.0, -0.06]


def test_the_strongest_cell_has_the_strongest_tint_and_the_sign_its_colour() -> None:
    chart = charts.heatmap("h", SAID, ["a"], ["c", "d", "e"], [[2.0, -1.0, None]], format="+.1f", summary=SAID)
    high, low, empty = _rows(chart)
    assert (high["colour"], high["strength"]) == (theme.HIGH, 0.95)
    assert (low["colour"], low["strength"]) == (theme.LOW, 0.475)
    assert empty["value"] is None


def test_one_extreme_row_does_not_pale_all_others() -> None:
    rows = [[8.0], *([1.0] for _ in range(9))]
    chart = charts.heatmap("h", SAID, [str(i) for i in range(10)], ["c"], rows, format="+.1f", summary=SAID)
    extreme, *others = _rows(chart)
    assert extreme["strength"] == 0.95
    assert {row["strength"] for row in others} == {0.475}  # a quarter of the largest takes the whole tint: 1 of 2


def test_a_long_name_is_broken_and_nothing_of_it_is_lost() -> None:
    name = "Recent big-spending regulars with large orders, who buy the same products again (2)"
    label = str(_rows(_bars([name], [1]))[0]["label"])
    assert label.replace("\n", "") == name
    assert max(map(len, label.split("\n"))) <= 43
    assert _bars([name], [1]).spec["height"] == 3 * theme.LINE_HEIGHT + 8
    assert _bars(["tea"], [1]).spec["height"] == 34


def test_a_picked_k_beyond_the_middle_has_its_words_on_the_left() -> None:
    chart = charts.lines(
        "l",
        SAID,
        range(2, 16),
        [(SAID, [0.1] * 14)],
        x_title=SAID,
        y_title=SAID,
        format=".2f",
        summary=SAID,
        mark_x=14,
        mark_label=SAID,
    )
    assert chart.spec["layer"][-1]["mark"]["align"] == "right"


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.text(max_size=20), st.floats(allow_nan=True, allow_infinity=True)), min_size=1, max_size=6)
)
def test_whatever_a_product_is_called_a_chart_of_it_is_plain_json(rows: list[tuple[str, float]]) -> None:
    chart = _bars([name for name, _ in rows], [value for _, value in rows])
    spec = json.loads(json.dumps(resolve(chart.spec, "en"), allow_nan=False))
    assert len({row["label"] for row in spec["data"]["values"]}) == len(rows)
    names = [row["label"].replace("\n", "").rstrip("\u200b") for row in spec["data"]["values"]]
    assert names == [text(name).en.rstrip("\u200b") for name, _ in rows]


def test_a_hostile_name_is_text_in_the_drawing() -> None:
    root = ElementTree.fromstring(drawing(_bars([sample.HOSTILE, 'a & b "c"'], [2, 1]), "en"))
    tags = {element.tag.split("}")[-1] for element in root.iter()}
    assert tags <= {"svg", "g", "path", "line", "rect", "text", "title", "defs", "clipPath", "circle", "tspan"}
    words = ["".join(element.itertext()) for element in root.iter() if element.tag.endswith("text")]
    assert sample.HOSTILE in words


def test_grouped_bars_may_wear_the_colours_of_their_labels_and_shades_for_series() -> None:
    chart = charts.grouped(
        "g",
        Text.same("t"),
        ["a", "b"],
        [(Text.same("people"), [0.3, 0.7]), (Text.same("money"), [0.6, 0.4])],
        value_title=Text.same("share"),
        format=".0%",
        summary=Text.same("s"),
        colours=[1, 0],
    )
    hues = [row["colour"] for row in chart.spec["data"]["values"]]
    assert hues == [theme.PALETTE[1]] * 2 + [theme.PALETTE[0]] * 2
    assert chart.spec["layer"][0]["encoding"]["opacity"]["scale"]["range"] == [0.5, 1.0]


def test_the_number_of_a_group_stands_at_the_median_of_its_points() -> None:
    chart = charts.points(
        "m",
        Text.same("t"),
        [0.0, 1.0, 8.0, 5.0],
        [0.0, 3.0, 6.0, 5.0],
        [0, 0, 0, 1],
        group_names=[Text.same("ones"), Text.same("other")],
        x_title=Text.same("x"),
        y_title=Text.same("y"),
        summary=Text.same("s"),
    )
    words = next(layer for layer in chart.spec["layer"] if layer["name"] == "middle")
    assert words["data"]["values"] == [{"x": 1.0, "y": 3.0, "number": "1"}, {"x": 5.0, "y": 5.0, "number": "2"}]
