"""Arrow arrays from lists of texts and NumPy numbers, without ``pa.array``.

In: texts or numbers. Out: an Arrow array. The one thing to know: ``pa.array`` imports pandas where it is installed, and
that import takes longer than reading a small file.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def text_array(values: Sequence[str]) -> pa.Array:
    """Texts as an Arrow array, none of them null.

    Examples
    --------
    >>> text_array(["tea", "", "茶"]).to_pylist()
    ['tea', '', '茶']
    """
    pieces = [value.encode() for value in values]
    ends = np.zeros(len(pieces) + 1, np.int32)
    np.cumsum([len(piece) for piece in pieces], out=ends[1:])
    return pa.Array.from_buffers(pa.string(), len(pieces), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(pieces))])


def number_array(values: npt.NDArray[np.int64]) -> pa.Array:
    """Whole numbers as an Arrow array, none of them null."""
    return pa.Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(np.ascontiguousarray(values, np.int64))])


def flag_array(values: npt.NDArray[np.bool_]) -> pa.Array:
    """Flags as an Arrow array, none of them null."""
    bits = np.packbits(values, bitorder="little")
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(bits)])
