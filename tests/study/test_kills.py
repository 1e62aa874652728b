"""A real run killed at random moments, two runs at once, and a disk that is really full or read-only."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import shoal
from shoal.study.result import Study
from shoal.study.store import Store
from shoal.words.errors import StudyError
from shoal.words.language import Text
from tests.contracts.conftest import write_shop
from tests.end_to_end.shop import shoal as command
from tests.study.test_run import FILES

VICTIM = Path(__file__).parent / "victim.py"
KILLS = 8
ASKED: dict[str, Any] = {"k": 3, "memory": "1GB", "proof": False}


def _whole(out: Path) -> Study:
    """The published study, every file of it readable."""
    study = Study.open(out)
    files = {path.relative_to(study.folder).as_posix() for path in study.folder.rglob("*") if path.is_file()}
    assert files >= FILES - {"report.html", "proof.json"}
    assert pq.read_table(study.folder / "history.parquet").num_rows > 100
    assert study.segments.table.num_rows == 60
    return study


def _left(out: Path) -> list[str]:
    return [path.name for path in (*out.glob(".work-*"), *out.glob(".current-*"), *out.glob("studies/.building-*"))]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_shop(tmp_path_factory.mktemp("log") / "orders.csv", customers=60)


@pytest.fixture
def kill(log: Path, tmp_path: Path) -> Iterator[Callable[[float], str]]:
    """``kill(seconds)``: start a run, kill it after that long; ``killed`` or ``done``."""
    asked = [sys.executable, str(VICTIM), "run", str(log), str(tmp_path)]
    with subprocess.Popen(asked, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"

        def one(seconds: float) -> str:
            process.stdin.write(f"{seconds}\n")  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
            return process.stdout.readline().strip()  # type: ignore[union-attr]

        yield one
        process.stdin.close()


def test_killed_at_random_moments_the_published_study_stays_whole(kill: Callable[[float], str], tmp_path: Path) -> None:
    assert kill(120) == "done"
    first, chance = _whole(tmp_path), random.Random(7)
    whole = first.manifest.made.seconds
    ends, left = list[str](), 0
    for n in range(KILLS):
        ends.append(kill(whole * (chance.uniform(0.02, 0.9) if n % 2 else chance.uniform(0.8, 1.1))))
        left += bool(_left(tmp_path))
        published = _whole(tmp_path)
        if ends[-1] == "killed" and published.name == first.name:
            assert published == first
    assert ends.count("killed") >= KILLS // 2
    assert left >= KILLS // 4, "nothing was ever left behind: the kills came too early or too late"
    assert kill(120) == "done"
    assert _left(tmp_path) == []
    assert _whole(tmp_path).name == Store(tmp_path).names()[-1]


def test_two_at_once_the_second_fails_clearly_and_the_first_is_whole(log: Path, tmp_path: Path) -> None:
    started, go_on = threading.Event(), threading.Event()

    def hold(doing: Text, share: float | None) -> None:
        started.set()
        assert go_on.wait(60)

    first = threading.Thread(target=lambda: shoal.run([log], tmp_path, progress=hold, **ASKED))
    first.start()
    assert started.wait(60)
    try:
        second = command("run", log, "--out", tmp_path)
        table = command("segment", log, "--out", tmp_path)
    finally:
        go_on.set()
        first.join(120)
    assert [second.code, table.code] == [2, 2]
    assert "Another run is writing" in second.said
    assert _whole(tmp_path).name.endswith("-001")
    assert Store(tmp_path).names() == [Study.open(tmp_path).name]
    assert _left(tmp_path) == []


# real disks: where the system lets us mount one ---------------------------------------------------------------------

Mount = Callable[[int], Path]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Mount]:
    """``disk(kilobytes)``: a small disk of its own. Skips visibly where the system does not let us mount one."""
    at = tmp_path / "disk"
    mounted = list[Path]()

    def mount(kilobytes: int) -> Path:
        at.mkdir(exist_ok=True)
        if shutil.which("mount") is None or os.name != "posix":
            pytest.skip("no mount here")
        asked = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(at)]
        if subprocess.run(asked, check=False, capture_output=True).returncode:
            pytest.skip("a disk may not be mounted here (needs root)")
        mounted.append(at)
        return at

    yield mount
    for path in mounted:
        subprocess.run(["umount", str(path)], check=True)


def _ballast(disk: Path, leave: int) -> None:
    """Fill the disk up to that many bytes."""
    free = shutil.disk_usage(disk).free
    (disk / "ballast").write_bytes(b"\0" * max(0, free - leave))


@pytest.mark.parametrize("leave", [0, 150_000, 400_000])
def test_a_full_disk_is_said_and_the_published_study_is_untouched(log: Path, disk: Mount, leave: int) -> None:
    out = disk(8_192) / "out"
    first = shoal.run([log], out, **ASKED)
    _ballast(out.parent, leave)
    ran = command("run", log, "--out", out, "--memory", "1GB", "--no-proof")
    assert ran.code == 2, ran.out
    assert any(words in ran.said for words in ("disk is full", "No space left", "not enough"))
    assert "Traceback" not in ran.err
    (out.parent / "ballast").unlink()
    assert _whole(out) == first
    assert Store(out).names() == [first.name]
    assert _left(out) == []


def test_a_folder_that_may_only_be_read_is_said(log: Path, disk: Mount) -> None:
    out = disk(8_192) / "out"
    first = shoal.run([log], out, **ASKED)
    subprocess.run(["mount", "-o", "remount,ro", str(out.parent)], check=True)
    ran = command("run", log, "--out", out)
    assert ran.code == 2
    assert "could not be written" in ran.said
    assert _whole(out) == first
    fresh = command("run", log, "--out", out.parent / "fresh")
    assert fresh.code == 2
    assert "could not be written" in fresh.said


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_said(log: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StudyError, match="could not be written"):
        shoal.run([log], tmp_path / "out", **ASKED)
    tmp_path.chmod(0o700)
