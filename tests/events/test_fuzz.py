"""Records damaged at random, 100,000 of them: no crash, no silent loss, and no untouched line is hurt by others."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from shoal.events.encodings import to_utf8
from shoal.events.jsons import flat_rows
from shoal.words.errors import InputError
from tests.events.conftest import Load, Write

HEADER = b"customer_id,event_time,event_type,product_id,quantity,amount,order_id,name"
Damage = Callable[[random.Random, bytes], bytes]


def _line(n: int) -> bytes:
    name = f'"Tea, {n}"' if n % 3 == 0 else f"Tea {n}"
    return (
        f"u{n % 97},2025-03-{n % 28 + 1:02d} 10:{n % 60:02d}:00,purchase,p{n % 50},1,{n % 90}.50,o{n},{name}".encode()
    )


def _put(piece: bytes) -> Damage:
    def put(rng: random.Random, line: bytes) -> bytes:
        at = rng.randrange(len(line) + 1)
        return line[:at] + piece + line[at:]

    return put


def _cut(rng: random.Random, line: bytes) -> bytes:
    first, last = sorted((rng.randrange(len(line) + 1), rng.randrange(len(line) + 1)))
    return line[:first] + line[last:]


def _flip(rng: random.Random, line: bytes) -> bytes:
    at, byte = rng.randrange(len(line)), rng.randrange(256)
    return line[:at] + bytes([byte if byte != 10 else 11]) + line[at + 1 :]


DAMAGES: list[Damage] = [
    *(_put(piece) for piece in (b'"', b'""', b"\0", b",", b"\xff", b"\xc3", b"\r", b"\t", b";", b"\n", b'"\n"', b"'")),
    *(_put(piece) for piece in ("\u202e".encode(), b"\xef\xbb\xbf", b"=1+1", b"9" * 40, b"-", b"NaN", b"e9")),
    _cut,
    _cut,
    _flip,
    _flip,
    lambda rng, line: line[: rng.randrange(len(line))],
    lambda rng, line: line + line,
    lambda rng, line: b"",
    lambda rng, line: bytes(rng.randrange(1, 256) for _ in range(40)).replace(b"\n", b" "),
]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_damaged_records_cost_no_other_record(write: Write, loaded: Load, seed: int) -> None:
    """Of 50,000 lines every second is damaged, once or twice. The load itself counts records in and out."""
    rng = random.Random(seed)
    lines, untouched = [], set[str]()
    for n in range(50_000):
        line = _line(n)
        if n % 2:
            for _ in range(rng.randrange(1, 3)):
                line = rng.choice(DAMAGES)(rng, line or b"x")
        else:
            untouched.add(f"o{n}")
        lines.append(line)
    log, quality = loaded(write("a.csv", HEADER, *lines))
    kept = {row[0] for row in log.engine.rows("SELECT order_id FROM events")}
    assert untouched <= kept
    assert quality.records == quality.used + quality.duplicates + quality.after_as_of + quality.set_aside_records
    assert quality.set_aside.num_rows == quality.set_aside_records


def test_a_field_of_ten_megabytes_is_a_field(write: Write, loaded: Load) -> None:
    long = b"x" * (10 << 20)
    lines = (_line(1), _line(2)[: -len(b"Tea 2")] + long, _line(4), b'u,"' + long)
    log, quality = loaded(write("a.csv", HEADER, *lines))
    assert (log.rows, quality.set_aside_records) == (3, 1)


def test_any_bytes_are_a_log_or_refused_in_words(write: Write, loaded: Load) -> None:
    rng = random.Random(5)
    for _ in range(60):
        content = rng.randbytes(rng.randrange(1, 400))
        if rng.random() < 0.5:
            content = bytes(rng.choice(b'{}[]",:;\n\tab1.') for _ in range(len(content)))
        with pytest.raises(InputError):
            loaded(write("a.csv", content))


def test_any_line_comes_through_another_encoding_whole_or_as_it_was() -> None:
    rng = random.Random(6)
    for _ in range(2000):
        lines = [rng.randbytes(rng.randrange(30)).replace(b"\n", b"") for _ in range(5)]
        for encoding in ("gb18030", "cp1252"):
            out = to_utf8(b"\n".join(lines), encoding).split(b"\n")
            assert len(out) == len(lines)
            assert all(new == old or new.decode() == old.decode(encoding) for new, old in zip(out, lines, strict=True))


def test_any_object_is_at_least_a_row_of_texts_unless_it_lists_nothing() -> None:
    rng = random.Random(7)

    def value(depth: int) -> object:
        kinds = [None, True, 1.5, 7, "x", [], [1, 2]]
        if depth < 12 and rng.random() < 0.7:
            inner = [value(depth + 1) for _ in range(rng.randrange(1, 3))]
            return {rng.choice(["items", "key", "value", "a"]): one for one in inner} if rng.random() < 0.6 else inner
        return rng.choice(kinds)

    for _ in range(500):
        for row in flat_rows({"a": value(0), "items": value(0)}):
            assert all(cell is None or isinstance(cell, str) for cell in row.values())
