"""The small shop and its segments, made once."""

from __future__ import annotations

import pytest

from shoal.features.result import Features
from shoal.segments.result import Segments
from shoal.segments.segment import segment
from shoal.segments.settings import SegmentSettings
from tests.segments.made import shop


@pytest.fixture(scope="session")
def small_shop() -> Features:
    return shop()


@pytest.fixture(scope="session")
def three(small_shop: Features) -> Segments:
    return segment(small_shop, SegmentSettings(k=3))
