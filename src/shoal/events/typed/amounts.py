"""Numbers of the plainest writing as ten-thousandths: ``3``, ``19.9``, ``0.0150``.

In: the texts of a column. Out: whole ten-thousandths, and which values are such numbers. The one thing to know: signs,
commas, money signs, exponents and anything below zero are left to `events.numbers`.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shoal.events.arrays import number_array
from shoal.events.typed.cells import POINT, Field, Flags, Whole

SCALE = 10_000
MOST = 1e7
"""Numbers up to here, times a million pieces, are far within 64 bits."""
_PLAIN = r"^\d+(\.\d+)?$"
_ODD = np.ones(256, bool)
_ODD[[*b"0123456789."]] = False


def ten_thousandths(field: Field) -> tuple[Whole, Flags]:
    """The numbers, 0 where a value is empty, and whether a value can be doubted."""
    filled = field.ends > field.starts
    odd = _ODD[field.body]
    doubtful = filled & field.holding_any(odd) if odd.any() else np.zeros(len(filled), bool)
    made, rows = np.zeros(len(filled), np.int64), np.flatnonzero(filled)
    pointed = (field.body[field.starts[rows]] == POINT) | (field.body[field.ends[rows] - 1] == POINT)
    doubtful[rows[pointed]] = True
    rows = rows[~doubtful[rows]]
    if not len(rows):
        return made, doubtful
    texts = field.array if len(rows) == len(filled) else field.array.take(number_array(rows))
    try:
        values = _floats(texts)
    except pa.ArrowInvalid:  # two points, say
        plain = _flags(pc.match_substring_regex(texts, _PLAIN))
        doubtful[rows[~plain]] = True
        rows = rows[plain]
        values = _floats(field.array.take(number_array(rows)))
    scaled = values * SCALE
    whole = np.rint(scaled)
    doubtful[rows] |= (values > MOST) | (np.abs(scaled - whole) > 0.25)
    made[rows] = np.where(values > MOST, 0, whole).astype(np.int64)
    return made, doubtful


def points(field: Field) -> tuple[bool, bool]:
    """Whether any value has a decimal point before one or two digits, and whether any has one before more."""
    all_points = int(np.count_nonzero(field.body == POINT))
    if not all_points:
        return False, False
    ends = field.ends[field.lengths > 2]
    short = int(((field.body[ends - 2] == POINT) | (field.body[ends - 3] == POINT)).sum())
    return short > 0, short < all_points


def _floats(texts: pa.Array) -> np.ndarray:
    array = texts.cast(pa.float64())
    return np.frombuffer(array.buffers()[1], np.float64)[array.offset : array.offset + len(array)]


def _flags(array: pa.Array) -> Flags:
    bits = np.unpackbits(np.frombuffer(array.buffers()[1], np.uint8), bitorder="little")
    return bits[array.offset : array.offset + len(array)].astype(bool)
