"""A file's bytes as blocks of whole physical lines.

In: a path. Out: the plain UTF-8 bytes (unpacked, without byte order mark), cut after line ends. The one thing to know:
lines are counted by their line feed alone, as an editor and ``grep -n`` count them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from shoal.events.encodings import BY_LINE, find_encoding, to_utf8
from shoal.words.errors import InputError, error
from shoal.words.language import Texts

texts = Texts("shoal.events")

BLOCK = 8 << 20
LONGEST_LINE = 64 << 20
BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
PACKED = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}


@dataclass(frozen=True, slots=True)
class Plain:
    """How the bytes of one file become plain UTF-8 with line feeds."""

    path: Path
    packing: str | None
    encoding: str
    mark: bytes
    carriage_returns: bool

    def blocks(self, size: int = BLOCK) -> Iterator[bytes]:
        """The file's lines in blocks of about `size` bytes; each block ends with a line end, save perhaps the last.

        Raises `InputError` when packed data break off and when a line has no end within 64 MB.
        """
        rest = b""
        for piece in self.pieces(size):
            cut = piece.rfind(b"\n") + 1
            if not cut and len(rest) + len(piece) > LONGEST_LINE:
                raise error(InputError, texts, "no_line_end", file=self.path.name)
            if cut:
                block, rest = rest + memoryview(piece)[:cut], piece[cut:]
                yield self._utf8(block)
            else:
                rest += piece
        if rest:
            yield self._utf8(rest)

    def _utf8(self, block: bytes) -> bytes:
        return to_utf8(block, self.encoding) if self.encoding in BY_LINE else block

    def pieces(self, size: int) -> Iterator[bytes]:
        """Bytes in the order of the file, unpacked; encodings that are read by line are still as they are."""
        try:
            with pa.input_stream(str(self.path), compression=self.packing) as packed:
                stream = packed
                stream.read(len(self.mark))
                if self.encoding.startswith("utf-16"):
                    stream = pa.transcoding_input_stream(packed, self.encoding, "utf-8")
                while piece := stream.read(size):
                    yield piece.replace(b"\r", b"\n") if self.carriage_returns else piece
        except (OSError, UnicodeError, pa.ArrowInvalid) as problem:
            raise error(InputError, texts, "broken_file", file=self.path.name, reason=problem) from problem


def open_plain(path: Path) -> tuple[Plain, bytes]:
    """How to read `path`, and its first 256 KB as plain bytes.

    Raises `InputError` for a file that is empty, broken or no text.
    """
    packing = next((name for magic, name in PACKED.items() if _head(path, None, 4).startswith(magic)), None)
    head = _head(path, packing, 1 << 18)
    mark = next((mark for mark in BYTE_ORDER_MARKS if head.startswith(mark)), b"")
    encoding = BYTE_ORDER_MARKS.get(mark) or _two_bytes(head) or "utf-8"
    only_returns = encoding == "utf-8" and b"\n" not in head and b"\r" in head
    plain = Plain(path, packing, encoding, mark, only_returns)
    start = next(plain.pieces(1 << 18), b"")
    if not start.strip():
        raise error(InputError, texts, "empty_file", file=path.name)
    if _is_binary(start):
        raise error(InputError, texts, "binary_file", file=path.name, start=start[:8])
    if not mark and (found := find_encoding(start)) in BY_LINE:
        return replace(plain, encoding=found), to_utf8(start, found)
    return plain, start


def _two_bytes(head: bytes) -> str | None:
    """UTF-16 without a byte order mark: in what is mostly ASCII every second byte is zero, and hardly any other."""
    odd, even = head[1::2], head[::2]
    for zeros, others, encoding in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if zeros.count(0) > len(zeros) / 3 and others.count(0) < len(others) / 100:
            return encoding
    return None


def _head(path: Path, packing: str | None, size: int) -> bytes:
    try:
        with pa.input_stream(str(path), compression=packing) as stream:
            return bytes(stream.read(size))
    except OSError as problem:
        raise error(InputError, texts, "broken_file", file=path.name, reason=problem) from problem


def _is_binary(start: bytes) -> bool:
    """Control bytes in more than a tenth of the start, or in its first line, are no text a shop exports."""
    control = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
    first = start.split(b"\n", 1)[0]
    return len(control.findall(start)) > len(start) / 10 or bool(control.search(first))
