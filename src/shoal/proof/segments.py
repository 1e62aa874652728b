"""Judges a segmentation: at each origin groups are made from the past alone and asked what came after.

What enters is the log and the study's segments (their space and number), what leaves is `Proof`. The segments
themselves are made anew at each origin, with nothing learned later than its cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from shoal.events.result import EventLog
from shoal.measures.probability import auc
from shoal.measures.validity import (
    Floats,
    Groups,
    Interval,
    bootstrap_weights,
    capture,
    cross_fitted_means,
    percentile_interval,
    r_squared,
)
from shoal.proof.baselines import BASELINES, Grouping, kmeans_in
from shoal.proof.ceiling import one_prediction_each
from shoal.proof.origins import Origin, cuts, observe, sampled
from shoal.proof.result import Contender, Proof
from shoal.proof.verdict import decide, unproven
from shoal.segments.result import Segments
from shoal.show.blocks import Finding
from shoal.words.errors import InputError, UsageError
from shoal.words.language import Texts
from shoal.words.provenance import Made

texts = Texts("shoal.proof")
DRAWS = 300
FEWEST_BUYERS = 30


@dataclass(frozen=True)
class Judged:
    """One contender at one origin: its measures and the bootstrap draws of its mean R²."""

    groups: int
    by_outcome: Floats
    draws: Floats
    auc: float
    capture: float

    @property
    def mean(self) -> float:
        return float(np.nanmean(self.by_outcome))


def prove_segments(log: EventLog, segments: Segments, seed: int = 0) -> Proof:
    """How well the study's way of segmenting says what customers do next, beside the plain ways.

    Raises nothing for a log that is too short or too thin: the verdict then says that nothing can be proven, and why.
    """
    started, clocks = perf_counter(), cuts(log)
    space, k = segments.fit.space, len(segments.segments)
    made = Made(
        "proof",
        log.clock.iso,
        log.clock.look_back_days,
        log.clock.horizon_days,
        log.clock.timezone,
        seed,
        f"{log.engine.name} {log.engine.version}",
        log.rows,
    )
    reason = None if clocks else unproven("short", log)
    if k < 2:
        reason = unproven("one_segment", log)
    if reason:
        return Proof(made=made, verdict=reason, space=space, k=k)
    origins = [observe(sampled(log), clock, seed) for clock in clocks]
    origins = [origin for origin in origins if origin.bought.sum() >= FEWEST_BUYERS]
    if not origins:
        return Proof(made=made, verdict=unproven("few_buyers", log, buyers=FEWEST_BUYERS), space=space, k=k)
    judged, missing = _judge_all(origins, {"choice": kmeans_in(space), **BASELINES}, k, seed)
    contenders = _contenders(judged, origins)
    return Proof(
        made=made.with_rows(sum(len(origin.targets) for origin in origins), perf_counter() - started),
        verdict=decide(contenders, space),
        space=space,
        k=k,
        origins=tuple(origin.clock.iso for origin in origins),
        customers=tuple(len(origin.targets) for origin in origins),
        outcomes=origins[0].names,
        contenders=contenders,
        missing=missing,
    )


def _judge_all(
    origins: list[Origin], groupings: Mapping[str, Grouping], k: int, seed: int
) -> tuple[dict[str, list[Judged]], tuple[Finding, ...]]:
    """Every contender at every origin; one that this log cannot carry is left out and said so."""
    judged: dict[str, list[Judged]] = {key: [] for key in (*groupings, "ceiling")}
    missing: dict[str, Finding] = {}
    for origin in origins:
        weights = bootstrap_weights(len(origin.targets), DRAWS, seed)
        for key, grouping in groupings.items():
            try:
                groups = grouping(origin.features, k, seed)
            except (InputError, UsageError, KeyError) as problem:
                missing[key] = _left_out(key, problem)
                continue
            judged[key].append(_judge_groups(origin, groups, weights, seed))
        judged["ceiling"].append(_judge(origin, one_prediction_each(origin, seed), weights, 0))
    whole = {key: found for key, found in judged.items() if len(found) == len(origins)}
    return whole, tuple(missing.values())


def _left_out(key: str, problem: Exception) -> Finding:
    reason = problem.what if isinstance(problem, InputError | UsageError) else texts("missing.column")
    words = texts("missing.contender", contender=texts(f"contender.{key}"), reason=reason)
    return Finding(f"missing_{key}", "info", words)


def _judge_groups(origin: Origin, groups: Groups, weights: Floats, seed: int) -> Judged:
    known = np.column_stack([origin.targets, origin.bought, origin.spend]).astype(float)
    return _judge(origin, cross_fitted_means(groups, known, seed=seed), weights, len(np.unique(groups)))


def _judge(origin: Origin, predicted: Floats, weights: Floats, groups: int) -> Judged:
    """`predicted` holds the targets' columns, then the chance of buying, then spend."""
    targets = predicted[:, : origin.targets.shape[1]]
    return Judged(
        groups,
        r_squared(origin.targets, targets),
        np.nanmean(r_squared(origin.targets, targets, weights), axis=1),
        auc(predicted[:, -2], origin.bought),
        capture(predicted[:, -1], origin.spend),
    )


def _contenders(judged: Mapping[str, list[Judged]], origins: list[Origin]) -> tuple[Contender, ...]:
    """Means over the origins, best first; the choice is compared with each on the same draws of customers."""
    choice = judged["choice"]
    names = origins[0].names
    found = []
    for key, results in judged.items():
        ahead = None if key in ("choice", "ceiling") else _ahead(choice, results)
        found.append(
            Contender(
                key,
                texts(f"contender.{key}"),
                float(np.mean([r.groups for r in results])),
                percentile_interval(np.mean([r.mean for r in results]), np.mean([r.draws for r in results], axis=0)),
                _by_outcome(results, names),
                _mean([r.auc for r in results]),
                _mean([r.capture for r in results]),
                ahead,
            )
        )
    return tuple(sorted(found, key=lambda c: -c.r_squared.value))


def _ahead(choice: list[Judged], other: list[Judged]) -> Interval:
    differences = np.mean([mine.draws - theirs.draws for mine, theirs in zip(choice, other, strict=True)], axis=0)
    value = np.mean([mine.mean - theirs.mean for mine, theirs in zip(choice, other, strict=True)])
    return percentile_interval(float(value), differences)


def _by_outcome(results: list[Judged], names: tuple[str, ...]) -> dict[str, float | None]:
    """Spend and orders by name; categories are learned at each origin, so only their mean can be compared."""
    table = np.array(
        [[*r.by_outcome[: _plain(names)], np.nanmean([np.nan, *r.by_outcome[_plain(names) :]])] for r in results]
    )
    kept = (*names[: _plain(names)], "categories")
    return {name: _mean(list(column)) for name, column in zip(kept, table.T, strict=True)}


def _plain(names: tuple[str, ...]) -> int:
    """How many of the outcomes are no categories."""
    return sum(name in ("spend", "orders") for name in names)


def _mean(values: list[float]) -> float | None:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else None
