"""How wide the columns of a table are on a narrow terminal: no word is broken where there is room for every word.

In: what the cells say, and the room there is. Out: a width for each column, or None where the table needs no help.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from shoal.show.breaking import longest


def fitting(columns: Sequence[Sequence[str]], room: int) -> list[int] | None:
    """Widths for `columns` (what each says, its head first) within `room`; None where all fits, or no widths do.

    Every column gets its longest word; what is left goes to those that have more to say, in proportion.

    Examples
    --------
    >>> fitting([["name", "popularity, tuned for the shop"], ["n", "12"]], 20)
    [18, 2]
    """
    whole = [max(map(cell_len, column), default=0) for column in columns]
    words = [max(map(longest, column), default=0) for column in columns]
    spare = room - sum(words)
    if sum(whole) <= room or spare < 0:
        return None
    wanted = [full - least for full, least in zip(whole, words, strict=True)]
    shares = [spare * more // sum(wanted) for more in wanted]
    return [min(full, least + share) for full, least, share in zip(whole, words, shares, strict=True)]
