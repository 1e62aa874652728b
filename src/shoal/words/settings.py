"""A TOML section becomes keyword arguments. The signature it is meant for is the schema: nothing is declared twice."""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from shoal.words.errors import UsageError, error
from shoal.words.language import Texts

texts = Texts("shoal.words")


def read_settings(path: Path, section: str, of: Callable[..., Any]) -> dict[str, Any]:
    """The settings of one section of a TOML file, each a parameter of `of`.

    Raises `UsageError` for a file that cannot be opened or is no TOML, for a name that `of` does not take and for a
    value of another kind than its parameter's. A missing section is empty.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise error(UsageError, texts, "settings_no_file", source=path, reason=problem.strerror) from problem
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise error(UsageError, texts, "settings_unreadable", source=path, reason=problem) from problem
    lines = content.get(section, {})
    where = {"source": path, "section": section}
    if not isinstance(lines, dict):
        raise error(UsageError, texts, "settings_no_section", **where)
    chosen: dict[str, Any] = {name.replace("-", "_"): value for name, value in lines.items()}
    known = {name: kind for name, kind in _kinds(of).items() if name not in {"self", "args", "kwargs"}}
    for name, value in chosen.items():
        if name not in known:
            raise error(UsageError, texts, "settings_unknown", **where, name=name, known=", ".join(known))
        if not _fits(value, known[name]):
            raise error(UsageError, texts, "settings_kind", **where, name=name, value=value)
    return chosen


def _kinds(of: Callable[..., Any]) -> dict[str, Any]:
    """The parameters of a function or class with their types; `Any` where none is written."""
    found = inspect.signature(of, eval_str=True).parameters.values()
    return {one.name: Any if one.annotation is one.empty else one.annotation for one in found}


def _fits(value: object, kind: Any) -> bool:
    """Whether a TOML value is of that kind: true is no number, a list is a tuple, a whole number is a float."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return True
    if origin in (Union, UnionType):
        return any(_fits(value, one) for one in inner)
    if origin is not None and issubclass(origin, Mapping):
        return isinstance(value, dict) and all(_fits(one, inner[1]) for one in value.values())
    if origin is not None:
        return isinstance(value, list) and all(_fits(one, inner[0]) for one in value)
    if isinstance(value, bool) or kind is bool:
        return isinstance(value, bool) and kind is bool
    return isinstance(value, (int, float) if kind is float else kind)
