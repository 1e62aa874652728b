"""`Segments`: who belongs where, how surely, why, and the frozen model. The only place that numbers segments from 1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from shoal.features.result import FeatureInfo
from shoal.measures.clustering import Labels
from shoal.segments import cards, k_view, view
from shoal.segments.advice import Advice
from shoal.segments.carry import carried, written_out
from shoal.segments.choose_k import KChoice
from shoal.segments.drivers import Expectation, driven
from shoal.segments.map_view import CustomerMap, drawn
from shoal.segments.migration import Migration
from shoal.segments.migration_view import migrated
from shoal.segments.model import SegmentModel
from shoal.segments.newcomers import NewcomerMap
from shoal.segments.portrait import FeatureProfile, Segment
from shoal.segments.prospect_view import of_one, prospects
from shoal.segments.space_choice import SpaceChoice
from shoal.segments.tree import SegmentTree, shown
from shoal.show.blocks import Block, Table
from shoal.show.result import Result
from shoal.words.language import Text


@dataclass(frozen=True, slots=True)
class FitFacts:
    """How the fit went: the settings in force and what they led to. `seeded_on` customers gave the first centres.

    `shaped_by` customers had the `min_orders` that a say takes; the others were placed. None where all had a say.
    """

    space: str
    axes: int
    k: int
    algorithm: str
    init: str
    n_init: int
    max_iter: int
    tol: float
    seed: int
    inertia: float
    n_iter: int
    converged: bool
    customers: int
    seeded_on: int
    min_orders: int = 0
    shaped_by: int | None = None


@dataclass(frozen=True, kw_only=True)
class Segments(Result):
    """The segments of a shop's customers.

    `table` has one row a customer (``customer_id``, ``segment`` from 1, ``confidence``, ``runner_up``), in the order
    of the features. `segments` are their portraits by number, `whole` is the shop beside them; `key_features` tell
    segments most apart, best first. `advice` is the method that suits these customers, `migration` says who changed
    segments since an earlier study, and why. `map` shows a sample of customers in two dimensions, `tree` asks for the
    segments in plain questions. `expected` says what the predictive space expects and by which features; empty in any
    other. `model` assigns other customers, `newcomers` those of whom only attributes are known.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shoal.segments.table import segment_table
    >>> table = pa.table({"member": [f"m{i}" for i in range(20)], "visits": [*range(1, 11), *range(101, 111)]})
    >>> from shoal.segments.settings import SegmentSettings
    >>> segments = segment_table(table, SegmentSettings(k=2))
    >>> segments.table.column_names
    ['customer_id', 'segment', 'confidence', 'runner_up']
    >>> min(segment.persona.en for segment in segments.segments)
    'Typically visits 106 (all 56). They are 50% of all customers.'
    """

    name = "segments"

    table: pa.Table = field(metadata={"file": "segments.parquet"})
    model: SegmentModel = field(metadata={"file": "model/segmenter.json"})
    choice: KChoice = field(metadata={"file": "k.json"})
    space: SpaceChoice = field(metadata={"file": "k.json"})
    segments: tuple[Segment, ...]
    whole: tuple[FeatureProfile, ...]
    columns: tuple[FeatureInfo, ...]
    key_features: tuple[str, ...]
    fit: FitFacts
    currency: str | None = None
    advice: Advice | None = None
    migration: Migration | None = None
    map: CustomerMap | None = field(default=None, metadata={"file": "map.json"})
    tree: SegmentTree | None = None
    expected: tuple[Expectation, ...] = ()
    newcomers: NewcomerMap | None = field(default=None, metadata={"file": "model/newcomers.json"})

    def segment(self, number: int) -> Segment:
        """The segment of that number, from 1. Raises ``KeyError`` where there is none."""
        if not 1 <= number <= len(self.segments):
            raise KeyError(number)
        return self.segments[number - 1]

    def brief(self) -> Table:
        """All segments in one table."""
        return view.brief(self.segments)

    def alone(self, number: int) -> OneSegment:
        """One segment as a result of its own. Raises ``KeyError`` where there is none of that number."""
        names = {one.number: one.name for one in self.segments}
        portrait = self.segment(number)
        return OneSegment(
            made=self.made,
            segment=portrait,
            whole=self.whole,
            columns=self.columns,
            names=names,
            currency=self.currency,
        )

    def view(self) -> Iterator[Block]:
        yield from view.opening(self.segments, self.choice)
        yield from self.findings
        yield cards.cards(self.segments, self.columns)
        if len(self.segments) > 1:
            yield view.shares(self.segments)
            yield from view.heat(self.segments, self.columns, self.key_features)
            yield from drawn(self.map, self.segments)
            yield from prospects(self.segments, self.currency)
            yield from carried(self.segments)
            yield from shown(self.tree, self.segments)
        yield from migrated(self.migration)
        yield from k_view.choice_of_k(self.choice)
        yield from k_view.space_of(self.space)
        yield from driven(self.expected)
        yield view.profiles(self.segments, self.whole, self.columns)
        yield view.method(self.fit, self.advice)


@dataclass(frozen=True, kw_only=True)
class OneSegment(Result):
    """One segment: its portrait, with every feature beside the shop's."""

    name = "segment"

    segment: Segment
    whole: tuple[FeatureProfile, ...]
    columns: tuple[FeatureInfo, ...]
    names: dict[int, Text] = field(default_factory=dict)
    currency: str | None = None

    def view(self) -> Iterator[Block]:
        yield cards.card(self.segment, self.columns, cards.ALL)
        yield from of_one(self.segment, self.names, self.currency)
        if self.segment.rule is not None:
            yield from written_out(self.segment.rule)
        yield view.profile(self.segment, self.whole, self.columns)


@dataclass(frozen=True, kw_only=True)
class TableSegments(Segments):
    """The segments of a plain table.

    `set_aside` are the rows that were set aside before (file, line, rule, raw text), `rows` those that were used, with
    the columns as they were understood; `id_column` names the customers, None where rows were numbered.
    """

    set_aside: pa.Table = field(metadata={"file": "set_aside.parquet"})
    rows: pa.Table = field(metadata={"file": "features.parquet"})
    id_column: str | None = None


def number_of(label: int) -> int:
    """The number people read, from 1, of an estimator's label, from 0."""
    return label + 1


def ranks(first: np.ndarray, second: np.ndarray) -> Labels:
    """The order of segments: by falling `first` (spend, or size), then by falling `second` (size), then as found."""
    order: Labels = np.lexsort((np.arange(len(first)), -second, -first)).astype(np.int64)
    return order
