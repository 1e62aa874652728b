"""``shoal check``: the data-quality report alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from shoal.cli.options import OUTPUT, READING, listed, mapping, options, texts
from shoal.cli.output import save, say
from shoal.cli.progress import reporting
from shoal.words.clock import parse_days
from shoal.words.language import Language


def command(language: Language) -> click.Command:
    @click.command("check", help=texts("check.help").say(language), epilog=texts("check.epilog").say(language))
    @click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
    @click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help=texts("option.check_out").say(language))
    @options(language, READING, OUTPUT)
    def check(sources: tuple[str, ...], out: Path | None, as_json: bool, lang: str | None, **asked: Any) -> None:
        from shoal.events.check import check as check_events

        del lang
        asked["columns"], asked["exclude"] = mapping(asked["columns"]), listed(*asked["exclude"])
        asked["horizon_days"] = parse_days(asked.pop("horizon"))
        look_back = asked.pop("look_back")
        asked["look_back_days"] = None if look_back == "auto" else parse_days(look_back)
        with reporting(language) as progress:
            quality = check_events(sources, progress=progress, **asked)
        save(quality, out)
        say(quality, as_json, language)

    return check
