"""From numbers to a chart that is ready to be drawn: the frame all kinds of chart share.

In: layers and rows whose words are still `Text`. Out: a `Chart` of Vega-Lite 6, later resolved to one language
(`resolve`) or embedded with both (`bilingual`). Rows are data: only values of fields with fixed names.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from shoal.show import theme
from shoal.show.blocks import Chart, Table
from shoal.words.language import Language, Text

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
MOST_ROWS = 5_000
LINE = 42

Word = Text | str


def text(word: Word) -> Text:
    """The word on one line in both languages; a chart breaks lines where it sees fit."""
    both = word if isinstance(word, Text) else Text.same(word)
    return Text(re.sub(r"[\r\n]+", " ", both.en), re.sub(r"[\r\n]+", " ", both.zh))


def number(value: Any) -> float | None:
    """A finite float, or None: NaN and infinities have no place in JSON."""
    return float(value) if value is not None and math.isfinite(value) else None


def distinct(words: Sequence[Word]) -> list[Text]:
    """The words as `Text`; where two read alike in a language the later ones get an invisible mark.

    Rows of a chart are told apart by what is written beside them, so two products of one name would be added up.
    """
    seen_en, seen_zh = set[str](), set[str]()
    return [Text(_apart(word.en, seen_en), _apart(word.zh, seen_zh)) for word in map(text, words)]


def folded(words: Sequence[Text]) -> list[Text]:
    """The words broken into lines that fit beside a drawing; the page's script breaks them anew on a phone."""
    return [Text(_lines(word.en), _lines(word.zh)) for word in words]


def _lines(words: str) -> str:
    """Broken after spaces and Chinese characters, which take two columns; nothing is dropped."""
    lines, taken = [""], 0
    for piece in re.split(r"(?<=[\s\u3000-\u9fff\uff00-\uffef])", words):
        columns = sum(2 if sign > "\u2fff" else 1 for sign in piece)
        if taken and taken + columns > LINE:
            lines.append("")
            taken = 0
        lines[-1] += piece
        taken += columns
    return "\n".join(lines)


def _apart(word: str, seen: set[str]) -> str:
    while word in seen:
        word += "\u200b"
    seen.add(word)
    return word


def same_length(name: str, **lists: Sequence[Any]) -> None:
    """Raises `ValueError` when the lists of a chart differ in length."""
    if len({len(values) for values in lists.values()}) > 1:
        found = ", ".join(f"{key} {len(values)}" for key, values in lists.items())
        raise ValueError(f"chart {name!r}: lengths differ: {found}")


def drawn(
    name: str,
    title: Text,
    summary: Text,
    rows: Sequence[Mapping[str, Any]],
    layers: Sequence[Mapping[str, Any]],
    *,
    height: int,
    encoding: Mapping[str, Any] | None = None,
    table: Table | None = None,
    narrowest: int = 0,
    also: Mapping[str, Any] | None = None,
) -> Chart:
    """The chart. `narrowest` is the width in pixels below which it scrolls; `also` adds to the top of the drawing.

    Raises `ValueError` for more than 5,000 rows: sum up in the engine first, a page is no place for raw data.
    """
    if len(rows) > MOST_ROWS:
        raise ValueError(f"chart {name!r} has {len(rows):,} rows of data, at most {MOST_ROWS:,} are drawn")
    spec = {
        "$schema": SCHEMA,
        "width": "container",
        "height": height,
        "data": {"values": [dict(row) for row in rows]},
        "encoding": dict(encoding or {}),
        "layer": [dict(layer) for layer in layers],
        "config": theme.config(),
        "usermeta": {"narrowest": narrowest},
        **(also or {}),
    }
    return Chart(name, title, spec, summary, table)


def resolve(spec: Any, language: Language, *, width: int | None = None) -> Any:
    """The specification in one language, as plain JSON values. A `width` in pixels takes the container's place.

    Examples
    --------
    >>> resolve({"title": Text("orders", "订单"), "width": "container"}, "zh", width=300)
    {'title': '订单', 'width': 300}
    """
    plain = _walked(spec, lambda words: words.say(language))
    if width is not None and plain.get("width") == "container":
        plain["width"] = width
    return plain


def bilingual(spec: Any) -> Any:
    """The specification with ``{"en": ..., "zh": ...}`` where words differ; the page's script picks one."""
    return _walked(spec, lambda words: words.en if words.en == words.zh else {"en": words.en, "zh": words.zh})


def embedded(value: Any) -> str:
    """JSON that may stand inside a script element of a page, whatever its strings hold."""
    words = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign, code in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        words = words.replace(sign, code)
    return words


def _walked(node: Any, say: Any) -> Any:
    if isinstance(node, Text):
        return say(node)
    if isinstance(node, Mapping):
        return {key: _walked(value, say) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_walked(value, say) for value in node]
    return node
