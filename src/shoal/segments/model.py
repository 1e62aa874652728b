"""`SegmentModel`: what was learned, as plain numbers, and `assign`, which gives any table of features its segments.

What enters is a table with ``customer_id`` and the features of the space, what leaves is one row a customer. The one
thing to know: `segment` itself labels its customers with this function, so a frozen model repeats the study exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa

from shoal.measures.clustering import Floats, Labels, Nearest, nearest
from shoal.segments.algorithms.density import Exemplars
from shoal.segments.algorithms.factors import FactorMap
from shoal.segments.algorithms.mixture import Mixture
from shoal.segments.algorithms.rule_tree import RuleTree
from shoal.segments.algorithms.task import Found
from shoal.segments.space import Space
from shoal.words.errors import InputError, error
from shoal.words.language import Texts

texts = Texts("shoal.segments")
BATCH_ROWS = 65_536
ASSIGNED = pa.schema(
    [
        ("customer_id", pa.string()),
        ("segment", pa.int32()),
        ("confidence", pa.float64()),
        ("runner_up", pa.int32()),
    ]
)


@dataclass(frozen=True, slots=True)
class SegmentModel:
    """A space and the centres in it; ``centres[i]`` is the centre of the segment ``numbers[i]``.

    A customer is in the segment of the nearest centre, unless the algorithm has a rule of its own: `mixture`,
    `exemplars`, `tree` or `factors`. `pinned` are customers whom a person's word keeps in a segment.
    """

    space: Space
    centres: tuple[tuple[float, ...], ...]
    numbers: tuple[int, ...]
    algorithm: str = "kmeans"
    mixture: Mixture | None = None
    exemplars: Exemplars | None = None
    tree: RuleTree | None = None
    factors: FactorMap | None = None
    pinned: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls, space: Space, found: Found, numbers: tuple[int, ...], algorithm: str, customers: Sequence[str]
    ) -> SegmentModel:
        """What was found, frozen."""
        own: dict[str, Any] = {found.membership.kept_as: found.membership} if found.membership is not None else {}
        pinned = {customers[row]: numbers[group] for row, group in found.pinned}
        return cls(space, tuple(map(tuple, found.centres.tolist())), numbers, algorithm, pinned=pinned, **own)

    @property
    def matrix(self) -> Floats:
        """The centres as a matrix (segments, axes)."""
        return np.array(self.centres, dtype=np.float64).reshape(len(self.centres), self.space.dimensions)

    def place(self, table: pa.Table | pa.RecordBatch, points: Floats | None = None) -> Nearest:
        """The group of each row from 0, the next one, and how far both are; `points` where they are known already."""
        rows = self.space.transform(table) if points is None else points
        if self.tree is not None:
            found = self.tree.place(rows, self.matrix, self.space.values(table))
        elif rule := self.mixture or self.exemplars or self.factors:
            found = rule.place(rows, self.matrix)
        else:
            found = nearest(rows, self.matrix)
        return self._as_said(found, table) if self.pinned else found

    def _as_said(self, found: Nearest, table: pa.Table | pa.RecordBatch) -> Nearest:
        """Customers of whom a person said where they belong are there, for certain."""
        group_of = {number: group for group, number in enumerate(self.numbers)}
        customers = table.column("customer_id").cast(pa.string()).to_pylist()
        rows = np.array([row for row, name in enumerate(customers) if name in self.pinned], dtype=np.int64)
        groups: Labels = np.array([group_of[self.pinned[customers[row]]] for row in rows], dtype=np.int64)
        label, second, distance = found.label.copy(), found.second.copy(), found.distance.copy()
        second[rows] = np.where(label[rows] == groups, second[rows], label[rows])
        label[rows], distance[rows] = groups, 0.0
        return replace(found, label=label, second=second, distance=distance)


def assign(model: SegmentModel, table: pa.Table) -> pa.Table:
    """The segment of each row of `table`: ``customer_id``, ``segment``, ``confidence``, ``runner_up``.

    An empty cell takes the value that stood in for one when the space was fitted. Memory beyond the answer does not
    grow with the table.

    Raises `InputError` when ``customer_id`` or a feature of the space is missing.
    """
    return pa.Table.from_batches(assign_batches(model, table.to_batches(BATCH_ROWS)), ASSIGNED)


def assign_batches(model: SegmentModel, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """`assign` over a stream: one batch in, one batch out."""
    for batch in batches:
        if "customer_id" not in batch.schema.names:
            raise error(InputError, texts, "no_customer_id")
        found = model.place(batch)
        yield labelled(batch.column("customer_id"), found, model.numbers)


def labelled(customers: pa.Array, found: Nearest, numbers: tuple[int, ...]) -> pa.RecordBatch:
    """One row a customer from what `nearest` found, with the numbers people read."""
    known = np.array(numbers, dtype=np.int32)
    alone = found.second < 0
    columns = [
        pa.array(customers).cast(pa.string()),
        pa.array(known[found.label]),
        pa.array(found.confidence),
        pa.array(known[found.second], mask=alone),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=ASSIGNED)
