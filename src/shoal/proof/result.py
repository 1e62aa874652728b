"""`Proof`: how well each grouping said what customers did next, beside shoal's choice, and the verdict in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shoal.measures.validity import Interval
from shoal.proof.judgement import Verdict as Verdict
from shoal.proof.ranked import RankingProof
from shoal.proof.ranker import signed
from shoal.show.blocks import Block, Cell, Chart, Details, Figure, Figures, Finding, Heading, Note, Table, TableColumn
from shoal.show.cells import between
from shoal.show.charts import intervals
from shoal.show.result import Result
from shoal.words.language import Text, Texts

texts = Texts("shoal.proof")


@dataclass(frozen=True, slots=True)
class Contender:
    """One way of grouping, judged on the weeks after the cuts (means over the origins).

    `r_squared` is the mean over the outcomes, `by_outcome` each of them; `ahead` is shoal's choice minus this one on
    the same customers, None for the choice itself and for the ceiling. A measure that cannot be computed is None.
    """

    key: str
    label: Text
    groups: float
    r_squared: Interval
    by_outcome: dict[str, float | None]
    auc: float | None
    capture: float | None
    ahead: Interval | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What one block of features adds: mean R² of one prediction a customer with it minus without it."""

    block: str
    label: Text
    features: int
    adds: Interval


@dataclass(frozen=True, slots=True)
class Tried:
    """One origin: its cut (ISO), how many customers were judged, how many lessons preceded, what was chosen then.

    `explained` is the choice's mean R² there; `rival` is the best plain way there with its own, `ahead` the choice
    minus that on the same customers (None where the log carries no plain way).
    """

    cut: str
    customers: int
    lessons: int
    space: str
    k: int
    explained: Interval
    rival: Text | None = None
    rival_explained: float | None = None
    ahead: Interval | None = None


@dataclass(frozen=True, kw_only=True)
class Proof(Result):
    """The judgement. `origins` are latest first; empty where nothing could be proven.

    `prediction` says whether learning from earlier dates added to what behaviour says, `limit` whether better groups of
    this number were to be had (None where groups say no more than chance). `supports` is the most segments
    that could be proven: 1 where groups say no more than chance or too few bought to tell, None where the history was
    too short to ask.

    `ceiling_kept` is the choice's share of what one prediction for each customer explains. `agreement` is the mean
    adjusted Rand index between the groups at neighbouring origins, over the customers known at both; None for one
    origin. `missing` says which contenders could not run on this log, and why.
    `recommendations` judges the lists of products, where there are any.
    """

    name = "proof"

    verdict: Verdict
    origins: tuple[Tried, ...] = ()
    outcomes: tuple[str, ...] = ()
    contenders: tuple[Contender, ...] = ()
    sources: tuple[Source, ...] = ()
    ceiling_kept: float | None = None
    agreement: float | None = None
    prediction: Verdict | None = None
    limit: Verdict | None = None
    supports: int | None = None
    missing: tuple[Finding, ...] = ()
    recommendations: RankingProof | None = None

    def view(self) -> Iterator[Block]:
        yield Heading(texts("view.title"))
        yield Note(self.verdict.text, tone="lead")
        if self.prediction is not None:
            yield Note(self.prediction.text)
        if self.limit is not None:
            yield Note(self.limit.text)
        yield from self.findings
        if self.contenders:
            yield Note(self._how())
            yield Figures(tuple(self._figures()))
            yield self._chart()
            yield self._table()
            if len(self.origins) > 1:
                yield self._dates()
            yield Note(texts("view.measures"), tone="small")
        if self.sources:
            yield Details(texts("view.sources"), (self._sources(), Note(texts("view.sources_how"), tone="small")))
        yield from self.missing
        if self.recommendations is not None:
            yield from self.recommendations.view()

    def _how(self) -> Text:
        latest = self.origins[0]
        return texts(
            "view.how" if len(self.origins) > 1 else "view.how_one",
            origins=len(self.origins),
            customers=max(origin.customers for origin in self.origins),
            horizon=self.made.horizon_days,
            last=latest.cut[:10],
            groups=self._groups(),
        )

    def _groups(self) -> Text:
        """How many groups were made at each date: one number, or the fewest and the most."""
        numbers = sorted({origin.k for origin in self.origins})
        if len(numbers) == 1:
            return Text.same(numbers[0])
        return texts("view.from_to", fewest=numbers[0], most=numbers[-1])

    def _figures(self) -> Iterator[Figure]:
        choice = next(contender for contender in self.contenders if contender.key == "choice")
        figures = {"explained": choice.r_squared.value, "kept": self.ceiling_kept, "agreement": self.agreement}
        for name, value in figures.items():
            if value is not None:
                shown = f"{value:.2f}" if name == "agreement" else f"{value:.0%}"
                yield Figure(texts(f"view.figure.{name}"), Text.same(shown), texts(f"view.figure.{name}_hint"))

    def _chart(self) -> Chart:
        explained = [contender.r_squared for contender in self.contenders]
        return intervals(
            "proof",
            texts("view.chart"),
            [contender.label for contender in self.contenders],
            [one.value for one in explained],
            [one.low for one in explained],
            [one.high for one in explained],
            value_title=texts("view.r_squared"),
            format=".2f",
            summary=self.verdict.text,
            highlight=[contender.key for contender in self.contenders].index("choice"),
        )

    def _dates(self) -> Table:
        formats = {"cut": "", "customers": ",.0f", "groups": ",.0f", "r_squared": ".3f", "interval": ""}
        formats |= {"rival": "", "rival_r": ".3f", "ahead": ""}
        columns = tuple(TableColumn(texts(f"view.column.{name}"), form) for name, form in formats.items())
        return Table(columns, tuple(_row(origin) for origin in self.origins), title=texts("view.dates"))

    def _sources(self) -> Table:
        labels = {"source": "", "features": ",.0f", "adds": "+.3f", "interval": ""}
        return Table(
            tuple(TableColumn(texts(f"view.column.{name}"), form) for name, form in labels.items()),
            tuple((s.label, s.features, s.adds.value, _range(s.adds)) for s in self.sources),
        )

    def _table(self) -> Table:
        formats = {
            "contender": "",
            "groups": ",.0f",
            "r_squared": ".3f",
            "interval": "",
            "auc": ".3f",
            "capture": ".1%",
            "ahead": "",
        }
        return Table(
            tuple(TableColumn(texts(f"view.column.{name}"), form) for name, form in formats.items()),
            tuple(
                (c.label, c.groups or None, c.r_squared.value, _range(c.r_squared), c.auc, c.capture, signed(c.ahead))
                for c in self.contenders
            ),
        )


def _row(tried: Tried) -> tuple[Cell, ...]:
    there = (tried.cut[:10], tried.customers, tried.k, tried.explained.value, _range(tried.explained))
    return (*there, tried.rival, tried.rival_explained, signed(tried.ahead))


def _range(interval: Interval) -> str:
    return between(interval.low, interval.high, ".3f")
