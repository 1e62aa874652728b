"""One customer of a published study: which segment, how sure, why, what comes next, and the features beside others'."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shoal.features.result import FeatureInfo, Features, Kind
from shoal.segments.changes import smallest_changes
from shoal.segments.joint_changes import smallest_pair
from shoal.segments.phrases import amount
from shoal.segments.prospect import Change
from shoal.segments.prospect_view import change_said, on_card
from shoal.segments.reasons import Reason, reasons
from shoal.show.blocks import Block, Figure, Figures, Finding, Heading, Note, Table, TableColumn
from shoal.show.result import Result
from shoal.study.result import Study
from shoal.words.errors import UsageError, error
from shoal.words.language import Text, Texts

texts = Texts("shoal.study")


@dataclass(frozen=True, slots=True)
class CustomerFeature:
    """A feature of one customer beside the medians of the segment and of the shop; `kind` says how it is written."""

    name: str
    label: Text
    value: float | None
    segment_median: float | None
    shop_median: float | None
    kind: Kind = "number"

    def row(self, currency: str | None) -> tuple[Text | str | None, ...]:
        """The feature as people write it, in its unit."""
        values = (self.value, self.segment_median, self.shop_median)
        return self.label, *(None if value is None else amount(value, self.kind, currency) for value in values)


@dataclass(frozen=True, kw_only=True)
class Customer(Result):
    """What a study knows of one customer.

    `surer_than` is the share of the segment's customers of whom the model is less sure. `reasons` speak for the segment
    and against the runner-up; `changes` are the smallest that would take the customer there, each alone; where none
    does, `together` is the smallest pair that does.
    """

    name = "customer"

    customer_id: str
    segment: int
    segment_name: Text
    confidence: float | None
    runner_up: int | None
    features: tuple[CustomerFeature, ...] = ()
    runner_up_name: Text | None = None
    surer_than: float | None = None
    reasons: tuple[Reason, ...] = ()
    changes: tuple[Change, ...] = ()
    together: tuple[Change, ...] = ()
    currency: str | None = None

    def view(self) -> Iterator[Block]:
        yield Heading(texts("customer.title", customer=self.customer_id))
        yield from self.findings
        yield Figures(tuple(self._figures()))
        if self.runner_up_name is not None and self.features:  # without features nothing was tried
            yield from self._why(self.runner_up_name)
        labels = ("feature", "value", "segment_median", "shop_median")
        yield Table(
            tuple(TableColumn(texts(f"customer.{label}")) for label in labels),
            tuple(feature.row(self.currency) for feature in self.features),
        )

    def _figures(self) -> Iterator[Figure]:
        named = texts("customer.segment_value", number=self.segment, name=self.segment_name)
        yield Figure(texts("customer.segment"), named)
        sure = Text.same("–" if self.confidence is None else f"{self.confidence:.0%}")
        hint = None if self.surer_than is None else texts("customer.surer", share=f"{self.surer_than:.0%}")
        yield Figure(texts("customer.confidence"), sure, hint)
        if self.runner_up is not None and self.runner_up_name is not None:
            next_ = texts("customer.segment_value", number=self.runner_up, name=self.runner_up_name)
            yield Figure(texts("customer.runner_up"), next_)

    def _why(self, runner_up: Text) -> Iterator[Note | Table]:
        """What speaks for the segment, and what would take the customer to the next one."""
        if self.reasons:
            columns = ("feature", "value", "segment_median", "runner_up_median", "weight")
            formats = dict.fromkeys(columns, "") | {"weight": "+.2f"}
            yield Table(
                tuple(TableColumn(texts(f"customer.{key}"), form) for key, form in formats.items()),
                tuple(_row(reason, self.currency) for reason in self.reasons),
                title=texts("customer.why", segment=self.segment_name, runner_up=runner_up),
                note=texts("customer.why_how"),
            )
        yield Note(self._moving(runner_up))

    def _moving(self, runner_up: Text) -> Text:
        """What would take the customer to the next segment: one change, else two together, else nothing tried."""
        said = [change_said(change, self.currency) for change in self.changes or self.together]
        words = Text("; ".join(t.en for t in said), "；".join(t.zh for t in said))
        if not said:
            return texts("customer.would_not_move", runner_up=runner_up)
        if self.changes:
            return texts("customer.would_move", runner_up=runner_up, changes=words)
        return texts("customer.would_move_together", runner_up=runner_up, changes=words)


def _row(reason: Reason, currency: str | None) -> tuple[Text | str | float | None, ...]:
    values = (reason.value, reason.here, reason.there)
    shown = (None if value is None else amount(value, reason.kind, currency) for value in values)
    return reason.label, *shown, reason.weight


def customer(study: Study, customer_id: str) -> Customer:
    """One customer. Raises `UsageError` for an id that the study does not hold."""
    assigned = study.segments.table
    row = assigned.filter(pc.equal(assigned["customer_id"], customer_id)).to_pylist()
    if not row:
        raise error(UsageError, texts, "no_customer", customer=customer_id, known=assigned.num_rows)
    number, runner_up = row[0]["segment"], row[0]["runner_up"]
    here = study.segments.segment(number)
    why, changes, together = _why(study, customer_id, number, runner_up)
    return Customer(
        made=study.manifest.made,
        findings=tuple[Finding, ...](on_card(here)),
        customer_id=customer_id,
        segment=number,
        segment_name=here.name,
        confidence=row[0]["confidence"],
        runner_up=runner_up,
        features=_features(study, customer_id, number),
        runner_up_name=None if runner_up is None else study.segments.segment(runner_up).name,
        surer_than=_surer_than(assigned, number, row[0]["confidence"]),
        reasons=why,
        changes=changes,
        together=together,
        currency=study.segments.currency,
    )


def _surer_than(assigned: pa.Table, number: int, confidence: float | None) -> float | None:
    """The share of the segment's customers whose confidence is lower; None where this one's is not known."""
    if confidence is None:
        return None
    peers = assigned.filter(pc.equal(assigned["segment"], number))["confidence"].drop_null().to_numpy()
    return float((peers < confidence).mean())


def _why(
    study: Study, customer_id: str, number: int, runner_up: int | None
) -> tuple[tuple[Reason, ...], tuple[Change, ...], tuple[Change, ...]]:
    """The reasons and the changes, alone and together; none where the study keeps nothing of its customers."""
    known = study.known
    at = None if known is None else _place(known, customer_id)
    if known is None or at is None or runner_up is None:
        return (), (), ()
    segments, model = study.segments, study.segments.model
    why = reasons(model, known, at, segments.segment(number), segments.segment(runner_up))
    alone = smallest_changes(model, known, at, runner_up)
    return why, alone, () if alone else smallest_pair(model, known, at, runner_up)


def _place(features: Features, customer_id: str) -> int | None:
    at = pc.index(features.table["customer_id"], customer_id).as_py()
    return None if at < 0 else int(at)


def _features(study: Study, customer_id: str, segment: int) -> tuple[CustomerFeature, ...]:
    if study.known is None:
        return ()
    table, assigned = study.known.table, study.segments.table
    members = assigned.filter(pc.equal(assigned["segment"], segment))["customer_id"]
    own = table.filter(pc.equal(table["customer_id"], customer_id))
    peers = table.filter(pc.is_in(table["customer_id"], value_set=members.combine_chunks()))
    return tuple(_beside(info, own, peers, table) for info in study.known.columns)


def _beside(info: FeatureInfo, own: pa.Table, peers: pa.Table, everyone: pa.Table) -> CustomerFeature:
    value = own[info.name][0].as_py() if own.num_rows else None
    here, shop = _median(peers[info.name]), _median(everyone[info.name])
    return CustomerFeature(info.name, info.label, value, here, shop, info.kind)


def _median(column: pa.ChunkedArray) -> float | None:
    values = column.drop_null().to_numpy()
    return float(np.median(values)) if len(values) else None
