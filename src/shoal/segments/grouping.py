"""The groups alone: space, method and number are chosen, the fit is made, nothing is explained.

What enters are features and settings, what leaves is `Grouped`. The one thing to know: the proof makes its segments
at earlier dates with this very function, so what is judged is what the study does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from shoal.features.result import Features, Lesson
from shoal.measures import clustering
from shoal.measures.clustering import Floats, Labels
from shoal.segments.advice import Advice, advise
from shoal.segments.algorithms.registry import METHODS
from shoal.segments.choose_k import EXACT_ROWS, Foresight, KChoice, choose, foreseen
from shoal.segments.fit import Fit, fit_space_points, in_order, sample_rows, task_of
from shoal.segments.foresight import Trials, choose_space_by_foresight, foresee, untaught
from shoal.segments.guidance import Guidance, Said, said_of
from shoal.segments.matching import Parent, in_parents_numbers
from shoal.segments.model import SegmentModel
from shoal.segments.predictive import PredictiveSpace
from shoal.segments.settings import SegmentSettings, texts
from shoal.segments.shaping import everybody, lesson_of_many_orders, of_many_orders
from shoal.segments.space_choice import SpaceChoice
from shoal.segments.spaces import FittedSpace, Limits, choose_space, fit_space, text_columns
from shoal.segments.sweep import sweep
from shoal.words.errors import InputError, UsageError, error
from shoal.words.language import Text
from shoal.words.progress import Progress, silent


@dataclass(frozen=True)
class Grouped:
    """Customers in groups, before anything is said of them: space, number, fit, and everybody's place in the model.

    `shaped_by` customers shaped the groups; the others had too few orders for it and were placed by the model.
    """

    fitted: FittedSpace
    space: SpaceChoice
    choice: KChoice
    fit: Fit
    found: clustering.Nearest
    learned: PredictiveSpace | None
    model: SegmentModel
    advice: Advice
    said: Said | None = None
    shaped_by: int = 0

    @property
    def labels(self) -> Labels:
        """The group of each customer, from 0."""
        return self.found.label


def group(
    features: Features,
    settings: SegmentSettings,
    progress: Progress = silent,
    *,
    lessons: Sequence[Lesson] = (),
    limits: Limits | None = None,
    parent: Parent | None = None,
    guidance: Guidance | None = None,
) -> Grouped:
    """The groups of the customers in `features`. Parameters and errors are those of `segment`."""
    if features.table.num_rows == 0:
        raise error(InputError, texts, "no_customers")
    shaping = of_many_orders(features, settings.min_orders)
    given = [lesson_of_many_orders(lesson, settings.min_orders) for lesson in lessons]
    taught = [lesson for lesson in given if lesson.teaches]
    made = _shaped(shaping, settings, progress, taught, limits, guidance, untaught(features, given))
    fit, fitted, customers = made.fit, made.fitted, _names(features)
    if shaping is not features:
        fitted = replace(fitted, points=fitted.space.transform(features.table))
        fit = everybody(fit, fitted, features, _names(shaping))
    fit = in_order(fit, features)
    if parent:
        fit = in_parents_numbers(fit, customers, parent)
    model = fit.model(fitted, customers)
    return replace(made, fitted=fitted, fit=fit, model=model, found=model.place(features.table, fitted.points))


def _names(features: Features) -> list[str]:
    names: list[str] = features.table.column("customer_id").cast(pa.string()).to_pylist()
    return names


def _shaped(
    features: Features,
    settings: SegmentSettings,
    progress: Progress,
    lessons: Sequence[Lesson],
    limits: Limits | None,
    guidance: Guidance | None,
    why_not: Text,
) -> Grouped:
    """The groups of the customers who shape them, as the method numbers them."""
    progress(texts("progress.space"), None)
    learned = _learn(settings, lessons, why_not)
    trials = Trials.of(lessons, learned, settings.seed) if learned else None
    space = _space(features, settings, trials, why_not)
    fitted = _fitted_in(space.picked, features, learned, limits)
    customers = _names(features)
    _refuse_too_many(fitted.points, settings)
    advice = _advice(fitted, settings, customers, guided=guidance is not None, lessons=bool(lessons))
    settings = replace(settings, algorithm=advice.algorithm if settings.algorithm == "auto" else settings.algorithm)
    said = _said(guidance, customers, settings.algorithm)
    seen = foresee(trials, space.picked, settings) if trials and space.picked in trials.points else ()
    choice = _own_number(_choose(fitted, customers, settings, seen, progress), fitted, settings, said, bool(seen))
    progress(texts("progress.fit"), None)
    if METHODS[settings.algorithm].finds_k and choice.picked == 1:  # no gaps: there is nothing to find
        settings = replace(settings, algorithm="kmeans")
    fit = fit_space_points(fitted, choice.picked, features, customers, settings, said)
    model = fit.model(fitted, customers)
    found = model.place(features.table, fitted.points)
    return Grouped(fitted, space, _filled(choice, fit), fit, found, learned, model, advice, said, len(customers))


def _said(guidance: Guidance | None, customers: Sequence[str], algorithm: str) -> Said | None:
    """What was said of these customers, for the one method that listens."""
    if algorithm == "labelled":
        return said_of(guidance, customers)
    if guidance is not None:
        raise error(UsageError, texts, "guidance_unused", algorithm=algorithm)
    return None


def _learn(settings: SegmentSettings, lessons: Sequence[Lesson], why_not: Text) -> PredictiveSpace | None:
    """What the lessons teach, where anything asked for needs it."""
    if not lessons and (settings.space == "predictive" or settings.k == "out_of_time"):
        raise error(UsageError, texts, "no_lessons", why=why_not)
    wanted = settings.space in ("auto", "predictive") or settings.k in ("auto", "out_of_time")
    return PredictiveSpace().fit_lessons(lessons) if lessons and wanted else None


def _space(features: Features, settings: SegmentSettings, trials: Trials | None, why_not: Text) -> SpaceChoice:
    if settings.space != "auto":
        return SpaceChoice(settings.space, texts("space.reason.asked"))
    if settings.algorithm == "kprototypes" and text_columns(features):
        return SpaceChoice("mixed", texts("space.reason.mixed"))
    if settings.algorithm == "factors":
        return SpaceChoice("likes", texts("space.reason.likes"))
    if trials is None:
        return SpaceChoice(choose_space(features), why_not)
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


def _advice(
    fitted: FittedSpace, settings: SegmentSettings, customers: Sequence[str], *, guided: bool, lessons: bool
) -> Advice:
    """The method that suits these customers, taken where the choice was left to shoal."""
    found = advise(
        fitted.points,
        guided=guided,
        levels=bool(fitted.space.blocks),
        number_asked=settings.k != "auto",
        seed=settings.seed,
        lessons=lessons,
        sample=sample_rows(customers, EXACT_ROWS),
    )
    return replace(found, taken=settings.algorithm == "auto")


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


def _own_number(
    choice: KChoice, fitted: FittedSpace, settings: SegmentSettings, said: Said | None, foreseen_k: bool
) -> KChoice:
    """The number where the method has a say in it.

    Labels ask for a group each; a mixture compares numbers by its own criterion (BIC) unless earlier dates decide;
    HDBSCAN finds its number and takes no other.
    """
    method = METHODS[settings.algorithm]
    if method.finds_k and settings.k != "auto":
        raise error(UsageError, texts, "finds_k", algorithm=method.name, k=settings.k)
    least = len(said.names) if said else 0
    if isinstance(settings.k, int):
        if settings.k < least:
            raise error(UsageError, texts, "too_few_for_labels", k=settings.k, labels=least)
        return choice
    if said and (least > 1 or choice.picked < 2):
        return replace(choice, picked=_for_labels(least, fitted), reason=texts("k.reason.labels", k=max(2, least)))
    if method.best_k is not None and settings.k == "auto" and not foreseen_k and len(choice.rows) > 1:
        k = method.best_k(task_of(fitted.points, 1, settings), choice.rows[-1].k)
        return replace(choice, picked=k, reason=texts("k.reason.bic", k=k, highest=choice.rows[-1].k))
    return choice


def _for_labels(labels: int, fitted: FittedSpace) -> int:
    """A group for each label, at least two. Raises `UsageError` where fewer customers than that are different."""
    wanted = max(2, labels)
    distinct = clustering.distinct_rows(fitted.points, wanted)
    if distinct < wanted:
        raise error(UsageError, texts, "too_many", k=wanted, distinct=distinct, customers=len(fitted.points))
    return wanted


def _filled(choice: KChoice, fit: Fit) -> KChoice:
    """The choice with the number of groups there are, where the method found another."""
    k = len(fit.found.centres)
    if k == choice.picked:
        return choice
    return replace(choice, picked=k, reason=texts("k.reason.own", k=k, algorithm=texts(f"algorithm.{fit.algorithm}")))


def alone(found: clustering.Nearest) -> int:
    """How many customers are on no group's ground: nearest to one, and with confidence 0."""
    return int(np.count_nonzero(found.confidence == 0))
