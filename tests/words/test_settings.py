"""A TOML section becomes keyword arguments; the signature is the schema."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from shoal.words.errors import UsageError
from shoal.words.provenance import Made, installed_versions
from shoal.words.settings import read_settings


def _segment(table: object, k: int | str = "auto", max_iter: int = 300) -> None:
    """A function to be set."""


class _Segmenter:
    def __init__(self, k: int = 5) -> None:
        """A class to be set."""


def _written(folder: Path, text: str) -> Path:
    file = folder / "shoal.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_section_becomes_arguments_and_dashes_become_underscores(tmp_path: Path) -> None:
    file = _written(tmp_path, '[segment]\nk = "silhouette"\nmax-iter = 50\n[other]\nx = 1\n')
    assert read_settings(file, "segment", _segment) == {"k": "silhouette", "max_iter": 50}


def test_a_missing_section_sets_nothing(tmp_path: Path) -> None:
    assert read_settings(_written(tmp_path, ""), "segment", _segment) == {}


def test_an_unknown_setting_is_refused_with_those_there_are(tmp_path: Path) -> None:
    file = _written(tmp_path, "[segment]\nklusters = 4\n")
    with pytest.raises(UsageError, match=r"(?s)'klusters'.*table, k, max_iter"):
        read_settings(file, "segment", _segment)


def test_self_is_no_setting(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'self'"):
        read_settings(_written(tmp_path, "[s]\nself = 1\n"), "s", _Segmenter)


@pytest.mark.parametrize("text", ["k = ", "[segment\n", "k = 1\nk = 2\n"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match=r"shoal\.toml cannot be read as TOML"):
        read_settings(_written(tmp_path, text), "segment", _segment)


def test_a_file_that_is_missing_or_not_text_is_named(tmp_path: Path) -> None:
    binary = tmp_path / "shoal.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    for file, said in ((tmp_path / "none.toml", "opened: No such"), (binary, "read as TOML"), (tmp_path, "opened")):
        with pytest.raises(UsageError, match=f"cannot be {said}"):
            read_settings(file, "segment", _segment)


def test_a_result_says_what_it_was_made_with() -> None:
    made = Made("features", seed=3)
    assert made.versions == installed_versions()
    assert {"python", "shoal", "duckdb", "numpy", "pyarrow", "scikit-learn"} <= set(made.versions)
    assert made == Made("features", seed=3)


def _all_kinds(
    bare=None,  # type: ignore[no-untyped-def]
    k: int | str = "auto",
    tol: float = 1.0,
    proof: bool = True,
    zone: str | None = None,
    exclude: tuple[str, ...] = (),
    columns: Mapping[str, str] | None = None,
) -> None:
    """A function with every kind of setting."""


@pytest.mark.parametrize(
    "line",
    [
        "bare = [1]",
        "k = 4",
        "k = 'elbow'",
        "tol = 1",
        "tol = 0.5",
        "proof = false",
        "zone = 'UTC'",
        "exclude = []",
        "exclude = ['a', 'b']",
        "columns = { a = 'b' }",
    ],
)
def test_a_value_of_the_parameters_kind_is_taken(tmp_path: Path, line: str) -> None:
    assert len(read_settings(_written(tmp_path, f"[s]\n{line}\n"), "s", _all_kinds)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "k = 2.5",
        "k = true",
        "k = []",
        "tol = 'small'",
        "tol = true",
        "proof = 'no'",
        "proof = 1",
        "zone = 3",
        "exclude = 'a'",
        "exclude = [1]",
        "columns = 'a=b'",
        "columns = { a = 1 }",
    ],
)
def test_a_value_of_another_kind_is_refused_by_name(tmp_path: Path, line: str) -> None:
    with pytest.raises(UsageError, match=f"{line.split()[0]} = .* wrong kind"):
        read_settings(_written(tmp_path, f"[s]\n{line}\n"), "s", _all_kinds)


def test_a_value_where_a_section_should_be_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a section"):
        read_settings(_written(tmp_path, "segment = 3\n"), "segment", _segment)
