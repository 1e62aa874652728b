"""Lessons of the past: earlier cuts at which what was known and what came after are both there.

A lesson teaches what today's features may lead to (`segments`), or tests what was said without it (`proof`). Every cut
looks back as far as the study itself and ahead as far as its horizon; nothing else makes numbers of different dates
comparable. Cuts are one horizon apart, so no two outcome windows overlap.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from shoal.engines.contract import literal
from shoal.events.result import EventLog
from shoal.features.build import build
from shoal.features.categories import CategoryScheme
from shoal.features.outcomes import outcomes
from shoal.features.result import Lesson
from shoal.words.clock import DAY_S, Clock

MOST_LESSONS = 2
READ = (
    *("customer_id", "event_type", "ts_s", "day", "hour", "dow", "order_id", "product_id"),
    *("category_1", "category", "quantity", "amount", "discount"),
    *("brand", "coupon", "session_id", "rating", "channel", "device"),
)
"""The columns that features and outcomes read; a sample carries no others."""
MOST_CUSTOMERS = 100_000
"""More customers than this teach no more: a lesson then holds an md5 sample of about that many."""


def cuts(log: EventLog, clock: Clock, most: int = 4) -> tuple[Clock, ...]:
    """The earlier cuts that the history before `clock` carries, latest first; none when it is too short.

    A log that starts during its first day covers that day.
    """

    def fitting() -> Iterator[Clock]:
        for n in range(1, most + 1):
            earlier = clock.earlier(n * clock.horizon_days)
            if earlier.features.start > log.first_s - DAY_S:
                yield earlier

    return tuple(fitting())


def observe(log: EventLog, clock: Clock, scheme: CategoryScheme | None, seed: int = 0) -> Lesson:
    """Both sides of a cut, in the categories of `scheme`, which must have been learned no later than it is used."""
    features = build(log, clock, scheme, seed, restated=False)
    return Lesson(clock, features, outcomes(log, clock, scheme))


def learned_before(log: EventLog, clock: Clock, scheme: CategoryScheme | None, seed: int = 0) -> tuple[Lesson, ...]:
    """The lessons the history before `clock` carries, latest first; none when it is too short."""
    return tuple(observe(log, cut, scheme, seed) for cut in cuts(log, clock, MOST_LESSONS))


def sampled(log: EventLog) -> EventLog:
    """The log of about `MOST_CUSTOMERS` customers, the same ones in every run and on every engine; all of a small one.

    Every customer counts alike, whatever the number of events, so what is learned on the sample holds for the shop.
    """
    if log.customers <= MOST_CUSTOMERS:
        return log
    limit = f"{int(16**6 * MOST_CUSTOMERS / log.customers):06x}"
    log.engine.run(
        "CREATE OR REPLACE TEMP TABLE sampled_events AS "
        f"SELECT {', '.join(READ)} FROM {log.relation} WHERE substring(md5(customer_id), 1, 6) < {literal(limit)}"
    )
    counted = "SELECT customer_id, COUNT(*) AS n FROM sampled_events GROUP BY customer_id"
    customers, rows = log.engine.rows(f"SELECT COUNT(*), CAST(SUM(n) AS BIGINT) FROM ({counted}) AS counted")[0]
    return replace(log, relation="sampled_events", rows=rows, customers=customers)
