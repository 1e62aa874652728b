"""What an engine must offer. A stage talks to this and to nothing below it.

SQL is written once, in the subset that every engine runs to the last bit (CONTRIBUTING, "SQL"); the linter in the
tests holds it. Values are bound or formatted by `literal`; identifiers go through `quoted`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import pyarrow as pa


@runtime_checkable
class Engine(Protocol):
    """One session of an SQL engine over the shop's events. Used as a context manager; closing drops its spill."""

    name: str
    version: str

    def run(self, sql: str) -> None:
        """Run a statement for its effect."""

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The few rows of a small answer, as Python values."""

    def table(self, sql: str) -> pa.Table:
        """The answer as an Arrow table in memory; for large answers only at the crossings the design names."""

    def batches(self, sql: str, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        """The answer as a stream of Arrow batches, in bounded memory."""

    def register(self, name: str, data: pa.Table | pa.RecordBatchReader) -> None:
        """Make Arrow data readable in SQL under a name. A reader can be read once."""

    def open_parquet(self, name: str, files: Sequence[Path], line: str | None = None) -> None:
        """Make Parquet files readable in SQL under a name, with the row's place in its file, from 1, as `line`."""

    def open_arrow(
        self,
        name: str,
        files: Sequence[Path],
        kept: Sequence[bytes] | None = None,
        names: Sequence[str] | None = None,
    ) -> None:
        """Make Arrow files (IPC) readable in SQL under a name; they are read anew at each use, in bounded memory.

        `kept` are flags of their rows, packed as Arrow packs them, one piece a batch: one more column of that name.
        `names` are what the files are called, one each: one more column, ``source_file``.
        """

    def write_parquet(self, sql: str, file: Path) -> int:
        """Write the answer into one Parquet file; the number of rows written."""

    def lock(self) -> None:
        """From here on no file outside the workspace, no extension and no setting can be reached from SQL."""

    def close(self) -> None:
        """End the session and remove what it spilled."""

    def __enter__(self) -> Engine: ...

    def __exit__(self, *problem: object) -> None: ...


def quoted(name: str) -> str:
    """An SQL identifier, whatever the name holds.

    Examples
    --------
    >>> quoted('Customer "ID"')
    '"Customer ""ID\"""'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(value: str | int | Decimal | None) -> str:
    """An SQL literal. Floats are refused: they are not portable as text.

    Examples
    --------
    >>> literal("O'Neill"), literal(3), literal(None)
    ("'O''Neill'", '3', 'NULL')
    """
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"no portable SQL literal for {type(value).__name__}")
    return str(value)
