"""What the proof of recommendations came to: every way of recommending, judged on days that none had seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from shoal.measures.validity import Interval
from shoal.proof.judgement import Verdict
from shoal.show.blocks import Block, Cell, Chart, Details, Heading, Note, Table, TableColumn
from shoal.show.charts import intervals
from shoal.words.language import Text, Texts

texts = Texts("shoal.proof")
DEPTHS = (5, 10, 20)
NAMES = {"ndcg": "NDCG", "recall": "Recall", "precision": "Precision", "map": "MAP", "hit_rate": "Hit rate"}
SHOWN = ("ndcg", "recall", "precision", "map", "hit_rate")


@dataclass(frozen=True, slots=True)
class Ranker:
    """One way of recommending, judged on the same customers.

    `ndcg` is NDCG@10 with its bootstrap interval over customers; `measures` holds every measure at 5, 10 and 20
    (``recall@20``). `repeat` and `new` are NDCG@10 of products bought before and of products new to the customer, each
    ranked among its own kind; None where there were none. `novelty` is None where every list is empty. `ahead` is the
    choice minus this one, None for the choice.
    """

    key: str
    label: Text
    ndcg: Interval
    measures: dict[str, float]
    repeat: float | None
    new: float | None
    coverage: float
    novelty: float | None
    diversity: float | None
    only_bestsellers: float
    ahead: Interval | None = None


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
    learned without segments, None where there were no segments.
    """

    verdict: Verdict
    cut: str = ""
    days: int = 0
    customers: int = 0
    newcomers: int = 0
    rankers: tuple[Ranker, ...] = ()
    segments_add: Interval | None = None
    by_history: tuple[Part, ...] = ()
    by_segment: tuple[Part, ...] = field(default=())

    def view(self) -> Iterator[Block]:
        yield Heading(texts("ranked.title"), level=3, anchor="recommendations-proof")
        yield Note(self.verdict.text, tone="lead")
        if not self.rankers:
            return
        yield Note(
            texts("ranked.how", cut=self.cut[:10], days=self.days, customers=self.customers, newcomers=self.newcomers)
        )
        yield self._chart()
        yield self._table()
        yield Note(self._segments(), "small")
        yield Details(texts("ranked.parts"), (self._parts(),))
        yield Details(texts("ranked.depths"), (self._depths(), Note(texts("ranked.measures"), "small")))

    def _chart(self) -> Chart:
        return intervals(
            "ranking",
            texts("ranked.chart", days=self.days),
            [ranker.label for ranker in self.rankers],
            [ranker.ndcg.value for ranker in self.rankers],
            [ranker.ndcg.low for ranker in self.rankers],
            [ranker.ndcg.high for ranker in self.rankers],
            value_title=texts("ranked.column.ndcg"),
            format=".3f",
            summary=texts("ranked.chart_summary", best=self.rankers[0].label),
            highlight=next(place for place, ranker in enumerate(self.rankers) if ranker.key == "choice"),
        )

    def _table(self) -> Table:
        keys = ("way", "ndcg", "range", "repeat", "new", "coverage", "novelty", "diversity", "bestsellers", "ahead")
        formats = {"coverage": ".0%", "novelty": ".1f", "diversity": ".2f", "bestsellers": ".0%"}
        return Table(
            tuple(TableColumn(texts(f"ranked.column.{key}"), formats.get(key, ".3f")) for key in keys),
            tuple(
                (
                    *(r.label, r.ndcg.value, f"{r.ndcg.low:.3f} – {r.ndcg.high:.3f}", r.repeat, r.new),
                    *(r.coverage, r.novelty, r.diversity, r.only_bestsellers, _signed(r.ahead)),
                )
                for r in self.rankers
            ),
        )

    def _segments(self) -> Text:
        found = self.segments_add
        if found is None:
            return texts("ranked.segments_none")
        code = "more" if found.low > 0 else "less" if found.high < 0 else "same"
        return texts(f"ranked.segments_{code}", adds=_signed(found))

    def _parts(self) -> Table:
        keys = ("who", "customers", "choice", "popularity")
        columns = tuple(
            TableColumn(texts(f"ranked.column.{key}"), ",.0f" if key == "customers" else ".3f") for key in keys
        )
        parts = (*self.by_history, *self.by_segment)
        return Table(columns, tuple((p.label, p.customers, p.choice, p.popularity) for p in parts))

    def _depths(self) -> Table:
        """The choice beside the bar and the best of the others; a row a measure and depth."""
        by_key = {ranker.key: ranker for ranker in self.rankers}
        own = ("choice", "without_segments", "popularity")
        rest = [ranker for ranker in self.rankers if ranker.key not in own][:2]
        shown = [by_key["choice"], *rest, by_key["popularity"]]
        columns = [TableColumn(texts("ranked.column.measure")), *(TableColumn(r.label, ".3f") for r in shown)]
        names = [f"{measure}@{depth}" for measure in SHOWN for depth in DEPTHS]
        labels = [NAMES[name.split("@")[0]] + "@" + name.split("@")[1] for name in names]
        rows: list[tuple[Cell, ...]] = [
            (label, *(r.measures[name] for r in shown)) for label, name in zip(labels, names, strict=True)
        ]
        return Table(tuple(columns), tuple(rows))


def _signed(interval: Interval | None) -> str | None:
    return None if interval is None else f"{interval.value:+.3f} ({interval.low:+.3f} – {interval.high:+.3f})"
