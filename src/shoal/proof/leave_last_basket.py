"""Holds each customer's last basket out and names it from what lies before: the protocol of most papers.

In: the log. Out: `LastBasketProof`. The one thing to know: every way learns from all other baskets of all customers, so
also from what others did later; nobody could have known that then, which makes this the weaker test beside later days.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from shoal.events.result import EventLog
from shoal.proof.judgement import Verdict
from shoal.proof.last_basket import LastBasketProof, last_tongue
from shoal.proof.ways import DEEP, FEWEST_JUDGED, Exam, against_popularity, best_first, scored
from shoal.recommend.contract import Proposals
from shoal.recommend.crossing import catalogue, interactions
from shoal.recommend.interactions import Interactions
from shoal.recommend.lesson import Split, split
from shoal.recommend.recommend import RecommendSettings, learned
from shoal.recommend.recommender import Recommender
from shoal.recommend.sample import some_of
from shoal.words.columns import EVENT_TYPES
from shoal.words.language import Texts

texts = Texts("shoal.proof")
MOST_CUSTOMERS = 5_000
"""So many customers learn and are judged on large shops, drawn by md5: enough for two digits."""


def leave_last_basket(log: EventLog, settings: RecommendSettings) -> LastBasketProof | None:
    """How well the last day each customer bought on is named from that customer's days before it.

    No rules of the shop and no segments take part (today's segments know the last basket). None for a log with fewer
    than two products; where fewer than thirty customers bought on two days, the verdict says so.
    """
    seen = some_of(interactions(log, log.clock), MOST_CUSTOMERS)
    if seen.products < 2:
        return None
    goal, held = EVENT_TYPES[seen.goal], split(seen, "basket")
    judged = held.judged
    if len(judged) < FEWEST_JUDGED:
        said = texts(f"{last_tongue(goal)}.unproven", found=len(judged), few=FEWEST_JUDGED)
        return LastBasketProof(Verdict("unproven", said), goal=goal)
    known = catalogue(log)
    recommender, _ = learned(held.before, known, settings, "basket")
    exam = _exam(held, known.categories())
    lists = {"choice": recommender.propose(exam.histories, DEEP), **_alone(recommender, exam.histories)}
    rankers = best_first(scored(lists, exam))
    verdict = against_popularity(rankers, last_tongue(goal), goal)
    return LastBasketProof(verdict, len(judged), seen.customers, rankers, goal)


def _exam(held: Split, category: NDArray[np.int64]) -> Exam:
    before, judged = held.before, held.judged
    buyers = np.bincount(before.pairs.product, minlength=before.products)
    there = np.bincount(before.product, minlength=before.products) > 0
    popularity = buyers / max(int((before.baskets_bought > 0).sum()), 1)
    return Exam(before.take(judged), csr_array(held.after[judged]), category, popularity, int(there.sum()))


def _alone(recommender: Recommender, histories: Interactions) -> dict[str, Proposals]:
    """The lists of each method by itself."""
    return {method.name: method.propose(histories, DEEP) for method in recommender.methods}
