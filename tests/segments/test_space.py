from __future__ import annotations

import json

import msgspec
import numpy as np
import pyarrow as pa
import pytest

from shoal.segments.space import Space, SpaceColumn
from shoal.show.result import jsonable
from shoal.words.errors import InputError


def test_an_axis_fills_clips_transforms_centres_scales_and_weighs() -> None:
    axis = SpaceColumn("orders", "sqrt", centre=2.0, scale=0.5, weight=3.0, low=1.0, high=16.0, fill=9.0)
    # sqrt(4)=2 -> 0; gap 9 -> 3 -> 2*3; 100 is clipped to 16 -> 4 -> 4*3; 0 is clipped to 1 -> 1 -> -2*3
    assert axis.apply(np.array([4.0, np.nan, 100.0, 0.0])).tolist() == [0.0, 6.0, 12.0, -6.0]


def test_a_signed_square_root_keeps_the_sign() -> None:
    axis = SpaceColumn("net", "signed_sqrt", centre=0.0, scale=1.0)
    assert axis.apply(np.array([-9.0, 0.0, 4.0])).tolist() == [-3.0, 0.0, 2.0]


def test_a_missing_column_is_named() -> None:
    space = Space("rfm", (SpaceColumn("orders", "identity", 0.0, 1.0),))
    with pytest.raises(InputError, match="orders"):
        space.transform(pa.table({"spend": [1.0]}))


def test_infinite_cells_count_as_empty() -> None:
    space = Space("x", (SpaceColumn("a", "identity", 0.0, 1.0, fill=7.0),))
    assert space.transform(pa.table({"a": [1.0, float("inf"), None]})).tolist() == [[1.0], [7.0], [7.0]]


def test_a_space_survives_json_to_the_last_bit() -> None:
    space = Space("x", (SpaceColumn("a", "log1p", 1 / 3, 0.1 + 0.2, low=None, high=None, fill=1e-17),))
    assert msgspec.convert(json.loads(json.dumps(jsonable(space))), Space) == space
