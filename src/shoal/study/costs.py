"""What each stage of a run takes: seconds and memory, measured where it happens, and progress told as it goes."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter

from shoal.study.manifest import StageCost
from shoal.words.language import Text, Texts
from shoal.words.progress import Progress

texts = Texts("shoal.study")


WEIGHTS = {"events": 35, "features": 12, "segments": 20, "proof": 22, "recommendations": 12, "history": 3, "report": 8}
"""How long stages take beside each other, from runs of half a million and 20 million lines: only for the time left."""
UNKNOWN = 5


class Costs:
    """Collects a `StageCost` for each block run under `stage`, and tells how far the whole is.

    `stages` are those that will be run, in their order; without them nobody can know how much is left.
    """

    def __init__(self, progress: Progress, stages: Sequence[str] = ()) -> None:
        self._progress = progress
        self._started = perf_counter()
        self._whole = sum(WEIGHTS.get(stage, UNKNOWN) for stage in stages)
        self._before, self._now, self._told = 0, 0, 0.0
        self.taken: tuple[StageCost, ...] = ()

    def tell(self, doing: Text, share: float | None) -> None:
        """Progress within a stage, told as progress of the whole; it never goes back."""
        if not self._whole:
            self._progress(doing, share)
            return
        self._told = max(self._told, min((self._before + self._now * (share or 0.0)) / self._whole, 1.0))
        self._progress(doing, self._told)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = perf_counter()
        self._now = WEIGHTS.get(name, UNKNOWN)
        self.tell(texts(f"stage.{name}"), None)
        yield
        self._before, self._now = self._before + self._now, 0
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
