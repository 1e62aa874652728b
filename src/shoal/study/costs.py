"""What each stage of a run takes: seconds and memory, measured where it happens, and progress told as it goes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from shoal.study.result import StageCost
from shoal.words.language import Texts
from shoal.words.progress import Progress

texts = Texts("shoal.study")


class Costs:
    """Collects a `StageCost` for each block run under `stage`."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._started = perf_counter()
        self.taken: tuple[StageCost, ...] = ()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = perf_counter()
        self._progress(texts(f"stage.{name}"), None)
        yield
        self.taken += (StageCost(name, round(perf_counter() - started, 3), peak_memory_mb()),)

    @property
    def total(self) -> float:
        return round(perf_counter() - self._started, 3)


def peak_memory_mb() -> float | None:
    """The process's peak resident memory so far, in MB; None on systems that do not tell."""
    try:
        import resource
    except ImportError:  # Windows has no such module
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6, 1)
