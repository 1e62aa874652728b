"""Which physical lines of a block are sound records, judged all at once.

In: a block of bytes. Out: per line whether it can be parsed as it stands. The one thing to know: a line counts as sound
only when every quote in it opens at a field's start and closes at its end, so a sound line never depends on another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LINE_FEED, RETURN, QUOTE, NUL = 10, 13, 34, 0
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Marks:
    """The lines of one block: line `i` is ``data[starts[i]:ends[i]]``; `sound` lines have exactly `width` fields."""

    data: bytes
    starts: Places
    ends: Places
    nexts: Places
    sound: Flags

    def line(self, at: int) -> bytes:
        return self.data[self.starts[at] : self.ends[at]]

    def joined(self, chosen: Flags) -> bytes:
        """The chosen lines with their line ends, as one piece."""
        if chosen.all():
            return self.data
        return np.frombuffer(self.data, np.uint8)[np.repeat(chosen, self.nexts - self.starts)].tobytes()


def mark(data: bytes, delimiter: str, width: int) -> Marks:
    """The lines of a block and which of them are sound."""
    body = np.frombuffer(data, np.uint8)
    breaks = np.flatnonzero(body == LINE_FEED)
    nexts = breaks + 1 if data.endswith(b"\n") else np.append(breaks + 1, len(data))
    starts = np.concatenate(([0], nexts[:-1]))
    ends = np.append(breaks, len(data))[: len(nexts)]
    ends = ends - ((ends > starts) & (body[np.maximum(ends - 1, 0)] == RETURN))
    sound = _widths(body, starts, ends, delimiter) == width - 1
    sound &= (ends > starts) & ~_holding(_stray(body), starts)
    sound &= ~_holding(_undecodable(data, body, starts, ends), starts)
    return Marks(data, starts, ends, nexts, sound)


def _widths(body: npt.NDArray[np.uint8], starts: Places, ends: Places, delimiter: str) -> Places:
    """The number of delimiters outside quotes on each line; -1 where the quotes are not sound."""
    delimiters = np.flatnonzero(body == ord(delimiter))
    quotes = np.flatnonzero(body == QUOTE)
    if not len(quotes):
        return np.diff(np.searchsorted(delimiters, np.append(starts, len(body))))
    first = np.searchsorted(quotes, starts)
    line = _line_of(delimiters, starts)
    outside = (np.searchsorted(quotes, delimiters) - first[line]) % 2 == 0
    widths = np.bincount(line[outside], minlength=len(starts))
    widths[_unsound_quotes(body, quotes, first, starts, ends, ord(delimiter))] = -1
    return widths


def _unsound_quotes(
    body: npt.NDArray[np.uint8], quotes: Places, first: Places, starts: Places, ends: Places, delimiter: int
) -> Places:
    """The lines with a quote that neither opens at a field's start nor closes at its end, or with an odd count."""
    line = _line_of(quotes, starts)
    opening = (np.arange(len(quotes)) - first[line]) % 2 == 0
    adjacent = np.diff(quotes) == 1
    after_quote = np.concatenate(([False], adjacent)) & (np.arange(len(quotes)) > first[line])
    before_quote = np.concatenate((adjacent, [False]))
    at_start = (quotes == starts[line]) | (body[np.maximum(quotes - 1, 0)] == delimiter)
    at_end = (quotes + 1 >= ends[line]) | (body[np.minimum(quotes + 1, len(body) - 1)] == delimiter)
    fits = np.where(opening, at_start | after_quote, at_end | before_quote)
    odd = np.flatnonzero(np.bincount(line, minlength=len(starts)) % 2)
    return np.concatenate((line[~fits], odd))


def _stray(body: npt.NDArray[np.uint8]) -> Places:
    """Places of NUL bytes and of carriage returns that end no line: the fast parser would read them as line ends."""
    returns = np.flatnonzero(body == RETURN)
    inside = returns[body[np.minimum(returns + 1, len(body) - 1)] != LINE_FEED]
    return np.concatenate((inside[inside < len(body) - 1], np.flatnonzero(body == NUL)))


def _undecodable(data: bytes, body: npt.NDArray[np.uint8], starts: Places, ends: Places) -> Places:
    """Starts of the lines that are no UTF-8."""
    if is_utf8(data):
        return np.array([], np.int64)
    suspects = np.unique(_line_of(np.flatnonzero(body >= 128), starts))
    bad = [starts[at] for at in suspects if not is_utf8(data[starts[at] : ends[at]])]
    return np.array(bad, np.int64)


def is_utf8(data: bytes) -> bool:
    """Whether bytes are valid UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _line_of(places: Places, starts: Places) -> Places:
    return np.searchsorted(starts, places, "right") - 1


def _holding(places: Places, starts: Places) -> Flags:
    flags = np.zeros(len(starts), np.bool_)
    flags[_line_of(places, starts)] = True
    return flags
