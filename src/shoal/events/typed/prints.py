"""A number of 64 bits for each text, equal where the texts are equal.

In: the texts of a column. Out: a `uint64` array. The one thing to know: a text of at most eight bytes is packed,
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
    words, lengths = field.words(), field.lengths
    prints: Prints = np.zeros(len(lengths), np.uint64)
    for done in range(0, int(lengths.max(initial=0)), 8):
        rows = slice(None) if done == 0 else np.flatnonzero(lengths > done)
        left = np.minimum(lengths[rows] - done, 8)
        piece = words[np.minimum(field.starts[rows] + done, len(words) - 1)] & _MASKS[left]
        prints[rows] = mixed(prints[rows] * np.uint64(3) + piece) if done else piece
    # a NUL byte at the end would make two texts alike; none comes through the door
    return prints
