"""How segments are shown: portraits and choices go in, blocks come out. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from shoal.features.result import FeatureInfo
from shoal.segments.choose_k import KChoice
from shoal.segments.phrases import amount
from shoal.segments.portrait import FeatureProfile, Segment
from shoal.show import charts
from shoal.show.blocks import (
    Block,
    Cell,
    Chart,
    Details,
    Figure,
    Figures,
    Heading,
    Note,
    Table,
    TableColumn,
)
from shoal.words.language import Text, Texts

if TYPE_CHECKING:
    from shoal.segments.advice import Advice
    from shoal.segments.result import FitFacts

texts = Texts("shoal.segments")
HEAT_COLUMNS = 12


def opening(segments: Sequence[Segment], choice: KChoice) -> Iterator[Block]:
    """Heading, the sentence to read first, and the figures to remember."""
    yield Heading(texts("view.title"), anchor="segments")
    yield Note(_lead(segments), tone="lead")
    row = next((row for row in choice.rows if row.k == choice.picked), None)
    figures = [
        Figure(texts("view.customers"), Text.same(f"{sum(s.customers for s in segments):,}")),
        Figure(texts("view.segments"), Text.same(len(segments))),
        Figure(texts("view.largest"), Text.same(f"{max(s.share_customers for s in segments):.0%}")),
    ]
    if row is not None and row.silhouette is not None:
        hint = texts("view.silhouette_hint")
        figures.append(Figure(texts("view.silhouette"), Text.same(f"{row.silhouette:.2f}"), hint))
    yield Figures(tuple(figures))


def _lead(segments: Sequence[Segment]) -> Text:
    customers = sum(one.customers for one in segments)
    if len(segments) == 1:
        return texts("view.lead_one", customers=customers)
    first = segments[0]
    spend = "" if first.share_spend is None else texts("view.lead_spend", share=f"{first.share_spend:.0%}")
    share = f"{first.share_customers:.0%}"
    return texts("view.lead", customers=customers, k=len(segments), name=first.name, share=share, spend=spend)


def shares(segments: Sequence[Segment]) -> Chart:
    """Share of customers beside share of spend; of customers alone where no spend is known."""
    names = [segment.name for segment in segments]
    people = [segment.share_customers for segment in segments]
    spend = [segment.share_spend for segment in segments]
    if any(share is None for share in spend):
        most = max(segments, key=lambda segment: segment.customers)
        title = texts("view.sizes_title", name=most.name, share=f"{most.share_customers:.0%}")
        colours = [segment.number - 1 for segment in segments]
        label, said = texts("view.share_customers"), texts("view.sizes_summary")
        return charts.bars(
            "segment_sizes", title, names, people, value_title=label, format=".0%", summary=said, colours=colours
        )
    best = segments[0]
    title = texts(
        "view.shares_title", name=best.name, spend=f"{best.share_spend:.0%}", share=f"{best.share_customers:.0%}"
    )
    series: list[tuple[Text, Sequence[float | None]]] = [
        (texts("view.share_customers"), people),
        (texts("view.share_spend"), spend),
    ]
    return charts.grouped(
        "segment_shares",
        title,
        names,
        series,
        value_title=texts("view.share"),
        format=".0%",
        summary=texts("view.shares_summary"),
        colours=[segment.number - 1 for segment in segments],
    )


def heat(segments: Sequence[Segment], columns: Sequence[FeatureInfo], key: Sequence[str]) -> Iterator[Chart]:
    """Differences from the rest of the shop, segment by feature, for the features that tell most apart."""
    labels = {info.name: info.label for info in columns}
    shown = list(key[:HEAT_COLUMNS])
    if not shown:
        return
    values = [[part.difference if (part := segment.of(name)) else None for name in shown] for segment in segments]
    yield charts.heatmap(
        "segment_profiles",
        texts("view.heat_title"),
        [segment.name for segment in segments],
        [labels[name] for name in shown],
        values,
        format="+.1f",
        summary=texts("view.heat_summary"),
    )


def profiles(segments: Sequence[Segment], whole: Sequence[FeatureProfile], columns: Sequence[FeatureInfo]) -> Details:
    """The median of every feature in every segment beside the shop's, folded away."""
    heads = [TableColumn(texts("view.feature")), TableColumn(texts("view.whole"))]
    heads += [TableColumn(segment.name) for segment in segments]
    rows = [
        (info.label, *(_median(info, part) for part in (whole[i], *(segment.profile[i] for segment in segments))))
        for i, info in enumerate(columns)
    ]
    return Details(texts("view.profiles"), (Table(tuple(heads), tuple(rows)), Note(texts("view.intervals"), "small")))


def profile(segment: Segment, whole: Sequence[FeatureProfile], columns: Sequence[FeatureInfo]) -> Table:
    """The median of every feature in one segment beside the shop's."""
    labels = (texts("view.feature"), segment.name, texts("view.whole"))
    rows = tuple(
        (info.label, _median(info, own), _median(info, all_))
        for info, own, all_ in zip(columns, segment.profile, whole, strict=True)
    )
    return Table(tuple(map(TableColumn, labels)), rows, title=texts("view.profile_title"))


def _median(info: FeatureInfo, profile: FeatureProfile) -> Cell:
    return None if profile.median is None else amount(profile.median, info.kind)


def method(fit: FitFacts, advice: Advice | None = None) -> Details:
    """The settings in force and what they led to, and which method suits these customers, folded away."""
    facts = asdict(fit)
    names = [name for name in facts if texts.has(f"fit.{name}")]
    rows = tuple((texts(f"fit.{name}"), _fact(facts[name])) for name in names)
    columns = (TableColumn(texts("view.fact")), TableColumn(texts("view.value")))
    notes = [Note(texts("view.numbers"), "small"), Note(texts(f"algorithm.does.{fit.algorithm}"), "small")]
    if advice is not None:
        suits = texts("view.suits", algorithm=texts(f"algorithm.{advice.algorithm}"), reason=advice.reason)
        notes.append(Note(suits, "small"))
    return Details(texts("view.fit"), (Table(columns, rows), *notes))


def _fact(value: object) -> Cell:
    if isinstance(value, bool):
        return texts("fit.yes" if value else "fit.no")
    return f"{value:,.6g}" if isinstance(value, int | float) else str(value)


def brief(segments: Sequence[Segment]) -> Table:
    """One row a segment: number, name, customers, shares, what sets it apart most; the share of spend where any is."""
    labels = {
        "number": ",.0f",
        "name": "",
        "customers": ",.0f",
        "share_customers": ".1%",
        "share_spend": ".1%",
        "first_contrast": "",
    }
    if all(segment.share_spend is None for segment in segments):
        del labels["share_spend"]
    return Table(
        tuple(TableColumn(texts(f"view.{label}"), form) for label, form in labels.items()),
        tuple(tuple(_brief(segment, label) for label in labels) for segment in segments),
    )


def _brief(segment: Segment, label: str) -> Cell:
    if label == "first_contrast":
        return segment.contrasts[0].text if segment.contrasts else None
    found: Cell = getattr(segment, label)
    return found
