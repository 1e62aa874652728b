"""The one way to an optional library: import it, or say which extra of shoal brings it."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from shoal.words.errors import MissingExtraError, error
from shoal.words.language import Text, Texts

texts = Texts("shoal.words")


def need(library: str, extra: str, purpose: Text) -> ModuleType:
    """The imported library; `MissingExtraError` names the extra and what it was needed for."""
    try:
        return import_module(library)
    except ImportError as problem:
        top = library.split(".")[0]
        if problem.name is not None and problem.name.split(".")[0] != top:
            raise  # the library is there and broken: its own message says more
        raise error(MissingExtraError, texts, "missing_extra", library=top, extra=extra, purpose=purpose) from problem
