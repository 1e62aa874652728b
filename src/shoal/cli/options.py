"""The options that several commands share, and how a word on the command line becomes a value."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from shoal.cli.values import criteria, finishing, methods, spaces
from shoal.words.errors import UsageError, error
from shoal.words.language import Language, Texts

texts = Texts("shoal.cli")
Command = Callable[..., Any]

PRODUCTS: dict[str, Any] = {"metavar": "PRODUCT,...", "multiple": True}
READING: dict[str, dict[str, Any]] = {
    "--columns": {"metavar": "OURS=THEIRS,..."},
    "--products": {"type": click.Path(path_type=Path), "metavar": "FILE"},
    "--customers": {"type": click.Path(path_type=Path), "metavar": "FILE"},
    "--as-of": {"metavar": "TIME"},
    "--horizon": {"default": "90d", "show_default": True, "metavar": "DAYS"},
    "--look-back": {"default": "auto", "show_default": True, "metavar": "auto|DAYS"},
    "--timezone": {"metavar": "ZONE"},
    "--currency": {"metavar": "CODE"},
    "--exclude": PRODUCTS,
    "--memory": {"default": "4GB", "show_default": True, "metavar": "SIZE"},
}
SEGMENTING: dict[str, dict[str, Any]] = {
    "--k": {
        "default": "auto",
        "show_default": True,
        "metavar": "auto|N|silhouette|elbow|...",
        "shell_complete": finishing(criteria),
    },
    "--space": {"default": "auto", "show_default": True, "metavar": "NAME", "shell_complete": finishing(spaces)},
    "--algorithm": {
        "default": "kmeans",
        "show_default": True,
        "metavar": "NAME",
        "shell_complete": finishing(methods),
    },
    "--labels": {"type": click.Path(path_type=Path), "metavar": "FILE"},
    "--links": {"type": click.Path(path_type=Path), "metavar": "FILE"},
    "--seed": {"default": 0, "show_default": True, "type": click.IntRange(0)},
}
OFFERING: dict[str, dict[str, Any]] = {
    "--offers": {"default": 20, "show_default": True, "type": click.IntRange(0)},
    "--offer-days": {"default": "30d", "show_default": True, "metavar": "DAYS"},
    "--already-bought": {
        "default": "repeatable",
        "show_default": True,
        "type": click.Choice(["repeatable", "allow", "exclude"]),
    },
    "--per-category": {"type": click.IntRange(1)},
    "--diversity": {"default": 0.0, "show_default": True, "type": click.FloatRange(0, 1)},
    "--allow": PRODUCTS,
    "--block": PRODUCTS,
    "--least-margin": {"type": click.FloatRange(0, 1)},
    "--most-share": {"type": click.FloatRange(0, 1, min_open=True)},
}
KMEANS: dict[str, dict[str, Any]] = {
    "--init": {"default": "k-means++", "show_default": True, "type": click.Choice(["k-means++", "random"])},
    "--n-init": {"default": 10, "show_default": True, "type": click.IntRange(1)},
    "--max-iter": {"default": 300, "show_default": True, "type": click.IntRange(1)},
    "--tol": {"default": 1e-4, "show_default": True, "type": click.FloatRange(0)},
}
OUTPUT: dict[str, dict[str, Any]] = {
    "--json": {"is_flag": True},
    "--lang": {"type": click.Choice(["en", "zh"])},
}


def options(language: Language, *groups: dict[str, dict[str, Any]]) -> Callable[[Command], Command]:
    """A decorator that gives a command the options of `groups`, each with its help in one language."""

    def decorate(function: Command) -> Command:
        for group in reversed(groups):
            for name, how in reversed(group.items()):
                key = name.split("/")[0].removeprefix("--").replace("-", "_")
                taken = {"as_json": True} if key == "json" else {}
                names = (name, "as_json") if taken else (name,)
                said = {"metavar": _metavar(how.get("type")), "help": texts(f"option.{key}").say(language)}
                function = click.option(*names, **{**said, **how})(function)
        return function

    return decorate


def _metavar(kind: Any) -> str | None:
    """What stands for a number in help, in any language; None leaves it to click."""
    return {click.IntRange: "N", click.FloatRange: "X"}.get(type(kind))


def mapping(words: str | None) -> dict[str, str] | None:
    """``customer_id=CustomerID,event_time=Date`` as a dict. Raises `UsageError` for a part without ``=``."""
    if words is None:
        return None
    return dict(pair(part, "no_mapping") for part in listed(words))


def pair(part: str, refusal: str) -> tuple[str, str]:
    """``ours=theirs`` parted at the first ``=``. Raises the `UsageError` named by `refusal` for anything else."""
    ours, equals, theirs = part.partition("=")
    if not equals or not ours.strip() or not theirs.strip():
        raise error(UsageError, texts, refusal, part=part)
    return ours.strip(), theirs.strip()


def listed(*words: str | None) -> tuple[str, ...]:
    """``POST,DOT`` as a tuple; what holds a comma itself stands in double quotes. Raises `UsageError` for a quote that
    is opened and not closed.

    Examples
    --------
    >>> listed("POST, DOT", '"tea, green"')
    ('POST', 'DOT', 'tea, green')
    """
    return tuple(part for one in words for part in _parted(one or "") if part)


def _parted(words: str) -> list[str]:
    try:
        rows = list(csv.reader([words], skipinitialspace=True, strict=True))
    except csv.Error as problem:
        raise error(UsageError, texts, "no_list", words=words) from problem
    return [part.strip() for row in rows for part in row]
