"""The stage: features go in, `Segments` come out. Reads like a table of contents; each step has a file of its own.

The one thing to know: with ``space="standardised"`` and a fixed K the fit is the textbook's to the last step
(``StandardScaler``, ``KMeans(n_init=10)`` on all rows in their order). Other spaces may draw the first centres from a
sample on large shops. Labels always come from the frozen model, as `assign` gives them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import pyarrow as pa

from shoal.features.result import Features, Lesson
from shoal.measures import clustering
from shoal.measures.clustering import Floats, Labels
from shoal.segments.choose_k import EXACT_ROWS, SMALLEST_SIZE, Foresight, KChoice, choose, foreseen
from shoal.segments.explain import explain
from shoal.segments.fit import Fit, fit_space_points, in_order, sample_rows
from shoal.segments.foresight import Trials, choose_space_by_foresight, foresee
from shoal.segments.map import customer_map
from shoal.segments.matching import Parent, in_parents_numbers, kept
from shoal.segments.model import SegmentModel, labelled
from shoal.segments.naming import named
from shoal.segments.outline import find_tree
from shoal.segments.persona import with_personas
from shoal.segments.portrait import Segment
from shoal.segments.predictive import PredictiveSpace
from shoal.segments.result import FitFacts, Segments, number_of
from shoal.segments.rules import with_rules
from shoal.segments.settings import SegmentSettings
from shoal.segments.space_choice import SpaceChoice
from shoal.segments.spaces import FittedSpace, Limits, choose_space, fit_space
from shoal.segments.sweep import sweep
from shoal.segments.typical import with_typical
from shoal.show.blocks import Finding
from shoal.words.errors import InputError, UsageError, error
from shoal.words.language import Texts, joined
from shoal.words.progress import Progress, silent
from shoal.words.provenance import Made

texts = Texts("shoal.segments")
__all__ = ["SegmentSettings", "segment"]


@dataclass(frozen=True)
class Grouped:
    """Customers in groups, before anything is said of them: space, number, fit, and the nearest centre of each."""

    fitted: FittedSpace
    space: SpaceChoice
    choice: KChoice
    fit: Fit
    found: clustering.Nearest
    learned: PredictiveSpace | None

    @property
    def labels(self) -> Labels:
        """The group of each customer, from 0."""
        return self.found.label


def segment(
    features: Features,
    settings: SegmentSettings | None = None,
    progress: Progress | None = None,
    *,
    lessons: Sequence[Lesson] = (),
    limits: Limits | None = None,
    parent: Parent | None = None,
) -> Segments:
    """The segments of the customers in `features`.

    `lessons` are earlier cuts to learn from: with them ``auto`` chooses space and number by what they say of later
    weeks. `limits` clip named features before the space is fitted. With a `parent` the numbers are those of the earlier
    study, as far as its groups are found again; else they go by spend. Cost: linear in customers beyond 10 000; below,
    the silhouette compares all with all.

    Raises
    ------
    InputError
        No customers, or no feature to measure them by.
    UsageError
        More segments asked for than there are different customers, or a space these features cannot carry.
    """
    start, settings, say = perf_counter(), settings or SegmentSettings(), progress or silent
    grouped = group(features, settings, say, lessons=lessons, limits=limits, parent=parent)
    fit, fitted, choice = grouped.fit, grouped.fitted, grouped.choice
    model = SegmentModel(fitted.space, tuple(map(tuple, fit.found.centres.tolist())), _numbers(choice.picked))
    say(texts("progress.explain"), None)
    portraits = explain(features, grouped.labels, choice.picked, settings.seed)
    segments = _said_of(with_rules(portraits.segments, features, grouped.labels), features)
    return Segments(
        made=_made(features, settings, perf_counter() - start),
        findings=(
            *fitted.findings,
            *_findings(fit, choice, settings),
            *_small(segments),
            *_kept(features, grouped.labels, parent),
        ),
        table=pa.Table.from_batches(
            [labelled(features.table["customer_id"].combine_chunks(), grouped.found, model.numbers)]
        ),
        model=model,
        choice=choice,
        space=grouped.space,
        segments=with_typical(segments, features, grouped.labels),
        whole=portraits.whole,
        columns=features.columns,
        key_features=portraits.key_features,
        fit=_facts(fitted, fit, settings),
        currency=features.currency,
        tree=find_tree(features, fitted.space, fitted.points, grouped.labels, choice.picked),
        map=customer_map(features, fitted.points, grouped.labels),
    )


def _said_of(segments: Sequence[Segment], features: Features) -> tuple[Segment, ...]:
    """The portraits with a name and a persona each."""
    words = features.currency, features.learned_groups
    given = named(segments, features.columns, *words)
    return with_personas(given, features.columns, *words, features.made.look_back_days)


def group(
    features: Features,
    settings: SegmentSettings,
    progress: Progress = silent,
    *,
    lessons: Sequence[Lesson] = (),
    limits: Limits | None = None,
    parent: Parent | None = None,
) -> Grouped:
    """The groups alone: the space and the number chosen, the fit made, nothing explained. Raises as `segment`."""
    if features.table.num_rows == 0:
        raise error(InputError, texts, "no_customers")
    progress(texts("progress.space"), None)
    learned = _learn(settings, lessons := [lesson for lesson in lessons if lesson.teaches])
    trials = Trials.of(lessons, learned, settings.seed) if learned else None
    space = _space(features, settings, trials)
    fitted = _fitted_in(space.picked, features, learned, limits)
    customers = features.table.column("customer_id").cast(pa.string()).to_pylist()
    _refuse_too_many(fitted.points, settings)
    seen = foresee(trials, space.picked, settings) if trials and space.picked in trials.points else ()
    choice = _choose(fitted, customers, settings, seen, progress)
    progress(texts("progress.fit"), None)
    fit = in_order(fit_space_points(fitted, choice.picked, customers, settings), features)
    if parent:
        fit = in_parents_numbers(fit, customers, parent)
    return Grouped(fitted, space, choice, fit, clustering.nearest(fitted.points, fit.found.centres), learned)


def _learn(settings: SegmentSettings, lessons: Sequence[Lesson]) -> PredictiveSpace | None:
    """What the lessons teach, where anything asked for needs it."""
    if settings.space == "predictive" and not lessons:
        raise error(UsageError, texts, "no_lessons")
    wanted = settings.space in ("auto", "predictive") or settings.k in ("auto", "out_of_time")
    return PredictiveSpace().fit(lessons) if lessons and wanted else None


def _space(features: Features, settings: SegmentSettings, trials: Trials | None) -> SpaceChoice:
    if settings.space != "auto":
        return SpaceChoice(settings.space, texts("space.reason.asked"))
    if trials is None:
        return SpaceChoice(choose_space(features), texts("space.reason.no_lessons"))
    return choose_space_by_foresight(trials, settings)


def _fitted_in(name: str, features: Features, learned: PredictiveSpace | None, limits: Limits | None) -> FittedSpace:
    if name == "predictive" and learned is not None:
        return FittedSpace(learned.space_, learned.transform(features))
    return fit_space(features, name, limits)


def _refuse_too_many(points: Floats, settings: SegmentSettings) -> None:
    asked = settings.k if isinstance(settings.k, int) else 1
    distinct = clustering.distinct_rows(points, asked)
    if asked > distinct:
        raise error(UsageError, texts, "too_many", k=asked, distinct=distinct, customers=len(points))


def _choose(
    fitted: FittedSpace,
    customers: Sequence[str],
    settings: SegmentSettings,
    seen: Sequence[Foresight],
    say: Progress,
) -> KChoice:
    points = fitted.points
    used = points if len(points) <= EXACT_ROWS else points[sample_rows(customers, EXACT_ROWS)]
    doing = texts("progress.k")
    rows = sweep(used, settings, lambda done: say(doing, done))
    return choose(foreseen(rows, seen), settings.k, len(points), len(used))


def _numbers(k: int) -> tuple[int, ...]:
    return tuple(number_of(label) for label in range(k))


def _made(features: Features, settings: SegmentSettings, seconds: float) -> Made:
    rows = features.table.num_rows
    return replace(
        features.made, stage="segments", seed=settings.seed, rows_in=rows, rows_out=rows, seconds=round(seconds, 3)
    )


def _facts(fitted: FittedSpace, fit: Fit, settings: SegmentSettings) -> FitFacts:
    return FitFacts(
        space=fitted.space.name,
        axes=fitted.space.dimensions,
        k=len(fit.found.centres),
        algorithm=settings.algorithm,
        init=settings.init,
        n_init=settings.n_init,
        max_iter=settings.max_iter,
        tol=settings.tol,
        seed=settings.seed,
        inertia=fit.found.inertia,
        n_iter=fit.found.n_iter,
        converged=fit.found.converged,
        customers=len(fit.found.labels),
        seeded_on=fit.seeded_on,
    )


def _findings(fit: Fit, choice: KChoice, settings: SegmentSettings) -> Iterator[Finding]:
    if not fit.found.converged:
        said = texts("finding.not_converged", max_iter=settings.max_iter)
        more = texts("finding.not_converged_do", more=settings.max_iter * 3)
        yield Finding("segments.not_converged", "warning", said, more)
    if choice.rows_used < choice.customers:
        said = texts("finding.sample", rows=choice.rows_used, customers=choice.customers)
        yield Finding("segments.k_sample", "info", said)
    if fit.seeded_on < choice.customers:
        yield Finding("segments.seeded", "info", texts("finding.seeded", rows=fit.seeded_on))
    if choice.picked == 1 and choice.asked != "1":
        yield _one_segment(fit, choice)


def _one_segment(fit: Fit, choice: KChoice) -> Finding:
    """Why there is but one segment: all alike, too few, or nothing that tells them apart."""
    key = "all_alike" if fit.found.inertia == 0 and choice.customers > 1 else "one"
    if choice.customers < 2 * SMALLEST_SIZE:
        key = "too_few"
    return Finding(f"segments.{key}", "warning", texts(f"finding.{key}", customers=choice.customers))


def _kept(features: Features, labels: Labels, parent: Parent | None) -> Iterator[Finding]:
    """Whose numbers these are, and how many customers kept theirs."""
    if parent is None:
        return
    both, same = kept(labels, features.table["customer_id"].cast(pa.string()).to_pylist(), parent)
    if both:
        said = texts("finding.parent", study=parent.study, share=f"{same / both:.1%}", both=both)
        yield Finding("segments.parent", "info", said, count=both - same)


def _small(segments: Sequence[Segment]) -> Iterator[Finding]:
    small = [one for one in segments if one.customers < SMALLEST_SIZE]
    if small and len(segments) > 1:
        names = joined([one.name for one in small[:3]])
        if len(small) > 3:
            names = texts("finding.and_more", first=names, more=len(small) - 3)
        said = texts("finding.small", count=len(small), least=SMALLEST_SIZE, names=names)
        yield Finding("segments.small", "warning", said, count=len(small))
