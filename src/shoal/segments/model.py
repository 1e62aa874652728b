"""`SegmentModel`: what was learned, as plain numbers, and `assign`, which gives any table of features its segments.

What enters is a table with ``customer_id`` and the features of the space, what leaves is one row a customer. The one
thing to know: `segment` itself labels its customers with this function, so a frozen model repeats the study exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from shoal.measures.clustering import Floats, Nearest, nearest
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
    """A space and the centres in it; ``centres[i]`` is the centre of the segment ``numbers[i]``."""

    space: Space
    centres: tuple[tuple[float, ...], ...]
    numbers: tuple[int, ...]
    algorithm: str = "kmeans"

    @property
    def matrix(self) -> Floats:
        """The centres as a matrix (segments, axes)."""
        return np.array(self.centres, dtype=np.float64).reshape(len(self.centres), self.space.dimensions)


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
        found = nearest(model.space.transform(batch), model.matrix)
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
