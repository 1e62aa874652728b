"""What is clearly more, or less, in a segment than in the rest of the shop, as the words that names and personas use.

The one thing to know: `clear` is the gate of every word. A trait passes only where its whole 95 % interval lies at
least `CLEAR` standard deviations from the rest: far beyond what labels drawn by lot could show.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shoal.segments.portrait import Favourite, Segment
from shoal.words.language import Text, Texts

texts = Texts("shoal.segments")
CLEAR = 0.4
"""Standard deviations from the rest of the shop that the whole interval must pass before a word is used."""
HOURS = ("weekend", "morning", "afternoon", "evening", "night")
MOST = 0.5
"""A segment is only named after hours at which its typical customer places at least this share of orders."""
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
    ("products_distinct", 1, "many_products"),
    ("share_repeat_products", 1, "repeat_products"),
    ("categories_effective", -1, "few_categories"),
)


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing that is clearly so: its key, and the category where it is a taste."""

    key: str
    category: Text | None = None

    def named(self, noun: Text) -> Text:
        """The kind of buyer with this trait: "weekend regulars", "regulars who prefer Kitchen"."""
        if self.category is not None:
            return texts("name.trait.category", noun=noun, category=self.category)
        return texts(f"name.trait.{self.key}", noun=noun)

    @property
    def of_hours(self) -> bool:
        """Whether it says when they buy, which a name says in one word before all others."""
        return self.key in HOURS

    @property
    def done(self) -> Text:
        """What they do more than others: "buy at weekends". Not for a taste, which has a sentence of its own."""
        return texts(f"persona.trait.{self.key}")


def traits(segment: Segment, learned: bool) -> list[Trait]:
    """Everything that can be said: the favourite category first, then what is clearly above or below the rest."""
    tastes = [Trait("category", favourite_label(one, learned)) for one in segment.favourites[:1]]
    return tastes + [Trait(key) for feature, side, key in TRAITS if clear(segment, feature) == side]


def nameable(segment: Segment, learned: bool) -> list[Trait]:
    """The traits a name may use: buying somewhat more at weekends than others does not make weekend buyers."""
    return [trait for trait in traits(segment, learned) if not trait.of_hours or _mostly(segment, f"share_{trait.key}")]


def _mostly(segment: Segment, feature: str) -> bool:
    profile = segment.of(feature)
    return profile is not None and (profile.median or 0.0) >= MOST


def favourite_label(favourite: Favourite, learned: bool) -> Text:
    """A category as a name says it; of a learned group, named after two things, the first."""
    label = favourite.label
    return Text(label.en.split(" & ")[0], label.zh.split(" & ")[0]) if learned else label


def is_code(label: Text) -> bool:
    """Whether a label is one product's number: a group learned in a log without names says nothing by its name.

    Examples
    --------
    >>> [is_code(Text.same(label)) for label in ("P0001", "85123A", "Books", "PS5 games")]
    [True, True, False, False]
    """
    return re.fullmatch(r"[A-Z0-9._/-]*\d[A-Z0-9._/-]*", label.en) is not None


def parts_of_buyers(segments: Sequence[Segment]) -> list[float]:
    """Each segment's part of the shop's buyers: beside who sleeps, everybody who buys at all would spend much."""
    buyers = [one.customers * (part.share_nonzero if (part := one.of("orders")) else 1.0) for one in segments]
    return [own / (sum(buyers) or 1.0) for own in buyers]


def clear(segment: Segment, feature: str) -> int:
    """1 or -1 where the segment is clearly above or below the rest in a feature, else 0."""
    profile = segment.of(feature)
    strength = profile.strength if profile else 0.0
    return 0 if abs(strength) < CLEAR else 1 if strength > 0 else -1
