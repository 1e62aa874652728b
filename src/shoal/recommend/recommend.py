"""The stage: from the log and its segments to ranked products for every customer.

In: the `EventLog` and the `Segments`. Out: `Recommendations`, and `Offers` to keep. The one thing to know: everything
is learned before ``as_of``; how good it is, `proof.recommendations` says at an earlier cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shoal.events.result import EventLog
from shoal.measures.ranking import coverage, only_bestsellers
from shoal.recommend.by_segment import by_segment
from shoal.recommend.choose import RANGES, Asked, Choice, methods_for
from shoal.recommend.crossing import Catalogue, catalogue, interactions
from shoal.recommend.demands import check_rules
from shoal.recommend.event_weights import learned_weights
from shoal.recommend.evidence import Evidence
from shoal.recommend.interactions import WEIGHTS, Interactions, Ints
from shoal.recommend.lesson import Ahead, split
from shoal.recommend.offers import COLUMNS, Offers
from shoal.recommend.reason_words import goal_in_words
from shoal.recommend.recommender import TEACHERS, Recommender
from shoal.recommend.result import MethodUse, Recommendations
from shoal.recommend.rules import Rules, shelf
from shoal.recommend.sample import some_of
from shoal.segments.result import Segments
from shoal.show.blocks import Finding
from shoal.words.clock import Clock
from shoal.words.columns import EVENT_TYPES
from shoal.words.language import Texts
from shoal.words.provenance import Made

texts = Texts("shoal.recommend")
BESTSELLERS = 100
PROPOSALS, FEWER_PROPOSALS, LARGE = 100, 60, 200_000
"""How many products each method may propose to a customer; fewer in shops of more than two hundred thousand."""


@dataclass(frozen=True)
class RecommendSettings:
    """What can be asked of recommendations.

    Attributes
    ----------
    n
        Products for each customer.
    ahead_days
        How far ahead buying is foreseen.
    rules
        What may be shown.
    methods
        Names from `choose.RANGES`.
    weights
        What each event type says of liking; None learns them.
    seed
        Of every draw.
    """

    n: int = 20
    ahead_days: int = 30
    rules: Rules = field(default_factory=Rules)
    methods: tuple[str, ...] = tuple(RANGES)
    weights: Mapping[str, float] | None = None
    seed: int = 0


@dataclass(frozen=True)
class Recommended:
    """What the stage made: the result, and what is kept to serve it (None where there is nothing to offer)."""

    result: Recommendations
    offers: Offers | None
    seen: Interactions
    known: Catalogue


def recommend(log: EventLog, segments: Segments | None, settings: RecommendSettings) -> Recommended:
    """Ranked products with reasons for every customer of the log.

    A log without products, or with one product, gets an empty result that says so. Raises `UsageError` for rules that
    the shop's catalogue cannot fulfil.
    """
    check_rules(log, settings.rules)
    started, clock = perf_counter(), log.clock
    made = Made.at(clock, "recommendations", seed=settings.seed, engine=log.engine_version, rows_in=log.rows)
    seen, known = read(log, clock, segments)
    if seen.products < 2 or not seen.events:
        return Recommended(_nothing(made, settings, seen), None, seen, known)
    offers, choice = fit(seen, known, settings)
    table = offers.table(seen, settings.n)
    result = _result(made, settings, offers, choice, seen, known, table, segments)
    rows = made.with_rows(table.num_rows, perf_counter() - started)
    return Recommended(Recommendations(**{**vars(result), "made": rows}), offers, seen, known)


def read(log: EventLog, clock: Clock, segments: Segments | None, sample: str = "") -> tuple[Interactions, Catalogue]:
    """The interactions before the cut, with the customers' segments, and the catalogue."""
    seen = interactions(log, clock, sample)
    numbers = segment_numbers(segments, seen) if segments is not None else np.zeros(seen.customers, np.int32)
    return seen.in_segments(numbers), catalogue(log)


def segment_numbers(segments: Segments, seen: Interactions) -> Ints:
    """The segment of each customer, 0 for who has none, shape (customers,)."""
    place = pc.index_in(seen.customer_ids, value_set=segments.table["customer_id"].combine_chunks())
    found = segments.table["segment"].combine_chunks().cast(pa.int32()).take(place)
    return np.asarray(found.fill_null(0), np.int32)


def fit(seen: Interactions, known: Catalogue, settings: RecommendSettings) -> tuple[Offers, Choice]:
    """Learn everything there is to learn before the cut."""
    recommender, choice = learned(seen, known, settings, settings.ahead_days)
    evidence = Evidence.learned(seen)
    on = shelf(settings.rules, known, seen, evidence.pace)
    return Offers(recommender, evidence, on, settings.rules, known.categories()), choice


def learned(
    seen: Interactions, known: Catalogue, settings: RecommendSettings, ahead: Ahead
) -> tuple[Recommender, Choice]:
    """The methods that suit the shop and their blend, learned to foresee `ahead`; without any rule of the shop."""
    lesson = split(some_of(seen, TEACHERS), ahead)
    weights = learned_weights(lesson) if settings.weights is None else {**WEIGHTS, **settings.weights}
    choice = methods_for(seen, Asked(ahead, weights, known.described, settings.seed), settings.methods)
    wide = max(PROPOSALS if seen.customers <= LARGE else FEWER_PROPOSALS, 3 * settings.n)
    return Recommender(choice.methods, ahead, wide, settings.seed, weights).fit(seen, lesson), choice


def _result(
    made: Made,
    settings: RecommendSettings,
    offers: Offers,
    choice: Choice,
    seen: Interactions,
    known: Catalogue,
    table: pa.Table,
    segments: Segments | None,
) -> Recommendations:
    listed = listed_codes(table, seen, settings.n)
    on = int(offers.shelf.offered.sum())
    recommender = offers.recommender
    believed = recommender.blend_.of_methods([method.name for method in recommender.methods])
    counted = pc.value_counts(table["reason_code"]).to_pylist()
    shares = {row["values"]: row["counts"] / table.num_rows for row in sorted(counted, key=lambda row: -row["counts"])}
    bestsellers = only_bestsellers(listed, offers.evidence.buyers.astype(float), min(BESTSELLERS, max(on // 10, 1)))
    return Recommendations(
        made=made,
        findings=tuple(_findings(offers, choice, bestsellers)),
        table=table,
        n=settings.n,
        ahead_days=settings.ahead_days,
        products=seen.products,
        offered=on,
        coverage=coverage(listed, on),
        only_bestsellers=bestsellers,
        methods=tuple(MethodUse(name, *weights) for name, weights in believed.items()),
        left_out=choice.left_out,
        kept_out=offers.shelf.kept_out,
        event_weights=dict(recommender.event_weights),
        learned_from=recommender.blend_.learners if recommender.blend_.learned else 0,
        reasons=shares,
        spread_by=(offers.likeness.by or "none") if settings.rules.diversity else None,
        goal=EVENT_TYPES[seen.goal],
        segments=by_segment(offers.evidence, listed, seen, known.names(seen.product_ids), segments),
    )


def listed_codes(table: pa.Table, seen: Interactions, n: int) -> Ints:
    """The lists as product codes, shape (customers, n), -1 where one ends early."""
    lists = np.full((seen.customers, n), -1, np.int32)
    who = pc.index_in(table["customer_id"].combine_chunks(), value_set=seen.customer_ids)
    what = pc.index_in(table["product_id"].combine_chunks(), value_set=seen.product_ids)
    lists[np.asarray(who), table["rank"].to_numpy() - 1] = np.asarray(what)
    return lists


def _findings(offers: Offers, choice: Choice, bestsellers: float) -> list[Finding]:
    found = []
    goal = EVENT_TYPES[offers.recommender.goal_]
    if goal != "purchase":
        found.append(Finding("no_purchases", "info", goal_in_words(goal)))
    if not offers.recommender.blend_.learned:
        found.append(Finding("equal_weights", "warning", texts("finding.equal_weights"), texts("finding.equal_do")))
    if bestsellers > 0.5:
        words = texts("finding.bestsellers", share=f"{bestsellers:.0%}")
        found.append(Finding("only_bestsellers", "warning", words, texts("finding.bestsellers_do")))
    if "catalogue" in choice.left_out.values():
        found.append(Finding("no_catalogue", "info", texts("finding.no_catalogue"), texts("finding.no_catalogue_do")))
    unknown = offers.shelf.kept_out.get("cost_unknown", 0)
    if unknown:
        words = texts("finding.cost_unknown", count=f"{unknown:,}")
        found.append(Finding("cost_unknown", "warning", words, texts("finding.cost_unknown_do"), count=unknown))
    gone = offers.shelf.kept_out.get("gone", 0)
    if gone:
        found.append(Finding("gone", "info", texts("finding.gone", count=f"{gone:,}"), count=gone))
    return found


def _nothing(made: Made, settings: RecommendSettings, seen: Interactions) -> Recommendations:
    code = "no_products" if not seen.events else "one_product"
    return Recommendations(
        made=made,
        findings=(Finding(code, "warning", texts(f"finding.{code}"), texts(f"finding.{code}_do")),),
        table=COLUMNS.empty_table(),
        n=settings.n,
        ahead_days=settings.ahead_days,
        products=seen.products,
        offered=0,
        coverage=0.0,
        only_bestsellers=0.0,
    )
