"""The frame around the package: what a new machine, a build server and a new contributor run first."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib

import pytest

from tests.architecture.source import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _planned(target: str, *settings: str) -> str:
    """What make would do for a target on a machine where nothing is installed."""
    return _made("--dry-run", "--always-make", target, "VENV=fresh", *settings)


def _made(*words: str) -> str:
    """What make prints, whether or not a make is what started these tests."""
    outer = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(["make", *words], cwd=ROOT, capture_output=True, text=True, check=True, env=outer).stdout


def test_the_demo_makes_its_environment_installs_and_runs_the_real_log() -> None:
    plan = _planned("demo", "PYTHON=python9")
    steps = ["python9 -m venv fresh", "--require-hashes --requirement requirements.lock", "--editable .", "shoal run "]
    assert [plan.find(step) for step in steps] == sorted(plan.find(step) for step in steps)
    assert min(plan.find(step) for step in steps) >= 0
    assert "requirements-dev.lock" not in plan
    assert (ROOT / re.findall(r"shoal run (\S+)", plan)[0]).is_file()


def test_the_example_log_stands_beside_its_notice() -> None:
    notice = _text("examples/online_retail/NOTICE.md")
    assert "CC BY 4.0" in notice or "Creative Commons Attribution 4.0" in notice


def test_the_tests_install_the_development_lock_and_run_every_check() -> None:
    plan = _planned("test")
    wanted = (
        "--requirement requirements-dev.lock",
        "ruff check",
        "ruff format --check",
        "mypy",
        "pytest",
        "--cov=shoal",
    )
    assert [step for step in wanted if step not in plan] == []


def test_nothing_is_installed_past_the_locks() -> None:
    installs = re.findall(r"pip .*install .*", _planned("test"))
    assert len(set(installs)) == 3
    assert all("--require-hashes" in line or "--no-deps --no-build-isolation" in line for line in installs)


def test_the_build_server_calls_make_test_and_requires_the_browser() -> None:
    text = _text(".ci/run")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert "set -euo pipefail" in text
    assert "export SHOAL_REQUIRE_BROWSER=1" in text
    assert text.rstrip().endswith("make test")
    assert subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=False).returncode == 0


def test_every_target_that_help_names_is_there() -> None:
    named = re.findall(r"^  make (\w+)", _made("help"), re.MULTILINE)
    assert {"demo", "test", "check", "bench", "lock", "clean", "help"} <= set(named)


@pytest.mark.parametrize("name", [".pre-commit-config.yaml", "environment.yml"])
def test_a_set_up_file_names_no_host(name: str) -> None:
    assert "://" not in _text(name)


def test_the_quick_checks_come_from_the_projects_own_environment() -> None:
    text = _text(".pre-commit-config.yaml")
    assert re.findall(r"repo: (\S+)", text) == ["local"]
    assert all(line.startswith(".venv/bin/") for line in re.findall(r"entry: (.*)", text))


def test_conda_asks_for_a_python_that_the_package_takes() -> None:
    wanted = re.findall(r"python=3\.(\d+)", _text("environment.yml"))
    assert len(wanted) == 1
    assert int(wanted[0]) >= int(PROJECT["project"]["requires-python"].removeprefix(">=3."))


def test_warnings_are_errors_and_a_test_that_should_fail_must() -> None:
    options = PROJECT["tool"]["pytest"]["ini_options"]
    assert options["filterwarnings"][0] == "error"
    assert options["xfail_strict"] is True
    assert "--strict-markers" in options["addopts"]
    assert PROJECT["tool"]["mypy"]["strict"] is True


def test_the_changelog_has_a_section_for_what_is_coming() -> None:
    assert re.search(r"^## \[(Unreleased|\d+\.\d+\.\d+)\]", _text("CHANGELOG.md"), re.MULTILINE)
    assert "### Added" in _text("CHANGELOG.md")
