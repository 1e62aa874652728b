"""First names, composed from facts: "Recent big spenders", "Lapsed one-time buyers", "Regulars who prefer Kitchen".

What enters are portraits, what leaves is a name each, different from one another. The one thing to know: a word is used
only where the near end of the contrast's 95 % interval passes a threshold, so no name says more than its interval.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from shoal.features.result import FeatureInfo
from shoal.segments.portrait import Segment
from shoal.words.language import Text, Texts, joined

texts = Texts("shoal.segments")
CLEAR = 0.4
"""Standard deviations from the rest of the shop that the whole interval must pass before a word is used."""
STRONG_LIFT, STRONG_SHARE = 1.5, 0.25
TRAITS: tuple[tuple[str, int, str], ...] = (
    ("share_weekend", 1, "weekend"),
    ("share_evening", 1, "evening"),
    ("share_night", 1, "night"),
    ("share_morning", 1, "morning"),
    ("share_afternoon", 1, "afternoon"),
    ("share_refunded", 1, "refunds"),
    ("share_discounted", 1, "discounts"),
    ("average_order_value", 1, "large_orders"),
    ("average_order_value", -1, "small_orders"),
    ("tenure_days", -1, "new"),
    ("products_distinct", 1, "many_products"),
    ("share_repeat_products", 1, "repeat_products"),
    ("categories_distinct", -1, "few_categories"),
)
NOUNS = {
    (1, 1): "big_regulars",
    (1, 0): "regulars",
    (1, -1): "small_regulars",
    (0, 1): "big",
    (0, -1): "small",
    (-1, 1): "rare_big",
    (-1, 0): "rare",
    (-1, -1): "rare_small",
    (0, 0): "customers",
}


def named(segments: Sequence[Segment], columns: Sequence[FeatureInfo]) -> tuple[Segment, ...]:
    """The segments with their names, all different in both languages."""
    known = {info.name for info in columns}
    if len(segments) == 1:
        return (replace(segments[0], name=texts("name.everyone")),)
    labels = {info.name: info.label for info in columns}
    shop = {"days_since_last_order", "orders"} <= known and any(info.kind != "number" for info in columns)
    offers = [_shop_names(segment) if shop else _table_names(segment, labels) for segment in segments]
    return tuple(replace(s, name=name) for s, name in zip(segments, _different(offers, segments), strict=True))


def _different(offers: list[list[Text]], segments: Sequence[Segment]) -> list[Text]:
    """One offer each, no two alike: where names meet, each of them says one thing more; at the end, its number."""
    level = [0] * len(offers)
    while True:
        names = [_titled(offer[at]) for offer, at in zip(offers, level, strict=True)]
        double = _doubles(names)
        longer = [i for i in double if level[i] + 1 < len(offers[i])]
        if not longer:
            break
        for i in longer:
            level[i] += 1
    numbered = {i: texts("name.numbered", name=names[i], number=segments[i].number) for i in double}
    return [numbered.get(i, name) for i, name in enumerate(names)]


def _doubles(names: list[Text]) -> list[int]:
    en, zh = Counter(name.en for name in names), Counter(name.zh for name in names)
    return [i for i, name in enumerate(names) if en[name.en] > 1 or zh[name.zh] > 1]


def _titled(name: Text) -> Text:
    return Text(name.en[:1].upper() + name.en[1:], name.zh)


def _shop_names(segment: Segment) -> list[Text]:
    """Names of a shop's segment from short to long: how recent, what kind of buyer, then one or two traits."""
    recency = {-1: "recent", 0: "", 1: "lapsed"}[_clear(segment, "days_since_last_order")]
    noun, traits = _noun(segment), _traits(segment)
    recency = "" if noun == "no_orders" else recency
    if not recency and noun == "customers" and not traits:
        return [texts("name.average")]
    pairs = [(trait,) for trait in traits] + [(traits[0], trait) for trait in traits[1:]]
    bare = () if _strong_taste(segment) or (noun == "customers" and not recency) else ((),)
    return [_composed(recency, noun, chosen) for chosen in (*bare, *pairs)]


def _composed(recency: str, noun: str, traits: tuple[Text, ...]) -> Text:
    form = ("recency" if recency else "") + ("_" if recency and traits else "") + ("traits" if traits else "")
    said = {"noun": texts(f"name.noun.{noun}"), "traits": joined(traits)}
    if recency:
        said["recency"] = texts(f"name.recency.{recency}")
    return texts(f"name.form.{form or 'bare'}", **said)


def _traits(segment: Segment) -> list[Text]:
    """What can be added to the name: the favourite category, then what is clearly above or below the rest."""
    category = [texts("name.trait.category", category=one.label) for one in segment.favourites[:1]]
    return category + [texts(f"name.trait.{key}") for feature, side, key in TRAITS if _clear(segment, feature) == side]


def _strong_taste(segment: Segment) -> bool:
    first = segment.favourites[0] if segment.favourites else None
    return first is not None and first.lift >= STRONG_LIFT and first.share >= STRONG_SHARE


def _noun(segment: Segment) -> str:
    orders, spend = segment.of("orders"), _clear(segment, "spend_total")
    if orders and orders.share_nonzero <= 0.1:
        return "no_orders"
    if orders and orders.median == 1 and orders.mean is not None and orders.mean <= 1.2 and orders.share_nonzero >= 0.9:
        return "one_time_big" if spend > 0 else "one_time"
    return NOUNS[_clear(segment, "orders"), spend]


def _clear(segment: Segment, feature: str) -> int:
    """1 or -1 where the segment is clearly above or below the rest in a feature, else 0."""
    profile = segment.of(feature)
    strength = profile.strength if profile else 0.0
    return 0 if abs(strength) < CLEAR else 1 if strength > 0 else -1


def _table_names(segment: Segment, labels: dict[str, Text]) -> list[Text]:
    """Names of a plain table's segment: "High Income, low Spending Score"; what is less clear only tells it apart."""
    said = [
        texts("name.high" if contrast.difference > 0 else "name.low", label=labels[contrast.feature])
        for contrast in segment.contrasts
    ]
    clear = min(2, sum(_clear(segment, contrast.feature) != 0 for contrast in segment.contrasts))
    bare = [] if clear else [texts("name.average_table")]
    return bare + [joined(said[:size]) for size in range(max(clear, 1), len(said) + 1)]
