"""``shoal``: the entry point. Exits 0 when it did what was asked, 2 with one clear message, 1 only for a bug."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from importlib.metadata import version

import click

from shoal.cli.help import spoken
from shoal.cli.usage import said
from shoal.words.errors import ShoalError
from shoal.words.language import Language, Texts, chosen_language

texts = Texts("shoal.cli")
COMMANDS = ("run", "check", "segment", "show", "assign", "recommend", "similar", "demo", "completion")


def build_app(language: Language = "en") -> click.Group:
    """All commands, with their help in one language."""
    from importlib import import_module

    app = click.Group(
        "shoal",
        help=texts("app.help").say(language),
        epilog=texts("app.epilog").say(language),
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    )
    for name in COMMANDS:
        app.add_command(import_module(f"shoal.cli.{name}").command(language))
    return spoken(click.version_option(version("shoal"), prog_name="shoal")(app), language)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command line and exit with its code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    language = chosen_language(_asked_language(given))
    sys.exit(_run(given, language))


def _run(arguments: list[str], language: Language) -> int:
    try:
        build_app(language).main(
            arguments, prog_name="shoal", standalone_mode=False, obj=shlex.join(["shoal", *arguments])
        )
    except ShoalError as problem:
        click.echo(problem.say(language), err=True)
        return 2
    except click.exceptions.NoArgsIsHelpError as problem:
        problem.show()
        return 2
    except click.ClickException as problem:
        click.echo(said(problem, language), err=True)
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo(texts("app.stopped").say(language), err=True)
        return 130
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except SystemExit:  # click's word for a reader of stdout that went away: it has what it wanted
        return 0
    return 0


def _asked_language(arguments: Sequence[str]) -> str | None:
    """What ``--lang`` says, read before the commands are built, so that help itself speaks that language."""
    for n, argument in enumerate(arguments):
        if argument == "--lang" and n + 1 < len(arguments):
            return arguments[n + 1]
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
    return None


if __name__ == "__main__":
    main()
