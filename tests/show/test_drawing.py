"""The drawing script: made once, kept, and never taken from a copy that was changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shoal.show import drawing


@pytest.fixture(autouse=True)
def makes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[str]]:
    """A cache folder of the test's own; the list grows by one each time the script is made."""
    made: list[str] = []
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(drawing, "_made", lambda: made.append("made") or "(()=>{'茶'})();")
    drawing.vega_bundle.cache_clear()
    yield made
    drawing.vega_bundle.cache_clear()


def _again() -> str:
    drawing.vega_bundle.cache_clear()
    return drawing.vega_bundle()


def test_the_script_is_made_once_and_then_kept(makes: list[str]) -> None:
    assert drawing.vega_bundle() == _again() == "(()=>{'茶'})();"
    assert makes == ["made"]


def test_a_copy_that_was_changed_is_made_anew(makes: list[str], tmp_path: Path) -> None:
    wanted = drawing.vega_bundle()
    (kept,) = (tmp_path / "cache" / "shoal").iterdir()
    kept.write_text(kept.read_text(encoding="utf-8") + "alert(1)", encoding="utf-8")
    assert _again() == wanted
    assert makes == ["made", "made"]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"no mark"])
def test_a_damaged_copy_is_made_anew(makes: list[str], tmp_path: Path, content: bytes) -> None:
    wanted = drawing.vega_bundle()
    (kept,) = (tmp_path / "cache" / "shoal").iterdir()
    kept.write_bytes(content)
    assert _again() == wanted
    assert makes == ["made", "made"]


def test_a_cache_that_cannot_be_written_is_done_without(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert drawing.vega_bundle() == "(()=>{'茶'})();"


def test_the_real_script_cannot_end_its_element_and_keeps_its_names_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    bundle = drawing._made()
    assert bundle.startswith("(()=>{")
    assert bundle.endswith("})();")
    assert "window.vegaEmbed" in bundle
    assert "</script" not in bundle.lower()
    assert "<!--" not in bundle
