"""What the proof of recommendations came to: every way of recommending, judged on days that none had seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shoal.measures.validity import Interval
from shoal.proof.judgement import Verdict
from shoal.proof.last_basket import LastBasketProof
from shoal.proof.ranker import Ranker, column_label, depths_table, signed, tongue, ways_tables
from shoal.recommend.reason_words import act_in_words, goal_in_words
from shoal.show.blocks import Block, Chart, Details, Heading, Note, Table, TableColumn
from shoal.show.charts import intervals
from shoal.words.language import Text, Texts

texts = Texts("shoal.proof")


@dataclass(frozen=True, slots=True)
class Part:
    """NDCG@10 of the choice and of popularity among some of the customers."""

    label: Text
    customers: int
    choice: float
    popularity: float


@dataclass(frozen=True)
class RankingProof:
    """The judgement of recommendations made at `cut` (ISO) by what was bought in the `days` after it.

    `customers` had a history and bought then; `newcomers` bought without one and can't be judged. `rankers` are best
    first, `by_history` and `by_segment` tell where the choice helps. `segments_add` is the choice minus the same
    learned without segments, None where there were no segments. `last_basket` is the other, weaker test; None where the
    log names fewer than two products. `goal` is the event type that counts as buying.
    """

    verdict: Verdict
    cut: str = ""
    days: int = 0
    customers: int = 0
    newcomers: int = 0
    rankers: tuple[Ranker, ...] = ()
    segments_add: Interval | None = None
    by_history: tuple[Part, ...] = ()
    by_segment: tuple[Part, ...] = ()
    last_basket: LastBasketProof | None = None
    goal: str = "purchase"

    def view(self) -> Iterator[Block]:
        yield Heading(texts("ranked.title"), level=3, anchor="recommendations-proof")
        yield Note(self.verdict.text, tone="lead")
        if self.rankers:
            yield from self._later_days()
        if self.last_basket is not None:
            yield Details(self.last_basket.title, tuple(self.last_basket.view()))

    def _later_days(self) -> Iterator[Block]:
        if self.goal != "purchase":
            yield Note(goal_in_words(self.goal))
        yield Note(self._how())
        yield self._chart()
        yield from ways_tables(self.rankers, self.goal)
        yield Note(self._segments(), "small")
        yield Details(texts("ranked.parts"), (self._parts(),))
        measures = texts(f"{tongue(self.goal)}.measures", act=act_in_words(self.goal))
        yield Details(texts("ranked.depths"), (depths_table(self.rankers), Note(measures, "small")))

    def _how(self) -> Text:
        return texts(
            f"{tongue(self.goal)}.how",
            cut=self.cut[:10],
            days=self.days,
            customers=self.customers,
            newcomers=self.newcomers,
            act=act_in_words(self.goal),
        )

    def _chart(self) -> Chart:
        return intervals(
            "ranking",
            texts(f"{tongue(self.goal)}.chart", days=self.days, act=act_in_words(self.goal)),
            [ranker.label for ranker in self.rankers],
            [ranker.ndcg.value for ranker in self.rankers],
            [ranker.ndcg.low for ranker in self.rankers],
            [ranker.ndcg.high for ranker in self.rankers],
            value_title=texts("ranked.column.ndcg"),
            format=".3f",
            summary=texts("ranked.chart_summary", best=self.rankers[0].label),
            highlight=next(place for place, ranker in enumerate(self.rankers) if ranker.key == "choice"),
        )

    def _segments(self) -> Text:
        found = self.segments_add
        if found is None:
            return texts("ranked.segments_none")
        code = "more" if found.low > 0 else "less" if found.high < 0 else "same"
        return texts(f"ranked.segments_{code}", adds=signed(found))

    def _parts(self) -> Table:
        keys = ("who", "customers", "choice", "popularity")
        columns = tuple(
            TableColumn(column_label(key, self.goal), ",.0f" if key == "customers" else ".3f") for key in keys
        )
        parts = (*self.by_history, *self.by_segment)
        return Table(columns, tuple((p.label, p.customers, p.choice, p.popularity) for p in parts))
