"""What a long run is doing, on stderr: a moving bar with the time left on a terminal, one line a stage elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from shoal.words.language import Language, Text, Texts

if TYPE_CHECKING:
    from rich.progress import ProgressColumn, Task

texts = Texts("shoal.cli")
Report = Callable[[Text, float | None], None]
SURE = 0.05
"""Before so much is done, what is left is anybody's guess."""


@contextmanager
def reporting(language: Language) -> Iterator[Report]:
    """A progress function for the rooms; what it shows is gone when the block ends."""
    if not sys.stderr.isatty():
        yield _lines(language)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    look = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), _left_column(language))
    with Progress(*look, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def report(words: Text, share: float | None) -> None:
            bar.update(
                task, description=words.say(language), total=None if share is None else 1.0, completed=share or 0
            )

        yield report


def left(elapsed: float | None, share: float) -> Text | None:
    """The time left in words, as long as the rest takes at the pace so far; None where that says nothing yet.

    Examples
    --------
    >>> left(30.0, 0.25).en, left(300.0, 0.5).zh, left(1.0, 0.01)
    ('about 90 s left', '约剩 5 分钟', None)
    """
    if elapsed is None or share < SURE:
        return None
    seconds = elapsed * (1 - share) / share
    if seconds < 100:
        return texts("progress.seconds", left=round(seconds))
    return texts("progress.minutes", left=round(seconds / 60))


def _left_column(language: Language) -> ProgressColumn:
    """The time left as a column of the bar. Made here, as nothing but a terminal needs rich."""
    from rich.progress import ProgressColumn
    from rich.text import Text as Line

    class Left(ProgressColumn):
        def render(self, task: Task) -> Line:
            words = left(task.elapsed, task.completed if task.total else 0.0)
            return Line(words.say(language) if words else "", style="progress.remaining")

    return Left()


def _lines(language: Language) -> Report:
    said: set[str] = set()

    def report(words: Text, share: float | None) -> None:  # noqa: ARG001 - a log has no use for shares
        line = words.say(language)
        if line not in said:
            said.add(line)
            click.echo(f"{line} ...", err=True)

    return report
