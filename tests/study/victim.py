"""Processes made to be killed. Run as a script: ``victim.py store ROOT N`` or ``victim.py run LOG OUT``.

``store`` publishes a study of two files and kills itself at the N-th touch of the disk. ``run`` imports everything and
reads delays from its input, one a line: for each it forks a child that makes a real study, and kills the child after
that many seconds; it answers ``killed`` or ``done``. The fork saves the seconds that imports would take each time.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def store(root: str, last: int) -> None:
    from shoal.study.store import Store

    touched = 0

    def dying(function: Callable[..., Any]) -> Callable[..., Any]:
        def touch(*args: Any, **kwargs: Any) -> Any:
            nonlocal touched
            touched += 1
            if touched == last:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*args, **kwargs)

        return touch

    os.fsync = dying(os.fsync)
    for name in ("mkdir", "rename", "replace", "write_text"):
        setattr(Path, name, dying(getattr(Path, name)))
    with Store(Path(root)).writing() as workspace:
        (workspace / "scratch").write_bytes(b"x" * 9_999)
        with Store(Path(root)).building("2024-01-01", workspace) as building:
            (building.folder / "model").mkdir()
            (building.folder / "model" / "a.json").write_text('"new"', encoding="utf-8")
            (building.folder / "manifest.json").write_text('"new"', encoding="utf-8")


def run(log: str, out: str) -> None:
    import shoal

    shoal.run  # noqa: B018 - loads what a run needs
    import shoal.report.report

    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            shoal.run([log], out, k=3, memory="1GB", proof=False)
            os._exit(0)
        ended = _wait(child, float(line))
        print("done" if ended else "killed", flush=True)


def _wait(child: int, seconds: float) -> bool:
    """Whether the child ended by itself within that time; it is dead in any case."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return status == 0
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    store(rest[0], int(rest[1])) if what == "store" else run(*rest)
