"""How a file is written: delimiter, header, names."""

from __future__ import annotations

import pytest

from shoal.events.dialect import find_dialect
from shoal.events.quoting import BadlyClosedError, UnclosedError, split_record


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    lines = ["name", "time", "sum"], ["a, b; c", "2024-01-01 10:00", "1,5"]
    text = "\n".join(delimiter.join(f'"{f}"' if delimiter in f else f for f in line) for line in lines)
    dialect = find_dialect(text.encode())
    assert (dialect.delimiter, dialect.columns, dialect.header) == (delimiter, ("name", "time", "sum"), True)


def test_columns_set_by_blanks_are_found_only_where_nothing_else_fits() -> None:
    assert find_dialect(b" id date  n\n 00001 19970101  1\n 00002 19970102  2\n").delimiter == " "
    assert find_dialect(b"full name,date\nAnn Lee,2024-01-01\nBo Li,2024-01-02\n").delimiter == ","


def test_a_file_that_starts_with_numbers_has_no_header() -> None:
    dialect = find_dialect(b"1,2268318,pv,1511544070\n2,5,buy,1511561733\n")
    assert (dialect.header, dialect.columns) == (False, ("column_1", "column_2", "column_3", "column_4"))


def test_the_line_that_tells_a_spreadsheet_the_delimiter_is_no_header() -> None:
    dialect = find_dialect(b"sep=;\na;b\n1;2,5\n")
    assert (dialect.delimiter, dialect.columns, dialect.header_line) == (";", ("a", "b"), 2)


def test_nameless_and_repeated_columns_get_names_of_their_own() -> None:
    assert find_dialect(b"a,,a,a\nx,y,z,w\n").columns == ("a", "column_2", "a_2", "a_3")


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("a,b", ["a", "b"]),
        ("", [""]),
        (",", ["", ""]),
        ('"a,b",c', ["a,b", "c"]),
        ('"a ""b"" c",', ['a "b" c', ""]),
        ('"",""', ["", ""]),
        ('7" nail,3', ['7" nail', "3"]),
        ('a "b" c,"d"', ['a "b" c', "d"]),
        ('"a\nb",c', ["a\nb", "c"]),
    ],
)
def test_a_quote_opens_a_field_only_at_its_start(text: str, fields: list[str]) -> None:
    assert split_record(text, ",") == fields


def test_a_quote_must_close_where_its_field_ends() -> None:
    with pytest.raises(UnclosedError):
        split_record('a,"b,c', ",")
    with pytest.raises(BadlyClosedError):
        split_record('a,"b"c,d', ",")


def test_the_header_stands_below_lines_of_a_title() -> None:
    titles = b"Sales report 2024\nGenerated, 2025-01-01\n\n"
    table = b"customer_id,event_time,amount\n" + b"".join(b"u%d,2024-01-01,5\n" % at for at in range(40))
    found = find_dialect(titles + table)
    assert (found.columns, found.header, found.header_line) == (("customer_id", "event_time", "amount"), True, 4)
    assert find_dialect(table).header_line == 1


def test_a_first_line_with_too_few_names_stays_the_header_where_no_other_line_names_columns() -> None:
    body = b"".join(b"u%d,2024-01-01,,\n" % at for at in range(40))
    assert find_dialect(b"customer_id,event_time\n" + body).header_line == 1
