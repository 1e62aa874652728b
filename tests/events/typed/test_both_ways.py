"""What is typed at the door is what reading everything as text gives: every table, finding and count."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from shoal.engines.contract import Engine
from shoal.events.doors import Door
from shoal.events.lines import Plain
from shoal.events.load import load
from shoal.events.money import Money
from shoal.events.reading import Scope
from shoal.events.typed import sorting
from shoal.events.typed.plan import Planner
from shoal.words.columns import DERIVED, EVENTS
from shoal.words.errors import ShoalError
from shoal.words.progress import silent
from tests.events.conftest import HEADER, NOW
from tests.events.test_fuzz import DAMAGES

COLUMNS = ", ".join(column.name for column in (*EVENTS, *DERIVED))
ALWAYS, NEVER = 0, 1 << 60
KINDS = [b"purchase", b"purchase", b"view", b"View", b" cart", b"refund\t", b"search", b"poke", b"pv", b"cancel"]
CUSTOMERS = [
    b" u1",
    b"U1",
    b"17850.0",
    b"ann@x.com",
    b"+49 160 1234567",
    b"NULL",
    b"nan",
    b"1E+05",
    b"'u1",
    b'="7"',
    b"\tu1\t",
    b"u\t1",
    b"",
]
PRODUCTS = [
    b"P1",
    b"p1\t",
    b"\t",
    b" p",
    b"12.0",
    b"#N/A",
    b"POST",
    b"",
    b"\xe8\x8c\xb6",
    b"p4\xc2\xa0",
    b"\xe3\x80\x80p4",
    b"p\xe2\x80\x89",
]
AMOUNTS = [
    b"0",
    b"7",
    b"7.5",
    b"7.505",
    b"7.50555",
    b".5",
    b"5.",
    b"1e3",
    b"-1",
    b"1.123456",
    b"99999999",
    b"1.2.3",
    b" 4 ",
]
TIMES = [b"2025-03-01T10:00:00", b"2025-03-01", b"2025-02-29 10:00:00", b"2025-03-01 24:00:00", b"1969-12-31 10:00:00"]
TIMES += [b"2031-01-01 10:00:00", b"2025/03/01 10:00:00", b"2025-03-01 10:00:00Z", b"2025-03-01  10:00:00", b""]


def _seldom(rng: random.Random, usual: bytes, odd: Sequence[bytes], share: float) -> bytes:
    return rng.choice(odd) if rng.random() < share else usual


Clock = Callable[[datetime], str]
CLOCKS: dict[str, Clock] = {
    "slashes": lambda at: f"{at.year}/{at.month}/{at.day} {at.hour}:{at.minute:02d}",
    "seldom a fraction": lambda at: f"{at:%Y-%m-%dT%H:%M:%S}{'.250' if at.minute % 3 else ''}",
    "Z": lambda at: f"{at:%Y-%m-%dT%H:%M:%S}.{at.minute:03d}Z",
    "offset": lambda at: f"{at:%Y-%m-%d %H:%M:%S}{'+02:00' if at.day > 14 else '-0330'}",
    "compact": lambda at: f"{at:%Y%m%d}",
    "compact time": lambda at: f"{at:%Y%m%d%H%M%S}",
    "seconds": lambda at: f"{at.timestamp():.0f}",
    "milliseconds": lambda at: f"{at.timestamp() * 1000 + at.minute:.0f}",
    "Chinese": lambda at: f"{at.year}年{at.month}月{at.day}日 {at.hour}:{at.minute:02d}",
    "full stops": lambda at: f"{at:%d.%m.%Y %H:%M}",
    "day first": lambda at: f"{at.day}/{at.month}/{at.year} {at.hour}:{at.minute:02d}",
    "month first": lambda at: f"{at:%m/%d/%Y}",
    "American": lambda at: f"{at:%m/%d/%Y %I:%M %p}",
}


def _iso(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _lines(rng: random.Random, count: int, odd: float, damaged: float, written: Clock = _iso) -> list[bytes]:
    """Records of March 2025, in which the clocks of the north are put forward."""
    lines = [HEADER.encode() + b",name"]
    for n in range(count):
        at = n if rng.random() < 0.95 else rng.randrange(9)
        cells = [
            _seldom(rng, b"u%d" % (at % 97), CUSTOMERS, odd),
            _seldom(rng, written(datetime(2025, 3, at % 31 + 1, at % 4, at % 60, tzinfo=UTC)).encode(), TIMES, odd),
            rng.choice(KINDS),
            _seldom(rng, b"p%d" % (at % 50), PRODUCTS, odd),
            _seldom(rng, b"%d" % (at % 3 + 1), [b"", b"0", b"-2", b"1.5", b"two", b"2000000"], odd),
            _seldom(rng, b"%d.%02d" % (at % 90, at % 7), AMOUNTS, odd),
            _seldom(rng, b"o%d" % at, [b"", b"o1", b"C9", b"12.0"], odd),
            b'"Tea, %d"' % (at % 9) if at % 3 == 0 else b"Tea %d " % at if rng.random() < odd else b"Tea",
        ]
        line = b",".join(cells)
        lines.append(rng.choice(DAMAGES)(rng, line) if rng.random() < damaged else line)
    return lines


def _read(engine: Engine, paths: Sequence[Path], folder: Path, **options: Any) -> tuple[Any, ...]:
    """Everything that a load says, or the error it gives."""
    try:
        log, quality = load(paths, engine, folder, now=NOW, private=folder / "private", **options)
    except ShoalError as problem:
        return type(problem), problem.say("en")
    tables = [engine.table(f"SELECT {COLUMNS} FROM events ORDER BY ALL"), engine.table("SELECT * FROM products")]
    said = {name: getattr(quality, name) for name in quality.__dataclass_fields__ if name != "made"}
    aside, returns = said.pop("set_aside").to_pylist(), said.pop("returns").to_pylist()
    about = log.has, log.types, log.rows, log.customers, log.first_s, log.last_s, log.currency, log.visits
    return *(table.to_pylist() for table in tables), aside, returns, said, about


def both(engine: Engine, source: Path, monkeypatch: pytest.MonkeyPatch, **options: Any) -> list[tuple[Any, ...]]:
    """The load of a file, or of the files of a folder, with as much typed at the door as can be, and with nothing."""
    paths = sorted(source.iterdir()) if source.is_dir() else [source]
    found = []
    for least in (ALWAYS, NEVER):
        monkeypatch.setattr(sorting, "LEAST_RECORDS", least)
        found.append(_read(engine, paths, source.parent / "work", **options))
    return found


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_log_reads_alike_both_ways(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    rng = random.Random(seed)
    path = tmp_path / "a.csv"
    path.write_bytes(b"\n".join(_lines(rng, 400, (0.0, 0.01, 0.05)[seed % 3], (0.0, 0.1)[seed % 2])) + b"\n")
    typed, text = both(engine, path, monkeypatch)
    assert len(typed) > 2
    assert typed == text


@pytest.mark.parametrize("written", CLOCKS)
def test_every_way_of_writing_times_reads_alike_both_ways(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    rng = random.Random(written)
    path = tmp_path / "a.csv"
    path.write_bytes(b"\n".join(_lines(rng, 200, 0.03, 0.05, CLOCKS[written])) + b"\n")
    typed, text = both(engine, path, monkeypatch, timezone="Europe/Berlin")
    assert len(typed) > 2
    assert typed == text


@pytest.mark.parametrize("timezone", ["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"])
def test_a_damaged_log_of_any_zone_reads_alike_both_ways(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, timezone: str
) -> None:
    rng = random.Random(timezone)
    path = tmp_path / "a.csv"
    path.write_bytes(b"\n".join(_lines(rng, 300, 0.03, 0.05)) + b"\n")
    typed, text = both(engine, path, monkeypatch, timezone=timezone)
    assert len(typed) > 2
    assert typed == text


def test_several_damaged_files_of_one_log_read_alike_both_ways(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the order of their columns, and however each writes its times."""
    folder = tmp_path / "days"
    folder.mkdir()
    for at, written in enumerate([_iso, CLOCKS["slashes"], _iso, CLOCKS["offset"], _iso]):
        lines = _lines(random.Random(at), 60, 0.03, 0.1 * (at > 2), written)
        if at == 2:
            lines = [b",".join([*cells[1:], cells[0]]) for line in lines if (cells := line.split(b",", 1))]
        (folder / f"day{at}.csv").write_bytes(b"\n".join(lines) + b"\n")
    typed, text = both(engine, folder, monkeypatch, timezone="Europe/Berlin")
    assert len(typed) > 2
    assert typed == text
    assert {row["source_file"] for row in typed[0]} == {f"day{at}.csv" for at in range(5)}


@pytest.mark.parametrize("stray", [b"20250301", b"2025/3/1", b"1.3.2025", b"13/3/2025", b"1740823200"])
def test_a_column_that_turns_to_another_way_of_writing_reads_alike_both_ways(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stray: bytes
) -> None:
    """The first block decides how times are typed; the whole column, what they are."""
    blocks = Plain.blocks
    monkeypatch.setattr(Plain, "blocks", lambda plain: blocks(plain, 20_000))
    line = b"u%d,%s,purchase,p,1,2,o%d"
    for first, then in ((stray, b"2025-03-01 10:00:00"), (b"2025-03-01 10:00:00", stray)):
        lines = [line % (n, first if n < 60 else then, n) for n in range(6060)]
        path = tmp_path / "a.csv"
        path.write_bytes(b"\n".join([HEADER.encode(), *lines]) + b"\n")
        typed, text = both(engine, path, monkeypatch)
        assert typed == text


@pytest.mark.parametrize(
    "line", [b"u%d,2025-03-01,view,p,,,,", b"u%d,2025-03-01,view,p,,,,x", b"%d,2025-03-01,,p,1,2,,"]
)
def test_empty_columns_read_alike_both_ways(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: bytes
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\n".join([HEADER.encode() + b",name", *(line % n for n in range(1, 40))]) + b"\n")
    typed, text = both(engine, path, monkeypatch)
    assert typed == text


def test_a_decimal_comma_in_the_last_line_makes_all_be_read_again(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then 1.250 is a thousand and more, as it is where everything is read as text."""
    lines = [b"u%d;2025-03-01;purchase;p;1;1.250;o%d" % (n, n) for n in range(40)]
    path = tmp_path / "a.csv"
    path.write_bytes(
        b"\n".join([HEADER.replace(",", ";").encode(), *lines, b"u;2025-03-01;purchase;p;1;12,50;o"]) + b"\n"
    )
    typed, text = both(engine, path, monkeypatch)
    assert typed == text
    assert {row["amount"] for row in typed[0]} == {Decimal(1250), Decimal("12.5")}


def test_a_fee_that_only_its_name_tells_keeps_its_text(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [b"u%d,2025-03-01,purchase,p%d,1,2,o%d,Tea" % (n, n % 3, n) for n in range(40)]
    path = tmp_path / "a.csv"
    path.write_bytes(
        b"\n".join([HEADER.encode() + b",name", *lines, b"u1,2025-03-01,purchase,X,1,4.90,o1,Postage"]) + b"\n"
    )
    typed, text = both(engine, path, monkeypatch)
    assert typed == text
    assert [row["raw"] for row in typed[2]] == ["u1,2025-03-01,purchase,X,1,4.90,o1,Postage"]


@pytest.mark.parametrize("written", [*CLOCKS, "iso"])
def test_most_of_a_log_is_typed_at_the_door(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    """Or the tests above would compare one way with itself."""
    monkeypatch.setattr(sorting, "LEAST_RECORDS", ALWAYS)
    path = tmp_path / "a.csv"
    path.write_bytes(b"\n".join(_lines(random.Random(0), 400, 0.0, 0.0, CLOCKS.get(written, _iso))) + b"\n")
    door = Door(engine, tmp_path, silent)
    (staged,) = door.enter([path], Planner(None, {}, Scope("UTC", NOW, Money()), None))
    door.close()
    if written == "American":  # a clock of twelve hours is read the careful way
        assert staged.typed is None
        return
    assert staged.typed is not None
    words = [line.split(b",")[2].strip().lower() for line in path.read_bytes().splitlines()[1:]]
    assert staged.typed.rows == len(words) - words.count(b"poke")
    rest = engine.rows(f"SELECT COUNT(*) FROM {staged.relation}")[0][0]
    assert staged.records == len(words) == staged.typed.rows + rest


@pytest.mark.parametrize("last", [b"1/13/2025", b"2.3.2025"])
@pytest.mark.parametrize("often", [2, 3])
def test_the_last_dates_of_a_column_may_tell_the_day_from_the_month(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: bytes, often: int
) -> None:
    """Two days above the twelfth at the beginning, and at the end as many or more months above it."""
    days = [b"1/2/2025"] * 30 + [b"13/2/2025"] * 2 + [b"1/2/2025"] * 30 + [last] * often
    path = tmp_path / "a.csv"
    path.write_bytes(b"\n".join([HEADER.encode(), *(b"u%d,%s,view,p,,," % at for at in enumerate(days))]) + b"\n")
    for options in ({}, {"columns": {"event_time": "event_time:dmy"}}):
        typed, text = both(engine, path, monkeypatch, **options)
        assert typed == text


def test_what_the_first_block_does_not_tell_a_later_one_may(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A log in the order of time begins with days up to the twelfth."""
    blocks = Plain.blocks
    monkeypatch.setattr(Plain, "blocks", lambda plain: blocks(plain, 2000))
    lines = [b"u%d,%d/3/2025,view,p,,," % (n, 1 + n // 40) for n in range(800)]
    path = tmp_path / "a.csv"
    path.write_bytes(b"\n".join([HEADER.encode(), *lines]) + b"\n")
    typed, text = both(engine, path, monkeypatch)
    assert typed == text
    monkeypatch.setattr(sorting, "LEAST_RECORDS", ALWAYS)
    (staged,) = Door(engine, tmp_path, silent).enter([path], Planner(None, {}, Scope("UTC", NOW, Money()), None))
    assert staged.typed is not None
    assert 0 < staged.typed.rows < 400  # the twelve days before are 480 of 800 lines
