"""Today's segment for new and known customers, by the frozen model of a published study."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shoal.engines.choose import open_engine
from shoal.events.load import load
from shoal.features.build import build, newcomers
from shoal.features.categories import frozen_categories
from shoal.segments.model import ASSIGNED
from shoal.segments.model import assign as assign_segments
from shoal.segments.newcomers import placed
from shoal.segments.placing import Placed
from shoal.segments.result import Segments
from shoal.segments.steady import unsteady
from shoal.show.blocks import Block, Figure, Figures, Finding, Heading, Table, TableColumn
from shoal.show.result import Result
from shoal.study.assign_table import assign_rows
from shoal.study.result import Study
from shoal.words.language import Text, Texts
from shoal.words.progress import Progress, silent
from shoal.words.provenance import Made

texts = Texts("shoal.study")
SHOWN = ("segments.", "table.", "attributes_unknown", "by_attributes", "not_by_attributes", "strangers")
"""Findings that stand beside the answer."""
MANY = 10
"""So many customers of whom the study knows none are more likely another kind of id than new customers."""


@dataclass(frozen=True, kw_only=True)
class Assigned(Result):
    """Every customer of a log with today's segment and, where the study knows the customer, the published one."""

    name = "assigned"

    table: pa.Table = field(metadata={"file": "assigned.parquet"})
    study: str
    segments: dict[int, Text]

    def view(self) -> Iterator[Block]:
        known = self.table["published_segment"].drop_null()
        moved = pc.sum(pc.not_equal(self.table["segment"], self.table["published_segment"])).as_py() or 0
        yield Heading(texts("assign.title", study=self.study))
        yield Figures(
            (
                Figure(texts("assign.customers"), Text.same(f"{self.table.num_rows:,}")),
                Figure(texts("assign.new"), Text.same(f"{self.table.num_rows - len(known):,}")),
                Figure(texts("assign.moved"), Text.same(f"{moved:,}")),
            )
        )
        yield from (finding for finding in self.findings if finding.code.startswith(SHOWN))
        counted = dict(zip(*(c.to_pylist() for c in self.table["segment"].value_counts().flatten()), strict=True))
        yield Table(
            tuple(TableColumn(texts(f"assign.{label}"), ",.0f") for label in ("number", "name", "customers")),
            tuple((number, name, counted.get(number, 0)) for number, name in self.segments.items()),
        )


def assign(
    study: Study,
    sources: Sequence[Any],
    *,
    as_of: str | None = None,
    products: Any = None,
    customers: Any = None,
    memory: str = "4GB",
    progress: Progress = silent,
    **reading: Any,
) -> Assigned:
    """Today's segment of every customer in `sources`, without a refit.

    The study's look-back, categories and model are used as they are; only the clock is today's (`as_of`, by default
    just after the last event). Customers of whom only attributes are known (`customers`, a row each) get the segment
    that these make likeliest, after all others. `reading` takes the loader's options: columns, timezone, currency,
    exclude; `progress` is called with what is being done. A study of a plain table takes one table with its columns;
    of the options only ``columns={"customer_id": ...}`` fits there.

    Examples
    --------
    >>> import shoal
    >>> from tempfile import mkdtemp
    >>> shop = mkdtemp()
    >>> made = shoal.write_demo(shop, customers=40)
    >>> log = [f"{shop}/events.parquet"]
    >>> study = shoal.run(log, f"{shop}/study", k=2, proof=False, stages="segments", currency="EUR", timezone="UTC")
    >>> assign(study, log, as_of="2025-01-01", currency="EUR").table.column_names[:2]
    ['customer_id', 'segment']
    """
    if study.features is None or study.manifest.look_back_days is None:
        asked = {"as_of": as_of, "products": products, "customers": customers, **reading}
        return _of_table(study, assign_rows(study, sources, asked.pop("columns", None) or {}, asked))
    reading = {"timezone": study.manifest.made.timezone, **{k: v for k, v in reading.items() if v is not None}}
    with TemporaryDirectory(prefix="shoal-") as folder, open_engine("auto", Path(folder), memory) as engine:
        log, quality = load(
            sources,
            engine,
            Path(folder),
            as_of=as_of,
            look_back_days=study.manifest.look_back_days,
            horizon_days=study.manifest.horizon_days or 90,
            products=products,
            customers=customers,
            private=study.folder.parents[1] / "private",
            progress=progress,
            **reading,
        )
        engine.lock()
        features = build(log, log.clock, frozen_categories(study.features), like=study.features)
        new, said = _newcomers(study.segments, newcomers(log, log.clock, study.features))
    today = pa.concat_tables([assign_segments(study.segments.model, features.table), new])
    return _assigned(study, features.made, (*quality.findings, *features.findings, *said), today)


def _of_table(study: Study, placed_: Placed) -> Assigned:
    """The answer for a study of a plain table, which has no clock."""
    made = replace(study.manifest.made, rows_in=placed_.rows_in, rows_out=placed_.table.num_rows)
    return _assigned(study, made, placed_.findings, placed_.table)


def _assigned(study: Study, made: Made, findings: tuple[Finding, ...], today: pa.Table) -> Assigned:
    table = _beside_published(today, study)
    return Assigned(
        made=made,
        findings=(*findings, *_strangers(table), *unsteady(study.segments.segments)),
        table=table,
        study=study.name,
        segments={segment.number: segment.name for segment in study.segments.segments},
    )


def _newcomers(segments: Segments, table: pa.Table) -> tuple[pa.Table, tuple[Finding, ...]]:
    """The segments of customers without any event, by attributes alone; none where attributes do not tell segments."""
    model = segments.newcomers
    if not table.num_rows:
        return ASSIGNED.empty_table(), ()
    told = model is not None and model.tells
    key = "assign.by_attributes" if told else "assign.not_by_attributes"
    said = (Finding(key.replace("assign.", ""), "info", texts(key, count=table.num_rows), None, table.num_rows),)
    return (placed(model, table) if model is not None and told else ASSIGNED.empty_table()), said


def _strangers(table: pa.Table) -> Iterator[Finding]:
    """A warning where of many nobody is known to the study: the ids may be of another kind."""
    if table.num_rows >= MANY and table["published_segment"].null_count == table.num_rows:
        said = texts("assign.strangers", customers=table.num_rows)
        yield Finding("strangers", "warning", said, texts("assign.strangers_do"), table.num_rows)


def _beside_published(today: pa.Table, study: Study) -> pa.Table:
    published = study.segments.table
    where = pc.index_in(today["customer_id"], value_set=published["customer_id"].combine_chunks())
    return today.append_column("published_segment", published["segment"].combine_chunks().take(where.combine_chunks()))
