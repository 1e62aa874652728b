"""Every text a person reads, in English and Chinese.

A room keeps its texts in its own ``texts.toml``: a dotted key with an ``en`` and a ``zh`` line. What leaves is a
`Text`, which carries both languages until the moment it is shown, so one report can hold both with a switch.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Text:
    """One thing to say, in both languages.

    Examples
    --------
    >>> Text("orders", "订单").say("zh")
    '订单'
    >>> str(Text("orders", "订单"))
    'orders'
    """

    en: str
    zh: str

    @classmethod
    def same(cls, words: object) -> Text:
        """The text for something that reads alike in both languages: a product name, a number, a file name."""
        return cls(str(words), str(words))

    def say(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en

    def __str__(self) -> str:
        return self.en


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one room: ``texts = Texts("shoal.events")``, then ``texts("rule.duplicate", rows=3)``."""

    room: str

    def __call__(self, key: str, **values: Any) -> Text:
        entry = self._entry(key)
        return Text(*(_filled(entry[language], language, values) for language in LANGUAGES))

    def has(self, key: str) -> bool:
        try:
            self._entry(key)
        except KeyError:
            return False
        return True

    def _entry(self, key: str) -> dict[str, str]:
        node: Any = _catalogue(self.room)
        for part in key.split("."):
            if not isinstance(node, dict) or part not in node:
                raise KeyError(f"{self.room}/texts.toml has no text {key!r}")
            node = node[part]
        if not isinstance(node, dict) or not set(LANGUAGES) <= set(node):
            raise KeyError(f"{self.room}/texts.toml: {key!r} needs the lines {LANGUAGES}")
        return node


def joined(items: list[Text] | tuple[Text, ...]) -> Text:
    """Several texts as one list: commas in English, enumeration commas in Chinese.

    Examples
    --------
    >>> joined([Text("tea", "茶"), Text("rice", "米")])
    Text(en='tea, rice', zh='茶、米')
    """
    return Text(", ".join(item.en for item in items), "、".join(item.zh for item in items))


def chosen_language(asked: str | None = None) -> Language:
    """The language to speak: what was asked, else ``SHOAL_LANG``, else the locale, else English."""
    for wish in (asked, os.environ.get("SHOAL_LANG"), _locale()):
        if wish:
            return "zh" if wish.lower().startswith("zh") else "en"
    return "en"


def _locale() -> str | None:
    return next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), None)


def _filled(template: str, language: Language, values: dict[str, Any]) -> str:
    spoken = {name: value.say(language) if isinstance(value, Text) else value for name, value in values.items()}
    return template.format(**spoken)


@cache
def _catalogue(room: str) -> dict[str, Any]:
    return tomllib.loads(files(room).joinpath("texts.toml").read_text(encoding="utf-8"))
