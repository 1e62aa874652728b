"""The stage: features go in, `Segments` come out. Reads like a table of contents; each step has a file of its own.

The one thing to know: with ``space="standardised"`` and a fixed K the fit is the textbook's to the last step
(``StandardScaler``, ``KMeans(n_init=10)`` on all rows in their order). Other spaces may draw the first centres from a
sample on large shops. Labels always come from the frozen model, as `assign` gives them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from time import perf_counter

import pyarrow as pa

from shoal.features.result import Features, Lesson
from shoal.segments.carry import rough
from shoal.segments.changes import with_moves
from shoal.segments.choose_k import SMALLEST_SIZE, KChoice
from shoal.segments.drivers import Expectation, expectations
from shoal.segments.explain import explain
from shoal.segments.fit import Fit
from shoal.segments.grouping import Grouped, group
from shoal.segments.guidance import Guidance
from shoal.segments.insights import insights
from shoal.segments.map import customer_map
from shoal.segments.matching import Parent
from shoal.segments.method import of_method, with_own_rules
from shoal.segments.migration import Migration
from shoal.segments.model import labelled
from shoal.segments.moves import migrate
from shoal.segments.naming import named
from shoal.segments.newcomers import learn_newcomers
from shoal.segments.outline import find_tree
from shoal.segments.outlook import with_outlook
from shoal.segments.persona import with_personas
from shoal.segments.phrases import called
from shoal.segments.platforms import with_expressions
from shoal.segments.portrait import Segment
from shoal.segments.result import FitFacts, Segments
from shoal.segments.rules import with_rules
from shoal.segments.settings import SegmentSettings
from shoal.segments.spaces import Limits
from shoal.segments.steady import unsteady, with_steadiness
from shoal.segments.typical import with_typical
from shoal.show.blocks import Finding
from shoal.words.language import Text, Texts, joined
from shoal.words.progress import Progress, silent
from shoal.words.provenance import Made

texts = Texts("shoal.segments")
__all__ = ["Grouped", "SegmentSettings", "group", "segment"]


def segment(
    features: Features,
    settings: SegmentSettings | None = None,
    progress: Progress | None = None,
    *,
    lessons: Sequence[Lesson] = (),
    limits: Limits | None = None,
    parent: Parent | None = None,
    guidance: Guidance | None = None,
) -> Segments:
    """The segments of the customers in `features`.

    `lessons` are earlier cuts to learn from: with them ``auto`` chooses space and number by what they say of later
    weeks. `limits` clip named features before the space is fitted. With a `parent` the numbers are those of the earlier
    study, as far as its groups are found again; else they go by spend. `guidance` is what a person said of customers,
    for the method ``labelled``. Cost: linear in customers beyond 10 000; below, the silhouette compares all with all.

    Raises
    ------
    InputError
        No customers, or no feature to measure them by.
    UsageError
        More segments asked for than there are different customers, or a space these features cannot carry.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shoal.segments.table import table_features
    >>> table = pa.table({"member": [f"m{i}" for i in range(20)], "visits": [*range(1, 11), *range(101, 111)]})
    >>> found = segment(table_features(table).features, SegmentSettings(k=2, space="standardised"))
    >>> [one.customers for one in found.segments]
    [10, 10]
    """
    start, settings, say = perf_counter(), settings or SegmentSettings(), progress or silent
    features = features.telling
    grouped = group(features, settings, say, lessons=lessons, limits=limits, parent=parent, guidance=guidance)
    fitted, choice, model = grouped.fitted, grouped.choice, grouped.model
    say(texts("progress.explain"), None)
    portraits = explain(features, grouped.labels, choice.picked, settings.seed)
    segments = _told(portraits.segments, features, grouped, lessons, settings)
    migration = migrate(parent, features.table["customer_id"].cast(pa.string()).to_pylist(), grouped.labels, segments)
    return Segments(
        made=_made(features, settings, perf_counter() - start),
        findings=(*_of_fit(grouped, settings), *_of_segments(segments, features), *_kept(migration)),
        table=_labelled(features, grouped),
        model=model,
        choice=choice,
        space=grouped.space,
        segments=with_typical(segments, features, grouped.labels),
        whole=portraits.whole,
        columns=features.columns,
        key_features=portraits.key_features,
        advice=grouped.advice,
        migration=migration,
        fit=_facts(grouped, settings),
        currency=features.currency,
        tree=find_tree(features, fitted.space, fitted.points, grouped.labels, choice.picked),
        expected=_expected(grouped, features),
        map=customer_map(features, fitted.points, grouped.labels),
        newcomers=learn_newcomers(features, grouped.labels, choice.picked),
    )


def _expected(grouped: Grouped, features: Features) -> tuple[Expectation, ...]:
    """What the space expects, where it is a predictive one."""
    predictive = grouped.learned is not None and grouped.fitted.space.projection is not None
    return expectations(grouped.learned, features) if grouped.learned and predictive else ()


def _of_fit(grouped: Grouped, settings: SegmentSettings) -> Iterator[Finding]:
    """What is to be known of space, number and method."""
    yield from grouped.fitted.findings
    yield from _findings(grouped.fit, grouped.choice, settings)
    yield from of_method(grouped, settings)


def _of_segments(segments: Sequence[Segment], features: Features) -> Iterator[Finding]:
    """What is to be known of the segments themselves."""
    yield from _small(segments)
    yield from unsteady(segments)
    yield from rough(segments)
    yield from insights(segments, features.currency, features.made.look_back_days)


def _ruled(segments: Sequence[Segment], features: Features, grouped: Grouped) -> tuple[Segment, ...]:
    """The portraits with the rules in force, else with those that come nearest."""
    own = with_own_rules(segments, grouped.model, features)
    found = own or with_rules(segments, features, grouped.labels)
    return with_expressions(found, features, grouped.labels, features.made.look_back_days)


def _told(
    segments: Sequence[Segment],
    features: Features,
    grouped: Grouped,
    lessons: Sequence[Lesson],
    settings: SegmentSettings,
) -> tuple[Segment, ...]:
    """The portraits with rule, name, persona, what to expect, what moves customers, whether they are found again."""
    named_ = _said_of(_ruled(segments, features, grouped), features)
    steady = with_steadiness(named_, grouped, features, lessons, settings)
    moving = with_moves(steady, grouped.model, features, grouped.found)
    return with_outlook(moving, grouped.model, lessons, settings.seed)


def _labelled(features: Features, grouped: Grouped) -> pa.Table:
    """Everybody with the number of their segment."""
    customers = features.table["customer_id"].combine_chunks()
    return pa.Table.from_batches([labelled(customers, grouped.found, grouped.model.numbers)])


def _said_of(segments: Sequence[Segment], features: Features) -> tuple[Segment, ...]:
    """The portraits with a name and a persona each."""
    words = features.currency, features.learned_groups
    given = named(segments, features.columns, *words)
    return with_personas(given, features.columns, *words, features.made.look_back_days)


def _made(features: Features, settings: SegmentSettings, seconds: float) -> Made:
    rows = features.table.num_rows
    return replace(
        features.made, stage="segments", seed=settings.seed, rows_in=rows, rows_out=rows, seconds=round(seconds, 3)
    )


def _facts(grouped: Grouped, settings: SegmentSettings) -> FitFacts:
    fitted, fit, everyone = grouped.fitted, grouped.fit, len(grouped.labels)
    return FitFacts(
        space=fitted.space.name,
        axes=fitted.space.dimensions,
        k=len(fit.found.centres),
        algorithm=fit.algorithm,
        init=settings.init,
        n_init=settings.n_init,
        max_iter=settings.max_iter,
        tol=settings.tol,
        seed=settings.seed,
        inertia=fit.found.inertia,
        n_iter=fit.found.n_iter,
        converged=fit.found.converged,
        customers=everyone,
        seeded_on=fit.seeded_on,
        min_orders=settings.min_orders,
        shaped_by=None if grouped.shaped_by == everyone else grouped.shaped_by,
    )


def _findings(fit: Fit, choice: KChoice, settings: SegmentSettings) -> Iterator[Finding]:
    if not fit.found.converged:
        said = texts("finding.not_converged", max_iter=settings.max_iter)
        more = texts("finding.not_converged_do", more=settings.max_iter * 3)
        yield Finding("segments.not_converged", "warning", said, more)
    if choice.rows_used < choice.customers:
        said = texts("finding.sample", rows=choice.rows_used, customers=choice.customers)
        yield Finding("segments.k_sample", "info", said)
    if fit.seeded_on < choice.customers and fit.found.fitted_on is None:
        yield Finding("segments.seeded", "info", texts("finding.seeded", rows=fit.seeded_on))
    if choice.picked == 1 and choice.asked != "1":
        yield _one_segment(fit, choice)


def _one_segment(fit: Fit, choice: KChoice) -> Finding:
    """Why there is but one segment: all alike, too few, or nothing that tells them apart."""
    key = "all_alike" if fit.found.inertia == 0 and choice.customers > 1 else "one"
    if choice.customers < 2 * SMALLEST_SIZE:
        key = "too_few"
    elif key == "one" and fit.algorithm == "hdbscan":
        key = "one_dense"
    said = texts(f"finding.{key}", customers=choice.customers)
    return Finding(f"segments.{key}", "warning", said, _cut_all_the_same(choice) if key == "one" else None)


def _cut_all_the_same(choice: KChoice) -> Text | None:
    """What other criteria would make of customers who shade into one another; None where none makes more than one."""
    others = {name: choice.picks.get(name) or 1 for name in ("silhouette", "elbow")}
    ways = [texts("finding.one_way", criterion=name, k=k) for name, k in others.items() if k > 1]
    return texts("finding.one_do", ways=joined(ways)) if ways else None


def _kept(migration: Migration | None) -> Iterator[Finding]:
    """Whose numbers these are, and how many customers kept theirs."""
    if migration is not None:
        share = f"{migration.kept / migration.both:.1%}"
        said = texts("finding.parent", study=migration.parent, share=share, both=migration.both)
        yield Finding("segments.parent", "info", said, count=migration.both - migration.kept)


def _small(segments: Sequence[Segment]) -> Iterator[Finding]:
    small = [one for one in segments if one.customers < SMALLEST_SIZE]
    if small and len(segments) > 1:
        names = called(small[:3])
        if len(small) > 3:
            names = texts("finding.and_more", first=names, more=len(small) - 3)
        said = texts("finding.small", count=len(small), least=SMALLEST_SIZE, names=names)
        yield Finding("segments.small", "warning", said, count=len(small))
