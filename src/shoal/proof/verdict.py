"""The verdict in words: is the segmentation worth using, against the best plain way?"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from shoal.events.result import EventLog
from shoal.measures.validity import Interval
from shoal.proof.result import Contender, Verdict
from shoal.show.cells import shown
from shoal.words.language import Text, Texts

texts = Texts("shoal.proof")
PLAIN = (
    "rfm_cells",
    "rfm_bands",
    "spend_bands",
    "recency_bands",
    "kmeans_standardised",
    "kmeans_rfm",
    "kmeans_log_rfm",
)
"""What everyone has. Shoal's own other spaces are compared too, but beating them is no claim."""


def decide(contenders: Sequence[Contender], space: str) -> Verdict:
    """Better, level or worse than the best plain way, by the paired interval; and whether it beats chance at all."""
    by_key = {contender.key: contender for contender in contenders}
    choice = by_key["choice"]
    rivals = [by_key[key] for key in plain_ways(by_key, space)]
    said: dict[str, str | Text] = {
        "r": f"{choice.r_squared.value:.0%}",
        "low": f"{choice.r_squared.low:.0%}",
        "high": f"{choice.r_squared.high:.0%}",
    }
    if choice.r_squared.low <= max(0.0, by_key["random"].r_squared.high):
        return Verdict("random", texts("verdict.random", **said))
    if not rivals:
        return Verdict("alone", texts("verdict.alone", **said))
    best = max(rivals, key=lambda rival: rival.r_squared.value)
    said |= {"rival": best.label, "rival_r": f"{best.r_squared.value:.0%}", "rival_groups": f"{best.groups:.0f}"}
    ahead = best.ahead
    code = "level" if ahead is None else "better" if ahead.low > 0 else "worse" if ahead.high < 0 else "level"
    return Verdict(code, texts(f"verdict.{code}", **said))


def of_prediction(behaviour: float, predictive: float, gain: Interval) -> Verdict:
    """Whether learning from earlier dates added to what behaviour alone says, by the paired interval `gain`."""
    code = "adds" if gain.low > 0 else "costs" if gain.high < 0 else "nothing"
    shares = {"behaviour": f"{behaviour:.1%}", "predictive": f"{predictive:.1%}"}
    return Verdict(code, texts(f"verdict.prediction_{code}", **shares, **_points(gain)))


def of_limit(choice: float, grouped: float, each: float, ahead: Interval) -> Verdict:
    """Whether better groups of this number were to be had, by the paired interval of the choice over them.

    `grouped` is the mean R² of as many groups of a prediction that knew the later weeks, `each` of that prediction for
    each customer singly.
    """
    code = "learning" if ahead.high < 0 else "number"
    shares = {"choice": f"{choice:.1%}", "grouped": f"{grouped:.1%}", "each": f"{each:.1%}"}
    return Verdict(code, texts(f"verdict.limit_{code}", **shares, **_points(ahead)))


def _points(difference: Interval) -> dict[str, str]:
    """The ends of an interval of a difference of shares, in points."""
    ends = {"low": difference.low, "high": difference.high}
    return {name: shown(100 * end, "+.1f", "en") for name, end in ends.items()}


def plain_ways(there: Collection[str], space: str) -> list[str]:
    """The plain ways among those that ran, without the one that is the choice itself."""
    return [key for key in PLAIN if key in there and key != own_baseline(space)]


def own_baseline(space: str) -> str:
    """The baseline that is the choice itself: k-means in the space that was picked."""
    return {"rfm": "kmeans_log_rfm"}.get(space, f"kmeans_{space}")


def unproven(reason: str, log: EventLog, **values: int | Text) -> Verdict:
    """Why nothing can be proven on this log."""
    clock = log.clock
    said: dict[str, int | Text] = {"look_back": clock.look_back_days, "horizon": clock.horizon_days, **values}
    return Verdict("unproven", texts(f"verdict.unproven_{reason}", **said))
