"""What a shop should know of its segments and do about it: named portraits go in, a handful of findings come out.

The one thing to know: nothing here is new. Every sentence repeats facts that stand on the cards, passed the same gates
and are large enough to act on; where nothing is, nothing is said. What to do is craft, not proof: it is worded as a
next step, and a campaign with a group held back is the way to learn whether it helps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shoal.segments.direction import direction
from shoal.segments.phrases import amount, called
from shoal.segments.portrait import Segment
from shoal.segments.traits import clear, is_code, parts_of_buyers
from shoal.show.blocks import Finding
from shoal.words.language import Text, Texts, joined

texts = Texts("shoal.segments")
CODE = "know"
HEAVY, PART, MANY = 2.0, 0.10, 0.20
"""Twice its share of the money; a share of the money, and one of the customers, that are worth a sentence."""
AT_STAKE = 0.03
STRONG_LIFT, TASTES = 1.5, 2
SLEEP_DAYS = 60
"""Who has not ordered within a shorter look-back is not asleep: a night's log is full of people who only looked."""


def insights(
    segments: Sequence[Segment], currency: str | None = None, look_back_days: int | None = None
) -> Iterator[Finding]:
    """What to know and do: money held by few, money that is leaving, who comes, tastes, who sleeps, who sends back."""
    if len(segments) < 2:
        return
    yield from _worth(segments, currency)
    yield from _leaving(segments, currency)
    yield from _coming(segments)
    yield from _tastes(segments)
    yield from _asleep(segments, look_back_days)
    yield from _returning(segments)


def _worth(segments: Sequence[Segment], currency: str | None) -> Iterator[Finding]:
    """Few who bring much, of those who buy at all: that buyers bring the money of a shop of visitors is no news."""
    times = {s.number: _spend(s) / (part or 1.0) for s, part in zip(segments, parts_of_buyers(segments), strict=True)}
    heavy = [s for s in segments if _spend(s) >= PART and times[s.number] >= HEAVY]
    if heavy:
        best = max(heavy, key=lambda s: times[s.number])
        money = amount(best.spend or 0.0, "money", currency)
        yield _known(
            "worth", name=best.name, spend=_percent(_spend(best)), share=_percent(best.share_customers), money=money
        )


def _leaving(segments: Sequence[Segment], currency: str | None) -> Iterator[Finding]:
    going = [s for s in segments if direction(s) in ("drifting", "lapsed") and _spend(s) >= AT_STAKE]
    if going:
        most = max(going, key=_spend)
        facts = {
            "money": amount(most.spend or 0.0, "money", currency),
            "days": f"{_median(most, 'days_since_last_order'):,.0f}",
        }
        usual = _median(most, "overdue") if direction(most) == "drifting" else 0.0
        key = "drifting" if usual else "lapsed"
        yield _known(
            key, name=most.name, spend=_percent(_spend(most)), times=f"{usual:.1f}", customers=most.customers, **facts
        )


def _coming(segments: Sequence[Segment]) -> Iterator[Finding]:
    for way in ("new", "back", "growing"):
        found = [s for s in segments if direction(s) == way]
        if found:
            most = max(found, key=lambda s: s.customers)
            yield _known(way, name=most.name, customers=most.customers, share=_percent(most.share_customers))


def _tastes(segments: Sequence[Segment]) -> Iterator[Finding]:
    labels = dict[str, Text]()
    for segment in segments:
        for favourite in segment.favourites[:1]:
            if favourite.lift >= STRONG_LIFT and not is_code(favourite.label):
                labels.setdefault(favourite.feature, favourite.label)
    if len(labels) >= TASTES:
        yield _known("tastes", count=len(labels), labels=joined(list(labels.values())))


def _asleep(segments: Sequence[Segment], look_back_days: int | None) -> Iterator[Finding]:
    asleep = [s for s in segments if s.of("orders") is not None and _median(s, "orders") < 1]
    share = sum(s.share_customers for s in asleep)
    if share >= MANY and look_back_days and look_back_days >= SLEEP_DAYS:
        spend = _percent(sum(map(_spend, asleep)))
        yield _known("asleep", names=called(asleep), share=_percent(share), spend=spend, days=look_back_days)


def _returning(segments: Sequence[Segment]) -> Iterator[Finding]:
    for segment in segments:
        back = segment.of("share_refunded")
        if clear(segment, "share_refunded") > 0 and back is not None and (back.mean or 0.0) >= PART:
            yield _known("returning", name=segment.name, share=_percent(back.mean or 0.0))
            return


def _known(key: str, **facts: object) -> Finding:
    return Finding(f"{CODE}.{key}", "info", texts(f"know.{key}.what", **facts), texts(f"know.{key}.do"))


def _spend(segment: Segment) -> float:
    return segment.share_spend or 0.0


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.095 else f"{share:.1%}"


def _median(segment: Segment, feature: str) -> float:
    profile = segment.of(feature)
    return 0.0 if profile is None or profile.median is None else profile.median
