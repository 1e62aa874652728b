"""Where studies live: immutable folders, published by one rename, with one writer at a time.

A run writes into ``studies/.building-…`` and a workspace ``.work-…``, flushes every file to the disk, renames the
folder into place and then replaces ``current``. Whatever moment the process dies at, `current` names a whole study;
what it left behind is removed by the next run, which alone holds the lock.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from filelock import FileLock, Timeout

from shoal.words.errors import StudyError, error
from shoal.words.language import Text, Texts

texts = Texts("shoal.study")
MANIFEST = "manifest.json"
BUILDING, WORK, POINTER = ".building-", ".work-", ".current-"
REASONS = {
    errno.ENOSPC: "no_space",
    errno.EDQUOT: "no_space",
    errno.EROFS: "no_permission",
    errno.EACCES: "no_permission",
    errno.EPERM: "no_permission",
    errno.ENOTDIR: "no_folder",
    errno.EEXIST: "no_folder",
    errno.EISDIR: "no_folder",
}


@dataclass(frozen=True, slots=True)
class Building:
    """A study being written: its final name, the folder it grows in and a workspace for what is thrown away."""

    name: str
    folder: Path
    workspace: Path


@dataclass(frozen=True, slots=True)
class Store:
    """The folder given as ``--out``."""

    root: Path

    @property
    def studies(self) -> Path:
        return self.root / "studies"

    @property
    def private(self) -> Path:
        """Where the key of ids and the map back to people lie: never inside a study."""
        return self.root / "private"

    def current(self) -> Path:
        """The folder of the published study. Raises `StudyError` when there is none."""
        try:
            name = (self.root / "current").read_text(encoding="utf-8", errors="replace").strip()
        except OSError as problem:
            raise error(StudyError, texts, "no_study", folder=self.root) from problem
        if name not in self.names():
            raise error(StudyError, texts, "lost_study", folder=self.root, name=name)
        return self.studies / name

    @classmethod
    def published(cls, folder: str | Path) -> Path:
        """The folder of the study published in `folder`, which may also be one study's own."""
        path = Path(folder)
        return path if (path / MANIFEST).is_file() else cls(path).current()

    def names(self) -> list[str]:
        """The published studies, oldest name first."""
        if not self.studies.is_dir():
            return []
        return sorted(path.name for path in self.studies.iterdir() if not path.name.startswith("."))

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Hold the folder as its only writer and give a fresh workspace; both end with the block."""
        with self._only_writer():
            self._sweep()
            with reported(self.root):
                workspace = Path(mkdtemp(prefix=WORK, dir=self.root))
            try:
                with reported(self.root):
                    yield workspace
            finally:
                shutil.rmtree(workspace, ignore_errors=True)

    @contextmanager
    def building(self, stem: str, workspace: Path) -> Iterator[Building]:
        """A folder to write a study into; published when the block ends well, removed when it does not."""
        name = self._free_name(stem)
        folder = self.studies / f"{BUILDING}{name}"
        folder.mkdir(parents=True)
        try:
            yield Building(name, folder, workspace)
            self._publish(folder, name)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _only_writer(self) -> Iterator[None]:
        with reported(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.root / ".lock", timeout=0)
            try:
                lock.acquire()
            except Timeout as problem:
                raise error(StudyError, texts, "busy", folder=self.root) from problem
        try:
            yield
        finally:
            lock.release()

    def _sweep(self) -> None:
        """Remove what a killed run left. Safe: the lock says that nobody is writing."""
        for left in (*self.root.glob(f"{WORK}*"), *self.studies.glob(f"{BUILDING}*")):
            shutil.rmtree(left, ignore_errors=True)
        for pointer in self.root.glob(f"{POINTER}*"):
            pointer.unlink(missing_ok=True)

    def _free_name(self, stem: str) -> str:
        taken = set(self.names())
        return next(name for n in range(1, len(taken) + 2) if (name := f"{stem}-{n:03d}") not in taken)

    def _publish(self, folder: Path, name: str) -> None:
        for path in sorted(folder.rglob("*")):
            _flush(path)
        _flush(folder)
        pointer = self.root / f"{POINTER}{name}"
        try:
            pointer.write_text(f"{name}\n", encoding="utf-8")
            _flush(pointer)
            self._put_in_place(folder, pointer, name)
        finally:
            pointer.unlink(missing_ok=True)
        _flush(self.root)

    def _put_in_place(self, folder: Path, pointer: Path, name: str) -> None:
        """Both renames or, where the disk refuses the second, neither."""
        folder.rename(self.studies / name)
        try:
            _flush(self.studies)
            pointer.replace(self.root / "current")
        except OSError:
            (self.studies / name).rename(folder)
            raise


def _flush(path: Path) -> None:
    """Force a file or folder to the disk. Windows cannot open folders; there the rename is flushed by the system."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _number(problem: OSError) -> int:
    """The system's error number; Arrow's own errors carry it only in their words."""
    written = re.search(r"\[Errno (\d+)\]", str(problem))
    return problem.errno or (int(written[1]) if written else 0)


@contextmanager
def reported(folder: Path) -> Iterator[None]:
    """A full disk, a read-only folder and the like as `StudyError`; any other system error passes as it is."""
    try:
        yield
    except OSError as problem:
        key = REASONS.get(_number(problem))
        if key is None:
            raise
        where = Text.same(problem.filename or folder)
        raise error(StudyError, texts, key, folder=where, reason=problem.strerror or problem) from problem
