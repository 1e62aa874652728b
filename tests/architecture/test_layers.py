"""Who may import whom: only from lower ranks, siblings never meet, a stage reads another's results only."""

from __future__ import annotations

import sys

import pytest

from tests.architecture.source import PACKAGE, Import, Module, modules, none

RANKS = {
    "words": 0,
    "show": 1, "engines": 1, "measures": 1,
    "events": 2,
    "features": 3,
    "segments": 4,
    "recommend": 5, "risk": 5, "experiments": 5,
    "campaigns": 6,
    "proof": 7,
    "study": 8,
    "report": 9, "server": 9,
    "cli": 10,
    "shoal": 11,
}  # fmt: skip
STAGES = {room for room, rank in RANKS.items() if 2 <= rank <= 6}
HEAVY_HOMES = {
    "duckdb": {"shoal.engines.duckdb"},
    "pyspark": {"shoal.engines.spark"},
    "adbc_driver_postgresql": {"shoal.engines.postgres"},
}
ROWS_ONLY_AT_THE_DOOR = {"pandas", "polars"}


def _room(target: str) -> str:
    parts = target.split(".")
    return parts[1] if len(parts) > 1 and (PACKAGE / parts[1]).is_dir() else "shoal"


def _inside() -> list[tuple[Module, Import]]:
    return [
        (module, found) for module in modules() for found in module.imports if found.target.split(".")[0] == "shoal"
    ]


def test_the_walk_finds_the_package() -> None:
    assert len(modules()) >= 60
    assert len(_inside()) >= 150


def test_every_room_has_a_rank() -> None:
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name[0] not in "._"}
    assert rooms <= RANKS.keys()


def test_a_room_imports_only_from_lower_ranks() -> None:
    none(
        [
            f"{module.at(found.line)} {module.room} (rank {RANKS[module.room]}) imports {found.target}"
            for module, found in _inside()
            if _room(found.target) != module.room and RANKS[_room(found.target)] >= RANKS[module.room]
        ]
    )


def test_a_stage_takes_from_another_stage_only_its_result() -> None:
    none(
        [
            f"{module.at(found.line)} {module.room} imports {found.target}; may read its result"
            for module, found in _inside()
            if module.room in STAGES
            and _room(found.target) in STAGES - {module.room}
            and found.target != f"shoal.{_room(found.target)}.result"
        ]
    )


def test_the_kernel_needs_the_standard_library_only() -> None:
    none(
        [
            f"{module.at(found.line)} imports {found.target}"
            for module in modules()
            if module.room == "words"
            for found in module.imports
            if found.target.split(".")[0] not in sys.stdlib_module_names | {"shoal"}
        ]
    )


@pytest.mark.parametrize("library", HEAVY_HOMES)
def test_only_its_engine_imports_an_engine_library(library: str) -> None:
    none(
        [
            f"{module.at(found.line)} imports {library}"
            for module in modules()
            for found in module.imports
            if found.target.split(".")[0] == library and module.name not in HEAVY_HOMES[library]
        ]
    )


def test_no_file_loads_a_frame_library_when_it_is_loaded() -> None:
    none(
        [
            f"{module.at(found.line)} imports {found.target}"
            for module in modules()
            for found in module.imports
            if found.on_load and found.target.split(".")[0] in ROWS_ONLY_AT_THE_DOOR
        ]
    )


def test_a_stage_uses_no_template_engine_and_no_terminal_library() -> None:
    thin = {"show", "study", "report", "server", "cli"}
    none(
        [
            f"{module.at(found.line)} imports {found.target}"
            for module in modules()
            if module.room not in thin
            for found in module.imports
            if found.target.split(".")[0] in {"jinja2", "rich", "click", "altair", "vl_convert"}
        ]
    )
