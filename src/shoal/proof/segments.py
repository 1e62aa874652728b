"""Judges a segmentation: at each origin groups are made from the past alone and asked what came after.

What enters is the log and the settings of the segmentation, what leaves is `Proof`. The segments themselves are made
anew at each origin, with nothing learned later than its cut.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from time import perf_counter

import numpy as np
from sklearn.metrics import adjusted_rand_score

from shoal.events.result import EventLog
from shoal.features.lessons import sampled
from shoal.features.result import FEWEST_BUYERS
from shoal.measures.validity import Interval, bootstrap_weights, mean_explained, percentile_interval
from shoal.proof.baselines import BASELINES
from shoal.proof.ceiling import in_groups, one_prediction_each
from shoal.proof.judged import Judged, judge_groups, judge_predictions
from shoal.proof.ledger import ledger
from shoal.proof.origins import Origin, origins
from shoal.proof.result import Contender, Proof, Tried, Verdict
from shoal.proof.verdict import decide, of_limit, of_prediction, plain_ways, unproven
from shoal.segments.segment import Grouped, group
from shoal.segments.settings import SegmentSettings
from shoal.show.blocks import Finding
from shoal.words.errors import InputError, UsageError
from shoal.words.language import Text, Texts
from shoal.words.provenance import Made

texts = Texts("shoal.proof")
DRAWS = 300
CEILINGS = ("ceiling", "ceiling_in_groups")


def prove_segments(log: EventLog, settings: SegmentSettings) -> Proof:
    """How well this way of segmenting says what customers do next, beside the plain ways.

    At each origin the segments are made anew with the same settings (and, under ``auto``, the space and the number
    that could be chosen then). Raises nothing for a log that is too short or too thin: the verdict then says that
    nothing can be proven, and why.
    """
    started, tried = perf_counter(), origins(sampled(log), settings.seed)
    made = Made.at(log.clock, "proof", seed=settings.seed, engine=log.engine_version, rows_in=log.rows)
    made_there, refused = _grouped_there([origin for origin in tried if origin.now.teaches], settings)
    if not made_there:
        return Proof(made=made, verdict=_why_not(log, tried, refused), supports=1 if tried and not refused else None)
    judged, missing = _judge_all(made_there, settings.seed)
    names = made_there[0][0].now.names
    contenders = _contenders(judged, names)
    verdict = decide(contenders, made_there[0][1].space.picked)
    return Proof(
        made=made.with_rows(sum(len(origin.now.targets) for origin, _ in made_there), perf_counter() - started),
        verdict=verdict,
        origins=tuple(_tried(place, *one, judged) for place, one in enumerate(made_there)),
        outcomes=names,
        contenders=contenders,
        ceiling_kept=_kept(contenders),
        agreement=_agreement(made_there),
        sources=ledger([origin.now for origin, _ in made_there], settings.seed),
        missing=missing,
        prediction=_prediction(judged),
        limit=None if verdict.code == "random" else _limit(judged),
        supports=1 if verdict.code == "random" else max(grouped.choice.picked for _, grouped in made_there),
    )


def _why_not(log: EventLog, tried: Sequence[Origin], refused: Text | None) -> Verdict:
    if not tried:
        return unproven("short", log)
    if not any(origin.now.enough_bought for origin in tried):
        return unproven("few_buyers", log, buyers=FEWEST_BUYERS)
    if not any(origin.now.teaches for origin in tried):
        return unproven("all_alike", log)
    return unproven("refused", log, why=refused) if refused else unproven("one_segment", log)


def _grouped_there(
    tried: Sequence[Origin], settings: SegmentSettings
) -> tuple[list[tuple[Origin, Grouped]], Text | None]:
    """The segments as they would have been made at each origin, where there were two at least.

    An early origin may hold too few customers or lessons for what was asked; the last reason for it comes along.
    """
    made, refused = list[tuple[Origin, Grouped]](), None
    for origin in tried:
        try:
            grouped = group(origin.now.features, settings, lessons=origin.lessons)
        except (InputError, UsageError) as problem:
            refused = problem.what
            continue
        if grouped.choice.picked > 1:
            made.append((origin, grouped))
    return made, refused


def _tried(place: int, origin: Origin, grouped: Grouped, judged: Mapping[str, list[Judged]]) -> Tried:
    """What was chosen at one origin, and what it said beside the best plain way there."""
    now, space = origin.now, grouped.space.picked
    at = {key: found[place] for key, found in judged.items()}
    best = max(plain_ways(at, space), key=lambda key: at[key].mean, default=None)
    tried = Tried(
        now.clock.local_iso,
        len(now.targets),
        len(origin.lessons),
        space,
        grouped.choice.picked,
        _interval(at["choice"]),
    )
    if best is None:
        return tried
    ahead = _ahead([at["choice"]], [at[best]])
    return replace(tried, rival=texts(f"contender.{best}"), rival_explained=at[best].mean, ahead=ahead)


def _interval(judged: Judged) -> Interval:
    return percentile_interval(judged.mean, judged.draws)


def _judge_all(
    made_there: Sequence[tuple[Origin, Grouped]], seed: int
) -> tuple[dict[str, list[Judged]], tuple[Finding, ...]]:
    """Every contender at every origin; one that this log cannot carry is left out and said so."""
    judged: dict[str, list[Judged]] = {key: [] for key in ("choice", *BASELINES, *CEILINGS)}
    missing: dict[str, Finding] = {}
    for origin, grouped in made_there:
        now, weights = origin.now, bootstrap_weights(len(origin.now.targets), DRAWS, seed)
        judged["choice"].append(judge_groups(now, grouped.labels, weights))
        for key, grouping in BASELINES.items():
            try:
                labels = grouping(origin, grouped.choice.picked, seed)
            except (InputError, UsageError, KeyError) as problem:
                missing[key] = _left_out(key, problem)
                continue
            judged[key].append(judge_groups(now, labels, weights))
        predicted = one_prediction_each(now)
        judged["ceiling"].append(judge_predictions(now, predicted, weights))
        best = in_groups(now, predicted, grouped.choice.picked, seed)
        judged["ceiling_in_groups"].append(judge_groups(now, best, weights))
    whole = {key: found for key, found in judged.items() if len(found) == len(made_there)}
    return whole, tuple(missing.values())


def _left_out(key: str, problem: Exception) -> Finding:
    reason = problem.what if isinstance(problem, InputError | UsageError) else texts("missing.column")
    words = texts("missing.contender", contender=texts(f"contender.{key}"), reason=reason)
    return Finding(f"missing_{key}", "info", words)


def _contenders(judged: Mapping[str, list[Judged]], names: tuple[str, ...]) -> tuple[Contender, ...]:
    """Means over the origins, best first; the choice is compared with each on the same draws of customers."""
    choice = judged["choice"]
    found = []
    for key, results in judged.items():
        ahead = None if key in ("choice", "ceiling") else _ahead(choice, results)
        found.append(
            Contender(
                key,
                texts(f"contender.{key}"),
                float(np.mean([r.groups for r in results])),
                percentile_interval(
                    float(np.mean([r.mean for r in results])), np.mean([r.draws for r in results], axis=0)
                ),
                _by_outcome(results, names),
                _mean([r.auc for r in results]),
                _mean([r.capture for r in results]),
                ahead,
            )
        )
    return tuple(sorted(found, key=lambda c: -c.r_squared.value))


def _prediction(judged: Mapping[str, list[Judged]]) -> Verdict | None:
    """K-means in the predictive space beside k-means in `behaviour`; None where either could not run."""
    plain, learned = judged.get("kmeans_behaviour"), judged.get("kmeans_predictive")
    if not plain or not learned:
        return None
    means = [float(np.mean([one.mean for one in results])) for results in (plain, learned)]
    return of_prediction(means[0], means[1], _ahead(learned, plain))


def _limit(judged: Mapping[str, list[Judged]]) -> Verdict:
    """Whether the number of groups or the learning is what keeps the choice below one prediction a customer."""
    keys = ("choice", "ceiling_in_groups", "ceiling")
    choice, grouped, each = (float(np.mean([one.mean for one in judged[key]])) for key in keys)
    return of_limit(choice, grouped, each, _ahead(judged["choice"], judged["ceiling_in_groups"]))


def _kept(contenders: Sequence[Contender]) -> float | None:
    """The choice's share of what one prediction for each customer explains; None where that is nothing."""
    explained = {contender.key: contender.r_squared.value for contender in contenders}
    return explained["choice"] / explained["ceiling"] if explained["ceiling"] > 0 else None


def _agreement(made_there: Sequence[tuple[Origin, Grouped]]) -> float | None:
    """The mean adjusted Rand index (Hubert and Arabie 1985) of neighbouring origins, over customers known at both."""
    known = [
        dict(zip(origin.now.features.table["customer_id"].to_pylist(), grouped.labels.tolist(), strict=True))
        for origin, grouped in made_there
    ]
    agreed = [
        adjusted_rand_score([later[c] for c in earlier], [earlier[c] for c in earlier])
        for later, earlier in pairwise(known)
    ]
    return float(np.mean(agreed)) if agreed else None


def _ahead(choice: list[Judged], other: list[Judged]) -> Interval:
    differences = np.mean([mine.draws - theirs.draws for mine, theirs in zip(choice, other, strict=True)], axis=0)
    value = np.mean([mine.mean - theirs.mean for mine, theirs in zip(choice, other, strict=True)])
    return percentile_interval(float(value), differences)


def _by_outcome(results: list[Judged], names: tuple[str, ...]) -> dict[str, float | None]:
    """Spend and orders by name; categories are learned at each origin, so only their mean can be compared."""
    table = np.array([[*r.by_outcome[: _plain(names)], mean_explained(r.by_outcome[_plain(names) :])] for r in results])
    kept = (*names[: _plain(names)], "categories")
    return {name: _mean(list(column)) for name, column in zip(kept, table.T, strict=True)}


def _plain(names: tuple[str, ...]) -> int:
    """How many of the outcomes are no categories."""
    return sum(name in ("spend", "orders") for name in names)


def _mean(values: list[float]) -> float | None:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else None
