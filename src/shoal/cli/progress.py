"""What a long run is doing, on stderr: a moving bar on a terminal, one line a stage elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from shoal.words.language import Language, Text

Report = Callable[[Text, float | None], None]


@contextmanager
def reporting(language: Language) -> Iterator[Report]:
    """A progress function for the rooms; what it shows is gone when the block ends."""
    if not sys.stderr.isatty():
        yield _lines(language)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    look = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*look, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def report(words: Text, share: float | None) -> None:
            bar.update(
                task, description=words.say(language), total=None if share is None else 1.0, completed=share or 0
            )

        yield report


def _lines(language: Language) -> Report:
    said: set[str] = set()

    def report(words: Text, share: float | None) -> None:  # noqa: ARG001 - a log has no use for shares
        line = words.say(language)
        if line not in said:
            said.add(line)
            click.echo(f"{line} ...", err=True)

    return report
