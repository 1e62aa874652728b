"""From the events relation to one row a customer: the one crossing from engine to memory for features.

What enters is the log and a clock, what leaves is `Features`. What the log cannot support is absent and said so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import pyarrow as pa

from shoal.events.result import EventLog
from shoal.features.attributes import (
    ATTRIBUTES,
    BLOCK,
    AttributeFeature,
    as_in,
    attribute_features,
    missing,
    said_unknown,
    unknown,
)
from shoal.features.catalogue import CATALOGUE
from shoal.features.categories import CategoryScheme, frozen_categories, learn_categories, use_groups
from shoal.features.feature import Feature
from shoal.features.forms import Form, category_shares, channel_shares, shares_as_in
from shoal.features.result import EMPTY_GROUPS, EVENTS, AbsentFeature, FeatureInfo, Features
from shoal.features.statement import features_sql, newcomers_sql
from shoal.show.blocks import Finding
from shoal.words.clock import Clock
from shoal.words.errors import InputError, error
from shoal.words.language import Text, Texts, joined
from shoal.words.provenance import Made

texts = Texts("shoal.features")


def build(
    log: EventLog,
    clock: Clock,
    scheme: CategoryScheme | None = None,
    seed: int = 0,
    like: Features | None = None,
    restated: bool = True,
) -> Features:
    """What every customer known at ``clock.as_of`` did in the look-back.

    Parameters
    ----------
    log
        The loaded events.
    clock
        The cut: features see ``[as_of - look-back, as_of)`` and nothing else.
    scheme
        Categories frozen at an earlier cut; those of `like`, else learned at this one, when None.
    seed
        For learning product groups where the log has no categories.
    like
        Compute exactly the features of an earlier study, for its frozen model.
    restated
        Whether features that restate others (`forms`) are there too; nothing is learned from them.

    Returns
    -------
    Features
        One row a customer, ordered by ``customer_id``; what the log cannot support is listed as absent.

    Raises
    ------
    InputError
        The log lacks columns that the features of `like` need.

    Examples
    --------
    >>> import pyarrow as pa
    >>> days = [f"2024-0{1 + i % 6}-1{i % 9}" for i in range(60)]
    >>> log = pa.table({"customer_id": [f"u{i % 12}" for i in range(60)], "event_time": days, "amount": [9.5] * 60})

    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> from shoal.engines.choose import open_engine

    >>> from shoal.events.load import load
    >>> with open_engine("duckdb", Path(folder := mkdtemp()), "500MB") as engine:
    ...     clean, _ = load([log], engine, Path(folder))
    ...     features = build(clean, clean.clock)
    >>> features.table.num_rows, "days_since_last_order" in features.table.column_names
    (12, True)
    """
    started = perf_counter()
    scheme = scheme or (frozen_categories(like) if like else learn_categories(log, clock, seed))
    if scheme is not None and scheme.learned:
        use_groups(log, scheme.groups)
    plan = _planned(log, clock, scheme, like, restated)
    table = log.engine.table(features_sql(log, clock, plan.asked, scheme, plan.shares))
    return Features(
        made=Made.at(
            clock,
            "features",
            seed=seed,
            engine=log.engine_version,
            rows_in=log.rows,
            rows_out=table.num_rows,
            seconds=perf_counter() - started,
        ),
        findings=plan.findings,
        table=table,
        product_groups=scheme.groups if scheme else EMPTY_GROUPS,
        columns=plan.columns,
        absent=plan.absent,
        categories=scheme.categories if scheme else (),
        learned_groups=scheme.learned if scheme else False,
        category_column=scheme.column if scheme else "",
        category_event=scheme.event if scheme else "",
        category_worth=scheme.worth if scheme else "",
        currency=log.currency if "amount" in log.has else None,
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is computed: features, shares of categories by name and expression; what each column means; what is not."""

    asked: tuple[Feature, ...]
    shares: tuple[tuple[str, str], ...]
    columns: tuple[FeatureInfo, ...]
    absent: tuple[AbsentFeature, ...]
    findings: tuple[Finding, ...]


def _planned(
    log: EventLog, clock: Clock, scheme: CategoryScheme | None, like: Features | None, restated: bool
) -> _Plan:
    supported, absent = _supported(log, clock, scheme) if like is None else _as_in(like, log)
    supported = tuple(feature for feature in supported if restated or not feature.restates)
    told = attribute_features(log) if like is None else as_in(like.columns, log)
    forms, shares = _forms(log, clock, scheme, like) if restated else ((), ())
    asked = (*supported, *(one.feature for one in told), *(one.feature for one in forms))
    means = (*(one.info for one in told), *(one.info for one in forms))
    return _Plan(
        asked,
        tuple((name, sql) for name, sql, _ in shares),
        (*map(_info, supported), *means, *_category_info(scheme), *(info for *_, info in shares)),
        absent,
        (*_findings(absent, scheme), *_unknown(supported, told)),
    )


def _forms(
    log: EventLog, clock: Clock, scheme: CategoryScheme | None, like: Features | None
) -> tuple[tuple[Form, ...], tuple[tuple[str, str, FeatureInfo], ...]]:
    """The shares of channels and of categories, or those that an earlier study has."""
    if like is None:
        return channel_shares(log, clock), category_shares(scheme)
    there = {info.name for info in like.columns}
    return shares_as_in(like.columns), tuple(one for one in category_shares(scheme) if one[0] in there)


def newcomers(log: EventLog, clock: Clock, like: Features) -> pa.Table:
    """The attributes, as `like` has them, of those in the customers file who did nothing before the cut.

    One row a customer: ``customer_id`` and the columns of the block ``attributes``; no rows without such a file.
    """
    static = [_here(feature, log) for feature in ATTRIBUTES if any(i.name == feature.name for i in like.columns)]
    asked = [*static, *(one.feature for one in as_in(like.columns, log))]
    known = [feature for feature in asked if feature.grain == "attributes"]
    if log.accounts is None or not known:
        return pa.table({"customer_id": pa.array([], pa.string())})
    table = log.engine.table(newcomers_sql(log, clock, known))
    for feature in asked:
        if feature not in known:
            table = table.append_column(feature.name, pa.nulls(table.num_rows, pa.float64()))
    return table


def _supported(
    log: EventLog, clock: Clock, scheme: CategoryScheme | None
) -> tuple[tuple[Feature, ...], tuple[AbsentFeature, ...]]:
    carried = {*_columns(log), *(f"type:{kind}" for kind in log.types), *({"categories"} if scheme else set())}
    supported, absent = [], []
    for feature in CATALOGUE:
        missing = [need for need in feature.needs if need not in carried]
        if missing:
            absent.append(AbsentFeature(feature.name, texts("absent.needs", needs=joined(list(map(_need, missing))))))
        elif feature.window_days > clock.look_back_days:
            absent.append(AbsentFeature(feature.name, texts("absent.window", days=feature.window_days)))
        else:
            supported.append(feature)
    return tuple(supported), tuple(absent)


def _as_in(like: Features, log: EventLog) -> tuple[tuple[Feature, ...], tuple[AbsentFeature, ...]]:
    """The features of an earlier study. An event type that did not occur counts zero; a missing column does not."""
    wanted = {info.name for info in like.columns}
    supported = tuple(_here(feature, log) for feature in CATALOGUE if feature.name in wanted)
    columns = {need for feature in supported for need in feature.needs if not need.startswith("type:")}
    missing = sorted(columns - {"categories"} - _columns(log))
    if missing:
        raise error(InputError, texts, "lacks_columns", missing=joined(list(map(_need, missing))))
    return supported, like.absent


def _here(feature: Feature, log: EventLog) -> Feature:
    """The feature as this log can say it: what stood in a customers file is not known where there is none."""
    lacks = feature.grain == "attributes" and not log.account_dates.issuperset(feature.needs)
    return replace(unknown(feature), needs=()) if lacks else feature


def _unknown(supported: Sequence[Feature], told: Sequence[AttributeFeature]) -> list[Finding]:
    """That attributes the study has are not known of anybody here."""
    names = [feature.name for feature in supported if feature.block == BLOCK and feature.grain == "known"]
    names += missing(told)
    if not names:
        return []
    said, do = said_unknown(names), texts("finding.attributes_unknown_do")
    return [Finding("attributes_unknown", "warning", said, do, len(names))]


def _columns(log: EventLog) -> frozenset[str]:
    """The optional columns of a log and its customers file, with the visits that loading derived where it has none."""
    return log.has | log.account_dates | ({"session_id"} if log.visits else set())


def _need(name: str) -> Text:
    return texts(f"need.{name.removeprefix('type:')}")


def _info(feature: Feature) -> FeatureInfo:
    return FeatureInfo(
        feature.name,
        feature.block,
        feature.kind,
        feature.unit,
        feature.label,
        feature.meaning,
        feature.null,
        additive=feature.additive,
        shapes=feature.shapes,
        restates=feature.restates,
    )


def _category_info(scheme: CategoryScheme | None) -> tuple[FeatureInfo, ...]:
    if scheme is None:
        return ()
    blank = FeatureInfo("", "categories", "category_money", "currency", Text("", ""), Text("", ""), additive=True)
    return tuple(
        replace(
            blank,
            name=category.column,
            label=scheme.said(category.label),
            meaning=texts("category.meaning", category=category.label, worth=scheme.measured_in),
            unit="currency" if scheme.in_money else EVENTS,
            category=category.key,
        )
        for category in scheme.categories
    )


def _findings(absent: tuple[AbsentFeature, ...], scheme: CategoryScheme | None) -> list[Finding]:
    found = []
    if scheme is None:
        found.append(Finding("no_products", "info", texts("finding.no_products")))
    elif scheme.learned:
        groups = len(scheme.categories)
        found.append(Finding("learned_groups", "info", texts("finding.learned_groups", groups=groups), count=groups))
    if absent:
        found.append(Finding("absent_features", "info", texts("finding.absent", count=len(absent)), count=len(absent)))
    return found
