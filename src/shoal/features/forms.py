"""What is known already, in the forms people ask for: R, F and M from 1 to 5, shares by weekday, category and channel.

In: the log at a cut. Out: features that restate others. The one thing to know: they are for reading and for other
tools; no space measures by them and no segment is explained by them, or one thing would count twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from shoal.engines.contract import literal, quoted
from shoal.events.result import EventLog
from shoal.features.categories import CategoryScheme
from shoal.features.feature import Feature, Grain, share_of_orders
from shoal.features.result import Category, FeatureInfo
from shoal.words.clock import Clock
from shoal.words.language import Texts

texts = Texts("shoal.features")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOST_SHARES = 6
LEAST_SHARE = 0.01
"""A channel or device with less than this share of the events has no column of its own."""
TOTAL = "worth_total"
WAYS: tuple[tuple[str, Grain], ...] = (("channel", "channels"), ("device", "devices"))


def _score(name: str, of: str, *needs: str) -> Feature:
    needs = ("type:purchase", *needs)
    return Feature(name, "scores", "number", "1 to 5", "ranked", of, needs, shapes=False, restates=True)


FORMS: tuple[Feature, ...] = (
    _score("recency_score", "days_since_last_order DESC"),
    _score("frequency_score", "orders"),
    _score("monetary_score", "spend_total", "amount"),
    *(
        replace(share_of_orders(f"share_{day}", f"dow = {at}"), shapes=False, restates=True)
        for at, day in enumerate(WEEKDAYS)
    ),
)


@dataclass(frozen=True, slots=True)
class Form:
    """A feature that stands in the catalogue for every value there is, and what it means."""

    feature: Feature
    info: FeatureInfo


def score_sql(of: str) -> str:
    """SQL of a score from 1 to 5 over all rows: the fifth in which the middle of all equal values lies (mid-rank).

    Equal values get equal scores, so a shop where most ordered once has no quintiles drawn by lot (Hughes 1994 sorts).
    """
    column, _, down = of.partition(" ")
    frame = "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"
    up_to = f"COUNT(*) OVER (ORDER BY {quoted(column)} {down or 'ASC'} NULLS LAST {frame})"
    down_to = f"COUNT(*) OVER (ORDER BY {quoted(column)} {'ASC' if down else 'DESC'} NULLS LAST {frame})"
    twice = f"CAST(({up_to} + COUNT(*) OVER () - {down_to}) * 5 AS DOUBLE)"  # five times twice the middle's place
    return f"least(floor({twice} / NULLIF(2e0 * COUNT(*) OVER (), 0e0)), 4e0) + 1e0"


def channel_shares(log: EventLog, clock: Clock) -> tuple[Form, ...]:
    """A share of events for each main channel and device of the look-back, the commonest first."""
    return tuple(_of_ways(log, clock))


def _of_ways(log: EventLog, clock: Clock) -> Iterator[Form]:
    for way, grain in WAYS:
        if way in log.has:
            taken = set[str]()
            for value in _common(log, clock, way):
                yield _share(way, grain, value, _named(f"share_{way}", value, taken))


def _common(log: EventLog, clock: Clock, way: str) -> list[str]:
    rows = log.engine.rows(f"""
        SELECT {way}, COUNT(*) AS n FROM {log.relation}
        WHERE {way} IS NOT NULL AND ts_s >= {clock.features.start} AND ts_s < {clock.features.end}
        GROUP BY {way} ORDER BY n DESC NULLS LAST, {way} NULLS LAST""")
    everything = sum(int(n) for _, n in rows)
    return [str(value) for value, n in rows[:MOST_SHARES] if n >= LEAST_SHARE * everything]


def shares_as_in(columns: Sequence[FeatureInfo]) -> tuple[Form, ...]:
    """The channel shares of an earlier study."""
    grains = {f"share_{way}_": (way, grain) for way, grain in WAYS}
    return tuple(
        Form(_share(way, grain, info.level, info.name).feature, info)
        for info in columns
        if info.level is not None and info.attribute is None
        for start, (way, grain) in grains.items()
        if info.name.startswith(start)
    )


def _share(way: str, grain: Grain, value: str, name: str) -> Form:
    same = literal(value).replace("{", "{{").replace("}", "}}")
    part = f"CAST(SUM(CASE WHEN {way} = {same} THEN n_events ELSE 0 END) AS DOUBLE)"
    sql = f"{part} / NULLIF(CAST(SUM(n_events) AS DOUBLE), 0e0)"
    feature = Feature(name, "visits", "share", "share of events", grain, sql, (way,), 0, "null", False, True)
    words = {"value": value}
    label, meaning = texts(f"form.{way}.label", **words), texts(f"form.{way}.meaning", **words)
    null = texts(f"form.{way}.null")
    return Form(
        feature,
        FeatureInfo(
            name, feature.block, feature.kind, feature.unit, label, meaning, null,
            shapes=False, restates=True, level=value,
        ),
    )  # fmt: skip


def _named(stem: str, value: str, taken: set[str]) -> str:
    words = re.sub(r"[^\w]+", "_", value.lower()).strip("_")[:40] or "unnamed"
    name, n = f"{stem}_{words}", 1
    while name in taken:
        n += 1
        name = f"{stem}_{words}_{n}"
    taken.add(name)
    return name


def category_shares(scheme: CategoryScheme | None) -> tuple[tuple[str, str, FeatureInfo], ...]:
    """For each main category the name of its share, its SQL over the customer's worth by category, and its meaning."""
    return tuple(_category_share(one, scheme) for one in scheme.categories) if scheme else ()


def _category_share(category: Category, scheme: CategoryScheme) -> tuple[str, str, FeatureInfo]:
    name = f"share_{category.column.removeprefix('spend_')}"
    words = {"category": category.label, "worth": scheme.measured_in}
    info = FeatureInfo(
        name, "categories", "share", "share of spend" if category.column.startswith("spend_") else "share of events",
        texts("form.category.label", **words), texts("form.category.meaning", **words), texts("form.category.null"),
        shapes=False, restates=True, level=category.key,
    )  # fmt: skip
    return name, f"{quoted(category.column)} / NULLIF({TOTAL}, 0e0)", info
