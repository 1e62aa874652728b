"""Lines become records: what is sound, what is joined, what is set aside, and that no row is lost on the way."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shoal.events import records as module
from shoal.events.dialect import find_dialect
from shoal.events.lines import Plain, open_plain
from shoal.events.records import Fault, read_records

Rows = dict[int, list[str]]
HEADER = b"id,name,n\n"


def _read(path: Path, content: bytes, size: int = 1 << 20) -> tuple[Rows, list[Fault], int]:
    """Rows by line, faults, and the number of physical lines behind the header."""
    path.write_bytes(content)
    plain, start = open_plain(path)
    dialect = find_dialect(start)
    rows, faults, lines = dict[int, list[str]](), list[Fault](), 0
    blocks = Plain.blocks
    try:
        Plain.blocks = lambda self, _=size: blocks(self, size)  # type: ignore[method-assign]
        for parsed in read_records(plain, dialect):
            for row in pa.Table.to_pylist(parsed.table):
                line, *fields = row.values()
                assert line not in rows
                rows[line] = fields
            faults += parsed.faults
            lines += parsed.lines
            assert parsed.records == parsed.table.num_rows + len(parsed.faults)
    finally:
        Plain.blocks = blocks  # type: ignore[method-assign]
    return rows, faults, lines


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.csv"


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (b"3,c", "malformed_line"),
        (b"3,c,1,x", "malformed_line"),
        (b"", "blank_line"),
        (b" \t ", "blank_line"),
        (b"3,\xff\xfe,1", "bad_encoding"),
        (b"3,a\0b,1", "bad_encoding"),
        (b'3,"c,1', "unclosed_quote"),
        (b'3,"c"d,1', "unclosed_quote"),
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_line_that_is_no_record_is_set_aside_alone_with_its_number(
    path: Path, line: bytes, rule: str, end: bytes
) -> None:
    content = HEADER + b"1,a,5\n2,b,6\n" + line + b'\n4,"d, e",7\n5,f,8\n'
    rows, faults, _ = _read(path, content.replace(b"\n", end))
    assert [(at, code) for at, code, _ in faults] == [(4, rule)]
    assert rows == {2: ["1", "a", "5"], 3: ["2", "b", "6"], 5: ["4", "d, e", "7"], 6: ["5", "f", "8"]}


def test_the_raw_text_of_a_bad_line_is_kept(path: Path) -> None:
    _, faults, _ = _read(path, HEADER + b'1,a,5\n2,"open\n3,\xe9,5\n')
    assert [raw for _, _, raw in faults] == ['2,"open', "3,\\xe9,5"]


def test_a_record_may_span_lines(path: Path) -> None:
    rows, faults, lines = _read(path, HEADER + b'1,"first\n\nthird ""quoted"", with, commas",5\n2,b,6\n')
    assert rows == {2: ["1", 'first\n\nthird "quoted", with, commas', "5"], 5: ["2", "b", "6"]}
    assert (faults, lines) == ([], 4)


PLAIN_ROWS = "".join(f"u{n},2024-01-0{n},{n}\n" for n in range(1, 8))


def test_ids_with_a_line_break_in_the_first_column_are_read_also_one_after_the_other(path: Path) -> None:
    broken = "".join(f'"line\nbreak{n}",2024-01-0{n},{n}\n' for n in range(1, 6))
    read, faults, _ = _read(path, f"customer,day,amount\n{PLAIN_ROWS}{broken}u9,2024-01-09,9\n".encode())
    assert faults == []
    assert [fields[0] for fields in list(read.values())[7:]] == ["u9", *(f"line\nbreak{n}" for n in range(1, 6))]


def test_a_whole_record_behind_a_stray_quote_is_not_joined_to_an_id_that_ends_in_a_quote(path: Path) -> None:
    odd = '"u1,2024-01-01,9\n7",2024-01-02,9\nu9,2024-01-09,9\n'
    read, faults, _ = _read(path, f"customer,day,amount\n{PLAIN_ROWS}{odd}".encode())
    assert [fault[:2] for fault in faults] == [(9, "unclosed_quote")]
    assert {fields[0] for fields in read.values()} == {*(f"u{n}" for n in range(1, 8)), '7"', "u9"}


def test_a_stray_quote_never_swallows_the_rows_up_to_the_next_one(path: Path) -> None:
    body = [f"{at},name {at},{at}" for at in range(2_000)]
    body[10], body[1_500] = '10,"name 10,10', '1500,"name 1500,1500'
    rows, faults, _ = _read(path, HEADER + "\n".join(body).encode(), size=4096)
    assert [(at, code) for at, code, _ in faults] == [(12, "unclosed_quote"), (1502, "unclosed_quote")]
    assert len(rows) == 1_998


def test_a_stray_quote_that_would_close_at_the_end_of_a_later_field_swallows_nothing(path: Path) -> None:
    rows, faults, _ = _read(path, HEADER + b'1,a,5\n2,"b,6\n3,c",7\n4,d,8\n')
    assert [(at, code) for at, code, _ in faults] == [(3, "unclosed_quote")]
    assert rows[4] == ["3", 'c"', "7"]
    assert set(rows) == {2, 4, 5}


def test_an_unquoted_return_inside_a_line_is_text(path: Path) -> None:
    rows, faults, _ = _read(path, HEADER + b"1,a,5\n2,b\rc,6\n")
    assert (rows[3], faults) == (["2", "b\rc", "6"], [])


def test_a_field_of_ten_megabytes_is_read(path: Path) -> None:
    long = "x" * 10_000_000
    rows, faults, _ = _read(path, HEADER + f'1,"{long}",5\n2,b,6\n3,{long},7\n'.encode(), size=1 << 16)
    assert [len(row[1]) for row in rows.values()] == [10_000_000, 1, 10_000_000]
    assert not faults


def test_a_quote_that_never_closes_gives_up_after_so_many_lines(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_JOINED", 50)
    text = b'1,"open\n' + b"some text\n" * 200 + b"2,b,6\n"
    rows, faults, _ = _read(path, HEADER + b"0,a,1\n" + text)
    assert [code for _, code, _ in faults] == ["unclosed_quote"] + ["malformed_line"] * 200
    assert set(rows) == {2, 204}


def test_blanks_set_columns_as_in_a_printed_table(path: Path) -> None:
    rows, faults, _ = _read(path, b" id  date n\r\n 00001 19970101   1\r\n 00002\t19970102 2 \r\n\r\n")
    assert rows == {2: ["00001", "19970101", "1"], 3: ["00002", "19970102", "2"]}
    assert [(at, code) for at, code, _ in faults] == [(4, "blank_line")]


# laws --------------------------------------------------------------------------------------------------------------

QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Nd")) | st.sampled_from("\n\",;<'")
FIELD = st.text(LETTERS, max_size=12)


@QUIET
@given(
    rows=st.lists(st.tuples(st.integers(0, 10**6), FIELD, st.integers(0, 999)), min_size=1, max_size=30),
    size=st.sampled_from([7, 64, 1 << 20]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_whatever_a_sound_writer_writes_comes_back(
    path: Path, rows: list[tuple[int, str, int]], size: int, quoting: int
) -> None:
    """Hostile text included: quotes, newlines, delimiters, markup, any script."""
    target = io.StringIO()
    writer = csv.writer(target, quoting=quoting, lineterminator="\n")  # type: ignore[arg-type]
    writer.writerow(["id", "name", "n"])
    writer.writerows(rows)
    read, faults, lines = _read(path, target.getvalue().encode(), size)
    wanted = [[str(a), b, str(c)] for a, b, c in rows]
    assert lines == target.getvalue().count("\n") - 1
    assert sorted(read.values()) == sorted(wanted)
    assert not faults


FAULTS = {
    "malformed_line": ["1,2", "a,b,c,d,e", "x"],
    "blank_line": ["", "   "],
    "unclosed_quote": ['7,"open,1', '7,"a"b,1', '"7,a,1'],
    "bad_encoding": ["7,\udcff,1", "7,\0,1"],
}


@QUIET
@given(seed=st.integers(0, 10**6), size=st.sampled_from([16, 200, 1 << 20]))
def test_every_planted_fault_is_found_at_its_line_and_none_is_invented(path: Path, seed: int, size: int) -> None:
    rng = random.Random(seed)
    good = ["{n},plain,{n}", '{n},"quoted, text",{n}', '{n},7" nail,{n}', "{n},,{n}", '{n},"",{n}', '{n},"a ""b""",{n}']
    planted, lines = dict[int, str](), ["id,name,n"]
    for at in range(2, 120):
        if rng.random() < 0.1 and at > 3:
            planted[at] = rng.choice(list(FAULTS))
            lines.append(rng.choice(FAULTS[planted[at]]))
        else:
            lines.append(rng.choice(good).format(n=at))
    content = "\n".join(lines).encode("utf-8", "surrogateescape") + b"\n"
    rows, faults, read = _read(path, content, size)
    assert {at: code for at, code, _ in faults} == planted
    assert set(rows) == set(range(2, 120)) - set(planted)
    assert all(row[0] == str(at) == row[2] for at, row in rows.items())
    assert read == 118


@QUIET
@given(content=st.binary(min_size=1, max_size=90), size=st.sampled_from([50, 200, 1 << 20]))
def test_no_bytes_crash_the_reader_or_vanish(path: Path, content: bytes, size: int) -> None:
    body = HEADER + b"1,a,2\n" * 150 + content
    rows, faults, lines = _read(path, body, size)
    assert lines == body.count(b"\n") + (not body.endswith(b"\n")) - 1
    assert set(rows).isdisjoint({at for at, _, _ in faults})
    assert len(rows) + len(faults) <= lines
