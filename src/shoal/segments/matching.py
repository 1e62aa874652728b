"""Stable numbers: a new fit and the segments of an earlier study go in, the same fit in the earlier numbers comes out.

The one thing to know: only customers in both decide. Groups are paired so that as many of them as possible keep their
number (the assignment problem: Kuhn 1955); a group without a partner takes a number that is free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.optimize import linear_sum_assignment

from shoal.measures.clustering import Labels
from shoal.measures.stability import crossed
from shoal.segments.fit import Fit
from shoal.segments.model import SegmentModel
from shoal.words.language import Text


@dataclass(frozen=True, slots=True)
class Parent:
    """An earlier study: its name, and its customers with their segments (``customer_id``, ``segment`` from 1).

    `model` is its frozen model, `names` its segments' names by number, and `today` what its features say of today's
    customers; without them it is not known who moved and whom the refit moved (`migration`).
    """

    study: str
    table: pa.Table
    model: SegmentModel | None = None
    names: dict[int, Text] = field(default_factory=dict)
    today: pa.Table | None = None

    def places(self, customers: Sequence[str]) -> Labels:
        """The group of each of these customers in the earlier study, from 0; -1 for a new one."""
        known = self.table["customer_id"].cast(pa.string()).combine_chunks()
        where = pc.index_in(pa.array(customers, pa.string()), value_set=known)
        numbers = self.table["segment"].combine_chunks().take(where).fill_null(0)
        places: Labels = numbers.to_numpy(zero_copy_only=False).astype(np.int64) - 1
        return places


def in_parents_numbers(fit: Fit, customers: Sequence[str], parent: Parent) -> Fit:
    """The same groups, each in the place of the earlier one it shares most customers with, one to one.

    A number beyond today's count of groups is not given again; as they stand where no customer is in both.
    """
    found, before = fit.found, parent.places(customers)
    k, both = len(found.centres), before >= 0
    if not both.any():
        return fit
    place = matched(crossed(before[both], found.labels[both], (int(before.max()) + 1, k)))
    return replace(fit, found=found.renumbered(place))


def matched(shared: Labels) -> Labels:
    """The place of each of today's groups, from `shared` (earlier groups, today's groups) customers.

    Examples
    --------
    >>> matched(np.array([[1, 9, 0], [8, 0, 0]])).tolist()
    [1, 0, 2]
    """
    k = shared.shape[1]
    place = np.full(k, -1, dtype=np.int64)
    for earlier, today in zip(*linear_sum_assignment(-shared), strict=True):
        if shared[earlier, today] > 0 and earlier < k:
            place[today] = earlier
    place[place < 0] = [free for free in range(k) if free not in place]
    return place


def kept(labels: Labels, customers: Sequence[str], parent: Parent) -> tuple[int, int]:
    """How many customers are in both, and how many of them carry the number they had."""
    before = parent.places(customers)
    both = before >= 0
    return int(both.sum()), int((before[both] == labels[both]).sum())
