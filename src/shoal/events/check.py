"""Check: the data-quality report alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shoal.engines.contract import Engine
from shoal.events.load import load
from shoal.events.result import Quality


def check(sources: Sequence[Any], engine: Engine, workspace: Path, **options: Any) -> Quality:
    """The quality of these sources: `load` and nothing else, with its options."""
    return load(sources, engine, workspace, **options)[1]
