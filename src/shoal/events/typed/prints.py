"""A number of 64 bits for each text, equal where the texts are equal.

In: texts or numbers of a column. Out: `uint64` arrays. The one thing to know: a text of at most eight bytes is packed,
so that two different ones never share a number; of longer ones two may, once in 2^64 pairs, and what is said of single
records is therefore compared in full.

The mixing is that of splitmix64 (Steele, Lea and Flood 2014, the constants of Stafford's variant 13).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shoal.events.typed.cells import Field

Prints = npt.NDArray[np.uint64]
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(9)], np.uint64)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_STEP = np.uint64(0x9E3779B97F4A7C15)
NOTHING = np.uint64(0x5851F42D4C957F2D)
"""What stands for a missing value."""


def mixed(numbers: Prints) -> Prints:
    """Numbers spread over all 64 bits, different ones staying different."""
    made: Prints = numbers ^ (numbers >> np.uint64(30))
    made *= _FIRST
    made ^= made >> np.uint64(27)
    made *= _SECOND
    made ^= made >> np.uint64(31)
    return made


def text_prints(field: Field) -> Prints:
    """The prints of texts, eight bytes after the other."""
    body = np.concatenate((field.body, np.zeros(8, np.uint8)))
    words = np.lib.stride_tricks.as_strided(body[:8].view(np.uint64), (len(body) - 7,), (1,))
    lengths = field.lengths
    prints = np.zeros(len(lengths), np.uint64)
    for done in range(0, int(lengths.max(initial=0)), 8):
        rows = slice(None) if done == 0 else np.flatnonzero(lengths > done)
        left = np.minimum(lengths[rows] - done, 8)
        piece = words[np.minimum(field.starts[rows] + done, len(body) - 8)] & _MASKS[left]
        prints[rows] = mixed(prints[rows] * np.uint64(3) + piece) if done else piece
    # a NUL byte at the end would make two texts alike; none comes through the door
    return mixed(prints + _STEP)


def number_prints(numbers: npt.NDArray[np.int64]) -> Prints:
    """The prints of whole numbers."""
    return mixed(numbers.view(np.uint64) + _STEP)


def joined(columns: list[Prints]) -> Prints:
    """One print for several columns of a record."""
    made = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        made = mixed(made * np.uint64(5) + column + _STEP)
    return made
