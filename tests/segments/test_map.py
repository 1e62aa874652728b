"""The map of customers: two directions, honest about how much they show, without ids."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from shoal.segments.map import DOTS, customer_map
from shoal.segments.segment import SegmentSettings, segment
from shoal.segments.space import numbers
from tests.segments.made import features_of, shop

DRAW = np.random.default_rng(5)


def test_two_directions_of_a_flat_space_show_all_of_it() -> None:
    orders, spend = DRAW.normal(50, 9, 200), DRAW.normal(20, 2, 200)
    found = customer_map(features_of({"a": orders, "b": spend}), np.column_stack([orders, spend]), np.zeros(200, int))
    assert found is not None
    assert found.shown == pytest.approx(1.0)
    assert (found.x_label.en, found.y_label.en) == ("a", "b")


def test_what_an_axis_is_named_after_grows_along_it() -> None:
    features = shop(300)
    made = segment(features, SegmentSettings(k=3))
    assert made.map is not None
    label = next(info.name for info in features.columns if info.label == made.map.x_label)
    values = numbers(features.table, label)
    assert np.corrcoef(made.map.x, values)[0, 1] > 0.5  # 300 customers: all are dots, in their order


def test_at_most_two_thousand_dots_and_no_id(tmp_path: Path) -> None:
    made = segment(shop(3_000), SegmentSettings(k=3))
    made.write(tmp_path)
    assert made.map is not None
    assert len(made.map.x) == len(made.map.y) == len(made.map.segment) == DOTS
    assert set(made.map.segment) == {1, 2, 3}
    assert "c000" not in json.dumps(json.loads((tmp_path / "map.json").read_text()))


def test_there_is_no_map_of_one_direction() -> None:
    features = features_of({"a": DRAW.normal(0, 1, 50)})
    assert customer_map(features, np.arange(50.0)[:, None], np.zeros(50, int)) is None
    assert customer_map(features, np.column_stack([np.arange(50.0), np.zeros(50)]), np.zeros(50, int)) is None
