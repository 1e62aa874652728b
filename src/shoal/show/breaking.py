"""Lines of Chinese: they may break between any two signs, but no line begins with a closing mark.

In: words and the room for them. Out: the same words with line ends put in. Rich breaks at blanks alone, which leaves
Chinese sentences half a line short or splits a number from its sign.
"""

from __future__ import annotations

import re

from rich.cells import cell_len

OPENING, CLOSING, SIGN = "“‘（《「【", "”’）》」】，。；：、！？…", "\u2e80-\u9fff\uff00-\uffef"
PIECE = re.compile(rf"[{OPENING}]*(?:[{SIGN}]|[^\s{SIGN}{OPENING}{CLOSING}]+)?[{CLOSING}]*\s*")


def longest(words: str) -> int:
    """The room that the longest piece takes which may not be broken; Chinese is given four signs where it has them.

    Examples
    --------
    >>> longest("one three"), longest("共 120 位顾客，均为一群"), longest("订单")
    (5, 8, 4)
    """
    least = min(cell_len(words), 8) if re.search(f"[{SIGN}]", words) else 0
    return max([least, *(cell_len(piece.rstrip()) for piece in PIECE.findall(words))])


def broken(words: str, room: int) -> str:
    """The words in lines no wider than `room`, as far as no piece is wider itself.

    Examples
    --------
    >>> broken("共 120 位顾客，均为一群。", 10).split("\\n")
    ['共 120 位', '顾客，均为', '一群。']
    """
    lines, line = list[str](), ""
    for piece in filter(None, PIECE.findall(words)):
        if line and cell_len(line + piece.rstrip()) > room:
            lines, line = [*lines, line.rstrip()], ""
        line += piece
    return "\n".join([*lines, line])
