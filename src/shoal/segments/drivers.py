"""What the predictive space goes by: for each expected outcome how well it was foreseen, and the features behind it.

What enters is the learned space and the features it reads, what leaves is `Expectation`, in the segments' own result,
and its table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from shoal.features.result import Features
from shoal.segments.predictive import BUYS, PredictiveSpace
from shoal.show.blocks import Block, Details, Note, Table, TableColumn
from shoal.show.cells import shown
from shoal.words.language import Text, Texts, joined

texts = Texts("shoal.segments")
NAMED = ("spend", "orders", BUYS)
MOST = 3


@dataclass(frozen=True, slots=True)
class Driver:
    """A feature that moves an expected outcome: by `effect` spreads of it for one spread of its own, others held."""

    feature: str
    label: Text
    effect: float


@dataclass(frozen=True, slots=True)
class Expectation:
    """One dimension of the predictive space.

    `explained` is the share of the outcome's variance explained at earlier dates for customers left out of the fit;
    None where the outcome was the same for everyone. `drivers` are the features that move it most, strongest first.
    """

    outcome: str
    label: Text
    explained: float | None
    drivers: tuple[Driver, ...]


def expectations(learned: PredictiveSpace, features: Features, most: int = MOST) -> tuple[Expectation, ...]:
    """What each dimension expects, in order, and by what."""
    labels = {info.name: info.label for info in features.columns}
    found = []
    for outcome, explained in zip(learned.outcomes_, learned.explained_.tolist(), strict=True):
        drivers = tuple(Driver(name, labels[name], effect) for name, effect in learned.drivers(outcome, most) if effect)
        label = texts(f"drivers.{outcome}") if outcome in NAMED else labels[outcome]
        found.append(Expectation(outcome, label, None if np.isnan(explained) else explained, drivers))
    return tuple(found)


def driven(expected: Sequence[Expectation]) -> Iterator[Block]:
    """The dimensions in one table, folded away; nothing where the space is no predictive one."""
    if not expected:
        return
    columns = TableColumn(texts("drivers.outcome")), TableColumn(texts("drivers.explained"), ".0%")
    rows = tuple((one.label, one.explained, joined([_said(driver) for driver in one.drivers])) for one in expected)
    table = Table((*columns, TableColumn(texts("drivers.by"))), rows)
    yield Details(texts("drivers.title"), (Note(texts("drivers.how"), tone="small"), table))


def _said(driver: Driver) -> Text:
    return texts("drivers.driver", feature=driver.label, effect=shown(driver.effect, "+.2f", "en"))
