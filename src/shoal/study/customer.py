"""One customer of a published study: segment, how sure, and the features beside the segment's and the shop's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shoal.features.result import FeatureInfo
from shoal.show.blocks import Block, Figure, Figures, Heading, Table, TableColumn
from shoal.show.result import Result
from shoal.study.result import Study
from shoal.words.errors import UsageError, error
from shoal.words.language import Text, Texts

texts = Texts("shoal.study")


@dataclass(frozen=True, slots=True)
class CustomerFeature:
    """A feature of one customer beside the medians of the segment and of the shop."""

    name: str
    label: Text
    value: float | None
    segment_median: float | None
    shop_median: float | None


@dataclass(frozen=True, kw_only=True)
class Customer(Result):
    """What a study knows of one customer."""

    name = "customer"

    customer_id: str
    segment: int
    segment_name: Text
    confidence: float | None
    runner_up: int | None
    features: tuple[CustomerFeature, ...] = ()

    def view(self) -> Iterator[Block]:
        yield Heading(texts("customer.title", customer=self.customer_id))
        named = texts("customer.segment_value", number=self.segment, name=self.segment_name)
        sure = Text.same("–" if self.confidence is None else f"{self.confidence:.0%}")
        yield Figures((Figure(texts("customer.segment"), named), Figure(texts("customer.confidence"), sure)))
        labels = ("feature", "value", "segment_median", "shop_median")
        yield Table(
            tuple(TableColumn(texts(f"customer.{label}"), "" if label == "feature" else ",.2f") for label in labels),
            tuple((f.label, f.value, f.segment_median, f.shop_median) for f in self.features),
        )


def customer(study: Study, customer_id: str) -> Customer:
    """One customer. Raises `UsageError` for an id that the study does not hold."""
    assigned = study.segments.table
    row = assigned.filter(pc.equal(assigned["customer_id"], customer_id)).to_pylist()
    if not row:
        raise error(UsageError, texts, "no_customer", customer=customer_id, known=assigned.num_rows)
    segment = row[0]["segment"]
    return Customer(
        made=study.manifest.made,
        customer_id=customer_id,
        segment=segment,
        segment_name=study.segments.segment(segment).name,
        confidence=row[0]["confidence"],
        runner_up=row[0]["runner_up"],
        features=_features(study, customer_id, segment),
    )


def _features(study: Study, customer_id: str, segment: int) -> tuple[CustomerFeature, ...]:
    if study.features is None:
        return ()
    table, assigned = study.features.table, study.segments.table
    members = assigned.filter(pc.equal(assigned["segment"], segment))["customer_id"]
    own = table.filter(pc.equal(table["customer_id"], customer_id))
    peers = table.filter(pc.is_in(table["customer_id"], value_set=members.combine_chunks()))
    return tuple(_beside(info, own, peers, table) for info in study.features.columns)


def _beside(info: FeatureInfo, own: pa.Table, peers: pa.Table, everyone: pa.Table) -> CustomerFeature:
    value = own[info.name][0].as_py() if own.num_rows else None
    return CustomerFeature(info.name, info.label, value, _median(peers[info.name]), _median(everyone[info.name]))


def _median(column: pa.ChunkedArray) -> float | None:
    values = column.drop_null().to_numpy()
    return float(np.median(values)) if len(values) else None
