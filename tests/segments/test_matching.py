from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from shoal.segments.matching import Parent, matched
from shoal.segments.segment import segment
from shoal.segments.settings import SegmentSettings
from tests.segments.made import shop

SETTINGS = SegmentSettings(space="behaviour", k=3, n_init=2)


def _parent(table: pa.Table, **renamed: int) -> Parent:
    """The study `table` came from, its numbers changed as said (``n1=2``: what is 1 was 2)."""
    to = np.array([0, *(renamed.get(f"n{n}", n) for n in range(1, 4))])
    return Parent(
        "2024-01-01-001", table.set_column(1, "segment", pa.array(to[table["segment"].to_numpy()], pa.int32()))
    )


def test_groups_are_paired_so_that_most_customers_keep_their_number() -> None:
    # greedily 0 would take today's 0 (60 shared) and leave 1 with nothing; together 50 + 40 keep theirs
    assert matched(np.array([[60, 50], [40, 0]])).tolist() == [1, 0]


def test_a_group_without_a_partner_takes_a_free_number() -> None:
    assert matched(np.array([[0, 0, 7], [0, 5, 0]])).tolist() == [2, 1, 0]


def test_a_number_beyond_todays_groups_is_not_given() -> None:
    assert sorted(matched(np.array([[0, 0], [0, 0], [9, 0], [0, 9]])).tolist()) == [0, 1]


def test_three_stays_three_whatever_the_numbers_were() -> None:
    first = segment(shop(), SETTINGS)
    again = segment(shop(), SETTINGS, parent=_parent(first.table, n1=2, n2=3, n3=1))
    was = np.array([0, 2, 3, 1])[first.table["segment"].to_numpy()]
    assert (again.table["segment"].to_numpy() == was).all()
    assert [one.number for one in again.segments] == [1, 2, 3]
    assert next(f for f in again.findings if f.code == "segments.parent").count == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_another_seed_on_the_same_customers_keeps_97_of_100_labels(seed: int) -> None:
    first = segment(shop(), SETTINGS)
    other = SegmentSettings(space="behaviour", k=3, n_init=2, seed=seed)
    again = segment(shop(), other, parent=_parent(first.table))
    assert (first.table["segment"].to_numpy() == again.table["segment"].to_numpy()).mean() >= 0.97


def test_a_planted_move_of_5_in_100_is_found_and_said() -> None:
    first = segment(shop(), SETTINGS)
    numbers = first.table["segment"].to_numpy().copy()
    moved = np.random.default_rng(0).permutation(len(numbers))[: len(numbers) // 20]
    numbers[moved] = numbers[moved] % 3 + 1
    parent = Parent("2024-01-01-001", first.table.set_column(1, "segment", pa.array(numbers, pa.int32())))
    again = segment(shop(), SETTINGS, parent=parent)
    assert next(f for f in again.findings if f.code == "segments.parent").count == len(moved)


def test_strangers_decide_nothing() -> None:
    first = segment(shop(), SETTINGS)
    names = pa.array([f"new{i}" for i in range(first.table.num_rows)])
    again = segment(shop(), SETTINGS, parent=_parent(first.table.set_column(0, "customer_id", names), n1=2, n2=1))
    assert again.table.equals(first.table)
    assert not [f for f in again.findings if f.code == "segments.parent"]
