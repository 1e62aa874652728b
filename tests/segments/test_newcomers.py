"""Where somebody belongs of whom only attributes are known: planted signal is found, noise gives the plain shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from shoal.features.result import FeatureInfo, Features
from shoal.segments.model import ASSIGNED
from shoal.segments.newcomers import NewcomerMap, learn_newcomers, placed, read_newcomers
from shoal.segments.segment import segment
from shoal.segments.settings import SegmentSettings
from shoal.words.language import Text
from tests.segments.made import features_of

CUSTOMERS = 600


def _attribute(name: str, attribute: str, level: str | None) -> FeatureInfo:
    kind = "number" if level is None else "share"
    return FeatureInfo(name, "attributes", kind, "", Text.same(name), Text.same(name), attribute=attribute, level=level)


def _features(city: Sequence[float | None], age: Sequence[float | None]) -> Features:
    """Half the customers order once, half nine times; beside it a city (1: York) and an age."""
    bare = features_of({"orders": [1.0, 9.0] * (CUSTOMERS // 2), "york": city, "age": age})
    own = (_attribute("york", "city", "York"), _attribute("age", "age", None))
    return replace(bare, columns=(bare.columns[0], *own))


def _labels() -> np.ndarray:
    return np.arange(CUSTOMERS) % 2


def _learned(city: Sequence[float | None], age: Sequence[float | None], labels: np.ndarray, k: int = 2) -> NewcomerMap:
    found = learn_newcomers(_features(city, age), labels, k)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def planted() -> NewcomerMap:
    """Nine in ten of York are in the second segment, one in ten of elsewhere; the age says nothing."""
    draw = np.random.default_rng(0)
    labels = _labels()
    york = np.where(draw.random(CUSTOMERS) < 0.9, labels, 1 - labels).astype(float)
    return _learned(york.tolist(), draw.uniform(20, 60, CUSTOMERS).tolist(), labels)


def test_what_tells_segments_apart_is_found(planted: NewcomerMap) -> None:
    """The best any map could save is ln 2 less the entropy of nine to one: 0.693 - 0.325 nats."""
    assert 0.3 < planted.gain < 0.4
    here, there = planted.likely({"city": "York", "age": 40}), planted.likely({"city": "Leeds", "age": 40})
    assert (here.segment, there.segment) == (2, 1)
    assert here.share == pytest.approx(0.9, abs=0.04)
    assert sum(here.shares.values()) == pytest.approx(1)
    assert here.told


def test_what_is_not_said_is_not_known(planted: NewcomerMap) -> None:
    nothing = planted.likely({})
    assert nothing.shares[1] == pytest.approx(planted.shares[0], abs=0.05)
    assert planted.likely({"york": 1.0}).shares == planted.likely({"city": "York"}).shares


def test_values_beyond_those_seen_are_held_at_the_edge(planted: NewcomerMap) -> None:
    assert planted.likely({"age": 10_000}).shares == planted.likely({"age": 60}).shares


@pytest.mark.parametrize("seed", range(3))
def test_noise_gives_the_segments_plain_shares(seed: int) -> None:
    draw = np.random.default_rng(seed)
    labels = (draw.random(CUSTOMERS) < 0.3).astype(int)
    noise = [draw.integers(0, 2, CUSTOMERS).astype(float).tolist(), draw.normal(size=CUSTOMERS).tolist()]
    found = _learned(*noise, labels)
    share = found.likely({"city": "York", "age": 1.0}).shares[2]
    assert share == pytest.approx(labels.mean(), abs=1e-12 if found.gain == 0 else 0.1)


def test_noise_saves_nothing_in_most_shops() -> None:
    """A gain above one standard error comes by chance in at most one of six; of twelve, five with a chance of 1 %."""
    found = 0
    for seed in range(12):
        draw = np.random.default_rng(seed)
        noise = [draw.integers(0, 2, CUSTOMERS).astype(float).tolist(), draw.normal(size=CUSTOMERS).tolist()]
        found += _learned(*noise, _labels()).gain > 0
    assert found <= 5


def test_constant_and_empty_attributes_leave_the_plain_shares() -> None:
    found = _learned([1.0] * CUSTOMERS, [None] * CUSTOMERS, _labels())
    assert (found.axes, found.gain) == ((), 0.0)
    assert found.likely({"city": "York"}).shares == pytest.approx({1: 0.5, 2: 0.5})


def test_a_segment_too_small_to_be_learned_from_gets_next_to_no_share() -> None:
    draw = np.random.default_rng(3)
    labels = _labels()
    york = np.where(draw.random(CUSTOMERS) < 0.9, labels, 1 - labels).astype(float).tolist()
    labels[0] = 2
    found = _learned(york, [30.0] * CUSTOMERS, labels, 3)
    assert found.likely({"city": "York"}).shares[3] < 0.02


def test_the_order_of_customers_changes_nothing() -> None:
    draw = np.random.default_rng(1)
    features = _features(draw.integers(0, 2, CUSTOMERS).astype(float).tolist(), draw.normal(size=CUSTOMERS).tolist())
    order = draw.permutation(CUSTOMERS)
    mixed = replace(features, table=features.table.take(pa.array(order)))
    one, two = learn_newcomers(features, _labels(), 2), learn_newcomers(mixed, _labels()[order], 2)
    assert one == two


def test_without_attributes_or_with_one_segment_there_is_no_map() -> None:
    assert learn_newcomers(features_of({"orders": [1.0, 2.0]}), np.array([0, 1]), 2) is None
    assert learn_newcomers(_features([1.0] * CUSTOMERS, [30.0] * CUSTOMERS), _labels() * 0, 1) is None


def test_a_table_of_newcomers_is_placed_as_one_by_one(planted: NewcomerMap) -> None:
    table = pa.table({"customer_id": ["n1", "n2"], "york": [1.0, None], "age": [30.0, None]})
    found = placed(planted, table)
    assert found.schema == ASSIGNED
    likely = [planted.likely({"city": "York", "age": 30.0}), planted.likely({})]
    assert found["segment"].to_pylist() == [one.segment for one in likely]
    assert found["confidence"].to_pylist() == pytest.approx([abs(one.shares[1] - one.shares[2]) for one in likely])
    assert found["runner_up"].to_pylist() == [3 - one.segment for one in likely]


def test_the_map_lies_in_the_study_and_is_read_alone(tmp_path: Path) -> None:
    york = [0.0, 1.0] * (CUSTOMERS // 2)
    found = segment(_features(york, [30.0] * CUSTOMERS), SegmentSettings(k=2, space="behaviour", n_init=1))
    found.write(tmp_path)
    kept = read_newcomers(tmp_path)
    assert kept == found.newcomers
    assert kept is not None
    assert kept.likely({"city": "York"}).share > 0.95
    assert read_newcomers(tmp_path / "elsewhere") is None
