"""Which physical lines of a block may be sound records, judged all at once.

In: a block of bytes. Out: per line whether it can be parsed as it stands. The one thing to know: a line counts as sound
only when every quote in it opens at a field's start and closes at its end, so a sound line never depends on another.
How many fields it has is left to the parser, which counts them anyway.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

MARK = b"\xef\xbb\xbf"
LINE_FEED, RETURN, QUOTE, NUL = 10, 13, 34, 0
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Marks:
    """The lines of one block: line `i` is ``data[starts[i]:ends[i]]``; `sound` ones may be parsed as they stand."""

    data: bytes
    starts: Places
    ends: Places
    nexts: Places
    sound: Flags

    def line(self, at: int) -> bytes:
        return self.data[self.starts[at] : self.ends[at]]

    def joined(self) -> bytes:
        """The sound lines with their line ends, as one piece."""
        odd = np.flatnonzero(~self.sound)
        if not len(odd):
            return self.data
        view = memoryview(self.data)
        froms, untils = (0, *self.nexts[odd].tolist()), (*self.starts[odd].tolist(), len(self.data))
        return b"".join(view[start:end] for start, end in zip(froms, untils, strict=True) if start < end)


def mark(data: bytes, delimiter: str) -> Marks:
    """The lines of a block and which of them are sound."""
    body = np.frombuffer(data, np.uint8)
    breaks = np.flatnonzero(body == LINE_FEED)
    nexts = breaks + 1 if data.endswith(b"\n") else np.append(breaks + 1, len(data))
    starts = np.concatenate(([0], nexts[:-1]))
    ends = np.append(breaks, len(data))[: len(nexts)]
    if b"\r" in data:
        ends = ends - ((ends > starts) & (body[np.maximum(ends - 1, 0)] == RETURN))
    sound = ends > starts
    for odd in (_stray(data, body), _unsound_quotes(data, starts, ends, ord(delimiter)), _undecodable(data, starts)):
        sound[_line_of(odd, starts)] = False
    for first in np.flatnonzero(sound):  # the parser takes a mark in front of all it is given for no text
        if not data.startswith(MARK, starts[first]):
            break
        sound[first] = False
    return Marks(data, starts, ends, nexts, sound)


def _unsound_quotes(data: bytes, starts: Places, ends: Places, delimiter: int) -> Places:
    """Starts of lines with a quote that neither opens at a field's start nor closes at its end, or an odd count."""
    if b'"' not in data:
        return _NONE
    body = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(body == QUOTE)
    line = _line_of(quotes, starts)
    firsts = np.flatnonzero(np.concatenate(([True], line[1:] != line[:-1])))
    counts = np.diff(np.append(firsts, len(quotes)))
    place = np.arange(len(quotes)) - np.repeat(firsts, counts)
    adjacent = np.diff(quotes) == 1
    after_quote = np.concatenate(([False], adjacent)) & (place > 0)
    before_quote = np.concatenate((adjacent, [False]))
    at_start = (quotes == starts[line]) | (body[np.maximum(quotes - 1, 0)] == delimiter)
    at_end = (quotes + 1 >= ends[line]) | (body[np.minimum(quotes + 1, len(body) - 1)] == delimiter)
    fits = np.where(place % 2 == 0, at_start | after_quote, at_end | before_quote)
    unsound: Places = starts[np.concatenate((line[~fits], line[firsts[counts % 2 == 1]]))]
    return unsound


def _stray(data: bytes, body: Bytes) -> Places:
    """Places of NUL bytes and of carriage returns that end no line: the fast parser would read them as line ends."""
    nuls = np.flatnonzero(body == NUL) if b"\0" in data else _NONE
    returns = np.flatnonzero(body == RETURN) if b"\r" in data else _NONE
    inside = returns[body[np.minimum(returns + 1, len(body) - 1)] != LINE_FEED]
    return np.concatenate((inside[inside < len(body) - 1], nuls))


def _undecodable(data: bytes, starts: Places) -> Places:
    """Starts of the lines that are no UTF-8."""
    if is_utf8(data):
        return _NONE
    suspects = np.unique(_line_of(np.flatnonzero(np.frombuffer(data, np.uint8) >= 128), starts))
    untils = np.append(starts[1:], len(data))
    bad = [starts[at] for at in suspects if not is_utf8(data[starts[at] : untils[at]])]
    return np.array(bad, np.int64)


def is_utf8(data: bytes) -> bool:
    """Whether bytes are valid UTF-8.

    Examples
    --------
    >>> is_utf8("茶".encode()), is_utf8(b"\\xff")
    (True, False)
    """
    ends = np.array([0, len(data)], np.int32)
    try:
        pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(ends), pa.py_buffer(data)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _line_of(places: Places, starts: Places) -> Places:
    found: Places = np.searchsorted(starts, places, "right") - 1
    return found


_NONE = np.array([], np.int64)
