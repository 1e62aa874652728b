"""Five scores of a log, each with how it was counted and what it does to later numbers.

In: what the rules found, and the days of the log. Out: one `Score` a dimension. The one thing to know: a score is the
share of records that no rule of its dimension found, so it can be checked by hand from the table of rules; timeliness
is the share of days between the first and the last event that are no gap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shoal.events.moment import Day
from shoal.events.pace import gap_days
from shoal.events.result import Score
from shoal.events.rules import DIMENSIONS
from shoal.words.language import Text, Texts

texts = Texts("shoal.events")


def scores(counts: Mapping[str, int], records: int, days: Sequence[Day], money: Mapping[str, str]) -> tuple[Score, ...]:
    """The five scores. `money` is what purchases of each dimension that are not used amount to, formatted."""
    made = []
    for dimension, rules in DIMENSIONS.items():
        found = min(records, sum(counts.get(code, 0) for code in rules))
        named = _listed([texts(f"rule.{code}.what") for code in rules if counts.get(code)])
        how_key = "score.how" if found else "score.how_clean"
        how = texts(how_key, found=f"{found:,}", records=f"{records:,}", rules=named)
        effect = _effect(dimension, found, money.get(dimension, "0"))
        made.append(Score(dimension, 1 - found / records if records else 1.0, found, how, effect))
    return (*made, _timeliness(days))


def _effect(dimension: str, found: int, money: str) -> Text:
    """What the records found do to later numbers; "purchases of 0 EUR" would be no sentence."""
    key = f"score.{dimension}.effect" if found else "score.no_effect"
    nothing = f"score.{dimension}.effect_nothing"
    key = nothing if found and money.split()[0] == "0" and texts.has(nothing) else key
    return texts(key, found=f"{found:,}", money=money)


def _listed(rules: Sequence[Text]) -> Text:
    """Several rules in a row, parted more strongly than by the commas within them."""
    return Text("; ".join(rule.en for rule in rules), "；".join(rule.zh for rule in rules))


def _timeliness(days: Sequence[Day]) -> Score:
    span = days[-1].day - days[0].day + 1 if days else 1
    missing = sum(last - first + 1 for first, last in gap_days(days))
    how = texts("score.how_days", found=missing, days=f"{span:,}")
    effect = texts("score.timeliness.effect" if missing else "score.no_effect", found=missing, money="0")
    return Score("timeliness", 1 - missing / span, missing, how, effect)
