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
