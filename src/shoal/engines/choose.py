"""Which engine does the work. Asked for by name, or `auto`: the embedded one. Nothing is silently replaced."""

from __future__ import annotations

from pathlib import Path

from shoal.engines.contract import Engine
from shoal.words.errors import UsageError, error
from shoal.words.language import Texts

texts = Texts("shoal.engines")
ENGINES = ("duckdb",)


def open_engine(
    name: str = "auto", workspace: Path | None = None, memory: str = "4GB", threads: int | None = None
) -> Engine:
    """A session of the engine named. Raises `UsageError` for an engine that is not there."""
    if name not in ("auto", *ENGINES):
        raise error(UsageError, texts, "no_such_engine", name=name, known=", ".join(("auto", *ENGINES)))
    from shoal.engines.duckdb import DuckDBEngine

    return DuckDBEngine(workspace=workspace, memory=memory, threads=threads)
