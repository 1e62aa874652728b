"""A plain table's rows in the segments of an earlier one: every method, every kind of file, and what is not placed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from shoal.segments import placing
from shoal.segments.algorithms.registry import METHODS
from shoal.study.assign import Assigned, assign
from shoal.study.result import Study
from shoal.study.table import run_table
from shoal.words.errors import InputError, UsageError
from tests.end_to_end.shop import shoal

ROWS = 240


def _table(rows: int = ROWS, seed: int = 0) -> pa.Table:
    """Four kinds of member, apart in visits and spend; a plan that goes with the kind."""
    draw = np.random.default_rng(seed)
    kind = np.arange(rows) % 4
    return pa.table(
        {
            "member": np.arange(100, 100 + rows),
            "visits": np.round(draw.normal(kind * 10.0 + 20, 1.0), 3),
            "spend": np.round(draw.normal((kind % 2) * 50.0 + 100, 2.0), 2),
            "plan": np.array(["free", "pro"])[kind % 2],
            "open": kind < 2,
        }
    )


def _study(source: Any, out: Path, **how: Any) -> Study:
    return run_table(source, out, **{"k": 4, "k_max": 5, **how})


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return _study(_table(), tmp_path_factory.mktemp("table") / "out")


def _files(folder: Path) -> Iterator[Any]:
    """The same rows as they may come."""
    table = _table()
    pa_csv.write_csv(table, folder / "a.csv")
    yield folder / "a.csv"
    pq.write_table(table, folder / "a.parquet")
    yield folder / "a.parquet"
    lines = [";".join(table.column_names)]
    lines += [";".join(str(v).replace(".", ",") for v in row.values()) for row in table.to_pylist()]
    (folder / "b.csv").write_text("\n".join(lines).replace("True", "true").replace("False", "false"), encoding="utf-8")
    yield folder / "b.csv"
    yield table
    yield pd.DataFrame(table.to_pydict())
    yield pl.DataFrame(table.to_pydict())


def _segments(assigned: Assigned) -> dict[str, int]:
    return dict(zip(*(assigned.table[name].to_pylist() for name in ("customer_id", "segment")), strict=True))


def test_the_same_rows_get_the_published_segments_however_they_come(study: Study, tmp_path: Path) -> None:
    found = [assign(study, [source]) for source in _files(tmp_path)]
    assert len(found) == 6
    for one in found:
        assert one.table.drop_columns(["published_segment"]).equals(study.segments.table)
        assert one.table["published_segment"].combine_chunks().equals(study.segments.table["segment"].combine_chunks())


@pytest.mark.parametrize("name", sorted(METHODS))
def test_every_method_repeats_its_own_segments(name: str, tmp_path: Path) -> None:
    how: dict[str, Any] = {"k": "auto" if METHODS[name].finds_k else 4, "algorithm": name}
    if name == "labelled":
        how["labels"] = pa.table({"customer_id": ["100", "101", "102", "103"], "label": list("abcd")})
    made = _study(_table(), tmp_path / "out", **how)
    pa_csv.write_csv(_table(), tmp_path / "a.csv")
    found = assign(made, [tmp_path / "a.csv"])
    assert found.table.drop_columns(["published_segment"]).equals(made.segments.table)
    assert len(made.segments.segments) > 1


def test_rows_are_placed_alike_whatever_stands_beside_them_and_however_they_are_cut(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = _segments(assign(study, [_table(rows=400, seed=3)]))
    monkeypatch.setattr(placing, "BATCH_ROWS", 7)
    assert _segments(assign(study, [_table(rows=400, seed=3)])) == whole
    few = _table(rows=400, seed=3).take(pa.array([5, 390, 17]))
    assert _segments(assign(study, [few])) == {name: whole[name] for name in ("105", "490", "117")}


def test_new_customers_have_no_published_segment(study: Study) -> None:
    found = assign(study, [_table(rows=300)])
    assert found.table["published_segment"].null_count == 60
    assert found.made.rows_in == found.made.rows_out == 300


def test_a_row_that_cannot_be_placed_is_counted_and_left_out(study: Study, tmp_path: Path) -> None:
    """Line 3 has no visits, line 4 an infinite spend, line 5 a field too few."""
    lines = [
        "member,visits,spend,plan,open",
        "1,20,100,free,true",
        "2,,100,free,true",
        "3,20,inf,free,true",
        "4,20",
        "5,50,150,pro,false",
    ]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    found = assign(study, [tmp_path / "a.csv"])
    assert found.table["customer_id"].to_pylist() == ["1", "5"]
    counts = {finding.code: finding.count for finding in found.findings if finding.code.startswith("table.")}
    assert counts == {"table.missing_value": 1, "table.infinite_value": 1, "table.ragged": 1}
    assert found.made.rows_in == 5


def test_gaps_are_filled_with_the_studys_medians_where_it_filled_them(tmp_path: Path) -> None:
    table = _table()
    visits = table["visits"].to_pylist()
    visits[7] = None
    gappy = table.set_column(1, "visits", pa.array(visits))
    made = _study(gappy, tmp_path / "out", missing="fill")
    found = assign(made, [gappy])
    assert found.table.drop_columns(["published_segment"]).equals(made.segments.table)
    assert found.table.num_rows == ROWS


def test_outliers_stay_clipped_as_they_were(tmp_path: Path) -> None:
    spend = [*_table()["spend"].to_pylist()[:-1], 1e9]
    wild = _table().set_column(2, "spend", pa.array(spend))
    made = _study(wild, tmp_path / "out", outliers="clip")
    assert assign(made, [wild]).table.drop_columns(["published_segment"]).equals(made.segments.table)


def test_ids_are_written_as_when_the_study_was_made(study: Study, tmp_path: Path) -> None:
    text = "member,visits,spend,plan,open\n0100,20,100,free,true\n101.0,30,150,pro,true\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    found = assign(study, [tmp_path / "a.csv"])
    assert found.table["customer_id"].to_pylist() == ["100", "101"]
    assert found.table["published_segment"].null_count == 0


def test_the_column_of_ids_may_have_another_name(study: Study) -> None:
    renamed = _table().rename_columns(["person", "visits", "spend", "plan", "open"])
    with pytest.raises(InputError, match="member"):
        assign(study, [renamed])
    found = assign(study, [renamed], columns={"customer_id": "person"})
    assert found.table["published_segment"].null_count == 0


def test_a_table_without_ids_is_numbered(tmp_path: Path) -> None:
    bare = _table().select(["visits", "spend"])
    made = _study(bare, tmp_path / "out", k=2)
    assert assign(made, [bare]).table["customer_id"].to_pylist()[:2] == ["1", "2"]


def test_what_only_a_log_has_is_refused(study: Study, tmp_path: Path) -> None:
    for how in ({"as_of": "2024-01-01"}, {"products": tmp_path}, {"customers": tmp_path}, {"columns": {"amount": "x"}}):
        with pytest.raises(UsageError, match="plain table"):
            assign(study, [_table()], **how)
    with pytest.raises(UsageError, match="one table, not 2"):
        assign(study, [_table(), _table()])


def test_a_missing_column_a_repeated_id_and_words_for_numbers_are_refused(study: Study, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="spend"):
        assign(study, [_table().drop_columns(["spend"])])
    with pytest.raises(InputError, match="100"):
        assign(study, [pa.concat_tables([_table(), _table()])])
    (tmp_path / "a.csv").write_text("member,visits,spend,plan,open\n1,many,100,free,true\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.csv"):
        assign(study, [tmp_path / "a.csv"])
    with pytest.raises(InputError, match="nowhere"):
        assign(study, [tmp_path / "nowhere.csv"])


def test_the_command_writes_the_answer(study: Study, tmp_path: Path) -> None:
    pa_csv.write_csv(_table(), tmp_path / "a.csv")
    ran = shoal("assign", study.folder.parents[1], tmp_path / "a.csv", "--out", tmp_path / "today", "--json")
    assert ran.code == 0, ran.err
    table = pq.read_table(tmp_path / "today" / "assigned.parquet")
    assert pc.all(pc.equal(table["segment"], table["published_segment"])).as_py()
    asked = shoal("assign", study.folder.parents[1], tmp_path / "a.csv", "--as-of", "2024-01-01")
    assert asked.code == 2
    assert "as_of" in asked.said
