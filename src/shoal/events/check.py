"""Check: the data-quality report alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from shoal.engines.choose import open_engine
from shoal.events.load import load
from shoal.events.result import Quality


def check(sources: Sequence[Any], *, memory: str = "4GB", **options: Any) -> Quality:
    """The quality of these sources: `load` and nothing else, with its options, in a workspace of its own."""
    with TemporaryDirectory(prefix="shoal-") as folder, open_engine("auto", Path(folder), memory) as engine:
        return load(sources, engine, Path(folder), visits=False, **options)[1]
