"""Today's segments by a frozen model: the unchanged log gives the published labels, whoever else is in it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from shoal.segments.model import assign_batches
from shoal.study.assign import Assigned, assign
from shoal.study.result import Study
from shoal.words.errors import InputError, ShoalError

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def study(published: Path) -> Study:
    return Study.open(published)


@pytest.fixture(scope="module")
def rows(shop_log: Path) -> Rows:
    with shop_log.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _log(folder: Path, rows: Rows) -> Path:
    file = folder / "today.csv"
    with file.open("w", newline="", encoding="utf-8") as opened:
        write = csv.DictWriter(opened, list(rows[0]))
        write.writeheader()
        write.writerows(rows)
    return file


def _by_customer(assigned: Assigned) -> dict[str, dict[str, Any]]:
    return {row["customer_id"]: row for row in assigned.table.to_pylist()}


def test_the_unchanged_log_gives_the_published_segments_to_the_last_bit(study: Study, shop_log: Path) -> None:
    assigned = assign(study, [shop_log])
    assert assigned.table.drop_columns(["published_segment"]).equals(study.segments.table)
    assert assigned.table["published_segment"].to_pylist() == study.segments.table["segment"].to_pylist()


def test_ids_of_another_kind_are_warned_of_and_a_few_new_customers_are_not(
    study: Study, rows: Rows, tmp_path: Path
) -> None:
    other = [{**row, "customer_id": f"member-{row['customer_id']}"} for row in rows]
    found = assign(study, [_log(tmp_path, other)])
    (said,) = [finding for finding in found.findings if finding.code == "strangers"]
    assert said.text.en == f"None of these {found.table.num_rows} customers is known to the study."
    assert said in list(found.view())
    known = assign(study, [_log(tmp_path, [*other, rows[0]])])
    few = assign(study, [_log(tmp_path, [row for row in other if row["customer_id"] < "member-c005"])])
    assert few.table.num_rows == 5
    assert "strangers" not in {finding.code for one in (known, few) for finding in one.findings}


def test_a_customer_alone_is_placed_as_among_all_others(study: Study, rows: Rows, tmp_path: Path) -> None:
    """Another customer's last order holds the clock where it was."""
    last = max(rows, key=lambda row: row["event_time"])
    alone = [row for row in rows if row["customer_id"] == "c000" or row is last]
    found = _by_customer(assign(study, [_log(tmp_path, alone)]))["c000"]
    published = study.segments.table.filter(pc.equal(study.segments.table["customer_id"], "c000")).to_pylist()[0]
    assert {name: found[name] for name in published} == published


def test_new_customers_have_no_published_segment_and_known_ones_keep_theirs(
    study: Study, rows: Rows, tmp_path: Path
) -> None:
    twins = [{**row, "customer_id": "new " + row["customer_id"], "order_id": "n" + row["order_id"]} for row in rows]
    assigned = assign(study, [_log(tmp_path, [*rows, *twins])])
    found = _by_customer(assigned)
    assert len(found) == 480
    for name, row in found.items():
        known = found[name.removeprefix("new ")]
        assert (row["segment"], row["confidence"]) == (known["segment"], known["confidence"])
        assert (row["published_segment"] is None) == name.startswith("new ")
    shown = assigned.text("en")
    assert "480" in shown
    assert "240" in shown


def test_who_stops_buying_moves_and_is_counted(study: Study, rows: Rows, tmp_path: Path) -> None:
    """Half a year later a few customers have gone on; most have lapsed."""
    later = [
        {**row, "event_time": f"2024-12-{day:02d}T10:00:00", "order_id": f"late-{day}-{row['customer_id']}"}
        for day in (1, 9)
        for row in rows
        if row["customer_id"] in ("c000", "c003")
    ]
    assigned = assign(study, [_log(tmp_path, [*rows, *later])])
    moved = sum(row["segment"] != row["published_segment"] for row in assigned.table.to_pylist())
    assert moved > 20
    shown = [figure for block in assigned.view() for figure in getattr(block, "figures", ())]
    assert str(moved) in [figure.value.en for figure in shown]


def test_an_earlier_moment_sees_nothing_of_what_came_after_it(study: Study, rows: Rows, tmp_path: Path) -> None:
    whole = assign(study, [_log(tmp_path, rows)], as_of="2024-03-01")
    short = assign(
        study, [_log(tmp_path, [row for row in rows if row["event_time"] < "2024-03-01"])], as_of="2024-03-01"
    )
    assert whole.made.as_of == "2024-03-01T00:00:00Z" == short.made.as_of
    assert whole.table.equals(short.table)


def test_categories_and_look_back_are_those_of_the_study(study: Study, rows: Rows, tmp_path: Path) -> None:
    strange = [{**row, "category": "moon dust"} if row["customer_id"] == "c001" else row for row in rows]
    assigned = assign(study, [_log(tmp_path, strange)])
    assert set(_by_customer(assigned)) == set(study.segments.table["customer_id"].to_pylist())
    assert assigned.made.look_back_days == study.manifest.look_back_days
    assert assigned.made.timezone == "Europe/London"


def test_a_frame_and_other_names_of_columns_are_welcome(study: Study, shop_log: Path) -> None:
    frame = pd.read_csv(shop_log, dtype=str).rename(columns={"customer_id": "who", "event_time": "when"})
    assigned = assign(study, [frame], columns={"customer_id": "who", "event_time": "when"})
    assert assigned.table["segment"].to_pylist() == study.segments.table["segment"].to_pylist()


def test_a_log_that_lacks_what_the_study_learned_from_is_refused(study: Study, rows: Rows, tmp_path: Path) -> None:
    bare = [{name: row[name] for name in ("customer_id", "event_time", "amount")} for row in rows]
    with pytest.raises(InputError) as caught:
        assign(study, [_log(tmp_path, bare)])
    assert "product" in str(caught.value)


def test_a_study_of_a_plain_table_cannot_assign_events(study: Study, shop_log: Path) -> None:
    """A log has none of its columns, and says which it lacks."""
    manifest = replace(study.manifest, look_back_days=None)
    with pytest.raises(InputError, match=r"orders\.csv lacks .* days_since_last_order"):
        assign(replace(study, manifest=manifest), [shop_log])


def test_bad_sources_are_said(study: Study, tmp_path: Path) -> None:
    for source in (tmp_path / "nowhere.csv", tmp_path):
        with pytest.raises(ShoalError):
            assign(study, [source])


def test_customers_stream_through_in_batches_of_any_size(study: Study) -> None:
    """However the table is cut the answer is the same, and no more than one batch is asked for at a time."""
    assert study.features is not None
    asked = 0

    def batches(size: int) -> Iterator[pa.RecordBatch]:
        nonlocal asked
        for batch in study.features.table.to_batches(size):  # type: ignore[union-attr]
            asked += 1
            yield batch

    for size in (1, 7, 240):
        streamed = assign_batches(study.segments.model, batches(size))
        asked = 0
        first = next(streamed)
        assert (asked, first.num_rows) == (1, size)
        assert pa.Table.from_batches([first, *streamed]).equals(study.segments.table)


def test_what_was_assigned_is_written_and_read(study: Study, shop_log: Path, tmp_path: Path) -> None:
    assigned = assign(study, [shop_log])
    files = {path.name for path in assigned.write(tmp_path)}
    assert files == {"assigned.json", "assigned.parquet"}
    assert Assigned.read(tmp_path) == assigned
