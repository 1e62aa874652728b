"""The study a new one takes its segment numbers from: the published one, where it looks from no later a day."""

from __future__ import annotations

from pyarrow.parquet import read_table

from shoal.segments.matching import Parent
from shoal.study.result import Manifest
from shoal.study.store import Store
from shoal.words.clock import Clock
from shoal.words.errors import StudyError


def find_parent(store: Store, clock: Clock) -> Parent | None:
    """The published study's customers and segments; None where none is published or it knows of later days.

    A study of a plain table has no clock and is no parent: numbers of other rows mean nothing here.
    """
    try:
        folder = store.current()
    except StudyError:
        return None
    made = Manifest.read(folder).made
    if not made.as_of or made.as_of > clock.iso:
        return None
    return Parent(folder.name, read_table(folder / "segments.parquet", columns=["customer_id", "segment"]))
