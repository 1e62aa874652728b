"""The study a new one takes its segment numbers from: the published one, where it looks from no later a day."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from shoal.events.result import EventLog
from shoal.features.build import build
from shoal.features.categories import frozen_categories
from shoal.features.result import Features
from shoal.segments.matching import Parent
from shoal.segments.result import Segments
from shoal.study.manifest import Manifest
from shoal.study.store import Store
from shoal.words.clock import Clock
from shoal.words.errors import InputError, StudyError


def find_parent(store: Store, clock: Clock) -> Parent | None:
    """The published study's customers, segments and model; None where none is published or it knows of later days.

    A study of a plain table has no clock and is no parent: numbers of other rows mean nothing here.
    """
    try:
        folder = store.current()
    except StudyError:
        return None
    made = Manifest.read(folder).made
    if not made.as_of or made.as_of > clock.iso:
        return None
    segments = Segments.read(folder)
    names = {one.number: one.name for one in segments.segments}
    return Parent(folder.name, segments.table.select(["customer_id", "segment"]), segments.model, names)


def seeing_today(parent: Parent, store: Store, log: EventLog, features: Features) -> Parent:
    """The parent with what its own features say of today's customers: its look-back, its categories, today's clock.

    Without them where the log lacks what its features need; then it is not known who moved and whom the refit moved.
    """
    folder = store.studies / parent.study
    before, look_back = Features.read(folder), Manifest.read(folder).look_back_days
    if _alike(before, features) and look_back == log.clock.look_back_days:
        return replace(parent, today=features.table)
    clock = replace(log.clock, look_back_days=look_back or log.clock.look_back_days)
    try:
        today: pa.Table = build(log, clock, frozen_categories(before), like=before).table
    except InputError:  # told by the migration, which then has no split
        return parent
    return replace(parent, today=today)


def _alike(before: Features, features: Features) -> bool:
    """Whether both were made by the same rules."""
    ways = [(one.columns, one.categories, one.category_column, one.product_groups) for one in (before, features)]
    names = [[info.name for info in columns] for columns, *_ in ways]
    return names[0] == names[1] and ways[0][1:3] == ways[1][1:3] and ways[0][3].equals(ways[1][3])
