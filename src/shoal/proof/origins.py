"""Rolling origins: earlier cuts at which the past is known and so is what came after.

Every origin looks back as far as the study itself and ahead as far as its horizon; nothing else makes numbers of
different dates comparable. Steps are one horizon long, so that no two outcome windows overlap.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from shoal.events.result import EventLog
from shoal.features.build import build
from shoal.features.categories import CategoryScheme, learn_categories
from shoal.features.outcomes import Outcomes, outcomes
from shoal.features.result import Features
from shoal.measures.validity import Floats
from shoal.words.clock import DAY_S, Clock

MOST_ORIGINS = 4
MOST_CUSTOMERS = 100_000
SLACK_S = DAY_S
"""A log that starts during its first day covers that day: the look-back may reach that far before the first event."""


@dataclass(frozen=True)
class Origin:
    """One cut: what was known before it and what came after, row for row the same customers.

    Categories are learned before the cut and serve both sides.
    """

    clock: Clock
    scheme: CategoryScheme | None
    features: Features
    outcomes: Outcomes

    @property
    def names(self) -> tuple[str, ...]:
        """The outcomes that are judged: spend and orders, then spend by main category."""
        return (*(("spend",) if self.outcomes.has_spend else ()), "orders", *self.outcomes.categories)

    @cached_property
    def targets(self) -> Floats:
        """The outcomes as square roots, shape (customers, outcomes): counts and money vary in step with their size."""
        return np.sqrt(np.column_stack([self.outcomes.table[name].to_numpy() for name in self.names]))

    @cached_property
    def bought(self) -> np.ndarray:
        return self.outcomes.table["orders"].to_numpy() > 0

    @property
    def spend(self) -> Floats:
        return np.asarray(self.outcomes.table["spend" if self.outcomes.has_spend else "orders"].to_numpy())


def cuts(log: EventLog) -> tuple[Clock, ...]:
    """The origins the history carries, latest first; empty when not even one look-back and one horizon fit."""
    found, clock = [], log.clock.earlier(log.clock.horizon_days)
    while clock.features.start >= log.first_s - SLACK_S and len(found) < MOST_ORIGINS:
        found.append(clock)
        clock = clock.earlier(clock.horizon_days)
    return tuple(found)


def observe(log: EventLog, clock: Clock, seed: int, scheme: CategoryScheme | None = None) -> Origin:
    """Both sides of a cut. `scheme` freezes the categories of another cut."""
    scheme = scheme or learn_categories(log, clock, seed)
    return Origin(clock, scheme, build(log, clock, scheme, seed), outcomes(log, clock, scheme))


def sampled(log: EventLog) -> EventLog:
    """The log of at most about `MOST_CUSTOMERS` customers, the same ones in every run and on every engine."""
    if log.customers <= MOST_CUSTOMERS:
        return log
    limit = f"{int(16**6 * MOST_CUSTOMERS / log.customers):06x}"
    log.engine.run(
        f"CREATE OR REPLACE TEMP VIEW proof_events AS SELECT * FROM {log.relation} "
        f"WHERE substring(md5(customer_id), 1, 6) < '{limit}'"
    )
    return replace(log, relation="proof_events", customers=MOST_CUSTOMERS)
