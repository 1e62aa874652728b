"""First names, composed from facts: "Top spenders", "Regulars who prefer Tea", "Weekend buyers, drifting away".

What enters are portraits, what leaves is a short name each, different from one another by something that is so. The
one thing to know: a word is used only where the near end of the contrast's 95 % interval passes a threshold, so no
name says more than its interval. Where nothing sets two segments apart, their names only say which is which.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from shoal.features.result import FeatureInfo
from shoal.segments.direction import NEWS, direction
from shoal.segments.phrases import amount, of_a_shop, rounded
from shoal.segments.portrait import Contrast, Segment
from shoal.segments.traits import Trait, clear, favourite_label, is_code, nameable, parts_of_buyers
from shoal.words.language import Text, Texts, joined

texts = Texts("shoal.segments")
STRONG_LIFT, STRONG_SHARE = 1.5, 0.25
TOP, KEY = 5.0, 20.0
"""So many times the shop's mean spend makes top spenders, and key accounts."""
BIG, REGULAR = 1.5, 3
"""So many times their share of the money makes big spenders, and so many orders of a typical one regulars."""
SHARED = 2.5
"""How many places a name gives way that is the first choice of more than one segment."""
WORDS, MOST_WORDS = 5, 9
"""A taste is said in as few words as keep a name within the first; one beyond the second only where none is left."""
PLAIN_WITH_HOURS = ("rare", "rare_small", "small", "repeat", "one_time", "customers")
"""Kinds that are simply buyers where their hours are said: "weekend buyers", not "weekend occasional buyers"."""
NOUNS = {
    (1, 1): "big_regulars",
    (1, 0): "regulars",
    (1, -1): "small_regulars",
    (0, 1): "big",
    (0, -1): "small",
    (-1, 1): "rare_big",
    (-1, 0): "rare",
    (-1, -1): "rare_small",
}


def named(
    segments: Sequence[Segment], columns: Sequence[FeatureInfo], currency: str | None = None, learned: bool = False
) -> tuple[Segment, ...]:
    """The segments with their names, all different in both languages; `learned` says that categories are groups."""
    known = {info.name for info in columns}
    if len(segments) == 1:
        return (replace(segments[0], name=texts("name.everyone")),)
    labels = {info.name: info.label for info in columns}
    if {"days_since_last_order", "orders"} <= known and of_a_shop(columns):
        parts = zip(segments, parts_of_buyers(segments), strict=True)
        offers = [[*_shop_names(segment, part, currency, learned)] for segment, part in parts]
    else:
        levels = {info.name: info.category for info in columns if info.block == "table" and info.category is not None}
        offers = [_table_names(segment, labels, levels) for segment in segments]
    return tuple(replace(s, name=name) for s, name in zip(segments, _different(offers, segments), strict=True))


def _different(offers: Sequence[Sequence[Text]], segments: Sequence[Segment]) -> list[Text]:
    """One offer each, no two alike, the shortest and first ones as far as they go round.

    An assignment of least cost, a cost being an offer's place; the first segments have first choice. A name that is the
    best of several comes after their next ones, so that each of them gets its figure rather than all but the first.
    """
    lists = [_ranked(one, segment) for one, segment in zip(offers, segments, strict=True)]
    names = sorted({name.en for one in lists for name in one})
    wanted = Counter(one[0].en for one in lists)
    cost = np.full((len(lists), len(names)), 1e6)
    for row, one in enumerate(lists):
        for place, name in reversed(list(enumerate(one))):
            shared = SHARED if place == 0 and wanted[name.en] > 1 else 0.0
            cost[row, names.index(name.en)] = (place + shared) * (1 + (len(lists) - row) * 1e-3)
    _, taken = linear_sum_assignment(cost)
    found = [next(n for n in one if n.en == names[at]) for one, at in zip(lists, taken, strict=True)]
    double = Counter(name.zh for name in found)
    return [one[-1] if double[name.zh] > 1 else name for name, one in zip(found, lists, strict=True)]


def _ranked(offers: Sequence[Text], segment: Segment) -> list[Text]:
    """The short offers before the long ones; at the end the first with the segment's number, which nobody else has."""
    titled = [Text(name.en[:1].upper() + name.en[1:], name.zh) for name in offers]
    last = texts("name.numbered", name=titled[0], number=segment.number)
    return [*sorted(titled, key=lambda name: len(name.en.split()) > MOST_WORDS), last]


def _shop_names(segment: Segment, part: float, currency: str | None, learned: bool) -> Iterator[Text]:
    """Names of a shop's segment: what kind of buyer, what it prefers, where it is going, what else is clearly more.

    Where it has a taste, every name that says so comes before the first that does not.
    """
    key, way, category = _noun(segment, part), direction(segment), _strong_taste(segment, learned)
    if category is not None:
        yield from _variants(segment, key, way, learned, currency, category)
    elif key in ("buyers", "customers") and way not in NEWS and not _apart(segment):
        hours = [_timed(segment, key, learned)] if _hour(segment, learned) else []
        yield from (*hours, *(trait.named(texts(f"name.noun.{key}")) for trait in _others(segment, learned)))
        yield texts("name.average")
    yield from _variants(segment, key, way, learned, currency, None)


def _apart(segment: Segment) -> bool:
    """Whether how often, how much or what they buy is clearly not as in the shop: then they are not called average."""
    return bool(segment.favourites) or any(clear(segment, feature) for feature in ("orders", "spend_total"))


def _variants(
    segment: Segment, key: str, way: str, learned: bool, currency: str | None, category: Text | None
) -> Iterator[Text]:
    """One kind of buyer, with its hours and its direction; then with figures, then with one thing more that is so.

    Where two are of one kind and one direction, a figure tells them apart; leaving out the direction would not.
    """
    kind = _timed(segment, key, learned, category)
    said = way if way in NEWS or (category is None and key not in ("key", "top")) else ""
    yield from (_going(said, one) for one in (kind, *_figures(segment, kind, currency)))
    yield from (_going(said, _more(trait, key, category)) for trait in _others(segment, learned))
    yield kind


def _going(way: str, kind: Text) -> Text:
    return texts("name.form.direction", kind=kind, direction=texts(f"name.direction.{way}")) if way else kind


def _timed(segment: Segment, key: str, learned: bool, category: Text | None = None) -> Text:
    """The kind of buyer with its hours and its taste: "weekend regulars", "weekend Books buyers"."""
    hour = _hour(segment, learned)
    key = "buyers" if hour and key in PLAIN_WITH_HOURS else key
    noun = texts(f"name.noun.{key}")
    kind = hour.named(noun) if hour else noun
    if category is None:
        return kind
    tight = texts(f"name.taste.{key}", category=category)
    return _tasting(kind, hour.named(tight) if hour else tight, category)


def _hour(segment: Segment, learned: bool) -> Trait | None:
    return next((trait for trait in nameable(segment, learned) if trait.of_hours), None)


def _others(segment: Segment, learned: bool) -> list[Trait]:
    return [one for one in nameable(segment, learned) if one.key != "category" and not one.of_hours]


def _more(trait: Trait, key: str, category: Text | None) -> Text:
    said = trait.named(texts(f"name.noun.{key}"))
    if category is None:
        return said
    tight = trait.named(texts(f"name.taste.{key}", category=category))
    return Text(tight.en, texts("name.form.taste_and", kind=said, category=category).zh)


def _tasting(kind: Text, tight: Text, category: Text) -> Text:
    """A kind of buyer with its taste: "regulars who prefer Tea"; where that is long, "big-spending Tea regulars"."""
    long = texts("name.trait.category", noun=kind, category=category)
    return long if len(long.en.split()) < WORDS else Text(tight.en, long.zh)


def _figures(segment: Segment, noun: Text, currency: str | None) -> Iterator[Text]:
    """What is typical, where anything sets the segment apart at all."""
    for feature, kind in (("spend_total", "money"), ("orders", "count")) if segment.contrasts else ():
        part = segment.of(feature)
        if part is not None and part.median:
            value = amount(rounded(part.median), "money" if kind == "money" else "count", currency)
            yield texts(f"name.figure.{kind}", noun=noun, value=value)


def _strong_taste(segment: Segment, learned: bool) -> Text | None:
    """The favourite category where it is strong enough to stand in a name."""
    first = segment.favourites[0] if segment.favourites else None
    strong = first is not None and first.lift >= STRONG_LIFT and first.share >= STRONG_SHARE
    label = favourite_label(first, learned) if first is not None and strong else None
    return None if label is None or is_code(label) else label


def _noun(segment: Segment, part_of_buyers: float) -> str:
    orders = segment.of("orders")
    if orders and orders.share_nonzero <= 0.1:
        views = segment.of("views")
        return "visitors" if views and views.share_nonzero >= 0.5 else "silent"
    if orders and orders.median == 0:
        return "mostly_silent"
    times = _times(segment, part_of_buyers)
    spend = _borne_out(clear(segment, "spend_total"), times)
    if orders and orders.median == 1 and orders.mean is not None and orders.mean <= 1.2 and orders.share_nonzero >= 0.9:
        return "one_time_big" if spend > 0 else "one_time"
    if spend > 0 and times is not None and times[0] >= TOP:
        return "key" if times[0] >= KEY else "top"
    return _kind_of_buyer(segment, spend)


def _times(segment: Segment, part_of_buyers: float) -> tuple[float, float] | None:
    """How many times their part of the buyers their part of the money is, and their part of the customers."""
    if segment.share_spend is None:
        return None
    return segment.share_spend / (part_of_buyers or 1.0), segment.share_spend / segment.share_customers


def _borne_out(spend: int, times: tuple[float, float] | None) -> int:
    """Whether they spend much or little, where their part of the money says so: most of a shop may spend nothing.

    Much must be so among buyers, little among all.
    """
    if times is None:
        return spend
    return 0 if (times[0] < BIG if spend > 0 else times[1] > 1 / BIG) else spend


def _kind_of_buyer(segment: Segment, spend: int) -> str:
    """How often and how much: regulars are only who ordered three times, whoever orders less often than they."""
    orders, often = segment.of("orders"), clear(segment, "orders")
    if often > 0 and orders and (orders.median or 0.0) < REGULAR:
        often = 0
        if spend == 0 and (orders.median or 0.0) >= 2:
            return "repeat"
    plain = "buyers" if orders and orders.share_nonzero >= 0.9 else "customers"
    return NOUNS.get((often, spend), plain)


def _table_names(segment: Segment, labels: dict[str, Text], levels: dict[str, str]) -> list[Text]:
    """Names of a plain table's segment: "High Income, low Spending Score"; what is less clear only tells it apart.

    A level of a text column is said where it is more frequent, as it stands: "Education is PhD". What is said stands in
    the order of the table: two names of the same facts are one name.
    """
    told = list(dict.fromkeys(name for one in segment.contrasts if (name := _level_said(segment, one, levels))))
    sure = min(2, sum(clear(segment, name) != 0 for name in told))
    bare = [] if sure else [texts("name.average_table")]
    order = {name: place for place, name in enumerate(labels)}
    sizes = range(max(sure, 1), len(told) + 1)
    listed = (sorted(told[:size], key=lambda name: order[name]) for size in sizes)
    said = {name: labels[name] if name in levels else _high_or_low(segment, name, labels[name]) for name in told}
    return bare + [joined([said[name] for name in names]) for names in listed]


def _high_or_low(segment: Segment, feature: str, label: Text) -> Text:
    profile = segment.of(feature)
    return texts("name.high" if profile is not None and profile.strength > 0 else "name.low", label=label)


def _level_said(segment: Segment, one: Contrast, levels: dict[str, str]) -> str | None:
    """The feature a contrast is said by: of a level that is rarer here, the one that stands most in its place."""
    if one.feature not in levels or one.difference > 0:
        return one.feature
    others = [name for name, column in levels.items() if column == levels[one.feature]]
    strengths = {name: part.strength for name in others if (part := segment.of(name)) is not None}
    best = max(strengths, key=lambda name: strengths[name], default=None)
    return best if best is not None and strengths[best] > 0 else None
