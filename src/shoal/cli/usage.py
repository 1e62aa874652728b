"""What was typed wrong, in our words and both languages: a click exception goes in, a message comes out.

Like every error of ours it says what is wrong, what was found and what to do; a slip of the finger gets the nearest
name.
"""

from __future__ import annotations

import re

import click

from shoal.words.language import Language, Text, Texts, joined

texts = Texts("shoal.cli")


def said(problem: click.ClickException, language: Language) -> str:
    """The message, with where to read more."""
    command = problem.ctx.command_path if isinstance(problem, click.UsageError) and problem.ctx else "shoal"
    lines = [*_lines(problem, command), texts("usage.more", command=command)]
    return "\n".join(line.say(language) for line in lines)


def _lines(problem: click.ClickException, command: str) -> list[Text]:
    if isinstance(problem, click.exceptions.NoSuchCommand):
        known = sorted(getattr(problem.cmd, "commands", {}))
        wrong = texts("usage.no_command", name=problem.command_name)
        return [wrong, *_meant(problem.possibilities, "shoal "), texts("usage.commands", known=", ".join(known))]
    if isinstance(problem, click.NoSuchOption):
        return [texts("usage.no_option", command=command, name=problem.option_name), *_meant(problem.possibilities, "")]
    if isinstance(problem, click.MissingParameter) and problem.param is not None and problem.ctx is not None:
        return [texts("usage.missing", command=command, name=_named(problem.param, problem.ctx))]
    if isinstance(problem, click.BadOptionUsage):
        return [texts("usage.no_value", name=problem.option_name)]
    if isinstance(problem, click.BadParameter) and problem.param is not None:
        return _bad_value(problem, problem.param)
    extra = re.search(r"extra arguments? \((.*)\)", problem.format_message())
    return [texts("usage.extra", command=command, words=extra[1])] if extra else [Text.same(problem.format_message())]


def _meant(possibilities: list[str] | None, before: str) -> list[Text]:
    if not possibilities:
        return []
    return [texts("usage.meant", names=joined([Text.same(f"{before}{name}") for name in possibilities]))]


def _named(parameter: click.Parameter, context: click.Context) -> str:
    if isinstance(parameter, click.Option):
        return f"{max(parameter.opts, key=len)} {parameter.make_metavar(context)}"
    return parameter.make_metavar(context)


def _bad_value(problem: click.BadParameter, parameter: click.Parameter) -> list[Text]:
    """Which value cannot be, and which can."""
    value = re.match(r"'?(.*?)'? is not ", problem.message)
    name = max(parameter.opts, key=len)
    wrong = texts("usage.bad_value", name=name, value=value[1] if value else "")
    kind = parameter.type
    if isinstance(kind, click.Choice):
        return [wrong, texts("usage.choices", known=", ".join(map(str, kind.choices)))]
    if isinstance(kind, click.IntRange | click.FloatRange):
        return [wrong, _range(kind)]
    return [wrong, Text.same(problem.message)] if value is None else [wrong]


def _range(kind: click.IntRange | click.FloatRange) -> Text:
    """Which numbers may be given; every option of ours has a least one."""
    number = "whole" if isinstance(kind, click.IntRange) else "number"
    if kind.max is None:
        return texts(f"usage.{number}", least=kind.min)
    return texts("usage.between", least=kind.min, most=kind.max)
