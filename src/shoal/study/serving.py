"""Products for a customer, a basket, a segment or a visitor, from a published study, without a refit.

In: a study's folder. Out: `Offered` lists with reasons. The one thing to know: a known customer's list is read from the
study in milliseconds; with new events the customer's history is read anew by the frozen model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shoal.recommend.interactions import Interactions
from shoal.recommend.keep import Kept, kept
from shoal.recommend.similar import similar
from shoal.segments.newcomers import NewcomerMap, read_newcomers
from shoal.study.history import FILE as HISTORY
from shoal.study.lookup import Lookup
from shoal.study.manifest import Manifest
from shoal.study.offered import Offered, OfferedProduct, Similar
from shoal.study.offering import FOLDER
from shoal.study.store import Store
from shoal.words.columns import EVENT_TYPES
from shoal.words.errors import StudyError, UsageError, error
from shoal.words.language import Texts
from shoal.words.provenance import Made

texts = Texts("shoal.study")
LISTS, MEMBERS = "recommendations.parquet", "segments.parquet"
VISITOR = ""


class Serving:
    """A published study opened for serving.

    Examples
    --------
    >>> import shoal
    >>> from tempfile import mkdtemp
    >>> shop = mkdtemp()
    >>> made = shoal.write_demo(shop, customers=60)
    >>> log, products = f"{shop}/events.parquet", f"{shop}/products.parquet"
    >>> study = shoal.run(log, f"{shop}/study", products=products, k=2, proof=False, currency="EUR", timezone="UTC")
    >>> known = study.segments.table["customer_id"][0].as_py()
    >>> serving = Serving.open(f"{shop}/study")
    >>> len(serving.customer(known, n=5).products), serving.visitor(n=3).products[0].reason_code
    (5, 'popular')
    """

    def __init__(self, folder: Path, made: Made) -> None:
        self.folder, self.made = folder, made
        self._lists, self._history = Lookup(folder / LISTS), Lookup(folder / HISTORY)
        self._members = Lookup(folder / MEMBERS)

    @classmethod
    def open(cls, folder: str | Path) -> Serving:
        """The study published in a folder. Raises `StudyError` where it holds no recommendations."""
        path = Store.published(folder)
        manifest = Manifest.read(path)
        if "recommendations" not in manifest.stages or not (path / FOLDER).is_dir():
            raise error(StudyError, texts, "no_offers", study=manifest.study)
        return cls(path, manifest.made)

    def customer(
        self,
        customer_id: str,
        n: int = 20,
        events: Sequence[Mapping[str, Any]] = (),
        attributes: Mapping[str, Any] | None = None,
    ) -> Offered:
        """The products for one customer; with `events` since the study (``product_id``, ``event_type``, ``quantity``)
        the list is made anew from the whole history.

        A customer the study does not know is served by the events, in the segment that the `attributes` (columns of
        the customers file) make likeliest; without events by that segment, without either as a visitor. Of a customer
        with a segment the attributes are not asked. Raises `UsageError` for events with unknown products or types, and
        for attributes the study has not learned from.
        """
        if not events:
            rows = self._lists.rows(customer_id)
            if rows.num_rows:
                how = "known" if rows.num_rows >= n else "short"
                return self._offered(customer_id, rows.slice(0, n), how)
        past, segment = self._history.rows(customer_id), self._segment_of(customer_id)
        likely = 0 if segment or not attributes else self._likely(attributes)
        if past.num_rows or (segment and events):
            how = "fresh"
        else:
            how = "segment" if segment else _cold(customer_id, bool(events), likely, bool(attributes))
        return self._made_anew(customer_id, past, events, segment or likely, n, how)

    def basket(self, products: Sequence[str], n: int = 20, segment: int = 0) -> Offered:
        """What goes with the products of a basket or a session. Raises `UsageError` for an empty one."""
        if not products:
            raise error(UsageError, texts, "empty_basket")
        events = [{"product_id": product, "event_type": "cart"} for product in products]
        found = self._made_anew(VISITOR, None, events, segment, n + len(products), "basket")
        others = tuple(offer for offer in found.products if offer.product_id not in products)
        return replace(found, products=tuple(replace(o, rank=r) for r, o in enumerate(others[:n], 1)))

    def segment(self, number: int, n: int = 20) -> Offered:
        """What a customer of the segment of whom nothing else is known is offered."""
        known = len(self._kept.offers.evidence.segment_sizes) - 1
        if not 1 <= number <= known:
            raise error(UsageError, texts, "no_segment", asked=number, known=", ".join(map(str, range(1, known + 1))))
        return self._made_anew(VISITOR, None, (), number, n, "segment")

    def visitor(self, n: int = 20) -> Offered:
        """What somebody of whom nothing is known is offered."""
        return self._made_anew(VISITOR, None, (), 0, n, "visitor")

    def similar(self, product_id: str, n: int = 10) -> Similar:
        """The products most like one: bought by the same people, or alike by what they are."""
        code, names = self._code(product_id), self._kept.names
        products = tuple(
            OfferedProduct(rank, self._id(other), names[other], score, why, names[code], figure)
            for rank, (other, score, why, figure) in enumerate(similar(self._kept.offers, code, n), 1)
        )
        return Similar(made=self.made, product_id=product_id, label=names[code], products=products, goal=self._goal)

    @cached_property
    def _kept(self) -> Kept:
        return kept(self.folder / FOLDER)

    def _made_anew(
        self,
        customer_id: str,
        past: pa.Table | None,
        events: Sequence[Mapping[str, Any]],
        segment: int,
        n: int,
        how: str,
    ) -> Offered:
        kept_ = self._kept
        seen = self._histories(customer_id, past, events).in_segments(np.array([segment], np.int32))
        return self._offered(customer_id, kept_.offers.table(seen, n), how)

    def _histories(self, customer_id: str, past: pa.Table | None, events: Sequence[Mapping[str, Any]]) -> Interactions:
        """One customer's history with the new events on the day of the cut."""
        kept_ = self._kept
        unknown = sorted({str(event["product_id"]) for event in events} - set(self._codes))
        if unknown:
            raise error(UsageError, texts, "no_products", missing=", ".join(unknown[:3]), count=len(unknown))
        columns: dict[str, list[Any]] = {"product_id": [], "day": [], "event_type": [], "quantity": []}
        if past is not None:
            known = past.filter(pc.is_in(past["product_id"], value_set=kept_.product_ids))
            columns = {name: known[name].to_pylist() for name in columns}
        for event in events:
            columns["product_id"].append(str(event["product_id"]))
            columns["day"].append(kept_.now)
            columns["event_type"].append(event.get("event_type", "view"))
            columns["quantity"].append(float(event.get("quantity", 1)))
        rows = len(columns["product_id"])
        return Interactions.of(
            pa.array([customer_id] * rows, pa.string()),
            pa.array(columns["product_id"], pa.string()),
            np.array(columns["day"], np.int32),
            pa.array(columns["event_type"], pa.string()),
            np.array(columns["quantity"], np.float32),
            now=kept_.now + 1 if events else kept_.now,
            products=kept_.product_ids,
            customers=pa.array([customer_id]),
        )

    def _offered(self, customer_id: str, rows: pa.Table, how: str) -> Offered:
        keys = ("product_id", "score", "reason_code", "because", "figure")
        products = tuple(
            OfferedProduct(
                rank=rank, label=self._kept.names[self._codes[row["product_id"]]], **{k: row[k] for k in keys}
            )
            for rank, row in enumerate(rows.to_pylist(), 1)
        )
        because = {offer.because for offer in products if offer.reason_code in ("together", "alike")}
        names = {product: self._label(product) for product in because}
        return Offered(
            made=self.made, customer_id=customer_id, how=how, products=products, names=names, goal=self._goal
        )

    def _segment_of(self, customer_id: str) -> int:
        found = self._members.rows(customer_id)["segment"].to_pylist()
        return int(found[0]) if found else 0

    def _likely(self, attributes: Mapping[str, Any]) -> int:
        """The segment that the attributes make likeliest; 0 where this shop's attributes tell none apart."""
        model = self._newcomers
        if model is None:
            raise error(UsageError, texts, "no_attributes", study=self.folder.name)
        unknown = sorted(set(attributes) - model.attributes)
        if unknown:
            known = ", ".join(sorted(model.attributes))
            raise error(UsageError, texts, "not_learned_from", missing=", ".join(unknown[:3]), known=known)
        found = model.likely(attributes)
        return found.segment if found.told else 0

    @cached_property
    def _newcomers(self) -> NewcomerMap | None:
        return read_newcomers(self.folder)

    @property
    def _goal(self) -> str:
        return EVENT_TYPES[self._kept.offers.recommender.goal_]

    @cached_property
    def _codes(self) -> dict[str, int]:
        return {name: code for code, name in enumerate(self._kept.product_ids.to_pylist())}

    def _code(self, product_id: str) -> int:
        if product_id not in self._codes:
            raise error(UsageError, texts, "no_products", missing=product_id, count=1)
        return self._codes[product_id]

    def _label(self, product_id: str) -> str:
        return self._kept.names[self._codes[product_id]]

    def _id(self, code: int) -> str:
        return str(self._kept.product_ids[code].as_py())


def _cold(customer_id: str, events: bool, segment: int, asked: bool) -> str:
    """What the list of somebody the study does not know rests on."""
    if segment:
        return "session_attributes" if events else "attributes"
    if events:
        return "session"
    return "untold" if asked else "visitor" if customer_id == VISITOR else "unknown"
