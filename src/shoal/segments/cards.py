"""A segment as a card: a portrait goes in, blocks come out. Nothing is computed here.

The order is that of questions: who are they, how many and how much, what sets them apart, what do they like, and whom
may one think of. Customers are described, never named: ids are shown only where they were asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shoal.features.result import FeatureInfo
from shoal.segments.phrases import amount, chosen_in_events
from shoal.segments.portrait import Contrast, Segment
from shoal.segments.prospect_view import on_card
from shoal.show.blocks import Block, Card, Cards, Cell, Figure, Figures, Note, Table, TableColumn
from shoal.words.language import Text, Texts

texts = Texts("shoal.segments")
SHOWN_CONTRASTS = 4
SHOWN_FAVOURITES = 3
SHOWN_PRODUCTS, ALL = 3, 99


def cards(segments: Sequence[Segment], columns: Sequence[FeatureInfo]) -> Cards:
    """One card a segment, in its colour."""
    return Cards(tuple(card(segment, columns) for segment in segments))


def card(segment: Segment, columns: Sequence[FeatureInfo], products: int = SHOWN_PRODUCTS) -> Card:
    """The persona, size, shares of spend and orders, what sets it apart, what it likes, typical customers."""
    blocks: list[Block] = [*on_card(segment)]
    blocks += [Note(segment.persona)] if segment.persona.en else []
    blocks += [
        Figures(tuple(_figures(segment))),
        *_apart(segment, columns),
        *_likes(segment, products, chosen_in_events(columns)),
    ]
    if segment.typical:
        blocks.append(Table((TableColumn(texts("view.typical")),), tuple((one.text,) for one in segment.typical)))
    subtitle = texts("view.subtitle", number=segment.number)
    return Card(segment.name, tuple(blocks), subtitle, segment.number - 1, f"segment-{segment.number}")


def _figures(segment: Segment) -> Iterator[Figure]:
    share = texts("view.of_all", share=f"{segment.share_customers:.1%}")
    yield Figure(texts("view.customers"), Text.same(f"{segment.customers:,}"), share)
    for key, part in (("share_spend", segment.share_spend), ("share_orders", segment.share_orders)):
        if part is not None:
            yield Figure(texts(f"view.{key}"), Text.same(f"{part:.1%}"))


def _apart(segment: Segment, columns: Sequence[FeatureInfo]) -> Iterator[Block]:
    """The strongest contrasts, segment beside shop, with a bar for the difference in standard deviations.

    Nothing where all customers are one segment: there are no others to differ from.
    """
    infos = {info.name: info for info in columns}
    shown = segment.contrasts[:SHOWN_CONTRASTS]
    if not shown:
        if segment.share_customers < 1:
            yield Note(texts("view.nothing_apart"))
        return
    heads = (TableColumn(texts("view.apart")), TableColumn(texts("view.here")), TableColumn(texts("view.whole")))
    bar = TableColumn(texts("view.difference"), "+.1f", bar=True)
    yield Table((*heads, bar), tuple(_contrast(one, infos[one.feature]) for one in shown))


def _contrast(one: Contrast, info: FeatureInfo) -> tuple[Cell, ...]:
    kind = "share" if one.statistic == "nonzero" else info.kind
    label = info.label if one.statistic == "median" else texts(f"view.contrast_{one.statistic}", label=info.label)
    if info.kind == "share" and one.statistic == "mean":
        label = info.label
    return label, amount(one.value, kind), amount(one.whole, kind), one.difference


def _likes(segment: Segment, products: int, in_events: bool) -> Iterator[Table]:
    """Favourite categories and products, by how many times as often they are chosen as in the shop."""
    if segment.favourites:
        heads = [
            TableColumn(texts("view.categories")),
            TableColumn(texts("view.of_chosen" if in_events else "view.of_spend"), ".0%"),
        ]
        heads += [TableColumn(texts("view.whole"), ".0%"), TableColumn(texts("view.lift"), ".1f")]
        shown = segment.favourites[:SHOWN_FAVOURITES]
        yield Table(tuple(heads), tuple((one.label, one.share, one.whole, one.lift) for one in shown))
    if segment.products:
        heads = [TableColumn(texts("view.products")), TableColumn(texts("view.product_buyers"), ",.0f")]
        heads.append(TableColumn(texts("view.lift"), ".1f", bar=True))
        rows = tuple((one.name, one.buyers, one.lift) for one in segment.products[:products])
        yield Table(tuple(heads), rows)
