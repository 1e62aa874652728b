"""Logs with a planted truth: what will happen after any day is known by construction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from shoal.engines.contract import Engine
from shoal.events.result import EventLog
from tests.end_to_end.shop import quick
from tests.features.conftest import event, log_of

__all__ = ["quick"]
DAYS, LOOK_BACK, HORIZON = 560, 200, 60
CATEGORIES = ("tea", "pots", "books", "seeds")
Planted = Callable[..., EventLog]
Events = list[dict[str, Any]]


def habits(customers: int = 240, days: int = DAYS, seed: int = 0, *, tastes: bool = True, rates: bool = True) -> Events:
    """Orders of customers who keep their ways: each has a taste and a rate, or all are alike and buy by lot.

    With `rates`, a third orders every 12 days, a third every 40, a third every 12 days until they stop for good.
    With `tastes`, nine in ten orders of a customer are of one category.
    """
    draw = np.random.default_rng(seed)
    found: Events = []
    for number in range(customers):
        kind = number % 3 if rates else 0
        gap = (12, 40, 12)[kind] if rates else 30
        end = draw.uniform(0.2, 0.9) * days if kind == 2 else days
        day = float(draw.uniform(0, gap))
        while day < end:
            own = tastes and draw.random() < 0.9
            category = CATEGORIES[number // 3 % 4] if own else CATEGORIES[int(draw.integers(4))]
            amount = round(float(draw.lognormal(3, 0.3)), 2)
            found.append(event(f"c{number:03d}", day, amount, product_id=f"{category}-1", category=category))
            day += float(draw.exponential(gap))
    return found


@pytest.fixture
def planted(engine: Engine) -> Planted:
    """``planted(events)``: their log, long enough for lessons before each of several origins."""
    return lambda events, **how: log_of(
        engine, events, **{"as_of": DAYS, "look_back": LOOK_BACK, "horizon": HORIZON, **how}
    )
