"""What the tests of loading share: a log from a few lines, and the load of anything in one call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shoal.engines.contract import Engine
from shoal.events.load import load
from shoal.events.result import EventLog, Quality

NOW = 1_767_225_600  # 2026-01-01
HEADER = "customer_id,event_time,event_type,product_id,quantity,amount,order_id"

Write = Callable[..., Path]
Load = Callable[..., tuple[EventLog, Quality]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """``write("a.csv", "line", "line")`` puts lines into a file; bytes are written as they are."""

    def put(name: str, *lines: str | bytes) -> Path:
        path = tmp_path / name
        parts = [line.encode() if isinstance(line, str) else line for line in lines]
        path.write_bytes(b"".join(part + b"\n" for part in parts))
        return path

    return put


@pytest.fixture
def loaded(engine: Engine, tmp_path: Path) -> Load:
    """``loaded(source, ..., option=...)`` at the start of 2026."""

    def run(*sources: Any, **options: Any) -> tuple[EventLog, Quality]:
        return load(list(sources), engine, tmp_path / "work", **{"now": NOW, **options})

    return run


@pytest.fixture
def refused(loaded: Load) -> Callable[..., str]:
    """``refused(InputError, source)``: the message of the error that must come, after a look at its Chinese."""

    def run(kind: type[Any], *sources: Any, **options: Any) -> str:
        with pytest.raises(kind) as caught:
            loaded(*sources, **options)
        assert caught.value.say("zh") != caught.value.say("en")
        return str(caught.value.say("en"))

    return run


def rules(quality: Quality) -> dict[str, int]:
    """How many records each rule found."""
    return {rule.code: rule.count for rule in quality.rules}


def aside(quality: Quality) -> dict[int, str]:
    """Rule by line of what was set aside."""
    rows = quality.set_aside.to_pylist()
    assert len({row["source_line"] for row in rows}) == len(rows)
    return {row["source_line"]: row["rule"] for row in rows}


def codes(quality: Quality) -> set[str]:
    """The codes of the findings."""
    return {finding.code for finding in quality.findings}


def events(log: EventLog, *columns: str) -> list[tuple[Any, ...]]:
    """Columns of the log, in the order of file and line."""
    return log.engine.rows(f"SELECT {', '.join(columns)} FROM events ORDER BY source_file, source_line")
