"""How the proof speaks of its dates and ways: no number beside another that contradicts it."""

from __future__ import annotations

from shoal.measures.validity import Interval
from shoal.proof.result import Contender, Proof, Tried, Verdict
from shoal.show.text import as_text
from shoal.words.language import Language, Text
from shoal.words.provenance import Made


def _said(language: Language, *groups: int) -> str:
    ways = (("choice", 8), ("ceiling", 0))
    proof = Proof(
        made=Made("proof", horizon_days=90),
        verdict=Verdict("alone", Text("Fine.", "好。")),
        origins=tuple(Tried("2024-10-03T00:00:00Z", 879, 1, "predictive", k) for k in groups),
        contenders=tuple(
            Contender(key, Text.same(key), number, Interval(0.3, 0.2, 0.4), {}, None, None) for key, number in ways
        ),
    )
    return as_text(proof.view(), language, width=400)


def test_dates_with_other_numbers_of_groups_are_told_by_the_fewest_and_the_most() -> None:
    assert "customers: 7 to 9 groups were made" in _said("en", 9, 7, 8)
    assert "分成 7 至 9 群" in _said("zh", 9, 7, 8)
    assert "customers: 8 groups were made" in _said("en", 8, 8)


def test_what_makes_no_groups_has_a_dash_for_their_number() -> None:
    [line] = [line for line in _said("en", 8).splitlines() if line.startswith("ceiling") and "–" in line]
    assert line.split()[1] == "–"
