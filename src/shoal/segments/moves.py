"""Finds who changed segments since an earlier study, and why.

What enters are an earlier study's segments, what its frozen model says of the same customers today, and today's
segments; what leaves is `Migration`. The one thing to know: only customers in both studies are compared.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shoal.measures.clustering import Labels
from shoal.measures.stability import crossed
from shoal.segments.matching import Parent
from shoal.segments.migration import Flow, Migration
from shoal.segments.model import assign
from shoal.segments.portrait import Segment


def migrate(
    parent: Parent | None, customers: Sequence[str], labels: Labels, segments: Sequence[Segment]
) -> Migration | None:
    """The migration since `parent`; None without one, or where no customer is in both."""
    if parent is None:
        return None
    before = parent.places(customers)
    both = before >= 0
    if not both.any():
        return None
    was, now, expected = before[both], labels[both], _as_expected(parent, customers, both)
    return Migration(
        parent=parent.study,
        both=int(both.sum()),
        kept=int((was == now).sum()),
        new=int((~both).sum()),
        gone=parent.table.num_rows - int(both.sum()),
        flows=_flows(was, now, expected),
        names_before=parent.names,
        names={one.number: one.name for one in segments},
    )


def _as_expected(parent: Parent, customers: Sequence[str], both: NDArray[np.bool_]) -> Labels | None:
    """Where the earlier model puts these customers today, from 0; None where it cannot be asked."""
    if parent.model is None or parent.today is None:
        return None
    found = assign(parent.model, parent.today)
    names = pa.array([name for name, there in zip(customers, both, strict=True) if there], pa.string())
    where = pc.index_in(names, value_set=found["customer_id"].combine_chunks())
    if where.null_count:
        return None
    numbers: Labels = found["segment"].combine_chunks().take(where).to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers - 1


def _flows(was: Labels, now: Labels, expected: Labels | None) -> tuple[Flow, ...]:
    shape = (int(was.max()) + 1, int(now.max()) + 1)
    whole = crossed(was, now, shape)
    changed = was != now
    real = None if expected is None else changed & (expected != was)
    moved = None if real is None else crossed(was[real], now[real], shape)
    return tuple(
        Flow(i + 1, j + 1, int(whole[i, j]), *_reasons(moved, int(whole[i, j]), i, j))
        for i, j in np.argwhere(whole > 0).tolist()
    )


def _reasons(moved: Labels | None, customers: int, i: int, j: int) -> tuple[int | None, int | None]:
    if i == j:
        return 0, 0
    return (None, None) if moved is None else (int(moved[i, j]), customers - int(moved[i, j]))
