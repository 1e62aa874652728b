from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import StandardScaler

from shoal.segments.model import assign
from shoal.segments.result import Segments, TableSegments
from shoal.segments.settings import SegmentSettings
from shoal.segments.table import segment_table, table_features
from shoal.words.columns import SET_ASIDE
from shoal.words.errors import InputError, UsageError

TWO = SegmentSettings(k=2)
ROWS = "\n".join(f"{i},{i % 2 * 10 + i * 0.01},{i % 3}" for i in range(20))
PLAIN = f"id,income,visits\n{ROWS}\n"


def _file(folder: Path, text: str, name: str = "customers.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def _codes(found: TableSegments) -> set[str]:
    return {finding.code for finding in found.findings}


def _textbook(frame: pd.DataFrame, k: int) -> KMeans:
    X = StandardScaler().fit_transform(frame.dropna())
    return KMeans(n_clusters=k, init="k-means++", n_init=10, max_iter=300, random_state=0).fit(X)


# the textbook ---------------------------------------------------------------------------------------------------


def _equals_the_textbook(source: Path, numbers: pd.DataFrame, k: int) -> None:
    theirs = _textbook(numbers, k)
    ours = segment_table(source, SegmentSettings(space="standardised", k=k))
    assert adjusted_rand_score(theirs.labels_, ours.table["segment"].to_numpy()) == 1.0
    assert ours.fit.inertia == pytest.approx(theirs.inertia_)
    assert ours.fit.n_iter == theirs.n_iter_


@pytest.mark.parametrize("k", [2, 4, 5, 8])
def test_the_partition_of_blobs_is_the_textbooks(k: int, tmp_path: Path) -> None:
    X, _ = make_blobs(700, centers=5, n_features=6, cluster_std=4.0, random_state=k)
    frame = pd.DataFrame(X, columns=list("abcdef")).assign(same=3)
    frame.loc[::50, "c"] = np.nan
    frame.to_csv(tmp_path / "blobs.csv", index_label="customer_id")
    _equals_the_textbook(tmp_path / "blobs.csv", frame, k)


@pytest.mark.shared
@pytest.mark.parametrize("k", [3, 5, 6])
def test_the_partition_of_mall_customers_is_the_textbooks(k: int, shared: Path) -> None:
    source = shared / "segmentation_teaching" / "mall_customers.csv"
    _equals_the_textbook(source, pd.read_csv(source).drop(columns=["CustomerID", "Gender"]), k)


@pytest.mark.shared
@pytest.mark.parametrize("k", [2, 4, 5, 7])
def test_the_partition_of_the_personality_set_is_the_textbooks(k: int, shared: Path) -> None:
    source = shared / "segmentation_teaching" / "marketing_campaign.csv.gz"
    frame = pd.read_csv(source, sep=";", encoding="utf-8-sig").drop(columns="ID")
    _equals_the_textbook(source, frame.select_dtypes("number"), k)


@pytest.mark.shared
def test_the_mall_has_the_five_groups_of_the_textbook_picture(shared: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(shared / "segmentation_teaching" / "mall_customers.csv").drop(columns=["Gender", "Age"])
    found = segment_table(frame, SegmentSettings(k="auto"))
    assert found.choice.picked == 5
    assert found.choice.picks["silhouette"] == found.choice.picks["elbow"] == 5
    assert {one.name.en for one in found.segments} >= {
        "High Annual Income, low Spending Score",
        "Low Annual Income, high Spending Score",
    } or {frozenset(one.name.en.lower().split(", ")) for one in found.segments} >= {
        frozenset({"high annual income", "low spending score"}),
        frozenset({"low annual income", "high spending score"}),
    }


# reading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_any_delimiter_and_a_byte_order_mark_are_understood(delimiter: str, mark: str, tmp_path: Path) -> None:
    found = segment_table(_file(tmp_path, mark + PLAIN.replace(",", delimiter)), TWO)
    assert [info.name for info in found.columns] == ["income", "visits"]
    assert found.table["customer_id"].to_pylist()[:2] == ["0", "1"]


def test_every_door_gives_the_same_segments(tmp_path: Path) -> None:
    frame = pd.read_csv(_file(tmp_path, PLAIN))
    (tmp_path / "c.csv.gz").write_bytes(gzip.compress(PLAIN.encode()))
    pq.write_table(pa.table(frame), tmp_path / "c.parquet")
    doors = [
        tmp_path / "customers.csv",
        str(tmp_path / "c.csv.gz"),
        tmp_path / "c.parquet",
        frame,
        pl.from_pandas(frame),
        pa.table(frame),
    ]
    tables = [segment_table(door, TWO).table for door in doors]
    assert all(table.equals(tables[0]) for table in tables)


def test_a_decimal_comma_is_a_number(tmp_path: Path) -> None:
    text = "id;income\n" + "\n".join(f"{i};{i % 2 * 10},{i:02d}" for i in range(12))
    found = table_features(_file(tmp_path, text))
    assert found.features.table["income"].to_pylist()[:3] == [0.0, 10.01, 0.02]


def test_rows_with_gaps_and_infinities_are_set_aside_with_their_line(tmp_path: Path) -> None:
    text = 'id,note,income\n1,"two\nlines",10\n\n2,b,\n3,c,inf\n4,d,NaN\n' + "".join(
        f"{i},x,{i}\n" for i in range(5, 20)
    )
    found = segment_table(_file(tmp_path, text), TWO)
    assert found.set_aside.column_names == [column.name for column in SET_ASIDE]
    assert found.set_aside.to_pylist() == [
        {"source_file": "customers.csv", "source_line": 5, "rule": "missing_value", "raw": "2,b,"},
        {"source_file": "customers.csv", "source_line": 6, "rule": "infinite_value", "raw": "3,c,inf"},
        {"source_file": "customers.csv", "source_line": 7, "rule": "missing_value", "raw": "4,d,NaN"},
    ]
    assert (found.made.rows_in, found.made.rows_out) == (19, 16)
    assert {"table.missing_value", "table.infinite_value"} <= _codes(found)
    gaps = next(finding for finding in found.findings if finding.code == "table.missing_value")
    assert (gaps.severity, "2 (10.5% of all)" in gaps.text.en) == ("warning", True)  # 2 of 19 rows
    assert "--missing fill" in gaps.do.en


def test_a_few_rows_set_aside_are_told_and_many_are_warned_of(tmp_path: Path) -> None:
    whole = "id,income\n" + "".join(f"{i},{i % 7}\n" for i in range(40))
    for gaps, severity in ((1, "info"), (3, "warning")):  # 1 of 41 rows is 2.4 %, 3 of 43 are 7 %
        found = segment_table(_file(tmp_path, whole + "".join(f"g{i},\n" for i in range(gaps))), TWO)
        assert [f.severity for f in found.findings if f.code == "table.missing_value"] == [severity]


def test_a_line_with_too_many_fields_is_set_aside_and_counted(tmp_path: Path) -> None:
    found = segment_table(_file(tmp_path, PLAIN + "20,1,2,3\n21,5,1\n22,7\n"), TWO)
    assert [(one["source_line"], one["rule"], one["raw"]) for one in found.set_aside.to_pylist()] == [
        (22, "ragged", "20,1,2,3"),
        (24, "ragged", "22,7"),
    ]
    assert (found.made.rows_in, found.made.rows_out) == (23, 21)


def test_contacts_are_masked_in_what_is_set_aside(tmp_path: Path) -> None:
    found = segment_table(_file(tmp_path, PLAIN.replace("id,", "id,") + "ann@shop.example,+44 20 7946 0000,\n"), TWO)
    assert found.set_aside["raw"].to_pylist() == ["***@***,***,"]


def test_text_columns_are_left_out_and_said(tmp_path: Path) -> None:
    frame = pd.read_csv(_file(tmp_path, PLAIN)).assign(city="Bath", born="1990-01-01", empty=None)
    found = segment_table(frame, TWO)
    (said,) = (finding for finding in found.findings if finding.code == "table.left_out")
    assert said.count == 3
    assert "city" in said.text.en


def test_a_column_that_is_nearly_numbers_is_pointed_out(tmp_path: Path) -> None:
    text = PLAIN.replace("id,income,visits", "id,income,visits").replace("\n7,", "\n7,abc")
    found = segment_table(_file(tmp_path, text), TWO)
    (said,) = (finding for finding in found.findings if finding.code == "table.nearly_numbers")
    assert (said.severity, said.count) == ("warning", 1)
    assert "abc" in said.text.en


def test_yes_and_no_count_as_one_and_zero() -> None:
    frame = pd.DataFrame({"member_flag": [True, False] * 10, "income": range(20)})
    assert table_features(frame).features.table["member_flag"].to_pylist()[:2] == [1.0, 0.0]


# who is who -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["id", "ID", "CustomerID", "Customer ID", "user_id", "CLIENTNUM", "客户编号", "loyaltyId"]
)
def test_the_column_of_ids_is_found_by_its_name(name: str) -> None:
    found = segment_table(pd.DataFrame({"income": [1, 2, 8, 9] * 3, name: range(100, 112)}), TWO)
    assert found.table["customer_id"].to_pylist()[0] == "100"
    assert [info.name for info in found.columns] == ["income"]


def test_without_ids_rows_are_numbered_from_one() -> None:
    found = segment_table(pd.DataFrame({"income": [1, 2, 8, 9] * 3}), TWO)
    assert found.table["customer_id"].to_pylist()[:2] == ["1", "2"]
    assert "table.id_row" in _codes(found)


def test_ids_that_came_as_floats_lose_their_point() -> None:
    frame = pd.DataFrame({"customer": [17850.0, 17851.0, 17852.0], "income": [1, 2, 9]})
    found = segment_table(frame, SegmentSettings(k=1), id_column="customer")
    assert found.table["customer_id"].to_pylist() == ["17850", "17851", "17852"]


def test_several_rows_a_customer_are_refused_with_what_to_do() -> None:
    frame = pd.DataFrame({"customer_id": ["u1", "u1", "u2"], "income": [1, 2, 3]})
    with pytest.raises(InputError, match=r"3 rows but only 2 different(.|\n)*u1(.|\n)*shoal run"):
        segment_table(frame, TWO)


def test_a_named_id_column_must_be_there_and_full() -> None:
    with pytest.raises(InputError, match=r"no column named 'who'(.|\n)*income"):
        segment_table(pd.DataFrame({"income": [1, 2]}), TWO, id_column="who")
    with pytest.raises(InputError, match="empty in 1 rows"):
        segment_table(pd.DataFrame({"who": ["a", None], "income": [1, 2]}), TWO, id_column="who")


# outliers -------------------------------------------------------------------------------------------------------


def _with_outlier() -> pd.DataFrame:
    return pd.DataFrame({"id": range(41), "income": [*range(10, 50), 9_999], "visits": [i % 7 for i in range(41)]})


def test_outliers_are_kept_unless_asked() -> None:
    found = segment_table(_with_outlier(), TWO)
    assert sorted(one.customers for one in found.segments) == [1, 40]
    assert "segments.small" in _codes(found)


def test_outliers_can_be_clipped_for_good() -> None:
    found = segment_table(_with_outlier(), TWO, outliers="clip")
    assert min(one.customers for one in found.segments) > 5
    assert "table.clipped" in _codes(found)
    # quartiles of 10..49 and 9999 are 20 and 40: clipped to 40 + 3 * 20
    assert found.model.space.columns[0].high == 100.0
    features = table_features(_with_outlier()).features.table
    assert assign(found.model, features).equals(found.table)


def test_outliers_can_be_set_aside() -> None:
    found = segment_table(_with_outlier(), TWO, outliers="set-aside")
    assert found.table.num_rows == 40
    assert found.set_aside.to_pylist() == [
        {"source_file": "table", "source_line": 41, "rule": "outlier", "raw": "40, 9999, 5"}
    ]


def test_another_way_with_outliers_is_refused() -> None:
    with pytest.raises(UsageError, match="set-aside"):
        segment_table(_with_outlier(), TWO, outliers="drop")  # type: ignore[arg-type]


# bad tables -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "cannot be read"),
        ("id,income\n", "no rows"),
        ("id,city\n1,Bath\n2,York\n", "no numeric column"),
        ("id,income\n1,\n2,\n3,inf\n", "every one of its 3 rows"),
        ("a,a\n1,2\n", "more than one column named a"),
        ("1,2,3\n4,5,6\n", "no header"),
    ],
)
def test_a_table_that_cannot_be_used_is_told_why(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said) as told:
        segment_table(_file(tmp_path, text), TWO)
    assert "customers.csv" in told.value.say("zh")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.csv cannot be opened"):
        segment_table(tmp_path / "gone.csv")
    with pytest.raises(InputError, match="cannot be opened"):
        segment_table(tmp_path)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gbk.csv").write_bytes("编号,收入\n1,2\n".encode("gbk"))
    with pytest.raises(InputError, match="UTF-8"):
        segment_table(tmp_path / "gbk.csv")


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.csv.gz").write_bytes(gzip.compress(PLAIN.encode())[:40])
    with pytest.raises(InputError, match=r"c\.csv\.gz cannot be"):
        segment_table(tmp_path / "c.csv.gz")


def test_fewer_rows_than_segments_is_refused() -> None:
    with pytest.raises(UsageError, match="5 segments were asked for"):
        segment_table(pd.DataFrame({"income": [1, 2, 3]}), SegmentSettings(k=5))


def test_a_million_identical_rows_are_one_segment() -> None:
    found = segment_table(pa.table({"income": np.full(1_000_000, 3), "visits": np.full(1_000_000, 2.5)}))
    assert [one.customers for one in found.segments] == [1_000_000]
    assert "segments.all_alike" in _codes(found)


def test_hostile_column_names_stay_names(tmp_path: Path) -> None:
    evil = "</script><img onerror=x>{0}"
    found = segment_table(pd.DataFrame({evil: [1, 2, 8, 9] * 3, "a.b": [5, 6, 7, 8] * 3}), TWO)
    assert evil in {info.name for info in found.columns}
    assert "<img" not in found.html("en")


# results --------------------------------------------------------------------------------------------------------


def test_a_table_result_read_again_is_equal(tmp_path: Path) -> None:
    found = segment_table(_with_outlier(), TWO, outliers="set-aside")
    found.write(tmp_path)
    assert TableSegments.read(tmp_path) == found
    assert Segments.read(tmp_path).model == found.model


def test_rows_keep_their_order_and_numbers_go_by_size() -> None:
    frame = pd.DataFrame({"id": [9, 3, 7, 1, 5], "income": [1, 90, 2, 91, 3]})
    found = segment_table(frame, TWO)
    assert found.table["customer_id"].to_pylist() == ["9", "3", "7", "1", "5"]
    assert found.table["segment"].to_pylist() == [1, 2, 1, 2, 1]
