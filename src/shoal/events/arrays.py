"""Arrow arrays from lists of texts and NumPy numbers, and back, without ``pa.array`` and ``to_numpy``.

In: texts or numbers. Out: an Arrow array. The one thing to know: both import pandas where it is installed, and that
import takes longer than reading a small file.
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


def number_array(values: npt.NDArray[np.int64] | npt.NDArray[np.uint64] | npt.NDArray[np.float64]) -> pa.Array:
    """Numbers of 64 bits as an Arrow array, none of them null.

    Examples
    --------
    >>> number_array(np.array([0.5, 2.0])).to_pylist()
    [0.5, 2.0]
    """
    kind = pa.from_numpy_dtype(values.dtype)
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(np.ascontiguousarray(values))])


def flag_array(values: npt.NDArray[np.bool_]) -> pa.Array:
    """Flags as an Arrow array, none of them null."""
    bits = np.packbits(values, bitorder="little")
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(bits)])


def hashes_of(array: pa.Array) -> npt.NDArray[np.uint64]:
    """The hashes of an Arrow array without nulls."""
    return np.frombuffer(array.buffers()[1], np.uint64)[array.offset : array.offset + len(array)]
