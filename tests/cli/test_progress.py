"""Progress on stderr: lines where it is read by a machine, a bar that leaves nothing on a terminal."""

from __future__ import annotations

import io
import re

import pytest

from shoal.cli.progress import reporting
from shoal.words.language import Text

READING, COUNTING = Text("reading", "读取"), Text("counting", "计数")


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _told(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, language: str = "en") -> str:
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr("sys.stdout", out := io.StringIO())
    with reporting(language) as report:  # type: ignore[arg-type]
        for share in (None, 0.0, 0.5, 1.0):
            report(READING, share)
        report(COUNTING, None)
    assert out.getvalue() == ""
    return stream.getvalue()


def test_elsewhere_each_piece_of_work_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _told(monkeypatch, io.StringIO()) == "reading ...\ncounting ...\n"
    assert _told(monkeypatch, io.StringIO(), "zh") == "读取 ...\n计数 ...\n"


def test_on_a_terminal_a_bar_moves_and_is_gone_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    shown = _told(monkeypatch, _Terminal())
    assert "counting" in shown
    assert shown.rstrip("\n").endswith("\x1b[2K")


def test_a_failure_ends_the_bar_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr", stream := _Terminal())
    with pytest.raises(RuntimeError), reporting("en") as report:  # noqa: PT012 - the block is what fails
        report(READING, 0.1)
        raise RuntimeError
    assert "\x1b[?25h" in stream.getvalue(), "the cursor was left hidden"


def test_the_time_left_is_told_once_something_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr", stream := _Terminal())
    with reporting("zh") as report:
        report(READING, 0.5)
    assert "约剩" in stream.getvalue()


def test_without_colour_the_bar_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", _told(monkeypatch, _Terminal()))
