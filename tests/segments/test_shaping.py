"""A least number of orders for a say in the segments: who has fewer shapes nothing and is placed all the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from shoal.segments.model import assign
from shoal.segments.segment import segment
from shoal.segments.settings import SegmentSettings
from shoal.words.errors import InputError, UsageError
from tests.segments.made import features_of, shop

FEW = SegmentSettings(space="behaviour", k=2, min_orders=3)


def test_who_has_too_few_orders_shapes_nothing_and_is_placed() -> None:
    features = shop()  # every third customer has one order
    found = segment(features, FEW)
    several = np.array(features.table["orders"].to_pylist()) >= 3
    alone = replace(features, table=features.table.filter(pa.array(several)))
    assert np.allclose(found.model.matrix, segment(alone, replace(FEW, min_orders=0)).model.matrix)
    assert found.table.num_rows == 600
    assert sum(one.customers for one in found.segments) == 600
    assert assign(found.model, features.table).equals(found.table)
    assert (found.fit.min_orders, found.fit.shaped_by, found.fit.customers) == (3, 400, 600)
    told = next(one for one in found.findings if one.code == "segments.min_orders")
    assert told.count == 200


def test_numbers_go_by_the_spend_of_everybody() -> None:
    spend = [one.spend or 0 for one in segment(shop(), FEW).segments]
    assert spend == sorted(spend, reverse=True)


def test_where_all_have_enough_nothing_changes() -> None:
    plain = segment(shop(), replace(FEW, min_orders=0))
    found = segment(shop(), replace(FEW, min_orders=1))
    assert found.table.equals(plain.table)
    assert found.fit.shaped_by is None


def test_unknown_orders_and_too_many_are_told() -> None:
    with pytest.raises(UsageError, match="not known here"):
        segment(features_of({"income": [1.0, 2.0, 3.0]}), replace(FEW, space="standardised"))
    with pytest.raises(InputError, match="No customer has 900 orders"):
        segment(shop(), replace(FEW, min_orders=900))


def test_where_one_segment_is_all_there_may_be_no_other_method_is_named() -> None:
    """Three long groups side by side call for a mixture; of a single segment, asked for, that would be idle."""
    draw = np.random.default_rng(1)
    long = np.vstack([draw.normal(size=(150, 2)) * [8, 0.25] + [0, 3 * i] for i in range(3)])
    features = features_of({"a": long[:, 0], "b": long[:, 1]})
    one, three = (segment(features, SegmentSettings(space="standardised", k=k)) for k in (1, 3))
    assert "segments.other_algorithm" in {finding.code for finding in three.findings}
    assert "segments.other_algorithm" not in {finding.code for finding in one.findings}
