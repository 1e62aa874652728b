"""``shoal completion``: the script that makes a shell finish commands, options and their values."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from shoal.cli.options import texts
from shoal.words.language import Language

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_SHOAL_COMPLETE"


def command(language: Language) -> click.Command:
    @click.command(
        "completion", help=texts("completion.help").say(language), epilog=texts("completion.epilog").say(language)
    )
    @click.argument("shell", type=click.Choice(SHELLS), metavar="|".join(SHELLS))
    @click.option("--lang", type=click.Choice(["en", "zh"]), help=texts("option.lang").say(language))
    @click.pass_context
    def completion(context: click.Context, /, shell: str, lang: str | None) -> None:
        del lang
        kind = get_completion_class(shell)
        if kind is None:
            raise click.BadParameter(f"{shell!r} is not known", context)
        script = kind(context.find_root().command, {}, "shoal", VARIABLE)
        click.echo(script.source_template % script.source_vars())

    return completion
