"""Scores ways of recommending on the same customers: every measure, intervals over customers, and who is ahead.

In: the lists of each way and an `Exam`: what the judged customers did before and what they bought after. Out: rankers,
best first. The one thing to know: full ranking over all products, no sampled negatives (Krichene and Rendle 2020).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from shoal.measures.ranking import by_customer, coverage, diversity, novelty, only_bestsellers
from shoal.measures.validity import Interval, bootstrap_weights, percentile_interval
from shoal.proof.judgement import Verdict
from shoal.proof.ranker import DEPTHS, Ranker, way_label
from shoal.recommend.contract import Proposals
from shoal.recommend.interactions import Interactions, Ints
from shoal.recommend.neighbours import values_at
from shoal.recommend.reason_words import act_in_words
from shoal.recommend.recommend import BESTSELLERS
from shoal.words.columns import EVENT_TYPES
from shoal.words.language import Text, Texts

texts = Texts("shoal.proof")
DRAWS = 300
DEEP = 100
"""Lists are made so deep that each kind, repeats and new products, has its own ten to be judged by."""
FEWEST_JUDGED = 30
Real = NDArray[np.float64]


@dataclass(frozen=True)
class Exam:
    """The customers judged, row for row: their `histories`, and what they bought `after` them (0/1).

    `category` is a number for each product's category (-1 for none), `popularity` the share of customers who had bought
    it, `offered` how many products could be offered at all.
    """

    histories: Interactions
    after: csr_array
    category: NDArray[np.int64]
    popularity: Real
    offered: int


@dataclass(frozen=True)
class Scored:
    """One way's NDCG@10 of every customer, and its ranker."""

    ndcg: Real
    ranker: Ranker


def scored(lists: Mapping[str, Proposals], exam: Exam) -> dict[str, Scored]:
    """Every way judged, with how far the choice (key ``choice``) is ahead of it."""
    weights = bootstrap_weights(exam.histories.customers, DRAWS, 0)
    found = {key: _one(key, one.products, exam, weights) for key, one in lists.items()}
    choice = found["choice"]
    return {
        key: one if key == "choice" else replace(one, ranker=replace(one.ranker, ahead=_ahead(choice, one, weights)))
        for key, one in found.items()
    }


def best_first(found: Mapping[str, Scored]) -> tuple[Ranker, ...]:
    """The rankers by NDCG@10."""
    return tuple(sorted((one.ranker for one in found.values()), key=lambda ranker: -ranker.ndcg.value))


def against_popularity(rankers: Sequence[Ranker], key: str, goal: str) -> Verdict:
    """Better, level or worse than the bar, which is popularity, tuned on earlier days; in the words under `key`."""
    by_key = {ranker.key: ranker for ranker in rankers}
    choice, bar = by_key["choice"], by_key["popularity"]
    ahead = bar.ahead
    code = "level" if ahead is None else "better" if ahead.low > 0 else "worse" if ahead.high < 0 else "level"
    times = choice.ndcg.value / bar.ndcg.value if bar.ndcg.value > 0 else float("inf")
    said: dict[str, str | Text] = {
        "act": act_in_words(goal),
        "choice": f"{choice.ndcg.value:.3f}",
        "bar": f"{bar.ndcg.value:.3f}",
        "times": f"{times:.1f}",
        "hits": f"{choice.measures['hit_rate@10']:.0%}",
        "bar_hits": f"{bar.measures['hit_rate@10']:.0%}",
    }
    return Verdict(code, texts(f"{key}.verdict.{code}", **said))


def _one(key: str, lists: Ints, exam: Exam, weights: Real) -> Scored:
    measures: dict[str, float] = {}
    for depth in DEPTHS:
        for name, values in by_customer(lists, exam.after, depth).items():
            measures[f"{name}@{depth}"] = float(np.mean(values))
    ndcg = by_customer(lists, exam.after, 10)["ndcg"]
    top, popular = lists[:, :10], exam.popularity
    kinds = _by_kind(lists, exam)
    ranker = Ranker(
        key,
        way_label(key, EVENT_TYPES[exam.histories.goal]),
        percentile_interval(float(ndcg.mean()), weights @ ndcg / weights.sum(1)),
        measures,
        *kinds,
        coverage(top, exam.offered),
        novelty(top, popular) if (top >= 0).any() else None,
        diversity(top, exam.category) if (exam.category >= 0).any() else None,
        only_bestsellers(top, popular, min(BESTSELLERS, max(len(popular) // 10, 1))),
    )
    return Scored(ndcg, ranker)


def _by_kind(lists: Ints, exam: Exam) -> tuple[float | None, float | None]:
    """NDCG@10 of repeats among repeats and of new products among new ones."""
    own = exam.histories.owned
    rows, place = np.nonzero(lists >= 0)
    repeat = np.zeros(lists.shape, bool)
    repeat[rows, place] = values_at(own, rows, lists[rows, place]) > 0
    bought_again = csr_array(exam.after.multiply(own))
    found = []
    for kept, bought in ((repeat, bought_again), (~repeat, csr_array(exam.after - bought_again))):
        bought.eliminate_zeros()
        shown = np.where(kept, lists, -1)
        order = np.argsort(shown < 0, axis=1, kind="stable")
        values = by_customer(np.take_along_axis(shown, order, 1), bought, 10)["ndcg"]
        found.append(float(np.nanmean(values)) if not np.isnan(values).all() else None)
    return found[0], found[1]


def _ahead(choice: Scored, other: Scored, weights: Real) -> Interval:
    difference = choice.ndcg - other.ndcg
    return percentile_interval(float(difference.mean()), weights @ difference / weights.sum(1))
