"""A segment as a person: two sentences composed from facts. What a typical one does; what they lean to.

What enters are named portraits, what leaves are the same with `persona`. The one thing to know: the first sentence is
of medians and claims no difference; the second says only what passed the gate of `traits`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shoal.features.result import FeatureInfo, Kind
from shoal.segments.levels import is_level
from shoal.segments.phrases import amount, chosen_in_events, of_a_shop
from shoal.segments.portrait import NOTHING, Contrast, Segment
from shoal.segments.traits import traits
from shoal.words.language import Text, Texts, joined

texts = Texts("shoal.segments")
MOST_TRAITS = 2
SHOWN = 2


def with_personas(
    segments: Sequence[Segment],
    columns: Sequence[FeatureInfo],
    currency: str | None = None,
    learned: bool = False,
    look_back_days: int | None = None,
) -> tuple[Segment, ...]:
    """The segments, each with its two sentences."""
    shop = of_a_shop(columns) and any(info.name == "orders" for info in columns)
    spent = not chosen_in_events(columns)
    said = [
        (_habit(one, currency, look_back_days), _leaning(one, learned, spent))
        if shop
        else (_of_table(one, columns, currency), _part(one))
        for one in segments
    ]
    return tuple(
        replace(one, persona=Text(f"{first.en} {second.en}".strip(), f"{first.zh}{second.zh}"))
        for one, (first, second) in zip(segments, said, strict=True)
    )


def _habit(segment: Segment, currency: str | None, look_back_days: int | None) -> Text:
    """How often, for how much and how recently a typical one orders."""
    orders, spend = _median(segment, "orders") or 0, _median(segment, "spend_total")
    days, each = _median(segment, "days_since_last_order"), _median(segment, "average_order_value")
    if orders < 1:
        return _days("none", look_back_days) if look_back_days else texts("persona.none_at_all")
    count = _count(orders)
    often = texts(f"persona.times_{orders:.0f}") if orders in (1, 2) else texts("persona.orders", orders=count)
    worth = spend if orders == 1 else each
    money = Text("", "")
    if worth is not None:
        money = texts(f"persona.worth_{'once' if orders == 1 else 'each'}", value=amount(worth, "money", currency))
    last = NOTHING if days is None else _days("last", round(days))
    within = _days("within", look_back_days) if look_back_days else NOTHING
    return texts("persona.habit", often=often, within=within, money=money, last=last)


def _days(key: str, days: int) -> Text:
    own = f"persona.{key}_{days}"
    return texts(own) if texts.has(own) else texts(f"persona.{key}", days=f"{days:,}")


def _count(orders: float) -> Text:
    """The median of an even number of customers may lie between two counts: "7 or 8"."""
    low = int(orders)
    return Text.same(f"{low:,}") if orders == low else texts("persona.between", low=low, high=low + 1)


def _leaning(segment: Segment, learned: bool, spent: bool) -> Text:
    """What they like more than the shop does, and what else they clearly do more than others."""
    if segment.share_customers == 1 or not _median(segment, "orders"):
        return _part(segment)
    doings = [trait.done for trait in traits(segment, learned) if trait.key != "category"][:MOST_TRAITS]
    more = _and(doings) if doings else None
    if not segment.favourites:
        return texts("persona.more", traits=more) if more else texts("persona.average")
    one = segment.favourites[0]
    said = {"category": one.label, "share": f"{one.share:.0%}", "whole": f"{one.whole:.0%}"}
    likes = "persona.likes" if spent else "persona.likes_chosen"
    return texts(f"{likes}_and_more", **said, traits=more) if more else texts(likes, **said)


def _part(segment: Segment) -> Text:
    """How many of the customers they are, and how much of the spend they bring where that is known."""
    if segment.share_customers == 1:
        return texts("persona.everyone")
    customers = f"{segment.share_customers:.0%}"
    if segment.share_spend is None:
        return texts("persona.part", customers=customers)
    return texts("persona.size", customers=customers, spend=f"{segment.share_spend:.1%}")


def _and(items: Sequence[Text]) -> Text:
    first, *rest = items
    for item in rest:
        first = texts("persona.and", first=first, second=item)
    return first


def _of_table(segment: Segment, columns: Sequence[FeatureInfo], currency: str | None) -> Text:
    """For a plain table: its two clearest columns beside everyone's; where all are one segment, its first ones."""
    infos = {info.name: info for info in columns}
    alone = segment.share_customers == 1
    said = [_beside(infos[one.feature], one) for one in segment.contrasts[:SHOWN]]
    said = _first(segment, infos, currency) if alone else said
    if not said:
        return NOTHING if alone else texts("view.nothing_apart")
    return texts("persona.table", parts=joined(said))


def _beside(info: FeatureInfo, one: Contrast) -> Text:
    """A number beside everyone's; of a level of a text column, how many say it."""
    key = "table_level" if is_level(info) else "table_part"
    kind: Kind = "share" if is_level(info) else info.kind
    value, whole = (amount(part, kind) for part in (one.value, one.whole))
    return texts(f"persona.{key}", label=info.label, value=value, whole=whole)


def _first(segment: Segment, infos: dict[str, FeatureInfo], currency: str | None) -> list[Text]:
    known = [part for part in segment.profile if part.median is not None and not is_level(infos[part.feature])]
    return [
        texts("persona.table_alone", label=info.label, value=amount(part.median or 0.0, info.kind, currency))
        for part in known[:SHOWN]
        if (info := infos[part.feature])
    ]


def _median(segment: Segment, feature: str) -> float | None:
    profile = segment.of(feature)
    return profile.median if profile else None
