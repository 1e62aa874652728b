"""Help in the language that is spoken: click's own words translated, and lines broken where Chinese may be broken.

What enters is what click says of a command, what leaves is the page `--help` prints. The one thing to know: click
breaks lines at spaces and counts every character as one column; Chinese has no spaces and takes two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import click
from rich.cells import cell_len

from shoal.words.language import Language, Texts

texts = Texts("shoal.cli")
WORDS = {
    "Options": "options",
    "Commands": "commands",
    "Show this message and exit.": "this_help",
    "Show the version and exit.": "version",
    "[OPTIONS]": "some_options",
    "COMMAND [ARGS]...": "a_command",
    "[required]": "required",
    "[default: ": "default",
}
MOST_FIRST = 30
"""Columns that names of options get at most; a longer one has its line to itself."""


def spoken(app: click.Group, language: Language) -> click.Group:
    """The app and all its commands with their help in that language."""
    formatter = type("Formatter", (_Formatter,), {"language": language})
    context = type("Context", (click.Context,), {"formatter_class": formatter})
    for command in (app, *app.commands.values()):
        command.context_class = context
    return app


class _Formatter(click.HelpFormatter):
    language: Language = "en"

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:  # noqa: ARG002
        super().write_usage(prog, self._say(args), prefix=texts("help.usage").say(self.language))

    def write_heading(self, heading: str) -> None:
        self.write(f"{' ' * self.current_indent}{self._say(heading)}{texts('help.colon').say(self.language)}\n")

    def write_text(self, text: str) -> None:
        """Paragraphs; an example stays on one line, so that it can be copied."""
        for line in text.splitlines():
            room = max(20, self.width - self.current_indent)
            kept = [f"  {line}"] if line.startswith("shoal ") else wrapped(line, room)
            self.write("".join(f"{' ' * self.current_indent}{part}\n" for part in kept))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = MOST_FIRST, col_spacing: int = 2) -> None:
        rows = list(rows)
        first = min(max((cell_len(name) for name, _ in rows), default=0), col_max) + col_spacing
        for name, said in rows:
            lines = wrapped(self._say(said), max(20, self.width - self.current_indent - first))
            self.write(f"{' ' * self.current_indent}{name}")
            if cell_len(name) > first - col_spacing and said:
                self.write(f"\n{' ' * (self.current_indent + first)}")
            else:
                self.write(" " * (first - cell_len(name)) if said else "")
            self.write(f"\n{' ' * (self.current_indent + first)}".join(lines) + "\n")

    def _say(self, words: str) -> str:
        for english, key in WORDS.items():
            words = words.replace(english, texts(f"help.{key}").say(self.language))
        return words


def wrapped(words: str, columns: int) -> list[str]:
    """The words in lines of at most so many columns, broken at spaces and between Chinese characters.

    Examples
    --------
    >>> wrapped("one two three", 8), wrapped("顾客分群 shoal", 8)
    (['one two', 'three'], ['顾客分群', 'shoal'])
    """
    lines, line = list[str](), ""
    for piece in _pieces(words):
        if line.strip() and cell_len((line + piece).rstrip()) > columns:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line.strip() else lines or [""]


def _pieces(words: str) -> Iterator[str]:
    """Chinese characters one by one, each with the marks that may not begin a line; other words with their space."""
    marks = "，。、；：！？）”」"
    chinese, other = rf"[\u2e80-\u9fff（“「][{marks}]*", rf"[^\s\u2e80-\u9fff（“「{marks}]+[{marks}]*\s*"
    for found in re.finditer(rf"\[[^\]]*\]\s*|{chinese}|{other}|\s+|.", words):
        yield found[0]


def examples(epilog: str) -> list[str]:
    """The commands that a help gives as examples, one a line."""
    return [line.strip() for line in epilog.splitlines() if line.strip().startswith("shoal ")]
