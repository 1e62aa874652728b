"""What a command leaves: its answer on stdout, its files in a folder. Trouble with either is said in our words."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shoal.cli.options import texts
from shoal.words.errors import StudyError, error
from shoal.words.language import Language

if TYPE_CHECKING:  # for its types alone: NumPy and Arrow are not loaded to print a help
    from shoal.show.result import Result, Shown


def say(found: Shown, as_json: bool, language: Language) -> None:
    """Print the answer: one JSON object, or text. A reader that went away is click's affair; a full disk is said."""
    words = found.json() if as_json else found.text(language, colour=_coloured())
    try:
        click.echo(words)
    except OSError as problem:
        if problem.errno == errno.EPIPE:
            raise
        _give_up_stdout()
        raise error(StudyError, texts, "stdout", reason=problem.strerror or problem) from problem


def save(result: Result, folder: Path | None) -> None:
    """Write the result's files where asked; nowhere when None."""
    from shoal.study.store import reported

    if folder is not None:
        with reported(folder):
            result.write(folder)


def _coloured() -> bool:
    """Colours on a terminal alone, and not where the reader said ``NO_COLOR`` or the terminal knows none."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _give_up_stdout() -> None:
    """What could not be printed is not tried again when the process ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
