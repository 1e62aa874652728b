"""Who changed segments: the arithmetic of flows by hand, then planted moves and redrawn borders."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from shoal.features.result import Features
from shoal.segments.matching import Parent
from shoal.segments.migration import Flow
from shoal.segments.model import SegmentModel
from shoal.segments.moves import migrate
from shoal.segments.result import Segments
from shoal.segments.segment import segment
from shoal.segments.settings import SegmentSettings
from shoal.segments.space import Space, SpaceColumn
from tests.segments.made import features_of, shop

SETTINGS = SegmentSettings(space="behaviour", k=3, n_init=2)
LINE = SegmentModel(Space("x", (SpaceColumn("x", "identity", 0.0, 1.0),)), ((0.0,), (10.0,)), (1, 2))


def _parent(made: Segments, today: Features) -> Parent:
    names = {one.number: one.name for one in made.segments}
    return Parent("2024-01-01-001", made.table.select(["customer_id", "segment"]), made.model, names, today.table)


def test_flows_by_hand() -> None:
    table = pa.table({"customer_id": ["a", "b", "c", "d", "gone"], "segment": [1, 1, 1, 2, 2]})
    today = pa.table({"customer_id": ["a", "b", "c", "d"], "x": [0.0, 9.0, 1.0, 10.0]})
    found = migrate(Parent("p", table, LINE, {}, today), ["a", "b", "c", "d", "new"], np.array([0, 1, 1, 1, 0]), ())
    assert found is not None
    assert (found.both, found.kept, found.new, found.gone) == (4, 2, 1, 1)
    # b went to 9, which the earlier model calls 2: moved; c stands at 1, which it calls 1 still: the border moved
    assert found.flows == (Flow(1, 1, 1, 0, 0), Flow(1, 2, 2, 1, 1), Flow(2, 2, 1, 0, 0))
    assert (found.moved, found.refit) == (1, 1)


def test_without_the_earlier_model_reasons_are_not_known() -> None:
    table = pa.table({"customer_id": ["a", "b"], "segment": [1, 1]})
    found = migrate(Parent("p", table), ["a", "b"], np.array([0, 1]), ())
    assert found is not None
    assert (found.kept, found.moved, found.refit) == (1, None, None)


def test_strangers_have_no_migration() -> None:
    assert migrate(None, ["a"], np.array([0]), ()) is None
    assert migrate(Parent("p", pa.table({"customer_id": ["z"], "segment": [1]})), ["a"], np.array([0]), ()) is None


def test_on_unchanged_data_nobody_moves() -> None:
    first = segment(shop(), SETTINGS)
    found = segment(shop(), SETTINGS, parent=_parent(first, shop())).migration
    assert found is not None
    assert (found.kept, found.moved, found.refit) == (600, 0, 0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_another_seed_is_refit_noise_of_at_most_3_in_100_and_no_movement(seed: int) -> None:
    first = segment(shop(), SETTINGS)
    again = segment(shop(), replace(SETTINGS, seed=seed), parent=_parent(first, shop())).migration
    assert again is not None
    assert again.kept / again.both >= 0.97
    assert again.moved == 0


def test_a_planted_move_of_5_in_100_is_found_as_movement() -> None:
    before = shop()
    first = segment(before, SETTINGS)
    rows = np.arange(600)
    loyal, lapsed = rows[rows % 3 == 0][:30], rows[rows % 3 == 1][:30]
    order = rows.copy()
    order[loyal] = lapsed  # thirty cooks now behave as thirty who have gone do
    columns = {name: before.table[name].take(pa.array(order)).to_pylist() for name in before.table.column_names[1:]}
    after = features_of(columns, before.table["customer_id"].to_pylist())
    found = segment(after, SETTINGS, parent=_parent(first, after))
    assert found.migration is not None
    assert found.migration.moved == 30
    assert (found.migration.refit or 0) <= 0.03 * 600
    numbers = {one["customer_id"]: one["segment"] for one in first.table.to_pylist()}
    cooks, gone = (numbers[f"c{row:07d}"] for row in (0, 1))
    flow = next(one for one in found.migration.flows if (one.before, one.after) == (cooks, gone))
    assert flow.moved == 30


def test_a_border_drawn_anew_is_refit_noise() -> None:
    first = segment(shop(), SETTINGS)
    found = segment(shop(), replace(SETTINGS, space="tastes"), parent=_parent(first, shop())).migration
    assert found is not None
    assert found.moved == 0
    assert found.refit == found.both - found.kept > 0


def test_a_migration_is_shown_and_survives_writing(tmp_path_factory: pytest.TempPathFactory) -> None:
    first = segment(shop(), SETTINGS)
    found = segment(shop(), replace(SETTINGS, space="tastes"), parent=_parent(first, shop()))
    folder = tmp_path_factory.mktemp("segments")
    found.write(folder)
    assert Segments.read(folder) == found
    assert "Who changed segments" in found.text("en")
    assert "谁换了分群" in found.text("zh")
    assert "Who changed segments" not in first.text("en")
