"""Sizes and names of files and bodies. Where one grows past the limit, a room is missing."""

from __future__ import annotations

import ast
import io
import tokenize

from tests.architecture.source import ROOT, Module, modules, none

MOST_LINES_IN_A_FILE = 300
MOST_LINES_IN_A_BODY = 30
NAMELESS = {"utils", "util", "helpers", "helper", "common", "base", "misc", "tools", "core", "shared"}
SILENT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def _code_lines(text: str) -> set[int]:
    """The lines that carry code: neither blank nor only a comment."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return {line for token in tokens if token.type not in SILENT for line in range(token.start[0], token.end[0] + 1)}


def _bodies(module: Module) -> list[tuple[str, int, int]]:
    code, found = _code_lines(module.text), []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            if body:
                lines = code & set(range(body[0].lineno, (body[-1].end_lineno or 0) + 1))
                found.append((node.name, node.lineno, len(lines)))
    return found


def test_no_file_is_longer_than_its_subject() -> None:
    lengths = {str(module.path.relative_to(ROOT)): len(module.text.splitlines()) for module in modules()}
    none(f"{name} {lines}" for name, lines in lengths.items() if lines > MOST_LINES_IN_A_FILE)


def test_no_body_is_longer_than_a_screen() -> None:
    bodies = [(module.at(line), name, lines) for module in modules() for name, line, lines in _bodies(module)]
    assert len(bodies) >= 300
    none(body for body in bodies if body[2] > MOST_LINES_IN_A_BODY)


def test_most_bodies_are_short() -> None:
    lengths = sorted(lines for module in modules() for _, _, lines in _bodies(module))
    assert lengths[len(lengths) // 2] <= 8
    assert lengths[len(lengths) * 9 // 10] <= 20


def test_no_file_or_room_is_named_after_nothing() -> None:
    named = {part for module in modules() for part in module.name.split(".")[1:]}
    assert named & NAMELESS == set()


def test_every_file_says_what_it_is_for() -> None:
    none(module.at(1) for module in modules() if not ast.get_docstring(module.tree))


def test_every_public_function_and_class_outside_the_blocks_says_what_comes_out() -> None:
    """Small dataclasses, methods and properties may speak for themselves; what a module offers may not."""
    silent = [
        f"{module.at(node.lineno)} {node.name}"
        for module in modules()
        if module.room not in {"show", "cli"}
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    none(silent)
