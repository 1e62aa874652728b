"""Writes the pages of docs/ that come from the code: the commands and the features, in English and Chinese.

`python docs/generate.py` writes them; `--check` writes nothing and exits 1 where a page is out of date. The tests
call the same functions, so a page cannot fall behind.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from shoal.cli.main import build_app
from shoal.features.catalogue import CATALOGUE, Feature
from shoal.words.language import Language, Text

DOCS = Path(__file__).parent
ENDINGS: dict[Language, str] = {"en": ".md", "zh": ".zh.md"}
WORDS = {
    "generated": Text("This page is generated from the code by docs/generate.py.", "本页由 docs/generate.py 从代码生成。"),
    "commands": Text("Commands", "命令"),
    "exits": Text(
        "Every command exits with 0 when it did what was asked, with 2 and one clear message for bad input or usage, "
        "and with 1 only for a bug. With `--json` standard output carries one JSON object and nothing else; progress "
        "goes to standard error.",
        "命令按要求完成时退出码为 0；输入或用法有误时为 2，并给出一条明确的信息；只有程序缺陷时才为 1。"
        "使用 `--json` 时标准输出只有一个 JSON 对象，进度信息写到标准错误。",
    ),
    "option": Text("Option", "选项"),
    "meaning": Text("Meaning", "含义"),
    "default": Text("Default", "默认值"),
    "features": Text("Features", "特征"),
    "features_lead": Text(
        "One row a customer, computed from the look-back window `[as_of - L, as_of)` and nothing else. A feature whose "
        "needs the log does not carry is absent, never zero. Columns named `spend_in_…` follow for the shop's main "
        "categories; where the log has none they are product groups learned from co-purchase before the cut.",
        "每位顾客一行，仅由回看期 `[as_of - L, as_of)` 内的数据计算。日志不具备所需数据的特征会缺失，绝不记为零。"
        "此外，每个主要品类另有一列 `spend_in_…`；日志没有品类时，使用截点之前由共同购买学出的商品组。",
    ),
    "column": Text("Column", "列名"),
    "label": Text("Feature", "特征"),
    "unit": Text("Unit", "单位"),
    "empty": Text("An empty cell means", "空值表示"),
    "needs": Text("Needs", "所需数据"),
    "never": Text("never empty", "不会为空"),
}  # fmt: skip


def pages() -> dict[str, str]:
    """File name in docs/ -> its text."""
    return {
        f"{stem}{ending}": "\n".join(make(language)) + "\n"
        for stem, make in (("commands", commands), ("features", features))
        for language, ending in ENDINGS.items()
    }


def commands(language: Language) -> Iterator[str]:
    """A section for each command: usage, what it does, its options, an example."""
    app = build_app(language)
    yield from _opening("commands", language)
    yield WORDS["exits"].say(language)
    context = click.Context(app, info_name="shoal")
    for name in app.list_commands(context):
        command = app.get_command(context, name)
        if command is not None:
            yield from _command(name, command, context, language)


def _command(name: str, command: click.Command, parent: click.Context, language: Language) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=parent)
    usage = command.get_usage(context).split(" ", 1)[1]
    yield from ("", f"## shoal {name}", "", command.help or "", "", "```", " ".join(usage.split()), "```", "")
    yield _row(WORDS[key].say(language) for key in ("option", "meaning", "default"))
    yield "|---|---|---|"
    for option in (parameter for parameter in command.params if isinstance(parameter, click.Option)):
        yield _row((f"`{_names(option, context)}`", option.help or "", _default(option)))
    if command.epilog:
        yield from ("", command.epilog)


def _names(option: click.Option, context: click.Context) -> str:
    names = " / ".join([*option.opts, *option.secondary_opts])
    return names if option.is_flag else f"{names} {option.make_metavar(context)}"


def _default(option: click.Option) -> str:
    value: Any = option.default
    return f"`{value}`" if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def features(language: Language) -> Iterator[str]:
    """A table for each block of the catalogue."""
    yield from _opening("features", language)
    yield WORDS["features_lead"].say(language)
    for block, members in groupby(
        sorted(CATALOGUE, key=lambda feature: _blocks().index(feature.block)), lambda f: f.block
    ):
        yield from ("", f"## {block}", "")
        yield _row(WORDS[key].say(language) for key in ("column", "label", "unit", "meaning", "empty", "needs"))
        yield "|---|---|---|---|---|---|"
        yield from (_row(_feature(feature, language)) for feature in members)


def _blocks() -> list[str]:
    return list(dict.fromkeys(feature.block for feature in CATALOGUE))


def _feature(feature: Feature, language: Language) -> tuple[str, ...]:
    empty = feature.null or WORDS["never"]
    needs = ", ".join(f"`{need.removeprefix('type:')}`" for need in feature.needs)
    label, meaning = feature.label.say(language), feature.meaning.say(language)
    return f"`{feature.name}`", label, feature.unit, meaning, empty.say(language), needs


def _opening(title: str, language: Language) -> tuple[str, ...]:
    return f"# {WORDS[title].say(language)}", "", f"<!-- {WORDS['generated'].say(language)} -->", ""


def _row(cells: Any) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` say which are out of date."""
    stale = [name for name, text in pages().items() if not _is(DOCS / name, text)]
    if "--check" not in arguments:
        for name in stale:
            (DOCS / name).write_text(pages()[name], encoding="utf-8")
    sys.stderr.write(
        "".join(f"{'out of date' if '--check' in arguments else 'wrote'}: docs/{name}\n" for name in stale)
    )
    return 1 if stale and "--check" in arguments else 0


def _is(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
