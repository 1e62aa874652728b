"""One way of recommending and how good its lists were, and how several ways stand in a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shoal.measures.validity import Interval
from shoal.show.blocks import Cell, Table, TableColumn
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


def ways_table(rankers: Sequence[Ranker]) -> Table:
    """A row a way, best first: how often it was right, and what its lists are like."""
    keys = ("way", "ndcg", "repeat", "new", "coverage", "novelty", "diversity", "bestsellers", "ahead")
    formats = {"coverage": ".0%", "novelty": ".1f", "diversity": ".2f", "bestsellers": ".0%"}
    return Table(
        tuple(TableColumn(texts(f"ranked.column.{key}"), formats.get(key, ".3f")) for key in keys),
        tuple(
            (
                *(r.label, f"{r.ndcg.value:.3f} ({r.ndcg.low:.3f} – {r.ndcg.high:.3f})", r.repeat, r.new),
                *(r.coverage, r.novelty, r.diversity, r.only_bestsellers, signed(r.ahead)),
            )
            for r in rankers
        ),
    )


def depths_table(rankers: Sequence[Ranker]) -> Table:
    """The choice beside the bar and the best two of the others; a row a measure and depth."""
    by_key = {ranker.key: ranker for ranker in rankers}
    own = ("choice", "without_segments", "popularity")
    rest = [ranker for ranker in rankers if ranker.key not in own][:2]
    shown = [by_key["choice"], *rest, by_key["popularity"]]
    columns = [TableColumn(texts("ranked.column.measure")), *(TableColumn(r.label, ".3f") for r in shown)]
    names = [f"{measure}@{depth}" for measure in SHOWN for depth in DEPTHS]
    labels = [NAMES[name.split("@")[0]] + "@" + name.split("@")[1] for name in names]
    rows: list[tuple[Cell, ...]] = [
        (label, *(r.measures[name] for r in shown)) for label, name in zip(labels, names, strict=True)
    ]
    return Table(tuple(columns), tuple(rows))


def signed(interval: Interval | None) -> str | None:
    """A difference with its interval, signs shown; None where there is none."""
    return None if interval is None else f"{interval.value:+.3f} ({interval.low:+.3f} – {interval.high:+.3f})"
