"""The records of a block that are beyond doubt, typed; and which those are.

In: a block of records as texts. Out: a `Sifted`. The one thing to know: a record passes only where the careful way
would set it aside by no rule and give the very same values; whatever leaves a doubt does not pass, so passing too few
costs time alone. A test reads damaged files both ways and compares every table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shoal.events.arrays import flag_array, number_array, text_array
from shoal.events.groups import NAMES as SPELLINGS
from shoal.events.layouts import PRICE
from shoal.events.rules import MOST_PIECES
from shoal.events.typed.amounts import SCALE, points, ten_thousandths
from shoal.events.typed.cells import Field, Flags, Whole, doubtful_id, doubtful_text
from shoal.events.typed.forms import SAMPLE, Form, forms_in, order_in
from shoal.events.typed.moments import Codes, Moments, late_days, moments
from shoal.events.typed.plan import Plan
from shoal.events.typed.prints import text_prints

NUMBER = pa.decimal64(18, 4)
KEYS = {"customer_key": "customer_id", "order_key": "order_id"}
"""Columns of prints, and what they are of."""
AHEAD = "ahead_s"
"""The column of what the shop's clock is ahead of UTC, in seconds."""
SPELT = ("customer_id", "product_id", *SPELLINGS)
"""Columns whose spellings are compared later, where they differ at all."""


@dataclass(frozen=True, slots=True)
class Sifted:
    """The records of a block. `sure` tells which rows of `batch` passed; the others hold nothing of meaning."""

    batch: pa.RecordBatch
    sure: Flags


@dataclass(slots=True)
class Sieve:
    """Sifts the blocks of one file, and keeps what their columns hold as evidence of how they are written."""

    plan: Plan
    filled: dict[str, int] = field(default_factory=dict)
    points: set[str] = field(default_factory=set)
    long_points: set[str] = field(default_factory=set)
    varied: set[str] = field(default_factory=set)
    shapes: Counter[bytes] = field(default_factory=Counter)
    late: int = 0
    types: pa.Array = field(init=False)
    _codes: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        kinds = sorted(set(self.plan.words.values())) or ["purchase"]
        self.types = text_array(kinds)
        self._codes = {kind: at for at, kind in enumerate(kinds)}

    def sift(self, block: pa.RecordBatch) -> Sifted:
        """The block's records; its columns are ``source_line`` and the texts."""
        fields = {name: Field.of(block.column(at + 1)) for name, at in self.plan.places.items()}
        times = moments(fields["event_time"], self.plan.forms, self.plan.zone)
        doubtful = ~times.good | (times.seconds > self.plan.latest)
        kinds = self._kinds(fields, doubtful)
        for name in self.plan.ids:
            doubtful |= doubtful_id(fields[name])
        for name in self.plan.names:
            doubtful |= doubtful_text(fields[name])
        numbers = {name: self._number(fields[name], doubtful) for name in self.plan.numbers}
        self._judge(fields, kinds, numbers, doubtful)
        columns = {"source_line": block.column(0), "event_type": self._typed(kinds), **self._clocks(times)}
        columns |= {name: fields[name].nulled() for name in self.plan.ids}
        columns |= {name: self._named(name, fields[name]) for name in self.plan.names}
        columns |= {name: _decimal(*figures) for name, figures in self._amounts(fields, numbers, doubtful).items()}
        columns |= {key: number_array(text_prints(fields[name])) for key, name in KEYS.items() if name in fields}
        self.varied |= {n for n in SPELT if n in fields and n not in self.varied and not fields[n].is_plain()}
        for name in self.plan.ids:
            self.filled[name] = self.filled.get(name, 0) + int((~doubtful & (fields[name].lengths > 0)).sum())
        self.shapes.update(_shapes(times.forms[~doubtful], self.plan.forms))
        self.late += late_days(fields["event_time"], times.forms, self.plan.forms, ~doubtful)
        return Sifted(pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns)), ~doubtful)

    def _clocks(self, times: Moments) -> dict[str, pa.Array]:
        """Seconds, and what the shop's clock is ahead of UTC then, where it is not always level with it."""
        clocks = {"ts_s": number_array(times.seconds)}
        if self.plan.zone is None:
            return clocks
        ahead = self.plan.zone.ahead(times.seconds)
        return {**clocks, AHEAD: pa.Array.from_buffers(pa.int32(), len(ahead), [None, pa.py_buffer(ahead)])}

    def _kinds(self, fields: Mapping[str, Field], doubtful: Flags) -> Whole:
        """The code of each event's type; a word that is none of ours leaves a doubt."""
        if "event_type" not in fields:
            return np.zeros(len(doubtful), np.int64)
        spelt = fields["event_type"].array.dictionary_encode()
        meant = [self._codes.get(self._meaning(str(word)), -1) for word in spelt.dictionary.to_pylist()]
        codes = np.array([*meant, -1], np.int64)[np.frombuffer(spelt.indices.buffers()[1], np.int32)[: len(doubtful)]]
        doubtful |= codes < 0
        return np.maximum(codes, 0)

    def _meaning(self, word: str) -> str:
        return self.plan.words.get(word.strip(" \t").lower(), "")

    def _number(self, given: Field, doubtful: Flags) -> Whole:
        made, odd = ten_thousandths(given)
        doubtful |= odd
        return made

    def _judge(self, fields: Mapping[str, Field], kinds: Whole, numbers: Mapping[str, Whole], doubtful: Flags) -> None:
        """What a rule would set aside, or what makes a refund of a purchase, passes on to the careful way."""
        customers = fields["customer_id"]
        # lost digits have a plus, as phone numbers do; e-mail addresses get keyed ids
        doubtful |= (customers.lengths == 0) | customers.holding(b"+") | customers.holding(b"@")
        if "product_id" in fields:
            doubtful |= (fields["product_id"].lengths == 0) & (kinds != self._codes.get("search", -1))
        if "quantity" in numbers:
            doubtful |= (fields["quantity"].lengths > 0) & (numbers["quantity"] == 0)
            doubtful |= numbers["quantity"] > MOST_PIECES * SCALE
        if "order_id" in fields and (prefix := self.plan.refund_prefix):
            doubtful |= np.isin(fields["order_id"].first(), [*(prefix[0].upper() + prefix[0].lower()).encode()])
        if "currency" in fields:
            body = fields["currency"].body
            doubtful |= fields["currency"].holding_any(~((body >= 65) & (body <= 90)))
        if amounts := [fields[name].lengths > 0 for name in ("amount", PRICE) if name in fields]:
            doubtful |= (kinds == self._codes["purchase"]) & ~np.logical_or.reduce(amounts)

    def _amounts(
        self, fields: Mapping[str, Field], numbers: Mapping[str, Whole], doubtful: Flags
    ) -> dict[str, tuple[Whole, Flags]]:
        """Every number, and where it is filled; the amount from the unit price where it is not given."""
        made = {name: (figures, fields[name].lengths > 0) for name, figures in numbers.items()}
        for name in made:
            short, long = points(fields[name])
            self.points |= {name} if short else set()
            self.long_points |= {name} if long else set()
        if PRICE not in made:
            return made
        price, priced = made.pop(PRICE)
        pieces, counted = made.get("quantity", (np.full(len(price), SCALE), np.zeros(len(price), bool)))
        doubtful |= priced & counted & (pieces % SCALE != 0)
        total = price * np.where(counted, pieces // SCALE, 1)
        if "amount" not in made:
            return {**made, "amount": (total, priced)}
        given, there = made["amount"]
        return {**made, "amount": (np.where(there, given, total), there | priced)}

    def _typed(self, kinds: Whole) -> pa.Array:
        codes = pa.Array.from_buffers(pa.int8(), len(kinds), [None, pa.py_buffer(kinds.astype(np.int8))])
        return pa.DictionaryArray.from_arrays(codes, self.types)

    def _named(self, name: str, given: Field) -> pa.Array:
        array = given.nulled()
        if name == "category" and self.plan.separator:
            array = pc.replace_substring(array, self.plan.separator, "/")
        return array


def timed(plan: Plan, block: pa.RecordBatch) -> Plan:
    """The plan with the ways in which the times of a block are written, by a sample of them all over the block."""
    places = np.linspace(0, block.num_rows - 1, min(SAMPLE, block.num_rows)).astype(np.int64)
    field = Field.of(block.column(plan.places["event_time"] + 1).take(number_array(places)))
    body = field.body.tobytes()
    texts = [body[start:end] for start, end in zip(field.starts.tolist(), field.ends.tolist(), strict=True)]
    order = plan.order or order_in(texts)
    return replace(plan, order=order, forms=forms_in(texts, order))


def _shapes(codes: Codes, forms: Sequence[Form]) -> dict[bytes, int]:
    """How many values were read by each form."""
    counts = np.bincount(codes, minlength=len(forms)).tolist()
    return {form.shape: count for form, count in zip(forms, counts, strict=True) if count}


def _decimal(numbers: Whole, filled: Flags) -> pa.Array:
    flags = None if filled.all() else flag_array(filled).buffers()[1]
    return pa.Array.from_buffers(NUMBER, len(numbers), [flags, pa.py_buffer(np.ascontiguousarray(numbers, np.int64))])
