"""What many tests share: a session on every engine, the parity check, the data that lies outside the repository."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from shoal.engines.choose import ENGINES, open_engine
from shoal.engines.contract import Engine

# Every engine, and the embedded one with one thread and with several: a result may depend on neither.
SESSIONS: dict[str, Callable[[Path], Engine]] = {
    **{name: lambda folder, name=name: open_engine(name, folder, memory="1GB", threads=2) for name in ENGINES},
    "duckdb, one thread": lambda folder: open_engine("duckdb", folder, memory="1GB", threads=1),
    "duckdb, four threads": lambda folder: open_engine("duckdb", folder, memory="1GB", threads=4),
}

Parity = Callable[[str, Mapping[str, pa.Table]], pa.Table]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A session of every engine there is; a test that asks for it runs once on each."""
    with SESSIONS[request.param](tmp_path / "engine") as session:
        yield session


@pytest.fixture
def parity(tmp_path: Path) -> Parity:
    """``parity(sql, tables)`` runs a statement on every engine, on the rows as given and reversed.

    It compares every bit of every value and every type, and returns the answer with its rows sorted.
    """

    def compare(sql: str, tables: Mapping[str, pa.Table]) -> pa.Table:
        answers = {
            f"{name}, {order}": _answer(opened, tmp_path / f"{name} {order}", sql, tables, order == "reversed")
            for name, opened in SESSIONS.items()
            for order in ("as given", "reversed")
        }
        (first, wanted), *others = answers.items()
        for name, found in others:
            assert _bits(found).schema == _bits(wanted).schema, f"{name} and {first} differ in types"
            assert _bits(found).equals(_bits(wanted)), f"{name} and {first} differ:\n{found}\n{wanted}"
        return wanted

    return compare


def _answer(
    opened: Callable[[Path], Engine], folder: Path, sql: str, tables: Mapping[str, pa.Table], backwards: bool
) -> pa.Table:
    with opened(folder) as session:
        for name, table in tables.items():
            session.register(
                name, table.take(pa.array(range(table.num_rows - 1, -1, -1), pa.int64())) if backwards else table
            )
        return _sorted(session.table(sql))


def _bits(table: pa.Table) -> pa.Table:
    """The table with every double as the integer of its bits: 0.0 and -0.0 differ, and so do two NaN."""
    columns = [
        column.combine_chunks().view(pa.int64()) if pa.types.is_float64(column.type) else column.combine_chunks()
        for column in table.columns
    ]
    return pa.table(dict(zip(table.column_names, columns, strict=True)))


def _sorted(table: pa.Table) -> pa.Table:
    keys = [(name, "ascending") for name in table.column_names]
    return table.take(pc.sort_indices(_bits(table), sort_keys=keys)) if keys else table


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of data outside the repository; a test that asks for it skips visibly where there is none."""
    folder = Path(os.environ.get("SHOAL_SHARED", Path(__file__).parents[2] / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip("no data outside the repository; set SHOAL_SHARED to its folder")
    return folder
