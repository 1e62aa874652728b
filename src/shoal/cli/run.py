"""``shoal run``: from a log to a published study."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from shoal.cli.options import OFFERING, OUTPUT, READING, SEGMENTING, listed, mapping, options, texts
from shoal.cli.output import say
from shoal.cli.progress import reporting
from shoal.words.language import Language
from shoal.words.settings import read_settings

RUNNING: dict[str, dict[str, Any]] = {
    "--min-orders": {"type": click.IntRange(0), "default": 0, "metavar": "N"},
    "--stages": {"default": "all", "show_default": True, "metavar": "all|segments"},
    "--engine": {"default": "auto", "show_default": True, "metavar": "auto|duckdb"},
    "--proof/--no-proof": {"default": True},
    "--parent/--no-parent": {"default": True},
    "--settings": {"type": click.Path(path_type=Path), "metavar": "FILE"},
    "--show-ids": {"is_flag": True},
}


FILES = ("products", "customers", "labels", "links")
"""What is read beside the log."""
LISTS = ("exclude", "allow", "block")
"""Options that are a list of products."""


def command(language: Language) -> click.Command:
    @click.command("run", help=texts("run.help").say(language), epilog=texts("run.epilog").say(language))
    @click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
    @click.option(
        "--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help=texts("option.out").say(language)
    )
    @options(language, READING, SEGMENTING, OFFERING, RUNNING, OUTPUT)
    @click.pass_context
    def run(
        context: click.Context,
        /,
        sources: tuple[str, ...],
        out: Path,
        as_json: bool,
        lang: str | None,
        show_ids: bool,
        settings: Path | None,
        **asked: Any,
    ) -> None:
        from shoal.report.publish import run as run_study
        from shoal.study.settings import RunSettings

        del lang  # read by main, before the commands were built
        files = {name: asked.pop(name) for name in FILES}
        chosen = {**asked, "columns": mapping(asked["columns"]), **{name: listed(*asked[name]) for name in LISTS}}
        if settings is not None:
            chosen |= _from_file(context, settings)
        with reporting(language) as progress:
            study = run_study(
                sources,
                out,
                RunSettings(**chosen),
                **files,
                show_ids=show_ids,
                command=click.get_current_context().obj or "",
                progress=progress,
            )
        say(study, as_json, language)

    return run


def _from_file(context: click.Context, settings: Path) -> dict[str, Any]:
    """Settings of the TOML file's ``[run]`` section; what was typed on the command line wins."""
    from shoal.study.settings import RunSettings

    written = read_settings(settings, "run", RunSettings)
    typed = click.core.ParameterSource.COMMANDLINE
    kept = {name: value for name, value in written.items() if context.get_parameter_source(name) != typed}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
