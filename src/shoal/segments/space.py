"""`Space`: the frozen map from a row of features to a point, as plain numbers. It fits nothing.

What enters is a table with the columns it names, what leaves is a matrix (rows, columns) without gaps. The one thing to
know: the map of a study is part of its model; the same row gives the same point on any later day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shoal.measures.clustering import Floats
from shoal.words.errors import InputError, error
from shoal.words.language import Texts

texts = Texts("shoal.segments")
Transform = Literal["identity", "sqrt", "log1p", "signed_sqrt"]
TRANSFORMS: dict[Transform, Callable[[Floats], Floats]] = {
    "identity": lambda x: x,
    "sqrt": np.sqrt,
    "log1p": np.log1p,
    "signed_sqrt": lambda x: np.sign(x) * np.sqrt(np.abs(x)),
}


@dataclass(frozen=True, slots=True)
class SpaceColumn:
    """One axis: ``weight * (transform(clip(fill(value))) - centre) / scale``.

    `fill` stands in for an empty cell and `low`, `high` are the limits a value is clipped to, all in the feature's own
    unit; None where values stay as they are. With a `level` the feature is a text column, and the value is 1 where that
    level stands, else 0.
    """

    feature: str
    transform: Transform
    centre: float
    scale: float
    weight: float = 1.0
    low: float | None = None
    high: float | None = None
    fill: float | None = None
    level: str | None = None

    def read(self, table: pa.Table | pa.RecordBatch) -> Floats:
        """The values of this axis, (rows,), NaN where a number is empty or not finite."""
        return numbers(table, self.feature) if self.level is None else has_level(table, self.feature, self.level)

    def apply(self, values: Floats) -> Floats:
        """The coordinates of one column's values (n,), NaN where empty and there is no fill."""
        moved = TRANSFORMS[self.transform](self.within_limits(values)) - self.centre
        moved /= self.scale
        return moved if self.weight == 1.0 else moved * self.weight

    def within_limits(self, values: Floats) -> Floats:
        """The values with gaps filled and clipped to the limits, still in the feature's own unit."""
        filled = values if self.fill is None else np.where(np.isnan(values), self.fill, values)
        return filled if self.low is None or self.high is None else np.clip(filled, self.low, self.high)


@dataclass(frozen=True, slots=True)
class Projection:
    """A linear map from a space's axes to expected outcomes, each in units of that outcome's own spread.

    ``clip(points @ weights + intercept, low, high) / scale``, with `weights` of shape (axes, outcomes). The limits are
    those seen when it was learned: a prediction is never carried beyond them.
    """

    outcomes: tuple[str, ...]
    weights: tuple[tuple[float, ...], ...]
    intercept: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    scale: tuple[float, ...]

    def apply(self, points: Floats) -> Floats:
        """Expected outcomes (rows, outcomes). A row's are the same to the last bit whatever rows stand beside it.

        A matrix product would not do: it rounds a row by its place, so equal customers would differ.
        """
        expected = np.tile(np.array(self.intercept), (len(points), 1))
        for axis, weights in enumerate(self.weights):
            expected += points[:, axis, None] * np.array(weights)
        return np.asarray(np.clip(expected, self.low, self.high) / np.array(self.scale))


@dataclass(frozen=True, slots=True)
class Space:
    """A named space: its axes in order, and the map to expected outcomes where it has one."""

    name: str
    columns: tuple[SpaceColumn, ...]
    projection: Projection | None = None

    @property
    def dimensions(self) -> int:
        """How many coordinates a point has."""
        return len(self.projection.outcomes if self.projection else self.columns)

    @property
    def blocks(self) -> tuple[tuple[int, ...], ...]:
        """For each text column the axes of its levels."""
        names = dict.fromkeys(column.feature for column in self.columns if column.level is not None)
        return tuple(tuple(axis for axis, one in enumerate(self.columns) if one.feature == name) for name in names)

    def transform(self, table: pa.Table | pa.RecordBatch) -> Floats:
        """The points of a table's rows, (rows, dimensions).

        Raises `InputError` when a column the space needs is not there.
        """
        missing = [column.feature for column in self.columns if column.feature not in table.schema.names]
        if missing:
            raise error(InputError, texts, "no_columns", missing=", ".join(missing[:3]), count=len(missing))
        points = np.empty((table.num_rows, len(self.columns)))
        for axis, column in enumerate(self.columns):
            points[:, axis] = column.apply(column.read(table))
        return self.projection.apply(points) if self.projection else points

    def values(self, table: pa.Table | pa.RecordBatch) -> Floats:
        """The features behind the axes in their own units, filled and within limits, (rows, axes)."""
        columns = [column.within_limits(column.read(table)) for column in self.columns]
        return np.column_stack(columns) if columns else np.empty((table.num_rows, 0))


def has_level(table: pa.Table | pa.RecordBatch, name: str, level: str) -> Floats:
    """1 where the text column says `level`, else 0; an empty cell has the level ``""``.

    Examples
    --------
    >>> has_level(pa.table({"plan": ["a", None, "b"]}), "plan", "a").tolist()
    [1.0, 0.0, 0.0]
    """
    said = pc.fill_null(pc.cast(table.column(name), pa.string()), "")
    values: Floats = pc.cast(pc.equal(said, level), pa.float64()).to_numpy(zero_copy_only=False)
    return values


def numbers(table: pa.Table | pa.RecordBatch, name: str) -> Floats:
    """One column as float64 of its own, NaN where it is empty or not finite.

    Examples
    --------
    >>> numbers(pa.table({"orders": [1, None, 3]}), "orders")
    array([ 1., nan,  3.])
    """
    column = table.column(name)
    if pa.types.is_boolean(column.type):
        column = pc.cast(column, pa.int8())
    values: Floats = np.array(pc.cast(column, pa.float64(), safe=False).to_numpy(zero_copy_only=False))
    values[~np.isfinite(values)] = np.nan
    return values
