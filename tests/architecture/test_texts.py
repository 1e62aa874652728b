"""Every text a person reads: both languages, the same placeholders, no text missing, none that nobody says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from string import Formatter

from tests.architecture.source import PACKAGE, Module, modules, none, text_tables

LANGUAGES = {"en", "zh"}


@dataclass(frozen=True)
class Use:
    """A place that says a text: the room's table, a pattern of keys, and the values it gives (None: not readable)."""

    at: str
    room: str
    pattern: str
    literal: bool
    direct: bool
    values: frozenset[str] | None


def _placeholders(line: str) -> set[str]:
    return {re.split(r"[.\[]", name)[0] for _, name, _, _ in Formatter().parse(line) if name}


def _patterns(
    node: ast.expr, named: dict[str, list[ast.expr]], direct: bool = True
) -> Iterator[tuple[str, bool, bool]]:
    """What the expression of a key can be: a regular expression, whether it is one key, whether it stands there itself.

    What a name stands for is read from the whole file, so it may be more than the call ever says.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield re.escape(node.value), True, direct
    elif isinstance(node, ast.IfExp):
        yield from _patterns(node.body, named, direct)
        yield from _patterns(node.orelse, named, direct)
    elif isinstance(node, ast.JoinedStr):
        parts = [re.escape(p.value) if isinstance(p, ast.Constant) else r"[^\s]+" for p in node.values]
        yield "".join(parts), False, direct
    elif isinstance(node, ast.Name):
        for value in named.get(node.id, []):
            yield from _patterns(value, {**named, node.id: []}, False)


def _named(module: Module) -> dict[str, list[ast.expr]]:
    """What a name may stand for: what is assigned to it, or the entries of the tuple it runs over."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Assign | ast.NamedExpr | ast.AnnAssign) and node.value is not None:
            targets, values = node.targets if isinstance(node, ast.Assign) else [node.target], [node.value]
        elif isinstance(node, ast.For | ast.comprehension) and isinstance(node.iter, ast.Tuple | ast.List):
            targets, values = [node.target], node.iter.elts
        else:
            continue
        for target in targets:
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).extend(values)
    return found


def _tables_of(module: Module) -> dict[str, str]:
    """The names under which a module holds tables of texts: ``texts = Texts("shoal.room")``, also when imported."""
    found = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _called(node.value) == "Texts":
            target, room = node.targets[0], node.value.args[0]
            if isinstance(target, ast.Name) and isinstance(room, ast.Constant):
                found[target.id] = room.value
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("shoal."):
            for alias in node.names:
                if alias.name in {"texts", "TEXTS"}:
                    found[alias.asname or alias.name] = ".".join(node.module.split(".")[:2])
    return found


def _called(call: ast.Call) -> str:
    return (
        call.func.id
        if isinstance(call.func, ast.Name)
        else call.func.attr
        if isinstance(call.func, ast.Attribute)
        else ""
    )


@cache
def uses() -> tuple[Use, ...]:
    return tuple(use for module in modules() for use in _uses(module))


def _uses(module: Module) -> Iterator[Use]:
    tables, named = _tables_of(module), _named(module)
    for call in (node for node in ast.walk(module.tree) if isinstance(node, ast.Call)):
        found = _key_of(call, tables)
        if found is None:
            continue
        table, key, suffix, keywords = found
        values = frozenset(k.arg for k in keywords if k.arg) if all(k.arg for k in keywords) else None
        for pattern, literal, direct in _patterns(key, named):
            yield Use(module.at(call.lineno), tables[table], suffix.format(pattern), literal, direct, values)


def _key_of(call: ast.Call, tables: dict[str, str]) -> tuple[str, ast.expr, str, list[ast.keyword]] | None:
    """The table, the key's expression, how the key is built from it, and the keywords; None for any other call."""
    func = call.func
    if isinstance(func, ast.Name) and func.id in tables and call.args:
        return func.id, call.args[0], "{}", call.keywords
    named = [arg.id for arg in call.args if isinstance(arg, ast.Name) and arg.id in tables]
    if _called(call) == "error" and len(call.args) >= 3 and named:
        return named[0], call.args[2], r"error\.{}\.(what|found|do)", call.keywords
    return None


@cache
def _templates(room: str) -> str:
    folder = PACKAGE / room.split(".")[1]
    return "".join(
        path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.suffix in {".html", ".j2", ".js"}
    )


@cache
def _strings(room: str) -> frozenset[str]:
    """Every string in the room's modules: a key kept in a table of the code is used through a variable."""
    return frozenset(
        node.value
        for module in modules()
        if module.room == room.split(".")[1]
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def test_the_walk_finds_tables_and_uses() -> None:
    assert len(text_tables()) >= 8
    assert sum(map(len, text_tables().values())) >= 200
    assert len(uses()) >= 150


def test_every_text_has_both_languages_and_nothing_else() -> None:
    odd = [
        (room, key) for room, table in text_tables().items() for key, lines in table.items() if set(lines) != LANGUAGES
    ]
    none(odd)


def test_both_languages_of_a_text_use_the_same_placeholders() -> None:
    odd = [
        (room, key)
        for room, table in text_tables().items()
        for key, lines in table.items()
        if _placeholders(lines["en"]) != _placeholders(lines["zh"])
    ]
    none(odd)


def test_a_sentence_is_translated() -> None:
    """Two English words in a row need Chinese beside them; a name, a number or a unit may read alike."""
    untranslated = [
        (room, key, lines["zh"])
        for room, table in text_tables().items()
        for key, lines in table.items()
        if re.search(r"[a-z]{2,} [a-z]{2,}", re.sub(r"\{[^}]*\}", "", lines["en"]))
        and not re.search(r"[\u4e00-\u9fff]", lines["zh"])
    ]
    none(untranslated)


def test_every_text_that_is_said_exists() -> None:
    tables = text_tables()
    missing = [
        (use.at, use.room, use.pattern)
        for use in uses()
        if use.direct and not any(re.fullmatch(use.pattern, key) for key in tables.get(use.room, {}))
    ]
    none(missing)


def test_an_error_has_at_least_its_what() -> None:
    silent = [
        (room, key)
        for room, table in text_tables().items()
        for key in table
        if key.startswith("error.") and f"error.{key.split('.')[1]}.what" not in table
    ]
    none(silent)


def test_who_says_a_text_fills_all_its_placeholders() -> None:
    short = [
        (use.at, key, sorted(need - use.values))
        for use in uses()
        if use.literal and use.direct and use.values is not None
        for key, lines in text_tables().get(use.room, {}).items()
        if re.fullmatch(use.pattern, key) and (need := _placeholders(lines["en"])) - use.values
    ]
    none(short)


def test_every_text_is_said_somewhere() -> None:
    patterns = {room: {use.pattern for use in uses() if use.room == room} for room in text_tables()}
    unsaid = [
        (room, key)
        for room, table in text_tables().items()
        for key in table
        if not any(re.fullmatch(pattern, key) for pattern in patterns[room])
        and key not in _strings(room)
        and key not in _templates(room)
        and not (key.startswith("error.") and key.split(".")[1] in _strings(room))
    ]
    none(unsaid)
