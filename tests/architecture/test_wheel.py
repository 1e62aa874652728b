"""What is published: the wheel holds the whole package and nothing else, and runs in an empty environment."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGE, ROOT, tracked

pytestmark = pytest.mark.slow


def _done(*words: object, folder: Path = ROOT, **variables: str) -> str:
    done = subprocess.run(
        list(map(str, words)), cwd=folder, capture_output=True, text=True, env=_environment(variables)
    )
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _environment(variables: dict[str, str]) -> dict[str, str]:
    """The caller's, without what would let the package under test be found by another way."""
    import os

    hidden = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "SHOAL_LANG", "COVERAGE_PROCESS_START"}
    return {name: value for name, value in os.environ.items() if name not in hidden} | variables


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _done(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment that holds the wheel, what the lock names, and nothing else."""
    folder = tmp_path_factory.mktemp("empty")
    _done(sys.executable, "-m", "venv", folder)
    pip = (folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--quiet", "install")
    _done(*pip, "--require-hashes", "--requirement", ROOT / "requirements.lock")
    _done(*pip, "--no-deps", wheel)
    return folder / "bin"


def test_the_wheel_holds_every_file_of_the_package_and_no_test(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {str(path.relative_to(PACKAGE.parent)) for path in tracked() if PACKAGE in path.parents}
    assert wanted - names == set()
    assert {name.split("/")[0] for name in names - wanted} == {"-".join(wheel.name.split("-")[:2]) + ".dist-info"}
    assert "shoal/py.typed" in names


def test_the_wheel_carries_the_licence_and_the_command(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    read = {name.split("/", 1)[1]: archive.read(name).decode() for name in archive.namelist() if ".dist-info/" in name}
    assert "Apache License" in read["licenses/LICENSE"]
    assert "shoal = shoal.cli.main:main" in read["entry_points.txt"]
    assert "Requires-Python: >=3.11" in read["METADATA"]


def test_the_installed_wheel_agrees_with_its_requirements(installed: Path) -> None:
    assert "No broken requirements" in _done(installed / "python", "-m", "pip", "check")
    assert _done(installed / "shoal", "--version").startswith("shoal")


def test_the_installed_wheel_makes_a_study(installed: Path, tmp_path: Path) -> None:
    """Forty customers, each buying every week or every fourth, for a year: enough for two segments and a report."""
    log = tmp_path / "orders.csv"
    with log.open("w", newline="") as file:
        write = csv.writer(file)
        write.writerow(["customer_id", "event_time", "event_type", "product_id", "quantity", "amount", "order_id"])
        for customer in range(40):
            every = 1 if customer % 2 else 4
            for week in range(customer % every, 52, every):
                day = f"2024-{1 + week // 5:02d}-{1 + week % 5 * 6:02d}T{8 + customer % 10:02d}:00:00"
                product, number = f"p{(customer + week) % 7}", f"o{customer}-{week}"
                write.writerow([f"c{customer}", day, "purchase", product, 1 + week % 3, f"{5 * every}.50", number])
    command = (installed / "shoal", "run", "orders.csv", "--out", "study", "--k", "2", "--json")
    study = json.loads(_done(*command, folder=tmp_path))
    assert len(study["segments"]) == 2
    current = tmp_path / "study" / "studies" / (tmp_path / "study" / "current").read_text().strip()
    assert "<html" in (current / "report.html").read_text(encoding="utf-8")
