"""A TOML section becomes keyword arguments. The signature it is meant for is the schema: nothing is declared twice."""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shoal.words.errors import UsageError, error
from shoal.words.language import Texts

texts = Texts("shoal.words")


def read_settings(path: Path, section: str, of: Callable[..., Any]) -> dict[str, Any]:
    """The settings of one section of a TOML file, each a parameter of `of`.

    Raises `UsageError` for a file that is no TOML and for a name that `of` does not take. A missing section is empty.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise error(UsageError, texts, "settings_unreadable", source=path, reason=problem) from problem
    chosen: dict[str, Any] = {name.replace("-", "_"): value for name, value in content.get(section, {}).items()}
    known = [name for name in inspect.signature(of).parameters if name not in {"self", "args", "kwargs"}]
    for name in chosen:
        if name not in known:
            raise error(
                UsageError, texts, "settings_unknown", source=path, section=section, name=name, known=", ".join(known)
            )
    return chosen
