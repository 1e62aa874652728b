"""Which of the tables that were handed over are the log.

In: the match of every table. Out: those with a customer and a time. The one thing to know: a file that the user named
is read or refused; what merely lies in the same folder, or is another sheet of the same workbook, is left out where it
is no log, and named in the report.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from shoal.engines.contract import Engine
from shoal.events.accounts import FileCount
from shoal.events.guess import guess
from shoal.events.known import LAYOUTS
from shoal.events.layouts import Beside, Layout, plain
from shoal.events.matching import Match
from shoal.events.staged import Staged
from shoal.show.blocks import Finding
from shoal.words.errors import InputError, error
from shoal.words.language import Texts

texts = Texts("shoal.events")


def logs_among(engine: Engine, matches: Sequence[Match]) -> tuple[list[Match], list[Match]]:
    """The tables that are logs, and those left out. Raises `InputError` for a table that is none and was named."""
    logs = [found for found in matches if found.complete]
    others = [found for found in matches if not found.complete]
    refused = [found for found in others if not logs or found.staged.named]
    if refused:
        # of several, the one that says most is the one the user meant
        _refuse(engine, max(refused, key=lambda found: (len(found.columns), len(found.staged.columns))))
    return logs, others


def left_out(found: Match) -> tuple[Finding, list[FileCount]]:
    """What is said of a table left out, and the account of its lines that were set aside at the door already."""
    said = texts("finding.left_out", file=found.staged.file)
    gone = [(file, sum(file.faults.values())) for file in found.staged.files]
    counts = [FileCount(file.file, "left_out", "-", n, 0, 0, 0, n, file.sha256) for file, n in gone if n]
    return Finding("left_out", "warning", said, texts("finding.left_out_do")), counts


def _refuse(engine: Engine, found: Match) -> NoReturn:
    staged = found.staged
    if part := _part(staged):
        layout, beside = part
        listed = ", ".join(layout.known_by)
        raise error(InputError, texts, "only_a_part", file=staged.file, part=beside.code, missing=listed)
    guessed = guess(engine, staged, found.columns)
    if not guessed.timed:
        raise error(InputError, texts, "no_log", file=staged.file, found=", ".join(staged.columns), id=guessed.customer)
    missing = ", ".join(name for name in ("customer_id", "event_time") if name not in found.columns)
    unsure = texts("guess.unsure", columns=", ".join(guessed.unsure)) if guessed.unsure else ""
    raise error(
        InputError, texts, "unknown_layout", file=staged.file, missing=missing,
        found=", ".join(staged.columns), guess=guessed.line, unsure=unsure,
    )  # fmt: skip


def _part(staged: Staged) -> tuple[Layout, Beside] | None:
    """The export this table is only a part of, which is looked up from another one."""
    there = {plain(name) for name in staged.columns}
    return next(
        (
            (layout, beside)
            for layout in LAYOUTS
            for beside in layout.beside
            if {plain(name) for name in beside.known_by} <= there
        ),
        None,
    )
