"""Where studies live: whatever moment a run dies at, the published study is whole and the next run cleans up."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shoal.study import store as module
from shoal.study.store import Building, Store
from shoal.words.errors import StudyError

VICTIM = Path(__file__).parent / "victim.py"


def _publish(root: Path, content: str = "old", stem: str = "2024-01-01") -> str:
    store = Store(root)
    with store.writing() as workspace, store.building(stem, workspace) as building:
        (building.folder / "manifest.json").write_text(f'"{content}"', encoding="utf-8")
    return building.name


@contextmanager
def _building(root: Path) -> Iterator[Building]:
    store = Store(root)
    with store.writing() as workspace, store.building("2024-01-01", workspace) as building:
        yield building


def _left(root: Path) -> list[str]:
    """What a run should have taken with it."""
    hidden = [path.name for folder in (root, root / "studies") for path in folder.glob(".*")]
    return sorted(name for name in hidden if name != ".lock")


def _said(root: Path) -> str:
    return (Store(root).current() / "manifest.json").read_text(encoding="utf-8")


def test_names_count_up_and_studies_stay(tmp_path: Path) -> None:
    names = [_publish(tmp_path, str(n)) for n in range(3)]
    assert names == ["2024-01-01-001", "2024-01-01-002", "2024-01-01-003"] == Store(tmp_path).names()
    assert [_publish(tmp_path, stem="2023-12-31"), Store(tmp_path).current().name] == ["2023-12-31-001"] * 2
    assert (tmp_path / "studies" / names[0] / "manifest.json").read_text() == '"0"'
    assert (tmp_path / "current").read_text() == "2023-12-31-001\n"
    assert _left(tmp_path) == []


def test_a_name_that_was_removed_by_hand_is_free_again_but_never_one_that_is_there(tmp_path: Path) -> None:
    for n in range(3):
        _publish(tmp_path, str(n))
    (tmp_path / "studies/2024-01-01-001").rename(tmp_path / "kept")
    assert _publish(tmp_path) == "2024-01-01-001"
    assert _publish(tmp_path) == "2024-01-01-004"


def test_a_block_that_fails_publishes_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    _publish(tmp_path)
    with pytest.raises(RuntimeError), _building(tmp_path) as building:  # noqa: PT012 - the block is what fails
        (building.folder / "manifest.json").write_text('"half"')
        raise RuntimeError
    assert Store(tmp_path).names() == ["2024-01-01-001"]
    assert _said(tmp_path) == '"old"'
    assert _left(tmp_path) == []


def test_killed_at_every_touch_of_the_disk_the_published_study_is_whole(tmp_path: Path) -> None:
    _publish(tmp_path)
    ends, stages = list[int](), set[tuple[bool, bool]]()
    while not ends or ends[-1]:
        found = subprocess.run([sys.executable, VICTIM, "store", tmp_path, str(len(ends) + 1)], check=False)
        ends.append(found.returncode)
        current, names = Store(tmp_path).current(), Store(tmp_path).names()
        assert _said(tmp_path) in ('"old"', '"new"')
        for name in names:
            folder = tmp_path / "studies" / name
            assert name == "2024-01-01-001" or (folder / "model/a.json").read_text() == '"new"'
        stages.add((bool(_left(tmp_path)), current.name == names[-1]))
    assert set(ends) == {-9, 0}
    assert len(ends) >= 12
    assert {(True, True), (True, False)} <= stages, "no death between the rename and the new `current`"
    assert _left(tmp_path) == []


def test_the_next_run_alone_cleans_up_what_a_killed_one_left(tmp_path: Path) -> None:
    _publish(tmp_path)
    for name in (".work-x", "studies/.building-2024-01-01-002"):
        (tmp_path / name / "deep").mkdir(parents=True)
        (tmp_path / name / "deep" / "half.parquet").write_bytes(b"PAR1")
    (tmp_path / ".current-2024-01-01-009").write_text("2024-01-01-009\n")
    assert Store(tmp_path).names() == ["2024-01-01-001"]
    with Store(tmp_path).writing():
        assert [name for name in _left(tmp_path) if not name.startswith(".work-")] == []
        assert len(_left(tmp_path)) == 1
    assert _left(tmp_path) == []


def test_a_second_writer_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.writing() as workspace:
        (workspace / "scratch").write_text("mine")
        with pytest.raises(StudyError, match="Another run is writing") as caught, Store(tmp_path).writing():
            pass
        assert "--out" in caught.value.say("zh")
        assert (workspace / "scratch").read_text() == "mine"
        with store.building("2024-01-01", workspace) as building:
            (building.folder / "manifest.json").write_text('"first"')
    assert _said(tmp_path) == '"first"'


def test_who_reads_needs_no_lock(tmp_path: Path) -> None:
    _publish(tmp_path)
    with Store(tmp_path).writing():
        assert _said(tmp_path) == '"old"'


# folders that cannot be -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("inside", ["", "deeper", "deeper/still"])
def test_a_file_where_the_folder_should_be_is_said(tmp_path: Path, inside: str) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(StudyError, match="is not a folder that a study could be written to"):
        _publish(tmp_path / "out" / inside)
    assert (tmp_path / "out").read_text() == "a file"


def test_a_file_where_the_studies_should_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "studies").write_text("a file")
    with pytest.raises(StudyError, match="is not a folder"):
        _publish(tmp_path)
    assert (tmp_path / "studies").read_text() == "a file"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EDQUOT, "The disk is full"),
        (errno.EROFS, "could not be written"),
        (errno.EACCES, "could not be written"),
    ],
)
@pytest.mark.parametrize("call", ["fsync", "mkdir", "rename", "replace", "write_text", "block"])
def test_a_disk_that_refuses_is_said_and_the_published_study_is_untouched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, said: str, call: str
) -> None:
    _publish(tmp_path)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), str(tmp_path / "file"))

    with monkeypatch.context() as patched, pytest.raises(StudyError, match=said) as caught:  # noqa: PT012
        if call != "block":
            patched.setattr(module.os if call == "fsync" else Path, call, refuse)
        with _building(tmp_path) as building:
            with (building.folder / "manifest.json").open("w") as file:
                file.write('"half"')
            if call == "block":
                refuse()
    assert str(tmp_path) in caught.value.say("en")
    assert Store(tmp_path).names() == ["2024-01-01-001"]
    assert _said(tmp_path) == '"old"'
    assert _left(tmp_path) == []


def test_any_other_trouble_of_the_system_is_not_renamed(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="odd"), Store(tmp_path).writing():
        raise OSError(errno.EIO, "odd")


# reading ----------------------------------------------------------------------------------------------------------


def test_a_folder_without_a_study_says_how_to_make_one(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(StudyError, match="no published study") as caught:
            Store(folder).current()
        assert "shoal run" in caught.value.say("en")
    assert Store(tmp_path).names() == []


@pytest.mark.parametrize(
    "words", [b"", b"\n", b"2024-09-09-001\n", b"../..\n", b"..\n", b".\n", b"/etc\n", b"\xff\xfe\x00", b"a\0b"]
)
def test_a_damaged_pointer_is_said_and_never_followed_out_of_the_folder(tmp_path: Path, words: bytes) -> None:
    _publish(tmp_path)
    (tmp_path / "current").write_bytes(words)
    with pytest.raises(StudyError, match="current") as caught:
        Store(tmp_path).current()
    assert "studies" in caught.value.say("en")


def test_a_pointer_written_by_hand_is_taken(tmp_path: Path) -> None:
    for n in range(2):
        _publish(tmp_path, str(n))
    (tmp_path / "current").write_text("2024-01-01-001")
    assert _said(tmp_path) == '"0"'
