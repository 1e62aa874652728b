"""``shoal assign``: today's segment for new and known customers, by a published study."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from shoal.cli.options import OUTPUT, READING, listed, mapping, options, texts
from shoal.cli.output import save, say
from shoal.cli.progress import reporting
from shoal.words.language import Language

ASSIGN_READING = {name: how for name, how in READING.items() if name not in ("--horizon", "--look-back")}


def command(language: Language) -> click.Command:
    @click.command("assign", help=texts("assign.help").say(language), epilog=texts("assign.epilog").say(language))
    @click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
    @click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
    @click.option(
        "--out", type=click.Path(path_type=Path), metavar="DIR", help=texts("option.assign_out").say(language)
    )
    @options(language, ASSIGN_READING, OUTPUT)
    def assign(
        folder: Path, sources: tuple[str, ...], out: Path | None, as_json: bool, lang: str | None, **asked: Any
    ) -> None:
        from shoal.study.assign import assign as assign_customers
        from shoal.study.result import Study

        del lang
        asked["columns"], asked["exclude"] = mapping(asked["columns"]), listed(*asked["exclude"])
        with reporting(language) as progress:
            assigned = assign_customers(Study.open(folder), sources, progress=progress, **asked)
        save(assigned, out)
        say(assigned, as_json, language)

    return assign
