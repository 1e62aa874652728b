"""One column of a block of records as bytes, and the values in it that are beyond doubt.

In: an Arrow array of texts. Out: flags, one a value. The one thing to know: a value is tidy where reading it bare gives
what `events.cells` would make of it; whatever might be a blank at an end, a word for nothing, a number with a decimal
point or a guarded id is not, and is judged there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.events.arrays import flag_array
from shoal.events.cells import NOTHINGS

Flags = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Whole = npt.NDArray[np.int64]
BLANK, POINT, ZERO = 32, 46, 48
BLANKS = b" \t\n\v\f\r"


@dataclass(frozen=True, slots=True)
class Field:
    """Texts of one column: value `i` is ``body[starts[i]:ends[i]]``."""

    array: pa.Array
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    body: Bytes

    @classmethod
    def of(cls, array: pa.Array) -> Field:
        """The field of an array of texts without nulls."""
        _, offsets, data = array.buffers()
        places = np.frombuffer(offsets, np.int32)[array.offset : array.offset + len(array) + 1]
        body = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
        return cls(array, places[:-1], places[1:], body[: max(int(places[-1]), 1)])

    def words(self) -> npt.NDArray[np.uint64]:
        """The eight bytes that begin at each byte, as one number."""
        body = np.concatenate((self.body, np.zeros(8, np.uint8)))
        return np.lib.stride_tricks.as_strided(body[:8].view(np.uint64), (len(body) - 7,), (1,))

    @property
    def lengths(self) -> npt.NDArray[np.int32]:
        return self.ends - self.starts

    def at_end(self, back: int) -> Bytes:
        """The byte so far from the end of each value, 0 where it is shorter."""
        places = self.ends - back
        return np.where(places >= self.starts, self.body[np.maximum(places, 0)], 0).astype(np.uint8, copy=False)

    def first(self) -> Bytes:
        """The first byte of each value, 0 where there is none."""
        there = np.minimum(self.starts, len(self.body) - 1)
        return np.where(self.ends > self.starts, self.body[there], 0).astype(np.uint8, copy=False)

    def holding(self, byte: bytes) -> Flags:
        """The values that hold this byte anywhere."""
        if byte not in self.body.tobytes():
            return np.zeros(len(self.starts), bool)
        return self.holding_any(self.body == byte[0])

    def holding_any(self, odd: Flags) -> Flags:
        """The values with any of the flagged bytes."""
        found = np.zeros(len(self.starts), bool)
        places = np.flatnonzero(odd)
        places = places[(places >= self.starts[0]) & (places < self.ends[-1])] if len(found) else places
        found[np.searchsorted(self.ends, places, "right")] = True
        return found

    def is_plain(self) -> bool:
        """Whether every value is in small letters of ASCII without blanks, so that no two differ in case or blanks."""
        raw = self.body.tobytes()
        return raw.isascii() and raw == raw.lower() and len(raw.translate(None, BLANKS)) == len(raw)

    def nulled(self) -> pa.Array:
        """The array with NULL where nothing is in a value."""
        filled = self.ends > self.starts
        if filled.all():
            return self.array
        flags = flag_array(filled).buffers()[1]
        _, offsets, data = self.array.buffers()
        return pa.Array.from_buffers(pa.string(), len(filled), [flags, offsets.slice(4 * self.array.offset), data])


def doubtful_text(field: Field) -> Flags:
    """Texts with a blank at an end."""
    odd: Flags = (field.first() == BLANK) | (field.at_end(1) == BLANK)
    return odd


def doubtful_id(field: Field) -> Flags:
    """Texts that may be no bare id: blanks around, guards, words for nothing, numbers such as ``17850.0``."""
    first, last = field.first(), field.at_end(1)
    odd: Flags = _doubtful_ends()[first.astype(np.uint16) << 8 | last]
    odd |= (last == ZERO) & (field.at_end(2) == POINT)
    return odd


@cache
def _doubtful_ends() -> Flags:
    """By first byte and last: whether a value with these may be anything but a tidy id."""
    table = np.zeros((256, 256), bool)
    for sign in b" ='":
        table[sign, :] = True
    table[:, BLANK] = True
    for word in NOTHINGS:
        for first in {word[0].lower(), word[0].upper()}:
            for last in {word[-1].lower(), word[-1].upper()}:
                table[ord(first), ord(last)] = True
    return table.reshape(-1)
