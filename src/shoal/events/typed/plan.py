"""What each column of a text file is, where its header and its first records leave no doubt.

In: the columns of a file and what the user said of them. Out: a `Plan`, or None where the file is read the careful way
throughout. The one thing to know: a plan is a guess that costs nothing when it is wrong: a record that does not fit is
left to the careful way, and where that way reads the whole column otherwise the file is read again without a plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shoal.events.dialect import Dialect
from shoal.events.keys import CONTACT_NAMES, KEYED
from shoal.events.layouts import EVENT_WORDS, PRICE
from shoal.events.lines import Plain
from shoal.events.matching import Match, match
from shoal.events.numbers import BeliedError
from shoal.events.reading import IDS, NUMBERS, TEXTS, Scope
from shoal.events.staged import Staged
from shoal.events.times import family_of
from shoal.events.typed.forms import Form
from shoal.events.typed.zones import ZoneTable
from shoal.words.errors import UsageError

NAMES = (*TEXTS, "category", "brand")


@dataclass(frozen=True, slots=True)
class Plan:
    """What the columns of one file are.

    `places` are our names to the columns' places. `words` are the ways to spell each event type; empty where the log
    has none and all is a purchase. `latest` is the last second believed. `zone` is the clock by which times without an
    offset are read, None for UTC. The first records tell `forms`, the ways in which times may be written, and `order`:
    whether the day or the month of dates comes first whose year comes last.
    """

    columns: Mapping[str, tuple[str, ...]]
    places: Mapping[str, int]
    words: Mapping[str, str]
    separator: str
    refund_prefix: str
    latest: int
    zone: ZoneTable | None
    order: str | None = None
    forms: tuple[Form, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(name for name in IDS if name in self.places)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name in NAMES if name in self.places)

    @property
    def numbers(self) -> tuple[str, ...]:
        return tuple(name for name in NUMBERS if name in self.places)

    @property
    def has(self) -> frozenset[str]:
        """The columns of ours that typed records have."""
        return frozenset(self.places) - {PRICE} | ({"amount"} if PRICE in self.places else frozenset())


@dataclass(frozen=True, slots=True)
class Typed:
    """The records of one file that were typed at the door.

    `source` is the file they come from. `files` hold them, with others between them that went the careful way; `sure`
    tells, packed, which are which, batch by batch. `filled` counts the sure ones by column, `points` are the columns
    with a decimal point before one or two digits, `long_points` those with one before more, `varied` those in which
    any value has capitals, blanks or letters beyond ASCII. `shapes` are how its times are written, as `events.times`
    judges it, and how many of each there are; `late` are the days above the twelfth in dates whose year comes last.
    """

    plan: Plan
    source: tuple[Plain, Dialect]
    files: tuple[Path, ...]
    sure: tuple[bytes, ...]
    rows: int
    filled: Mapping[str, int]
    points: frozenset[str]
    long_points: frozenset[str]
    varied: frozenset[str]
    shapes: tuple[tuple[str, int], ...]
    late: int

    @property
    def order(self) -> str | None:
        """Whether the day or the month comes first in dates whose year comes last; None where there are none."""
        return self.plan.order if any(family_of(shape) == "year_last" for shape, _ in self.shapes) else None


def require_plans(logs: Sequence[Match], others: Sequence[Match]) -> None:
    """Raise `BeliedError` where a file is matched otherwise than its plan was made."""
    belied = any(typed.plan.columns != found.columns for found in logs for typed in found.staged.typed_parts)
    if belied or any(found.staged.typed_parts for found in others):
        raise BeliedError


@dataclass(frozen=True, slots=True)
class Planner:
    """Makes plans under what the user asked for. `zone` is the shop's clock, None for UTC."""

    layout: str | None
    columns: Mapping[str, str]
    scope: Scope
    zone: ZoneTable | None

    def plan(self, staged: Staged) -> Plan | None:
        """The plan of a file with these columns; None where anything about it is out of the ordinary."""
        try:
            found = match(staged, self.layout, self.columns)
        except UsageError:  # it is said where all columns are known
            return None
        return self._plan(found) if self._ordinary(found) else None

    def _plan(self, found: Match) -> Plan:
        places = {name: at for at, name in enumerate(found.staged.columns)}
        layout = found.layout
        known = {**EVENT_WORDS, **layout.event_words} if "event_type" in found.columns else {}
        return Plan(
            found.columns, {ours: places[theirs] for ours, (theirs,) in found.columns.items()},
            known, layout.separator, layout.refund_prefix, self.scope.latest, self.zone, found.order,
        )  # fmt: skip

    def _ordinary(self, found: Match) -> bool:
        layout, columns = found.layout, found.columns
        special = layout.beside or layout.fill or layout.undone or layout.contact or layout.gross or layout.mixed
        return (
            found.complete
            and not special
            and not (self.scope.money.currency and "currency" in columns)
            and not set(KEYED) & set(columns)
            and all(len(theirs) == 1 for theirs in columns.values())
            and len({theirs for (theirs,) in columns.values()}) == len(columns)
            and not any(CONTACT_NAMES.search(name) for name in columns["customer_id"])
        )
