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
WIDE = tuple(
    chr(code).encode() for code in (0xA0, 0x1680, *range(0x2000, 0x200C), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)
)
"""Blanks beyond ASCII."""
_WIDE_FIRST = sorted({blank[0] for blank in WIDE})


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

    def before_end(self, back: int) -> Bytes:
        """The byte so far before the end of each value; of a shorter one, any byte."""
        return self.body[np.maximum(self.ends - back, 0)]

    def ends_of(self) -> tuple[Bytes, Bytes]:
        """The first and last byte of each value; of an empty one, any bytes."""
        return self.body[np.minimum(self.starts, len(self.body) - 1)], self.before_end(1)

    def first(self) -> Bytes:
        """The first byte of each value, 0 where there is none."""
        return np.where(self.ends > self.starts, self.ends_of()[0], 0).astype(np.uint8, copy=False)

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
    """Texts with a blank at an end, or a tab."""
    first, last = field.ends_of()
    odd: Flags = ((first == BLANK) | (last == BLANK)) & (field.ends > field.starts)
    return odd | wide_blanks(field) | field.holding(b"\t")


def doubtful_id(field: Field) -> Flags:
    """Texts that may be no bare id: blanks around, guards, words for nothing, numbers such as ``17850.0``."""
    first, last = field.ends_of()
    odd: Flags = _doubtful_ends()[first.astype(np.uint16) << 8 | last]
    # of a single digit this is the end of the value before: a needless doubt, and no harm
    odd |= (last == ZERO) & (field.before_end(2) == POINT)
    odd &= field.ends > field.starts
    return odd | wide_blanks(field) | field.holding(b"\t")


def wide_blanks(field: Field) -> Flags:
    """Texts that begin or end with a blank beyond ASCII, which trimming takes away too, such as a no-break space."""
    found = np.zeros(len(field.starts), bool)
    if not (field.body >= 0x80).any():
        return found
    first, last = field.ends_of()
    # the last letter begins two or three bytes before the end; Chinese ones hardly ever as these blanks do
    ended = np.isin(field.before_end(3), _WIDE_FIRST) | np.isin(field.before_end(2), _WIDE_FIRST)
    rows = np.flatnonzero(np.isin(first, _WIDE_FIRST) | (ended & (last >= 0x80)))
    body = field.body.tobytes()
    for row in rows.tolist():
        value = body[field.starts[row] : field.ends[row]]
        found[row] = value.startswith(WIDE) or value.endswith(WIDE)
    return found


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
