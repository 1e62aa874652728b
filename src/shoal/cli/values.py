"""Values that a shell may finish: names of spaces, criteria, methods and parts of a study.

What enters is what was typed so far, what leaves are the names that begin so. Heavy rooms are imported only here, when
a tab key asks for exactly these names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

Names = Callable[[], tuple[str, ...]]


def finishing(names: Names) -> Any:
    """A ``shell_complete`` that offers those of `names` that begin as typed."""

    def offer(context: click.Context, parameter: click.Parameter, typed: str) -> list[str]:  # noqa: ARG001
        return [name for name in names() if name.startswith(typed)]

    return offer


def spaces() -> tuple[str, ...]:
    """Names of spaces, and ``auto``."""
    from shoal.segments.spaces import SPACES

    return ("auto", *SPACES, "predictive")


def criteria() -> tuple[str, ...]:
    """What chooses the number of segments."""
    from shoal.segments.settings import CRITERIA

    return CRITERIA


def methods() -> tuple[str, ...]:
    """Names of methods."""
    from shoal.segments.settings import ALGORITHMS

    return ALGORITHMS
