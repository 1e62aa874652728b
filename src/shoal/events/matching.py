"""Which column of a source is which of ours.

In: a staged source, a layout's name, the user's own ``--columns``. Out: a `Match`. The one thing to know: what the user
says wins over the layout, and a column that already has one of our names needs no saying.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shoal.events.known import LAYOUTS
from shoal.events.layouts import LOADED, PRICE, First, Layout, fitting, named, names_in, plain
from shoal.events.staged import Staged, found
from shoal.events.times import ORDERS
from shoal.words.errors import UsageError, error
from shoal.words.language import Texts

texts = Texts("shoal.events")

OWN = Layout("own", {}, ())
"""The layout of a source that only ``--columns`` explains."""


@dataclass(frozen=True, slots=True)
class Match:
    """The source's columns by our names. Several make a path or a sum, or stand in for each other in `firsts`.

    `order` is the date order the user gave.
    """

    staged: Staged
    layout: Layout
    columns: Mapping[str, tuple[str, ...]]
    order: str | None = None
    firsts: frozenset[str] = frozenset()

    @property
    def complete(self) -> bool:
        return {"customer_id", "event_time"} <= set(self.columns)


def match(staged: Staged, code: str | None, columns: Mapping[str, str], layouts: Sequence[Layout] = LAYOUTS) -> Match:
    """The match of one source; it may be incomplete. Raises `UsageError` for a layout that is not there or unfit."""
    layout = fitting(layouts, tuple(staged.columns), staged.first_rows)
    if code is not None:
        layout = _asked(staged, code, layouts)
    own, order = _own(staged, columns)
    known = _from_layout(staged, layout or layouts[-1])
    if PRICE in own and "amount" not in own:
        known.pop("amount", None)
    if "amount" in own:
        known.pop(PRICE, None)
    shown = layout or layouts[-1]
    firsts = {ours for ours in known if ours not in own and isinstance(shown.columns.get(ours), First)}
    return Match(staged, layout or OWN, {**known, **own}, order, frozenset(firsts))


def check_columns(columns: Mapping[str, str], sources: Iterable[Staged], known: Sequence[str] = LOADED) -> None:
    """Refuse a name of ours that is none, and a column that no source has. Raises `UsageError`."""
    sources = list(sources)
    for ours, theirs in columns.items():
        if ours not in known:
            raise error(UsageError, texts, "no_such_name", name=ours, known=", ".join(known))
        if not any(find_columns(staged, theirs)[0] for staged in sources):
            names = found(sources[0])
            raise error(UsageError, texts, "no_such_column", name=theirs, ours=ours, file=sources[0].file, found=names)


def _asked(staged: Staged, code: str, layouts: Sequence[Layout]) -> Layout:
    layout = named(layouts, code)
    if layout is None:
        raise error(UsageError, texts, "no_such_layout", name=code, known=", ".join(entry.code for entry in layouts))
    missing = [name for name in layout.known_by if plain(name) not in {plain(column) for column in staged.columns}]
    if missing and not (staged.first_rows and layout.shapes):
        raise error(
            UsageError, texts, "layout_unfit",
            name=code, file=staged.file, missing=", ".join(missing), found=found(staged),
        )  # fmt: skip
    return layout


def _from_layout(staged: Staged, layout: Layout) -> dict[str, tuple[str, ...]]:
    if layout.shapes and not staged.header:
        return {ours: (column,) for ours, column in zip(layout.columns, staged.columns, strict=True)}
    there = {plain(name): name for name in staged.columns}
    wanted = {ours: names_in(theirs) for ours, theirs in layout.columns.items()}
    return {
        ours: tuple(there[plain(name)] for name in theirs if plain(name) in there)
        for ours, theirs in wanted.items()
        if any(plain(name) in there for name in theirs)
    }


def _own(staged: Staged, columns: Mapping[str, str]) -> tuple[dict[str, tuple[str, ...]], str | None]:
    own, order = {}, None
    for ours, theirs in columns.items():
        names, asked = find_columns(staged, theirs)
        if names:
            own[ours] = names
            order = asked if ours == "event_time" else order
    return own, order


def find_columns(staged: Staged, theirs: str) -> tuple[tuple[str, ...], str | None]:
    """The columns meant by ``NAME``, ``NAME+NAME`` or, for a time, ``NAME:dmy``; empty where one is missing."""
    there = {plain(name): name for name in staged.columns}
    head, _, tail = theirs.rpartition(":")
    order = tail if tail in ORDERS and head and plain(theirs) not in there else None
    wanted = head if order else theirs
    parts = [wanted] if plain(wanted) in there else wanted.split("+")
    if not all(plain(part) in there for part in parts):
        return (), None
    return tuple(there[plain(part)] for part in parts), order
