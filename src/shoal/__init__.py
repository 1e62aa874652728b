"""shoal: groups of customers that move together, proven on later weeks.

>>> import shoal
>>> study = shoal.run("orders.csv", out="study")  # doctest: +SKIP

Public names are loaded when they are first used, so ``import shoal`` stays quick and loads no heavy library.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Where each public name lives. The one list: `dir`, `__all__` and `__getattr__` read it.
_HOMES = {
    "Clock": "shoal.words.clock",
    "ShoalError": "shoal.words.errors",
    "EventLog": "shoal.events.result",
    "Quality": "shoal.events.result",
    "load": "shoal.events.load",
    "Features": "shoal.features.result",
    "build": "shoal.features.build",
    "SegmentSettings": "shoal.segments.segment",
    "Segmenter": "shoal.segments.segmenter",
    "Segments": "shoal.segments.result",
    "segment": "shoal.segments.segment",
    "assign": "shoal.study.assign",
    "check": "shoal.study.run",
    "open_study": "shoal.study.store",
    "run": "shoal.study.run",
    "segment_table": "shoal.study.table",
    "Study": "shoal.study.result",
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("shoal")
    if name not in _HOMES:
        raise AttributeError(f"module 'shoal' has no attribute {name!r}")
    found = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
