"""``shoal demo``: a made-up shop with known truth, to try everything on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from shoal.cli.options import OUTPUT, options, texts
from shoal.cli.output import say
from shoal.cli.progress import reporting
from shoal.words.language import Language

MAKING: dict[str, dict[str, Any]] = {
    "--structure/--no-structure": {"default": True},
    "--seed": {"default": 0, "show_default": True, "type": click.IntRange(0)},
}


def command(language: Language) -> click.Command:
    @click.command("demo", help=texts("demo.help").say(language), epilog=texts("demo.epilog").say(language))
    @click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
    @click.option(
        "--customers",
        default=1_000,
        show_default=True,
        type=click.IntRange(10),
        metavar="N",
        help=texts("option.demo_customers").say(language),  # `run` has an option of this name for a file
    )
    @options(language, MAKING, OUTPUT)
    def demo(folder: Path, as_json: bool, lang: str | None, **how: Any) -> None:
        from shoal.events.demo.shop import write_demo
        from shoal.study.store import reported

        del lang
        with reporting(language) as progress, reported(folder):
            made = write_demo(folder, progress=progress, **how)
        say(made, as_json, language)

    return demo
