"""The package as text: its modules, what each imports and where, its tables of texts. Nothing here imports shoal."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "shoal"


@dataclass(frozen=True)
class Import:
    """One import: the module it reaches, its line, and whether it happens when the file is loaded."""

    target: str
    line: int
    on_load: bool


@dataclass(frozen=True)
class Module:
    path: Path

    @property
    def name(self) -> str:
        parts = self.path.relative_to(PACKAGE.parent).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def room(self) -> str:
        """The room it stands in; the package's own files are the room ``shoal``."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 and (PACKAGE / parts[1]).is_dir() else "shoal"

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=str(self.path))

    @property
    def imports(self) -> list[Import]:
        return list(_imports(self.tree, self.name.split("."), self.path.name == "__init__.py"))

    def at(self, line: int) -> str:
        return f"{self.path.relative_to(ROOT)}:{line}"


@cache
def modules() -> tuple[Module, ...]:
    return tuple(Module(path) for path in sorted(PACKAGE.rglob("*.py")))


@cache
def module_names() -> frozenset[str]:
    return frozenset(module.name for module in modules())


def _imports(tree: ast.Module, here: list[str], package: bool) -> Iterator[Import]:
    lazy = {id(inner) for node in ast.walk(tree) if _is_lazy(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        on_load = id(node) not in lazy
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno, on_load) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            up = here if package else here[:-1]
            start = up[: len(up) - node.level + 1] if node.level else []
            source = ".".join([*start, *([node.module] if node.module else [])])
            for alias in node.names:
                inner = f"{source}.{alias.name}"
                yield Import(inner if _is_module(inner) else source, node.lineno, on_load)


def _is_lazy(node: ast.AST) -> bool:
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.unparse(node.test)
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


def _is_module(name: str) -> bool:
    path = PACKAGE.parent / name.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").is_file()


@cache
def text_tables() -> dict[str, dict[str, dict[str, Any]]]:
    """Room (as in ``Texts(room)``) -> dotted key -> its lines."""
    return {
        ".".join(path.parent.relative_to(PACKAGE.parent).parts): dict(
            _leaves(tomllib.loads(path.read_text(encoding="utf-8")))
        )
        for path in sorted(PACKAGE.rglob("texts.toml"))
    }


def _leaves(node: dict[str, Any], key: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """A table that holds a plain value is a text, whatever else it holds; so a stray line does not hide one."""
    if key and any(not isinstance(value, dict) for value in node.values()):
        yield key, node
        return
    for name, value in node.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{key}.{name}" if key else name)


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that git carries or would carry; in an unpacked archive, every file that is no build output."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, check=True,
        ).stdout.decode()  # fmt: skip
        found = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        found = [path for path in ROOT.rglob("*") if not {".venv", "__pycache__", "build", "dist"} & set(path.parts)]
    return tuple(path for path in found if path.is_file())


def none(problems: Iterable[object]) -> None:
    """Fails with every problem on a line of its own."""
    listed = list(map(str, problems))
    assert not listed, "\n".join(["", *listed])


def line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
