"""Judges recommendations: lists are made at an earlier cut from the past alone and compared with what was bought then.

In: the log, how it is segmented, how recommendations are made. Out: `RankingProof`. The one thing to know: segments,
methods, weights and rules are all made anew at the cut; full ranking over the whole catalogue, no sampled negatives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.sparse import csr_array

from shoal.events.result import EventLog
from shoal.features.build import build
from shoal.features.categories import learn_categories
from shoal.features.lessons import MOST_LESSONS, cuts, observe, sampled
from shoal.measures.ranking import by_customer, coverage, diversity, novelty, only_bestsellers
from shoal.measures.validity import Interval, bootstrap_weights, percentile_interval
from shoal.proof.judgement import Verdict
from shoal.proof.ranked import DEPTHS, Part, Ranker, RankingProof
from shoal.recommend.contract import Proposals
from shoal.recommend.crossing import bought_after, catalogue, interactions
from shoal.recommend.interactions import Interactions, Ints
from shoal.recommend.neighbours import values_at
from shoal.recommend.offers import Offers
from shoal.recommend.recommend import BESTSELLERS, RecommendSettings, fit
from shoal.recommend.rules import may_be_shown
from shoal.segments.grouping import group
from shoal.segments.settings import SegmentSettings
from shoal.words.clock import DAY_S, Clock
from shoal.words.errors import InputError, UsageError
from shoal.words.language import Text, Texts

texts = Texts("shoal.proof")
DRAWS = 300
FEWEST_JUDGED = 30
FEWEST_IN_PART = 20
FEW_BASKETS = 2
DEEP = 100
"""Lists are made so deep that each kind, repeats and new products, has its own ten to be judged by."""
Real = NDArray[np.float64]


def prove_recommendations(log: EventLog, how: SegmentSettings, settings: RecommendSettings) -> RankingProof:
    """How well the lists made `ahead_days` before the end name what was bought since, beside plain ways.

    Raises nothing for a log that is too short, too thin or names no products: the verdict then says so.
    """
    few, days = sampled(log), settings.ahead_days
    cut = few.clock.earlier(days)
    if cut.as_of - few.first_s < 2 * days * DAY_S:
        return RankingProof(Verdict("unproven", texts("ranked.unproven_short", days=days)))
    seen = interactions(few, cut)
    if seen.products < 2 or not seen.events:
        return RankingProof(Verdict("unproven", texts("ranked.unproven_products")))
    known = catalogue(few)
    after = bought_after(few, cut, seen, days)
    judged = np.flatnonzero((np.diff(after.indptr) > 0) & (np.diff(seen.starts) > 0))
    newcomers = _newcomers(few, cut, days)
    if len(judged) < FEWEST_JUDGED:
        return RankingProof(Verdict("unproven", texts("ranked.unproven_few", found=len(judged), few=FEWEST_JUDGED)))
    seen = seen.in_segments(_segments_there(few, cut, how, seen))
    offers, _ = fit(seen, known, settings)
    offers = _only_what_was_sold(offers, seen)
    test = _Test(seen.take(judged), csr_array(after[judged]), known.categories(), offers)
    return _judged(test, cut, days, newcomers)


@dataclass(frozen=True)
class _Test:
    """The customers judged: their histories before the cut and what they bought after it, row for row."""

    histories: Interactions
    after: csr_array
    category: NDArray[np.int64]
    offers: Offers


@dataclass(frozen=True)
class _Scores:
    lists: Ints
    ndcg: Real
    ranker: Ranker


def _judged(test: _Test, cut: Clock, days: int, newcomers: int) -> RankingProof:
    lists = dict(_lists(test))
    weights = bootstrap_weights(len(test.after.indptr) - 1, DRAWS, 0)
    scores = {key: _scored(key, found, test, weights) for key, found in lists.items()}
    choice = scores["choice"]
    rankers = [
        replace(one.ranker, ahead=None if key == "choice" else _ahead(choice, one, weights))
        for key, one in scores.items()
    ]
    rankers.sort(key=lambda ranker: -ranker.ndcg.value)
    return RankingProof(
        verdict=_verdict(rankers),
        cut=cut.iso,
        days=days,
        customers=test.histories.customers,
        newcomers=newcomers,
        rankers=tuple(rankers),
        segments_add=next((ranker.ahead for ranker in rankers if ranker.key == "without_segments"), None),
        by_history=tuple(_by_history(test, scores)),
        by_segment=tuple(_by_segment(test, scores)),
    )


def _lists(test: _Test) -> dict[str, Proposals]:
    """The lists of every contender, under the same rules."""
    recommender, histories = test.offers.recommender, test.histories
    found = {"choice": test.offers.lists(histories, DEEP)}
    names = [method.name for method in recommender.methods]
    if "segment_popularity" in names:
        unaware = copy(recommender)
        unaware.blend_ = recommender.blend_without("segment_popularity")
        found["without_segments"] = replace(test.offers, recommender=unaware).lists(histories, DEEP)
    for method in recommender.methods:
        found[method.name] = _allowed(test, method.propose(histories, 2 * DEEP))
    return found


def _allowed(test: _Test, found: Proposals) -> Proposals:
    """A single method's lists under the shop's rules, so that all contenders may show the same products."""
    rows, place = np.nonzero(found.products >= 0)
    product = found.products[rows, place]
    own = test.histories.matrix({"purchase": 1.0})
    repeat = values_at(own, rows, product) > 0
    shown = may_be_shown(test.offers.rules, test.offers.shelf, test.histories, rows, product, repeat)
    kept = np.zeros(found.products.shape, bool)
    kept[rows[shown], place[shown]] = True
    order = np.argsort(~kept, axis=1, kind="stable")[:, :DEEP]
    products = np.take_along_axis(np.where(kept, found.products, -1), order, 1)
    return Proposals(products.astype(np.int32), np.take_along_axis(found.scores, order, 1))


def _scored(key: str, found: Proposals, test: _Test, weights: Real) -> _Scores:
    measures: dict[str, float] = {}
    for depth in DEPTHS:
        for name, values in by_customer(found.products, test.after, depth).items():
            measures[f"{name}@{depth}"] = float(np.mean(values))
    ndcg = by_customer(found.products, test.after, 10)["ndcg"]
    popular = test.offers.evidence.buyers / max(test.offers.evidence.customers, 1)
    top = found.products[:, :10]
    kinds = _by_kind(found.products, test)
    spread = diversity(top, test.category) if (test.category >= 0).any() else None
    ranker = Ranker(
        key,
        texts(f"ranked.way.{key}"),
        percentile_interval(float(ndcg.mean()), weights @ ndcg / weights.sum(1)),
        measures,
        *kinds,
        coverage(top, int(test.offers.shelf.offered.sum())),
        novelty(top, popular) if (top >= 0).any() else None,
        spread,
        only_bestsellers(top, popular, min(BESTSELLERS, max(len(popular) // 10, 1))),
    )
    return _Scores(found.products, ndcg, ranker)


def _by_kind(lists: Ints, test: _Test) -> tuple[float | None, float | None]:
    """NDCG@10 of repeats among repeats and of new products among new ones."""
    own = test.histories.matrix({"purchase": 1.0})
    own.data[:] = 1
    rows, place = np.nonzero(lists >= 0)
    repeat = np.zeros(lists.shape, bool)
    repeat[rows, place] = values_at(own, rows, lists[rows, place]) > 0
    bought_again = csr_array(test.after.multiply(own))
    found = []
    for kept, bought in ((repeat, bought_again), (~repeat, csr_array(test.after - bought_again))):
        bought.eliminate_zeros()
        shown = np.where(kept, lists, -1)
        order = np.argsort(shown < 0, axis=1, kind="stable")
        values = by_customer(np.take_along_axis(shown, order, 1), bought, 10)["ndcg"]
        found.append(float(np.nanmean(values)) if not np.isnan(values).all() else None)
    return found[0], found[1]


def _ahead(choice: _Scores, other: _Scores, weights: Real) -> Interval:
    difference = choice.ndcg - other.ndcg
    return percentile_interval(float(difference.mean()), weights @ difference / weights.sum(1))


def _verdict(rankers: Sequence[Ranker]) -> Verdict:
    """Better, level or worse than the bar, which is popularity, tuned on earlier days."""
    by_key = {ranker.key: ranker for ranker in rankers}
    choice, bar = by_key["choice"], by_key["popularity"]
    ahead = bar.ahead
    code = "level" if ahead is None else "better" if ahead.low > 0 else "worse" if ahead.high < 0 else "level"
    times = choice.ndcg.value / bar.ndcg.value if bar.ndcg.value > 0 else float("inf")
    said = {
        "choice": f"{choice.ndcg.value:.3f}",
        "bar": f"{bar.ndcg.value:.3f}",
        "times": f"{times:.1f}",
        "hits": f"{choice.measures['hit_rate@10']:.0%}",
        "bar_hits": f"{bar.measures['hit_rate@10']:.0%}",
    }
    return Verdict(code, texts(f"ranked.verdict.{code}", **said))


def _by_history(test: _Test, scores: Mapping[str, _Scores]) -> list[Part]:
    few = test.histories.baskets_bought <= FEW_BASKETS
    return [
        _part(texts(f"ranked.history.{key}", baskets=FEW_BASKETS), mask, scores)
        for key, mask in (("few", few), ("many", ~few))
        if mask.sum() >= FEWEST_IN_PART
    ]


def _by_segment(test: _Test, scores: Mapping[str, _Scores]) -> list[Part]:
    found = []
    for number in np.unique(test.histories.segment[test.histories.segment > 0]).tolist():
        mask = test.histories.segment == number
        if mask.sum() >= FEWEST_IN_PART:
            found.append(_part(texts("ranked.segment", number=number), mask, scores))
    return found


def _part(label: Text, mask: NDArray[np.bool_], scores: Mapping[str, _Scores]) -> Part:
    return Part(
        label, int(mask.sum()), float(scores["choice"].ndcg[mask].mean()), float(scores["popularity"].ndcg[mask].mean())
    )


def _only_what_was_sold(offers: Offers, seen: Interactions) -> Offers:
    """At the cut nobody could offer what came into the shop later: only products with an event before it."""
    there = np.bincount(seen.product, minlength=seen.products) > 0
    return replace(offers, shelf=replace(offers.shelf, offered=offers.shelf.offered & there))


def _segments_there(log: EventLog, cut: Clock, how: SegmentSettings, seen: Interactions) -> Ints:
    """The segments as they would have been made at the cut, shape (customers,); zeros where none could be made."""
    scheme = learn_categories(log, cut, how.seed)
    features = build(log, cut, scheme, how.seed)
    lessons = [observe(log, earlier, scheme, how.seed) for earlier in cuts(log, cut, MOST_LESSONS)]
    try:
        grouped = group(features, how, lessons=lessons)
    except (InputError, UsageError):  # too little to segment at that date: recommendations are judged without
        return np.zeros(seen.customers, np.int32)
    place = pc.index_in(seen.customer_ids, value_set=features.table["customer_id"].combine_chunks())
    found = np.append(grouped.labels + 1, 0)
    return np.asarray(found[np.asarray(place.fill_null(-1))], np.int32)


def _newcomers(log: EventLog, cut: Clock, days: int) -> int:
    """How many bought in the days after the cut without any event before it."""
    until = cut.as_of + days * DAY_S
    rows = log.engine.rows(f"""
        SELECT COUNT(*) FROM (
          SELECT customer_id FROM {log.relation} WHERE event_type = 'purchase' AND ts_s < {until}
          GROUP BY customer_id HAVING MIN(ts_s) >= {cut.as_of}) AS newcomers""")
    return int(rows[0][0])
