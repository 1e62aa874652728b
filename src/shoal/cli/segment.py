"""``shoal segment``: segments of any table with one row a customer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from shoal.cli.options import KMEANS, OUTPUT, SEGMENTING, options, texts
from shoal.cli.output import say
from shoal.cli.progress import reporting
from shoal.words.language import Language

TABLE: dict[str, dict[str, Any]] = {
    "--id": {"metavar": "COLUMN"},
    "--outliers": {"default": "keep", "show_default": True, "type": click.Choice(["keep", "clip", "set-aside"])},
    "--missing": {"default": "set-aside", "show_default": True, "type": click.Choice(["set-aside", "fill"])},
}


def command(language: Language) -> click.Command:
    @click.command("segment", help=texts("segment.help").say(language), epilog=texts("segment.epilog").say(language))
    @click.argument("table", metavar="TABLE")
    @click.option(
        "--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help=texts("option.out").say(language)
    )
    @options(language, TABLE, SEGMENTING, KMEANS, OUTPUT)
    def segment(table: str, out: Path, as_json: bool, lang: str | None, **asked: Any) -> None:
        from shoal.report.publish import run_table

        del lang
        with reporting(language) as progress:
            study = run_table(
                table,
                out,
                id_column=asked.pop("id"),
                outliers=asked.pop("outliers"),
                missing=asked.pop("missing"),
                command=click.get_current_context().obj or "",
                progress=progress,
                **asked,
            )
        say(study, as_json, language)

    return segment
