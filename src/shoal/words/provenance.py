"""Where a result comes from. Every result carries one `Made`; a number without it is a rumour."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from shoal.words.clock import Clock, local_iso, parse_time


@cache
def installed_versions() -> dict[str, str]:
    """The versions that can change a number: Python, shoal and the numeric libraries that are installed."""
    found = {"python": platform.python_version()}
    for name in ("shoal", "duckdb", "numpy", "pyarrow", "scikit-learn", "scipy", "implicit"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


@dataclass(frozen=True, slots=True)
class Made:
    """The conditions a result was made under.

    `as_of` is ISO UTC text, or None for a table without a clock. `seconds` is wall time and is the one field that
    differs between two runs on the same input.
    """

    stage: str
    as_of: str | None = None
    look_back_days: int | None = None
    horizon_days: int | None = None
    timezone: str = "UTC"
    seed: int = 0
    engine: str = ""
    rows_in: int = 0
    rows_out: int = 0
    seconds: float = 0.0
    versions: dict[str, str] = field(default_factory=lambda: dict(installed_versions()))

    @classmethod
    def at(cls, clock: Clock, stage: str, **more: Any) -> Made:
        """Made under a clock: its cut, spans and zone; `more` are the other fields."""
        return cls(stage, clock.iso, clock.look_back_days, clock.horizon_days, clock.timezone, **more)

    @property
    def local_as_of(self) -> str | None:
        """`as_of` in the shop's own zone: it begins with the day the shop's calendar shows."""
        return None if self.as_of is None else local_iso(parse_time(self.as_of), self.timezone)

    def with_rows(self, rows_out: int, seconds: float) -> Made:
        """The same conditions, with what came out and how long it took."""
        return replace(self, rows_out=rows_out, seconds=seconds)
