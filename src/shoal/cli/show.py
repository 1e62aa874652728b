"""``shoal show``: a published study, or one part of it."""

from __future__ import annotations

from pathlib import Path

import click

from shoal.cli.options import OUTPUT, options, texts
from shoal.cli.output import say
from shoal.cli.values import finishing
from shoal.words.errors import UsageError, error
from shoal.words.language import Language

PARTS = ("study", "segments", "segment", "customer", "quality", "features", "recommendations", "proof", "manifest")


def command(language: Language) -> click.Command:
    @click.command("show", help=texts("show.help").say(language), epilog=texts("show.epilog").say(language))
    @click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
    @click.argument("part", default="study", metavar="[PART]", shell_complete=finishing(lambda: PARTS))
    @click.argument("which", required=False, metavar="[N|ID]")
    @options(language, OUTPUT)
    def show(folder: Path, part: str, which: str | None, as_json: bool, lang: str | None) -> None:
        from shoal.study.part import find_part

        del lang
        if part not in PARTS:
            raise error(UsageError, texts, "no_part", part=part, known=", ".join(PARTS))
        if (part in ("segment", "customer")) != (which is not None):
            raise error(UsageError, texts, "which_part", part=part)
        found = find_part(folder, part, which)
        say(found, as_json, language)

    return show
