"""How ways of recommending stand in tables: what belongs together stays together, on every width."""

from __future__ import annotations

from dataclasses import replace

from shoal.measures.validity import Interval
from shoal.proof.ranker import DEPTHS, SHOWN, Ranker, depths_table, signed, ways_tables
from shoal.show.text import as_text
from shoal.words.language import Text

CHOICE = Ranker(
    "choice", Text("shoal's blend", "shoal 综合"), Interval(0.209, 0.176, 0.239), {}, 0.1, 0.3, 1, 3, 0.8, 0
)
OTHER = Ranker(
    *("next_basket", Text("next basket (TIFU-KNN)", "下一篮（TIFU-KNN）"), Interval(0.151, 0.125, 0.174), {}),
    *(0.1, 0.3, 1, 3, 0.8, 0, Interval(-0.0004, -0.0134, 0.0126)),
)


def test_no_interval_is_broken_over_lines_at_80_columns() -> None:
    for language in ("en", "zh"):
        words = as_text(ways_tables((CHOICE, OTHER)), language, width=80)
        assert "(0.125 – 0.174)" in words
        assert "(−0.013 – +0.013)" in words


def test_measures_have_a_name_in_each_language() -> None:
    measures = {f"{name}@{depth}": 0.5 for name in SHOWN for depth in DEPTHS}
    choice, bar = (replace(CHOICE, measures=measures, key=key) for key in ("choice", "popularity"))
    labels = [row[0] for row in depths_table((choice, bar)).rows]
    assert len(labels) == 15
    assert Text("Hit rate@10", "命中率@10") in labels
    assert Text("Recall@5", "召回率@5") in labels


def test_a_difference_of_nothing_has_no_minus() -> None:
    said = signed(OTHER.ahead)
    assert said is not None
    assert said.startswith("+0.000 (")
