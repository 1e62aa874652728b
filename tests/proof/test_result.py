"""How the proof speaks of its dates and ways: no number beside another that contradicts it."""

from __future__ import annotations

from dataclasses import replace

from shoal.measures.validity import Interval
from shoal.proof.result import Contender, Proof, Tried, Verdict
from shoal.show.text import as_text
from shoal.words.language import Language, Text
from shoal.words.provenance import Made


def _tried(k: int) -> Tried:
    return Tried("2024-10-03T00:00:00Z", 879, 1, "predictive", k, Interval(0.312, 0.2, 0.4))


def _said(language: Language, *groups: int) -> str:
    ways = (("choice", 8), ("ceiling", 0))
    proof = Proof(
        made=Made("proof", horizon_days=90),
        verdict=Verdict("alone", Text("Fine.", "好。")),
        origins=tuple(_tried(k) for k in groups),
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


def test_each_date_stands_beside_the_best_plain_way_there() -> None:
    ahead = Interval(0.05, 0.01, 0.09)
    first = replace(_tried(8), rival=Text("spend bands", "消费额分档"), rival_explained=0.262, ahead=ahead)
    proof = Proof(
        made=Made("proof", horizon_days=90),
        verdict=Verdict("alone", Text("Fine.", "好。")),
        origins=(first, replace(_tried(8), cut="2024-07-05T00:00:00Z")),
        contenders=(Contender("choice", Text.same("choice"), 8, Interval(0.3, 0.2, 0.4), {}, None, None),),
    )
    said = as_text(proof.view(), "en", width=400)
    (line,) = [line for line in said.splitlines() if line.startswith("2024-10-03")]
    assert "0.312" in line
    assert line.split("spend bands")[1].split()[0] == "0.262"
    assert "+0.050" in line
    (bare,) = [line for line in said.splitlines() if line.startswith("2024-07-05")]
    assert bare.split()[-2:] == ["–", "–"]
    alone = as_text(replace(proof, origins=(first,)).view(), "en", width=400)
    assert "At each date" in said
    assert "At each date" not in alone
