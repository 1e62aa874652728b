"""Judges recommendations: lists are made at an earlier cut from the past alone and compared with what was bought then.

In: the log, how it is segmented, how recommendations are made. Out: `RankingProof`. The one thing to know: segments,
methods, weights and rules are all made anew at the cut; full ranking over the whole catalogue, no sampled negatives.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import replace

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.sparse import csr_array

from shoal.engines.contract import literal
from shoal.events.result import EventLog
from shoal.features.build import build
from shoal.features.categories import learn_categories
from shoal.features.lessons import learned_before, sampled
from shoal.proof.judgement import Verdict
from shoal.proof.leave_last_basket import leave_last_basket
from shoal.proof.ranked import Part, RankingProof
from shoal.proof.ranker import tongue
from shoal.proof.ways import DEEP, FEWEST_JUDGED, Exam, Scored, against_popularity, best_first, scored
from shoal.recommend.contract import Proposals
from shoal.recommend.crossing import bought_after, catalogue, interactions
from shoal.recommend.interactions import Interactions, Ints
from shoal.recommend.lists import without
from shoal.recommend.neighbours import values_at
from shoal.recommend.offers import Offers
from shoal.recommend.recommend import RecommendSettings, fit
from shoal.recommend.rules import may_be_shown
from shoal.segments.grouping import group
from shoal.segments.settings import SegmentSettings
from shoal.words.clock import DAY_S, Clock
from shoal.words.columns import EVENT_TYPES
from shoal.words.errors import InputError, UsageError
from shoal.words.language import Text, Texts

texts = Texts("shoal.proof")
FEWEST_IN_PART = 20
FEW_BASKETS = 2


def prove_recommendations(log: EventLog, how: SegmentSettings, settings: RecommendSettings) -> RankingProof:
    """How well the lists made `ahead_days` before the end name what was bought since, beside plain ways; and, as the
    weaker test, how well last baskets are named (`leave_last_basket`).

    Raises nothing for a log that is too short, too thin or names no products: the verdict then says so.
    """
    few = sampled(log)
    return replace(_on_later_days(few, how, settings), last_basket=leave_last_basket(few, settings))


def _on_later_days(few: EventLog, how: SegmentSettings, settings: RecommendSettings) -> RankingProof:
    days = settings.ahead_days
    cut = few.clock.earlier(days)
    if cut.as_of - few.first_s < 2 * days * DAY_S:
        return RankingProof(Verdict("unproven", texts("ranked.unproven_short", days=days)))
    seen = interactions(few, cut)
    if seen.products < 2 or not seen.events:
        return RankingProof(Verdict("unproven", texts("ranked.unproven_products")))
    known = catalogue(few)
    after = bought_after(few, cut, seen, days)
    judged = np.flatnonzero((np.diff(after.indptr) > 0) & (np.diff(seen.starts) > 0))
    goal = EVENT_TYPES[seen.goal]
    newcomers = _buyers(few, cut, days, goal) - len(judged)
    if len(judged) < FEWEST_JUDGED:
        said = texts(f"{tongue(goal)}.unproven_few", found=len(judged), few=FEWEST_JUDGED)
        return RankingProof(Verdict("unproven", said), goal=goal)
    seen = seen.in_segments(_segments_there(few, cut, how, seen))
    offers = _only_what_was_sold(fit(seen, known, settings)[0], seen)
    popularity = offers.evidence.buyers / max(offers.evidence.customers, 1)
    on = int(offers.shelf.offered.sum())
    exam = Exam(seen.take(judged), csr_array(after[judged]), known.categories(), popularity, on)
    return _judged(exam, offers, cut, newcomers, days)


def _judged(exam: Exam, offers: Offers, cut: Clock, newcomers: int, days: int) -> RankingProof:
    scores = scored(_lists(exam.histories, offers), exam)
    rankers, goal = best_first(scores), EVENT_TYPES[exam.histories.goal]
    return RankingProof(
        verdict=against_popularity(rankers, tongue(goal), goal),
        cut=cut.local_iso,
        days=days,
        customers=exam.histories.customers,
        newcomers=newcomers,
        rankers=rankers,
        segments_add=next((ranker.ahead for ranker in rankers if ranker.key == "without_segments"), None),
        by_history=tuple(_by_history(exam, scores)),
        by_segment=tuple(_by_segment(exam, scores)),
        goal=goal,
    )


def _lists(histories: Interactions, offers: Offers) -> dict[str, Proposals]:
    """The lists of every contender, under the same rules."""
    recommender = offers.recommender
    found = {"choice": offers.lists(histories, DEEP)}
    names = [method.name for method in recommender.methods]
    if "segment_popularity" in names:
        unaware = copy(recommender)
        unaware.blend_ = recommender.blend_without("segment_popularity")
        found["without_segments"] = replace(offers, recommender=unaware).lists(histories, DEEP)
    for method in recommender.methods:
        found[method.name] = _allowed(histories, offers, method.propose(histories, 2 * DEEP))
    return found


def _allowed(histories: Interactions, offers: Offers, found: Proposals) -> Proposals:
    """A single method's lists under the shop's rules, so that all contenders may show the same products."""
    rows, place = np.nonzero(found.products >= 0)
    product = found.products[rows, place]
    repeat = values_at(histories.owned, rows, product) > 0
    hidden = ~may_be_shown(offers.rules, offers.shelf, histories, rows, product, repeat)
    removed = np.zeros(found.products.shape, bool)
    removed[rows[hidden], place[hidden]] = True
    kept = without(found, removed)
    return Proposals(kept.products[:, :DEEP], kept.scores[:, :DEEP])


def _by_history(exam: Exam, scores: Mapping[str, Scored]) -> list[Part]:
    few, said = exam.histories.baskets_bought <= FEW_BASKETS, tongue(EVENT_TYPES[exam.histories.goal])
    return [
        _part(texts(f"{said}.history.{key}", baskets=FEW_BASKETS), mask, scores)
        for key, mask in (("few", few), ("many", ~few))
        if mask.sum() >= FEWEST_IN_PART
    ]


def _by_segment(exam: Exam, scores: Mapping[str, Scored]) -> list[Part]:
    """By segment, where there were several."""
    numbers, found = np.unique(exam.histories.segment[exam.histories.segment > 0]).tolist(), list[Part]()
    for number in numbers if len(numbers) > 1 else ():
        mask = exam.histories.segment == number
        if mask.sum() >= FEWEST_IN_PART:
            found.append(_part(texts("ranked.segment", number=number), mask, scores))
    return found


def _part(label: Text, mask: NDArray[np.bool_], scores: Mapping[str, Scored]) -> Part:
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
    lessons = learned_before(log, cut, scheme, how.seed)
    try:
        grouped = group(features, how, lessons=lessons)
    except (InputError, UsageError):  # too little to segment at that date: recommendations are judged without
        return np.zeros(seen.customers, np.int32)
    place = pc.index_in(seen.customer_ids, value_set=features.table["customer_id"].combine_chunks())
    found = np.append(grouped.labels + 1, 0)
    return np.asarray(found[np.asarray(place.fill_null(-1))], np.int32)


def _buyers(log: EventLog, cut: Clock, days: int, goal: str) -> int:
    """How many bought a product in the days after the cut, known before it or not."""
    rows = log.engine.rows(f"""
        SELECT COUNT(*) FROM (
          SELECT customer_id FROM {log.relation} WHERE event_type = {literal(goal)} AND product_id IS NOT NULL
          AND ts_s >= {cut.as_of} AND ts_s < {cut.as_of + days * DAY_S} GROUP BY customer_id) AS buyers""")
    return int(rows[0][0])
