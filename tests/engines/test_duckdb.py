"""The embedded engine: its memory limit, its capped spill, and that nothing gets out of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import psutil
import pyarrow as pa
import pytest

from shoal.engines.duckdb import DuckDBEngine
from shoal.words.errors import StudyError, UsageError

SORTED = "CREATE TEMP TABLE t AS SELECT md5(CAST(range AS VARCHAR)) AS k FROM range({rows}) ORDER BY k"


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[DuckDBEngine]:
    with DuckDBEngine(tmp_path / "engine", memory="500MB", threads=1) as session:
        session.lock()
        yield session


def test_the_settings_are_what_was_asked(tmp_path: Path) -> None:
    with DuckDBEngine(tmp_path, memory="300MB", spill="2GB", threads=2) as session:
        asked = "SELECT name, value FROM duckdb_settings() WHERE name IN ({})"
        names = ("threads", "TimeZone", "autoinstall_known_extensions", "autoload_known_extensions", "temp_directory")
        found = dict(session.rows(asked.format(", ".join(f"'{name}'" for name in names))))
    assert found == {
        "threads": "2",
        "TimeZone": "UTC",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "temp_directory": str(tmp_path / "spill"),
    }


@pytest.mark.slow
def test_the_memory_limit_is_honoured_and_the_answer_right(tmp_path: Path) -> None:
    """Sorting 3 M keys of 32 bytes takes 300 MB where there is room; with a limit of 100 MB the rest is spilled."""
    process, seen, done = psutil.Process(), [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            seen[0] = max(seen[0], process.memory_info().rss)

    before = process.memory_info().rss
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        with DuckDBEngine(tmp_path, memory="100MB", threads=1) as session:
            session.run(SORTED.format(rows=3_000_000))
            assert session.rows("SELECT COUNT(*), COUNT(DISTINCT k) FROM t") == [(3_000_000, 3_000_000)]
    finally:
        done.set()
        watcher.join()
    assert seen[0] - before < 200e6


def test_a_full_spill_says_so_and_what_to_do(tmp_path: Path) -> None:
    with (
        DuckDBEngine(tmp_path, memory="60MB", spill="1MB", threads=1) as session,
        pytest.raises(StudyError) as caught,
    ):
        session.run(SORTED.format(rows=3_000_000))
    assert "limit for data spilled" in caught.value.say("en")
    assert "--memory" in caught.value.say("zh")


def test_a_memory_limit_that_is_none_is_refused_in_our_words() -> None:
    for memory in ("lots", "4", "", "-1GB", "1e9"):
        with pytest.raises(UsageError, match="is no amount of memory"):
            DuckDBEngine(memory=memory)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('{outside}')",
        "SELECT * FROM read_text('{outside}')",
        "SELECT * FROM '{outside}'",
        "COPY (SELECT 1) TO '{outside}.new'",
        "ATTACH '{outside}.db' AS other",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
        "SET allowed_directories = ['/']",
        "RESET lock_configuration",
    ],
)
def test_after_the_lock_nothing_outside_can_be_reached(locked: DuckDBEngine, tmp_path: Path, statement: str) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text("a\n1\n")
    with pytest.raises((duckdb.Error, StudyError)):
        locked.run(statement.format(outside=outside))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["engine", "outside.csv"]


def test_after_the_lock_the_workspace_still_works(locked: DuckDBEngine) -> None:
    file = locked.workspace / "kept.parquet"
    locked.register("t", pa.table({"x": [1, 2]}))
    assert locked.write_parquet("SELECT * FROM t", file) == 2
    locked.open_parquet("again", [file])
    assert locked.rows("SELECT SUM(x) FROM again") == [(3,)]


def test_an_error_in_our_sql_is_a_bug_and_keeps_its_own_words(tmp_path: Path) -> None:
    with DuckDBEngine(tmp_path, memory="500MB") as session, pytest.raises(duckdb.BinderException, match="no_such"):
        session.rows("SELECT no_such FROM range(3)")


def test_no_extension_is_installed_on_the_way(tmp_path: Path) -> None:
    with DuckDBEngine(tmp_path, memory="500MB") as session, pytest.raises((duckdb.Error, StudyError)):
        session.rows("SELECT * FROM read_csv('https://example.invalid/a.csv')")


def test_a_workspace_of_its_own_is_gone_after_closing() -> None:
    session = DuckDBEngine(memory="500MB")
    folder = session.workspace
    assert folder.is_dir()
    session.close()
    assert not folder.exists()
