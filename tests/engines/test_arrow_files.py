"""Arrow files are read anew at each use, whole and in any number."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from shoal.engines import arrow_files
from shoal.engines.contract import Engine


def _write(path: Path, numbers: range) -> Path:
    table = pa.table({"n": pa.array(numbers, pa.int64()), "t": [f"text {n}" for n in numbers]})
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=7)
    return path


@pytest.mark.parametrize("most", [0, 1 << 30])
def test_files_are_one_table_that_can_be_read_again(
    engine: Engine, tmp_path: Path, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read or mapped: 0 .. 99 sum up to 4950."""
    monkeypatch.setattr(arrow_files, "MOST_MAPPED", most)
    engine.open_arrow("made", [_write(tmp_path / "a", range(60)), _write(tmp_path / "b", range(60, 100))])
    for _ in range(2):
        assert engine.rows("SELECT SUM(n), COUNT(DISTINCT t), MAX(t) FROM made") == [(4950, 100, "text 99")]
    assert engine.rows("SELECT a.n FROM made AS a JOIN made AS b ON a.n = b.n + 98 ORDER BY 1") == [(98,), (99,)]


def test_each_row_can_say_which_file_it_is_from_and_whether_it_is_kept(engine: Engine, tmp_path: Path) -> None:
    """Ten rows in batches of seven and three, and one of five; of each batch the first two are kept."""
    files = [_write(tmp_path / "a", range(10)), _write(tmp_path / "b", range(5))]
    engine.open_arrow("made", files, [b"\x03\x00"] * 3, ["day 1", "Tag; zwei"])
    rows = engine.rows("SELECT source_file, n FROM made WHERE kept ORDER BY ALL")
    assert rows == [("Tag; zwei", 0), ("Tag; zwei", 1), *(("day 1", n) for n in (0, 1, 7, 8))]
