"""Bytes become lines: packing, encodings, line ends, and files that are none."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow as pa
import pytest

from shoal.events.lines import open_plain
from shoal.words.errors import InputError

TEXT = "a,b\n1,ä\n2,茶\n"


def _read(path: Path, size: int = 5) -> bytes:
    plain, _ = open_plain(path)
    return b"".join(plain.blocks(size))


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        gzip.compress(TEXT.encode()),
        gzip.compress(TEXT[:4].encode()) + gzip.compress(TEXT[4:].encode()),
        pa.compress(TEXT.encode(), codec="zstd", asbytes=True),
        b"\xff\xfe" + TEXT.encode("utf-16-le"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.replace("\n", "\r").encode(),
    ],
    ids=["plain", "mark", "gzip", "two members", "zstd", "utf-16 little", "utf-16 big", "old line ends"],
)
def test_the_same_text_comes_out_of_every_packing_and_encoding(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.name"
    path.write_bytes(content)
    assert _read(path).decode() == TEXT


def test_blocks_end_with_line_ends_whatever_their_size(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"".join(b"x" * (at % 40) + b"\n" for at in range(200)) + b"last")
    blocks = list(open_plain(path)[0].blocks(16))
    assert all(block.endswith(b"\n") for block in blocks[:-1])
    assert b"".join(blocks) == path.read_bytes()


@pytest.mark.parametrize("content", [b"", b"\n \r\n", gzip.compress(b"", mtime=0), b"\xef\xbb\xbf"])
def test_an_empty_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(InputError, match=r"a\.csv is empty"):
        open_plain(tmp_path / "a.csv")


@pytest.mark.parametrize("content", [b"PK\x03\x04\x00\x00" * 50, bytes(range(256)) * 4, b"a\0,b\n1,2\n"])
def test_a_binary_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(InputError, match="no table that shoal can read"):
        open_plain(tmp_path / "a.xlsx")


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
def test_packed_data_that_break_off_are_an_error_and_no_short_log(tmp_path: Path, codec: str) -> None:
    body = "\n".join(f"{at},{at * 7919 % 1000}" for at in range(100_000)).encode()
    whole = pa.compress(body, codec=codec, asbytes=True) if codec == "zstd" else gzip.compress(body)
    (tmp_path / "a.csv").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="cannot be read to its end"):
        _read(tmp_path / "a.csv")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_known_by_its_zeros(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(("customer_id,event_time\r\n" + "茶,2025-01-01\r\n" * 50).encode(encoding))
    plain, start = open_plain(path)
    assert plain.encoding == encoding
    assert start.decode().startswith("customer_id,event_time\r\n茶,")
