"""``shoal similar``: products like one, from a published study."""

from __future__ import annotations

from pathlib import Path

import click

from shoal.cli.options import OUTPUT, options, texts
from shoal.cli.output import say
from shoal.cli.recommend import COUNT
from shoal.words.language import Language


def command(language: Language) -> click.Command:
    @click.command("similar", help=texts("similar.help").say(language), epilog=texts("similar.epilog").say(language))
    @click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
    @click.argument("product", metavar="PRODUCT")
    @options(language, COUNT, OUTPUT)
    def similar(folder: Path, product: str, n: int, as_json: bool, lang: str | None) -> None:
        from shoal.study.serving import Serving

        del lang
        say(Serving.open(folder).similar(product, n), as_json, language)

    return similar
