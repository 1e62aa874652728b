"""A study or one part of it by name; one customer beside the segment and the shop."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest

from shoal.study.customer import Customer
from shoal.study.part import find_part
from shoal.study.result import Study
from shoal.words.errors import StudyError, UsageError


@pytest.mark.parametrize("part", ["segments", "quality", "features", "proof", "manifest"])
def test_every_part_is_found_by_its_name(published: Path, part: str) -> None:
    found = find_part(published, part)
    assert found.name == part
    assert find_part(published) == Study.open(published)


@pytest.mark.parametrize("number", ["1", "2", "3"])
def test_a_segment_is_found_by_its_number(published: Path, number: str) -> None:
    found = find_part(published, "segment", number)
    study = Study.open(published)
    assert study.segments.segment(int(number)).name.en in found.text("en")
    assert study.segments.segment(int(number)).name.zh in found.text("zh")


@pytest.mark.parametrize("wrong", ["0", "4", "-1", "one", "", "²", "1.0", "None"])
def test_a_segment_that_is_none_is_refused_with_those_there_are(published: Path, wrong: str) -> None:
    with pytest.raises(UsageError, match="1, 2, 3"):
        find_part(published, "segment", wrong)


def test_a_part_that_is_none_is_refused(published: Path, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="no part 'weather'"):
        find_part(published, "weather")
    with pytest.raises(StudyError, match="no published study"):
        find_part(tmp_path)


def test_a_customer_stands_beside_the_medians_of_segment_and_shop(published: Path) -> None:
    study, found = Study.open(published), find_part(published, "customer", "c007")
    assert isinstance(found, Customer)
    assert study.features is not None
    row = study.segments.table.filter(pc.equal(study.segments.table["customer_id"], "c007")).to_pylist()[0]
    assert (found.segment, found.confidence, found.runner_up) == (row["segment"], row["confidence"], row["runner_up"])
    spend = next(feature for feature in found.features if feature.name == "spend_total")
    everyone = study.features.table["spend_total"].to_numpy()
    members = study.segments.table["segment"].to_numpy() == found.segment
    place = study.features.table["customer_id"].to_pylist().index("c007")
    assert spend.value == everyone[place]
    assert spend.shop_median == np.median(everyone)
    assert spend.segment_median == np.median(everyone[members])
    assert [feature.name for feature in found.features] == [info.name for info in study.features.columns]


def test_a_value_nobody_knows_stays_empty(published: Path) -> None:
    study = Study.open(published)
    assert study.features is not None
    gaps = study.features.table["gap_std_days"]
    name = study.features.table["customer_id"][pc.index(pc.is_null(gaps), True).as_py()].as_py()
    found = find_part(published, "customer", name)
    assert isinstance(found, Customer)
    assert next(feature for feature in found.features if feature.name == "gap_std_days").value is None
    assert "nan" not in found.text("en").lower()


@pytest.mark.parametrize("wrong", ["nobody", "", "C007", "c007 ", "' OR 1=1 --"])
def test_a_customer_the_study_does_not_hold_is_refused(published: Path, wrong: str) -> None:
    with pytest.raises(UsageError, match="240 customers"):
        find_part(published, "customer", wrong)
