"""One way of recommending and how good its lists were, and how several ways stand in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shoal.measures.validity import Interval
from shoal.show.blocks import Cell, Table, TableColumn
from shoal.show.cells import between, shown
from shoal.words.language import Text, Texts

texts = Texts("shoal.proof")
DEPTHS = (5, 10, 20)
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


def tongue(goal: str) -> str:
    """Where the words stand: a log without purchases is spoken of as interest, not as buying."""
    return "ranked" if goal == "purchase" else "interest"


def way_label(key: str, goal: str) -> Text:
    """What a way of recommending is called."""
    return _label(f"way.{key}", goal)


def ways_tables(rankers: Sequence[Ranker], goal: str = "purchase") -> tuple[Table, Table]:
    """A row a way, best first: how often it was right, and what its lists are like."""
    right = tuple(
        (r.label, f"{r.ndcg.value:.3f} ({between(r.ndcg.low, r.ndcg.high, '.3f')})", r.repeat, r.new, signed(r.ahead))
        for r in rankers
    )
    like = tuple((r.label, r.coverage, r.novelty, r.diversity, r.only_bestsellers) for r in rankers)
    formats = {"coverage": ".0%", "novelty": ".1f", "diversity": ".2f", "bestsellers": ".0%"}
    return (
        _table("right", dict.fromkeys(("way", "ndcg", "repeat", "new", "ahead"), ".3f"), right, goal),
        _table("like", {"way": "", **formats}, like, goal),
    )


def _table(title: str, formats: Mapping[str, str], rows: tuple[tuple[Cell, ...], ...], goal: str) -> Table:
    columns = tuple(TableColumn(column_label(key, goal), form) for key, form in formats.items())
    return Table(columns, rows, title=texts(f"ranked.{title}"))


def column_label(key: str, goal: str) -> Text:
    """The head of a column."""
    return _label(f"column.{key}", goal)


def _label(key: str, goal: str) -> Text:
    """The words under a key; those of interest where there are others for it."""
    own = f"{tongue(goal)}.{key}"
    return texts(own if texts.has(own) else f"ranked.{key}")


def depths_table(rankers: Sequence[Ranker]) -> Table:
    """The choice beside the bar and the best two of the others; a row a measure and depth."""
    by_key = {ranker.key: ranker for ranker in rankers}
    own = ("choice", "without_segments", "popularity")
    rest = [ranker for ranker in rankers if ranker.key not in own][:2]
    shown = [by_key["choice"], *rest, by_key["popularity"]]
    columns = [TableColumn(texts("ranked.column.measure")), *(TableColumn(r.label, ".3f") for r in shown)]
    rows: list[tuple[Cell, ...]] = [
        (texts(f"ranked.measure.{measure}", depth=depth), *(r.measures[f"{measure}@{depth}"] for r in shown))
        for measure in SHOWN
        for depth in DEPTHS
    ]
    return Table(tuple(columns), tuple(rows))


def signed(interval: Interval | None) -> str | None:
    """A difference with its interval, signs shown; None where there is none."""
    if interval is None:
        return None
    return f"{shown(interval.value, '+.3f', 'en')} ({between(interval.low, interval.high, '+.3f')})"
