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
    """The quality of these sources: `load` and nothing else, with its options, in a workspace of its own.

    Examples
    --------
    >>> import pyarrow as pa
    >>> days = [f"2024-0{1 + i % 6}-1{i % 9}" for i in range(60)]
    >>> log = pa.table({"customer_id": [f"u{i % 12}" for i in range(60)], "event_time": days, "amount": [9.5] * 60})

    >>> quality = check([log])
    >>> quality.records, quality.used + quality.duplicates
    (60, 60)
    """
    with TemporaryDirectory(prefix="shoal-") as folder, open_engine("auto", Path(folder), memory) as engine:
        return load(sources, engine, Path(folder), visits=False, **options)[1]
