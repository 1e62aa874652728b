"""JSON as rows: one object a line, or one document that holds a list of objects.

In: a file. Out: flat rows of text, block by block, each with line and place. The one thing to know: an object inside
becomes columns named with dots (``device.category``), a list of things bought becomes one row a thing, and pairs of
``key`` and ``value`` become columns by their keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from shoal.events.lines import Plain
from shoal.events.marks import is_utf8
from shoal.words.errors import InputError, error
from shoal.words.language import Texts

texts = Texts("shoal.events")

LISTS = (
    "items", "line_items", "lineitems", "order_items", "orderitems", "products", "lines", "order_lines", "details",
    "goods", "skus",
)  # fmt: skip
"""Names of the lists that hold what was bought or seen, the likeliest first."""
WRAPPERS = ("orders", "events", "data", "rows", "records", "results", "items")
MOST_BESIDE = 3
"""What may stand beside the list in its wrapping: a count, the address of the next page."""
DEEPEST = 8
MOST_COLUMNS = 2000

Flat = dict[str, str | None]
Row = tuple[int, int, Flat]
"""Line (or place in the document), place among the things of that line, cells."""
Fault = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Rows:
    """What one block held."""

    rows: list[Row]
    faults: list[Fault]


def form(start: bytes) -> str | None:
    """``lines``, ``document``, or None where this is no JSON."""
    lines = [line for line in start.split(b"\n") if line.strip()][:5]
    if len(lines) == 1 and _wraps(_decoded(lines[0])):
        return "document"
    if any(line.lstrip().startswith(b"{") and isinstance(_decoded(line), dict) for line in lines):
        return "lines"
    return "document" if re.match(rb"\s*(\[\s*(\{|\])|\{\s*\")", start) else None


def _wraps(value: Any) -> bool:
    """Whether an object is only the wrapping of a list of objects, as an answer of an interface is."""
    lists = {key.lower(): inner for key, inner in value.items()} if isinstance(value, dict) else {}
    found: list[Any] = next((lists[name] for name in WRAPPERS if isinstance(lists.get(name), list)), [])
    return bool(found) and len(lists) <= MOST_BESIDE and all(isinstance(entry, dict) for entry in found)


def read_lines(plain: Plain) -> Iterator[Rows]:
    """The rows of a file with one object a line."""
    line = 0
    for block in plain.blocks():
        rows, faults = list[Row](), list[Fault]()
        for raw in block.removesuffix(b"\n").split(b"\n"):
            line += 1
            value = _decoded(raw)
            if isinstance(value, dict):
                rows += [(line, at, cells) for at, cells in enumerate(flat_rows(value))]
            else:
                faults.append((line, _rule(raw), raw.decode("utf-8", "backslashreplace")))
        yield Rows(rows, faults)


def read_document(plain: Plain) -> Iterator[Rows]:
    """The rows of one document. Raises `InputError` where it is broken or holds no list of objects."""
    raw = b"".join(plain.blocks())
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as problem:
        raise error(InputError, texts, "broken_file", file=plain.path.name, reason=problem) from problem
    rows, faults = list[Row](), list[Fault]()
    for place, entry in enumerate(_entries(value, plain.path.name), 1):
        if isinstance(entry, dict):
            rows += [(place, at, cells) for at, cells in enumerate(flat_rows(entry))]
        else:
            faults.append((place, "malformed_json", _text(entry) or ""))
    yield Rows(rows, faults)


def _entries(value: Any, file: str) -> list[Any]:
    if isinstance(value, dict):
        lists = {key.lower(): inner for key, inner in value.items() if isinstance(inner, list)}
        value = next((lists[name] for name in WRAPPERS if name in lists), next(iter(lists.values()), value))
    if not isinstance(value, list):
        raise error(InputError, texts, "no_list", file=file)
    return value


def flat_rows(record: Mapping[str, Any]) -> list[Flat]:
    """The rows of one object: one for each thing it lists, or one.

    Examples
    --------
    >>> flat_rows({"id": 7, "items": [{"sku": "a"}, {"sku": "b"}], "geo": {"city": "Bonn"}})
    [{'id': '7', 'geo.city': 'Bonn', 'items.sku': 'a'}, {'id': '7', 'geo.city': 'Bonn', 'items.sku': 'b'}]
    """
    cells, lists = Flat(), dict[str, list[Any]]()
    _flatten("", record, cells, lists, 0)
    things = next((name for known in LISTS for name in lists if name.lower().rpartition(".")[2] == known), None)
    for name, values in lists.items():
        if name != things:
            cells[name] = _text(values)
    return [cells] if things is None else [_thing(cells, things, thing) for thing in lists[things]]


def _thing(cells: Flat, name: str, thing: Any) -> Flat:
    own, deeper = Flat(), dict[str, list[Any]]()
    _flatten(name, thing, own, deeper, 1)
    return {**cells, **own, **{inner: _text(values) for inner, values in deeper.items()}}


def _flatten(name: str, value: Any, cells: Flat, lists: dict[str, list[Any]], depth: int) -> None:
    if isinstance(value, Mapping) and depth < DEEPEST:
        for key, inner in value.items():
            _flatten(f"{name}.{key}" if name else str(key), inner, cells, lists, depth + 1)
    elif isinstance(value, list) and value and all(isinstance(entry, Mapping) for entry in value):
        if all({"key", "value"} <= set(entry) for entry in value):
            cells.update({f"{name}.{entry['key']}": _first(entry["value"]) for entry in value})
        else:
            lists[name] = value
    else:
        cells[name] = _text(value)


def _first(value: Any) -> str | None:
    """A value that may stand under one of several types: ``{"string_value": null, "int_value": 7}`` is 7."""
    if isinstance(value, Mapping):
        return next((_text(inner) for inner in value.values() if inner is not None), None)
    return _text(value)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | Mapping):
        return None if not value else msgspec.json.encode(value).decode()
    return str(value)


def _decoded(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw) if raw.strip() else None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


def _rule(raw: bytes) -> str:
    if not raw.strip():
        return "blank_line"
    return "bad_encoding" if b"\0" in raw or not is_utf8(raw) else "malformed_json"
