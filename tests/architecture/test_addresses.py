"""What is tracked works anywhere: no registry's address in a lock, no path of one machine, no address at run time."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.architecture.source import ROOT, line_of, modules, none, tracked

TEXT = {
    *("", ".py", ".toml", ".md", ".yml", ".yaml", ".lock", ".sql", ".txt", ".json", ".cfg"),
    *(".html", ".css", ".js", ".j2", ".svg"),
}
ONE_MACHINE = re.compile(r"(?<![\w.~}/])/(?:home|root|opt|work|Users|tmp|mnt|srv)/[\w.-]+|[A-Z]:\\\\?Users\\")
ADDRESS = re.compile(r"https?://[^\s\"'<>)`]+")
NAMESPACES = re.compile(r"https?://(www\.w3\.org/|vega\.github\.io/schema/)")


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_holds_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    pinned = re.findall(r"^([\w.-]+)==", text, flags=re.MULTILINE)
    assert "://" not in text
    assert "index" not in text
    assert len(pinned) >= 25
    assert text.count("--hash=sha256:") >= len(pinned)


def test_the_lock_holds_every_dependency_and_the_build_backend() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["dependencies"] + project["build-system"]["requires"]
    names = {re.split(r"[<>=~!;\[ ]", line)[0].lower() for line in wanted}
    pinned = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE))
    assert names <= pinned


def test_both_locks_agree() -> None:
    pins = [set(re.findall(r"^([\w.-]+==[^ \\]+(?: ; [^\\]+)?)", (ROOT / name).read_text(), re.MULTILINE))
            for name in ("requirements.lock", "requirements-dev.lock")]  # fmt: skip
    run, dev = ({pin.split(" ;")[0].strip() for pin in found} for found in pins)
    assert run <= dev


def test_no_other_lock_is_tracked() -> None:
    assert [path.name for path in tracked() if path.name in {"uv.lock", "pylock.toml", "poetry.lock"}] == []


def test_no_tracked_file_holds_a_path_of_one_machine() -> None:
    found = []
    for path in tracked():
        if path.suffix in TEXT and path.name != "test_addresses.py":
            text = path.read_text(encoding="utf-8", errors="replace")
            found += [f"{path.relative_to(ROOT)}:{line_of(text, m.start())} {m[0]}" for m in ONE_MACHINE.finditer(text)]
    none(found)


def test_the_walk_of_tracked_files_sees_the_project() -> None:
    assert len(tracked()) >= 100


def test_the_package_names_no_address_beyond_namespaces_and_sources() -> None:
    """A docstring may cite its source; code, texts, SQL and templates name no host: nothing is fetched at run time."""
    found = []
    for path in sorted((ROOT / "src").rglob("*")):
        if path.suffix in {".toml", ".sql", ".html", ".css", ".js", ".j2"}:
            text = path.read_text(encoding="utf-8")
            found += [f"{path.relative_to(ROOT)} {m[0]}" for m in ADDRESS.finditer(text) if not NAMESPACES.match(m[0])]
    none(found)


def test_no_module_opens_a_network_connection() -> None:
    network = {"socket", "urllib", "http", "requests", "httpx", "aiohttp", "ftplib", "smtplib", "urllib3"}
    found = [
        module.at(imported.line)
        for module in modules()
        if module.room != "server"
        for imported in module.imports
        if imported.target.split(".")[0] in network and imported.target != "urllib.parse"
    ]
    none(found)
