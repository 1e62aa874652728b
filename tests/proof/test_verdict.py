"""The verdict's words, from intervals alone."""

from __future__ import annotations

import re

import pytest

from shoal.measures.validity import Interval
from shoal.proof.result import Contender
from shoal.proof.verdict import PLAIN, decide, of_limit, of_prediction
from shoal.words.language import LANGUAGES, Text


def _one(key: str, value: float, ahead: tuple[float, float] | None = None, spread: float = 0.02) -> Contender:
    gain = None if ahead is None else Interval(sum(ahead) / 2, *ahead)
    label = Text(key.replace("_", " "), f"方式{key}")
    return Contender(key, label, 6, Interval(value, value - spread, value + spread), {}, None, None, gain)


CHOICE, CHANCE = _one("choice", 0.30), _one("random", -0.01)


@pytest.mark.parametrize(
    ("rival", "code"),
    [
        (_one("rfm_cells", 0.20, (0.05, 0.15)), "better"),
        (_one("rfm_cells", 0.29, (-0.01, 0.03)), "level"),
        (_one("rfm_cells", 0.29, (0.0, 0.03)), "level"),
        (_one("spend_bands", 0.40, (-0.12, -0.08)), "worse"),
        (_one("rfm_cells", 0.29, None), "level"),
    ],
)
def test_the_paired_interval_decides(rival: Contender, code: str) -> None:
    verdict = decide([CHOICE, rival, CHANCE], "predictive")
    assert verdict.code == code
    for language in LANGUAGES:
        said = verdict.text.say(language)
        assert rival.label.say(language) in said
        assert "30%" in said
        assert f"{rival.r_squared.value:.0%}" in said


def test_the_best_of_the_plain_ways_is_the_rival() -> None:
    rivals = [_one("spend_bands", 0.10, (0.1, 0.3)), _one("kmeans_rfm", 0.29, (-0.02, 0.02))]
    assert decide([CHOICE, *rivals, CHANCE], "predictive").code == "level"


def test_shoals_own_spaces_and_the_ceiling_are_no_rivals() -> None:
    others = [
        _one(key, 0.5, (-0.3, -0.1))
        for key in ("kmeans_behaviour", "kmeans_tastes", "supervised_tree", "ceiling", "ceiling_in_groups")
    ]
    assert decide([CHOICE, *others, _one("rfm_cells", 0.2, (0.05, 0.15)), CHANCE], "predictive").code == "better"
    assert not {"kmeans_behaviour", "kmeans_tastes", "supervised_tree", "ceiling", "random"} & {*PLAIN}


@pytest.mark.parametrize(("space", "own"), [("rfm", "kmeans_log_rfm"), ("standardised", "kmeans_standardised")])
def test_every_space_knows_the_baseline_that_is_itself(space: str, own: str) -> None:
    """Compared with itself no choice could ever be better."""
    assert own in PLAIN
    same, beaten = _one(own, 0.30, (0.0, 0.0)), _one("rfm_cells", 0.2, (0.05, 0.15))
    assert decide([CHOICE, same, beaten, CHANCE], space).code == "better"


def test_a_choice_is_not_compared_with_itself() -> None:
    same = _one("kmeans_standardised", 0.30, (-0.0, 0.0))
    rivals = [same, _one("rfm_cells", 0.2, (0.05, 0.15)), CHANCE]
    assert decide([CHOICE, *rivals], "standardised").code == "better"
    assert decide([CHOICE, *rivals], "predictive").code == "level"


@pytest.mark.parametrize("value", [-0.05, 0.0, 0.02])
def test_what_chance_could_give_is_no_claim(value: float) -> None:
    rival = _one("rfm_cells", -0.5, (0.2, 0.9))
    verdict = decide([_one("choice", value), rival, CHANCE], "predictive")
    assert verdict.code == "random"
    assert "drawn by lot" in verdict.text.en
    assert "随机" in verdict.text.zh


def test_without_any_plain_way_it_is_said_alone() -> None:
    assert decide([CHOICE, CHANCE, _one("kmeans_tastes", 0.2)], "predictive").code == "alone"


def test_chinese_verdicts_are_chinese() -> None:
    said = decide([CHOICE, _one("rfm_cells", 0.2, (0.05, 0.15)), CHANCE], "predictive").text.zh
    assert re.search(r"[\u4e00-\u9fff]{6}", said)
    assert "explain" not in said


@pytest.mark.parametrize(
    ("gain", "code", "words"),
    [
        ((0.01, 0.03), "adds", ("Learning from earlier dates adds", "从较早日期学习确有增益")),
        ((-0.01, 0.03), "nothing", ("Prediction adds nothing over behaviour", "预测没有比行为带来更多")),
        ((0.0, 0.03), "nothing", ("Prediction adds nothing over behaviour", "预测没有比行为带来更多")),
        ((-0.05, -0.01), "costs", ("Prediction does worse than behaviour", "预测不如行为")),
    ],
)
def test_what_prediction_adds_over_behaviour_is_said(
    gain: tuple[float, float], code: str, words: tuple[str, str]
) -> None:
    verdict = of_prediction(0.25, 0.27, Interval(sum(gain) / 2, *gain))
    assert verdict.code == code
    assert words[0] in verdict.text.en
    assert words[1] in verdict.text.zh
    for language in LANGUAGES:
        assert "25.0%" in verdict.text.say(language)
        assert "27.0%" in verdict.text.say(language)
        assert f"{100 * gain[0]:+.1f}".replace("-", "−") in verdict.text.say(language)


@pytest.mark.parametrize(
    ("ahead", "code", "words"),
    [
        ((-0.02, 0.01), "number", ("hardly to be had", "几乎没有更好的分法")),
        ((0.01, 0.03), "number", ("hardly to be had", "几乎没有更好的分法")),
        ((-0.04, 0.0), "number", ("hardly to be had", "几乎没有更好的分法")),
        ((-0.04, -0.01), "learning", ("are possible with these features", "还有更好的分法")),
    ],
)
def test_whether_better_groups_were_to_be_had_is_said(
    ahead: tuple[float, float], code: str, words: tuple[str, str]
) -> None:
    verdict = of_limit(0.306, 0.311, 0.4, Interval(sum(ahead) / 2, *ahead))
    assert verdict.code == code
    for language, opening in zip(LANGUAGES, words, strict=True):
        said = verdict.text.say(language)
        assert opening in said
        assert {"30.6%", "31.1%", "40.0%"} <= {*re.findall(r"[0-9.]+%", said)}
        assert f"{100 * ahead[0]:+.1f}".replace("-", "−") in said


def test_rfm_does_as_well_here_is_said_by_name() -> None:
    label, ahead = Text("RFM cells (quintiles)", "RFM 单元格（五分位）"), Interval(0.01, -0.01, 0.03)
    rfm = Contender("rfm_cells", label, 110, Interval(0.29, 0.27, 0.31), {}, None, None, ahead)
    verdict = decide([CHOICE, rfm, CHANCE], "predictive")
    assert "RFM cells (quintiles) does as well (29% with 110 groups)" in verdict.text.en
    assert "“RFM 单元格（五分位）”效果相当（110 组，29%）" in verdict.text.zh
