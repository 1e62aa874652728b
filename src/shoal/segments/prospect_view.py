"""How it is shown what may come of segments: the outlook, what moves customers, whether each is found again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shoal.segments.outlook import ahead, sentence
from shoal.segments.phrases import amount
from shoal.segments.portrait import Segment
from shoal.segments.prospect import Change, Move
from shoal.show.blocks import Block, Details, Finding, Note, Table, TableColumn
from shoal.words.language import Text, Texts

texts = Texts("shoal.segments")


def prospects(segments: Sequence[Segment], currency: str | None) -> Iterator[Block]:
    """The outlook of all segments, and folded away what moves customers and whether each segment is found again."""
    yield from ahead(segments, currency)
    if any(one.moves for one in segments):
        names = {one.number: one.name for one in segments}
        rows = [(one.name, *_move(move, names, currency)) for one in segments for move in one.moves]
        columns = [TableColumn(texts(f"move.{key}")) for key in ("from", "to", "customers", "changes")]
        yield Details(texts("move.title"), (Table(tuple(columns), tuple(rows), note=texts("move.how")),))
    if any(one.steadiness for one in segments):
        yield Details(texts("steady.title"), (_steadiness(segments),))


def _move(move: Move, names: dict[int, Text], currency: str | None) -> tuple[Text, Text, Text]:
    said = [change_said(change, currency) for change in move.changes]
    words = Text("; ".join(t.en for t in said), "；".join(t.zh for t in said)) if said else texts("move.none")
    return names[move.to], Text.same(f"{move.customers:,}"), words


def _steadiness(segments: Sequence[Segment]) -> Table:
    formats = {"segment": "", "seeds": ".2f", "bootstrap": ".2f", "dates": ".2f", "word": ""}
    rows = [
        (one.name, s.seeds, s.bootstrap, s.dates, texts(f"steady.{s.word}"))
        for one in segments
        if (s := one.steadiness) is not None
    ]
    columns = tuple(TableColumn(texts(f"steady.{key}"), form) for key, form in formats.items())
    return Table(columns, tuple(rows), note=texts("steady.how"))


def on_card(segment: Segment) -> Iterator[Finding]:
    """The mark of a segment that is not found again."""
    if segment.steadiness is not None and segment.steadiness.word == "shaky":
        yield Finding("segment.unstable", "warning", texts("steady.card"))


def of_one(segment: Segment, names: dict[int, Text], currency: str | None) -> Iterator[Block]:
    """The same for one segment alone."""
    if segment.outlook is not None:
        yield sentence(segment.outlook, currency)
    for move in segment.moves:
        to, _, words = _move(move, names, currency)
        yield Note(texts("move.alone", to=to, changes=words, customers=move.customers))
    if segment.steadiness is not None:
        yield _steadiness([segment])


def change_said(change: Change, currency: str | None) -> Text:
    """A change in words: "orders 3 instead of 7", "Plan is gold"."""
    if change.level:
        return change.label
    value, needed = (amount(one, change.kind, currency) for one in (change.value, change.needed))
    return texts("move.change", label=change.label, value=value, needed=needed)
