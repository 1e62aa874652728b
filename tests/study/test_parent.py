"""A second study in the same folder keeps the numbers of the first."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoal.study.parent import find_parent
from shoal.study.result import Study
from shoal.study.run import run
from shoal.study.store import Store
from shoal.words.clock import Clock
from tests.study.conftest import shop_log  # noqa: F401  a fixture of the session

ASKED = {"k": 3, "space": "behaviour", "proof": False, "stages": "segments", "memory": "1GB"}


@pytest.fixture(scope="module")
def twice(shop_log: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, Study, Path]:  # noqa: F811
    out = tmp_path_factory.mktemp("twice")
    return run([shop_log], out, **ASKED), run([shop_log], out, **ASKED), out


def test_the_first_study_has_no_parent_and_the_second_names_the_first(twice: tuple[Study, Study, Path]) -> None:
    first, second, _ = twice
    assert first.manifest.parent is None
    assert second.manifest.parent == first.name


def test_on_unchanged_data_everyone_keeps_the_number(twice: tuple[Study, Study, Path]) -> None:
    first, second, _ = twice
    assert second.segments.table.equals(first.segments.table)
    assert next(f for f in second.findings if f.code == "segments.parent").count == 0


def test_on_unchanged_data_the_migration_is_nobody_and_it_stands_in_the_study(twice: tuple[Study, Study, Path]) -> None:
    first, second, _ = twice
    assert first.segments.migration is None
    found = second.segments.migration
    assert found is not None
    assert (found.parent, found.kept, found.moved, found.refit) == (first.name, found.both, 0, 0)
    assert found.both == second.segments.table.num_rows
    assert "Who changed segments" in second.segments.text("en")


def test_days_later_who_moved_is_told_from_what_the_refit_did(
    twice: tuple[Study, Study, Path],
    shop_log: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    run([shop_log], tmp_path, **ASKED, as_of="2024-03-01")
    later = run([shop_log], tmp_path, **ASKED).segments.migration
    assert later is not None
    assert later.moved is not None
    assert later.moved + (later.refit or 0) == later.both - later.kept
    assert later.moved > 0


def test_a_study_that_knows_later_days_is_no_parent(twice: tuple[Study, Study, Path]) -> None:
    first, second, out = twice
    clock = first.manifest.made
    assert clock.as_of is not None
    found = find_parent(Store(out), Clock(4_000_000_000, 365, 90))
    assert found is not None
    assert found.study == second.name
    assert find_parent(Store(out), Clock(86_400, 365, 90)) is None


def test_no_parent_counts_anew(twice: tuple[Study, Study, Path], shop_log: Path) -> None:  # noqa: F811
    assert run([shop_log], twice[2], **ASKED, parent=False).manifest.parent is None
