"""What to expect of a segment: what customers like these did after the last date of which the future is known.

What enters are the frozen model and the latest lesson, what leaves are sums for each segment as it is now: orders,
spend, spend by main category, in the horizon ahead. The one thing to know: these are means of what was really done, in
the shop's own units, times the customers of today; nothing here was a square root, and nothing is predicted for one
customer. Intervals are 95 % bootstrap intervals over the customers of the earlier date; where none of them did a thing,
the interval ends where it would be 95 % sure to have shown: 3 in as many customers (Hanley and Lippman-Hand 1983), each
doing what a buyer of the shop does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from shoal.features.result import Lesson
from shoal.measures.clustering import Labels
from shoal.measures.validity import Floats, Interval, percentile_interval
from shoal.segments.model import SegmentModel
from shoal.segments.phrases import amount
from shoal.segments.portrait import Segment
from shoal.segments.prospect import ExpectedCategory, Outlook
from shoal.show.blocks import Note, Table, TableColumn
from shoal.show.cells import DASH
from shoal.words.errors import InputError
from shoal.words.language import Text, Texts, joined

texts = Texts("shoal.segments")
FEWEST = 10
"""Of fewer customers than this at the earlier date nothing is expected."""
DRAWS = 400
SHOWN = 3


def with_outlook(
    segments: Sequence[Segment], model: SegmentModel, lessons: Sequence[Lesson], seed: int
) -> tuple[Segment, ...]:
    """The segments, each with its outlook where the latest of `lessons` held enough customers of its kind."""
    lesson = next((one for one in lessons if one.teaches), None)
    then = None if lesson is None else _placed(model, lesson)
    if lesson is None or then is None:
        return tuple(segments)
    return tuple(replace(one, outlook=_outlook(one, lesson, then == label, seed)) for label, one in enumerate(segments))


def _placed(model: SegmentModel, lesson: Lesson) -> Labels | None:
    """Today's segment (from 0) of each customer as they were then; None where a feature did not exist yet."""
    try:
        return model.place(lesson.features.table).label
    except InputError:
        return None


def _outlook(segment: Segment, lesson: Lesson, here: np.ndarray, seed: int) -> Outlook | None:
    """The sums of the segment; None where fewer than `FEWEST` customers stood there."""
    if here.sum() < FEWEST:
        return None
    table, names = lesson.outcomes.table, lesson.names
    everyone = np.column_stack([table[name].to_numpy() for name in names])
    found = dict(zip(names, _sums(everyone, here, segment.customers, seed), strict=True))
    labels = {category.column: category.label for category in lesson.features.categories}
    categories = [ExpectedCategory(name, labels[name], found[name]) for name in lesson.outcomes.categories]
    return Outlook(
        lesson.clock.local_iso,
        lesson.clock.horizon_days,
        int(here.sum()),
        found["orders"],
        found.get("spend"),
        tuple(sorted(categories, key=lambda one: (-one.spend.value, one.feature))),
    )


def _sums(everyone: Floats, here: np.ndarray, customers: int, seed: int) -> list[Interval]:
    """The mean of each column among those `here` times the customers of today, with its bootstrap interval."""
    done, rng = everyone[here], np.random.default_rng(seed)
    drawn = (np.bincount(rng.integers(0, len(done), len(done)), minlength=len(done)) for _ in range(DRAWS))
    draws = np.stack([weights @ done for weights in drawn]) * (customers / len(done))
    found = [
        percentile_interval(float(one.mean()) * customers, draw) for one, draw in zip(done.T, draws.T, strict=True)
    ]
    return [
        one if one.high > 0 else Interval(0.0, 0.0, _unseen(column, len(done)) * customers)
        for one, column in zip(found, everyone.T, strict=True)
    ]


def _unseen(column: Floats, looked_at: int) -> float:
    """The most a customer may do on average of what none of so many did: three of them what a buyer does."""
    buyers = column[column > 0]
    return min(1.0, 3 / looked_at) * float(buyers.mean()) if len(buyers) else 0.0


def ahead(segments: Sequence[Segment], currency: str | None) -> Iterator[Table]:
    """What to expect of every segment in one table, with the whole shop below where every segment has an outlook.

    Nothing where nothing is known.
    """
    known = [(one, one.outlook) for one in segments if one.outlook is not None]
    if not known:
        return
    first = known[0][1]
    keys = ["segment", "orders", *(["spend"] if first.spend else []), *(["most"] if first.categories else [])]
    rows = [tuple(_cells(one.name, outlook, currency)) for one, outlook in known]
    if len(known) == len(segments) > 1:
        rows.append(tuple(_cells(texts("view.whole"), whole([outlook for _, outlook in known]), currency)))
    yield Table(
        tuple(TableColumn(texts(f"outlook.{key}")) for key in keys),
        tuple(rows),
        title=texts("outlook.title", days=first.horizon_days),
        note=texts("outlook.how", days=first.horizon_days, cut=first.cut[:10]),
    )


def whole(outlooks: Sequence[Outlook]) -> Outlook:
    """The outlook of all segments together, each with customers of its own.

    Sums are sums; how far their interval reaches is the root of the summed squares of how far the parts' reach (Zou and
    Donner 2008, for independent parts).
    """
    first = outlooks[0]
    spends = [one.spend for one in outlooks if one.spend is not None]
    names = {one.feature: one.label for one in first.categories}
    parts = {name: [c.spend for one in outlooks for c in one.categories if c.feature == name] for name in names}
    categories = (ExpectedCategory(name, label, _summed(parts[name])) for name, label in names.items())
    return replace(
        first,
        customers_then=sum(one.customers_then for one in outlooks),
        orders=_summed([one.orders for one in outlooks]),
        spend=_summed(spends) if spends else None,
        categories=tuple(sorted(categories, key=lambda one: (-one.spend.value, one.feature))),
    )


def _summed(parts: Sequence[Interval]) -> Interval:
    value = sum(part.value for part in parts)
    below = sum((part.value - part.low) ** 2 for part in parts) ** 0.5
    above = sum((part.high - part.value) ** 2 for part in parts) ** 0.5
    return Interval(value, value - below, value + above)


def _cells(name: Text, outlook: Outlook, currency: str | None) -> Iterator[Text]:
    yield name
    yield Text.same(said(outlook.orders))
    if outlook.spend:
        yield Text.same(said(outlook.spend, currency, money=True))
    if outlook.categories:
        shown = [one for one in outlook.categories if one.spend.value > 0][:SHOWN]
        parts = [texts("outlook.on", category=one.label, spend=_money(one.spend.value, currency)) for one in shown]
        yield joined(parts) if parts else Text.same("–")


def sentence(outlook: Outlook, currency: str | None) -> Note:
    """The outlook of one segment as a sentence."""
    key = "sentence_spend" if outlook.spend else "sentence"
    spend = said(outlook.spend, currency, money=True) if outlook.spend else ""
    values = {"days": outlook.horizon_days, "orders": said(outlook.orders), "spend": spend}
    return Note(texts(f"outlook.{key}", customers=outlook.customers_then, cut=outlook.cut[:10], **values))


def said(interval: Interval, currency: str | None = None, *, money: bool = False) -> str:
    """A sum with its interval, as people write it."""
    parts = (interval.value, interval.low, interval.high)
    value, low, high = (_money(part, None) if money else amount(round(part), "count") for part in parts)
    said_ = f"{value} ({low}{DASH}{high})"
    return f"{currency} {said_}" if currency and money else said_


def _money(value: float, currency: str | None) -> str:
    return amount(value, "money", currency)
