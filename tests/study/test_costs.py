"""What each stage takes is measured where it happens, and told as it starts."""

from __future__ import annotations

import time

import pytest

from shoal.study.costs import Costs, peak_memory_mb
from shoal.words.language import Text


def test_a_stage_is_told_when_it_starts_and_measured_when_it_ends() -> None:
    told: list[tuple[Text, float | None]] = []
    costs = Costs(lambda doing, share: told.append((doing, share)))
    with costs.stage("features"):
        assert [(doing.en, share) for doing, share in told] == [("Computing features", None)]
        assert costs.taken == ()
        time.sleep(0.02)
    with costs.stage("segments"):
        pass
    first, second = costs.taken
    assert (first.stage, second.stage) == ("features", "segments")
    assert 0.02 <= first.seconds <= costs.total < 60
    assert second.seconds < first.seconds


def test_a_stage_that_fails_is_not_counted() -> None:
    costs = Costs(lambda doing, share: None)
    with pytest.raises(RuntimeError), costs.stage("features"):
        raise RuntimeError
    assert costs.taken == ()


def test_peak_memory_is_in_megabytes_and_never_falls() -> None:
    before = peak_memory_mb()
    if before is None:
        pytest.skip("this system does not tell")
    after = peak_memory_mb()
    assert after is not None
    assert after >= before
    assert 50 < after < 100_000


def test_shares_within_stages_become_shares_of_the_whole_and_never_go_back() -> None:
    """Events weigh 35 and the report 8: half of the events is 17.5 / 43, all of them 35 / 43."""
    told: list[float | None] = []
    costs = Costs(lambda doing, share: told.append(share), ("events", "report"))
    with costs.stage("events"):
        costs.tell(Text.same("reading"), 0.5)
        costs.tell(Text.same("typing"), 0.3)
    with costs.stage("report"):
        pass
    assert told == pytest.approx([0.0, 17.5 / 43, 17.5 / 43, 35 / 43])
