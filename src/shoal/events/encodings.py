"""In which encoding a text file without a byte order mark is written.

In: its first bytes. Out: the name of an encoding. The one thing to know: UTF-8 is believed unless most lines that could
tell are no UTF-8; then Chinese is told from western text by its bytes, which stand in
pairs above 0xA0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

LEAST_LINES = 3
WESTERN = frozenset("äöüßÄÖÜàâáãåæçéèêëíìîïñóòôõøœúùûÀÂÁÃÅÆÇÉÈÊËÍÑÓÔÕØÚ€£°’‘“”–—…®™²³ ")
"""What western texts hold beside ASCII."""
_HIGH_PAIRS = re.compile(rb"[\xa1-\xfe][\xa1-\xfe]")
BY_LINE = ("gb18030", "cp1252")
"""Encodings that are read line by line, so that a line in none of them is set aside by itself."""


def find_encoding(start: bytes) -> str:
    """The encoding of a text that starts so: ``utf-8``, ``gb18030`` or ``cp1252``."""
    lines = start.split(b"\n")
    whole = lines[:-1] if len(lines) > 1 else lines
    telling = [line for line in whole if not line.isascii()]
    odd = [line for line in telling if not _decodes(line, "utf-8")]
    header_is_odd = bool(odd) and odd[0] is whole[0]
    if not header_is_odd and (len(odd) < LEAST_LINES or 2 * len(odd) <= len(telling)):
        return "utf-8"
    return _by_bytes(odd)


def _by_bytes(lines: Sequence[bytes]) -> str:
    """The encoding of lines that are no UTF-8; UTF-8 where they look like neither, so that they are set aside."""
    high = sum(byte >= 0x80 for line in lines for byte in line)
    paired = 2 * sum(len(_HIGH_PAIRS.findall(line)) for line in lines)
    decodable = sum(_decodes(line, "gb18030") for line in lines)
    if paired >= 0.7 * high and decodable >= 0.8 * len(lines):
        return "gb18030"
    western = sum(char in WESTERN for line in lines for char in line.decode("cp1252", "replace"))
    return "cp1252" if western >= 0.9 * high else "utf-8"


def to_utf8(block: bytes, encoding: str) -> bytes:
    """The lines of a block in UTF-8; a line that is not in that encoding stays as it is, to be judged as a line."""
    try:
        return block.decode(encoding).encode()
    except UnicodeDecodeError:
        return b"\n".join(_line(line, encoding) for line in block.split(b"\n"))


def _line(line: bytes, encoding: str) -> bytes:
    return line.decode(encoding).encode() if _decodes(line, encoding) else line


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
