"""`Rule`: a segment as conditions on features, with how well they describe it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from shoal.engines.contract import quoted
from shoal.words.language import Text, Texts

texts = Texts("shoal.segments")
Side = Literal["<=", ">"]
GOOD_F1 = 0.8
"""Below this a rule is too far from its segment to stand for it."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: a feature at most, or above, a threshold in its own unit. An empty cell meets none.

    With `level` the feature is a level of a text column, 1 or 0: above is that it stands, at most that it does not.
    """

    feature: str
    side: Side
    threshold: float
    label: Text
    level: bool = False

    @property
    def text(self) -> Text:
        if self.level:
            return texts("rule.level_not", label=self.label) if self.side == "<=" else self.label
        return texts("rule.at_most" if self.side == "<=" else "rule.above", label=self.label, value=self.threshold)


@dataclass(frozen=True, slots=True)
class Expression:
    """A rule as a platform would say it: `query`, and how well that stands for the segment.

    Where the platform `cannot` ask about a feature of the rule, it is the best rule of what it can ask about, with
    `conditions` and figures of its own; `query` and figures are None where there is none.
    """

    platform: str
    query: str | None
    cannot: tuple[Text, ...] = ()
    conditions: tuple[Condition, ...] = ()
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """At most three conditions that all hold. `sql` is a WHERE clause over ``features.parquet``.

    `customers` meet it; `precision` of them are in the segment, `recall` of the segment meet it; `f1` is the harmonic
    mean of the two. `elsewhere` says the rule in the words of marketing platforms.
    """

    conditions: tuple[Condition, ...]
    sql: str
    customers: int
    precision: float
    recall: float
    f1: float
    elsewhere: tuple[Expression, ...] = ()

    @property
    def text(self) -> Text:
        """The conditions in words, with how well they hold."""
        words = said(self.conditions)
        key = "rule.everybody" if not self.conditions else "rule.said" if self.f1 >= GOOD_F1 else "rule.rough"
        return texts(key, rule=words, precision=f"{self.precision:.0%}", recall=f"{self.recall:.0%}")


def said(conditions: Sequence[Condition]) -> Text:
    """All the conditions in words."""
    words = [condition.text for condition in conditions]
    return Text(" and ".join(t.en for t in words), "，且".join(t.zh for t in words))


def where(conditions: Sequence[Condition]) -> str:
    """A WHERE clause. Thresholds are written with an exponent: a plain decimal point would make them decimals."""
    return " AND ".join(f"{quoted(c.feature)} {c.side} {_exponent(c.threshold)}" for c in conditions) or "TRUE"


def _exponent(value: float) -> str:
    written = repr(value)
    return written if "e" in written else f"{written}e0"
