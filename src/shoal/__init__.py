"""shoal: groups of customers that move together, proven on later weeks.

    import shoal

    study = shoal.run(["orders.csv"], "my-shop")

Public names are loaded when they are first used, so ``import shoal`` stays quick and loads no heavy library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # for editors and type checkers alone; at run time `_HOMES` is the list, and a test compares the two
    from shoal.events.check import check as check
    from shoal.events.demo.shop import write_demo as write_demo
    from shoal.events.load import load as load
    from shoal.events.result import EventLog as EventLog
    from shoal.events.result import Quality as Quality
    from shoal.features.build import build as build
    from shoal.features.outcomes import outcomes as outcomes
    from shoal.features.result import Features as Features
    from shoal.features.result import Outcomes as Outcomes
    from shoal.recommend.interactions import Interactions as Interactions
    from shoal.recommend.recommender import Recommender as Recommender
    from shoal.recommend.result import Recommendations as Recommendations
    from shoal.report.publish import run as run
    from shoal.report.publish import run_table as run_table
    from shoal.segments.predictive import PredictiveSpace as PredictiveSpace
    from shoal.segments.result import Segments as Segments
    from shoal.segments.segment import segment as segment
    from shoal.segments.segmenter import Segmenter as Segmenter
    from shoal.segments.settings import SegmentSettings as SegmentSettings
    from shoal.segments.table import segment_table as segment_table
    from shoal.study.assign import assign as assign
    from shoal.study.result import Study as Study
    from shoal.study.serving import Serving as Serving
    from shoal.study.settings import RunSettings as RunSettings
    from shoal.words.clock import Clock as Clock
    from shoal.words.errors import ShoalError as ShoalError

_HOMES = {
    "Clock": "shoal.words.clock",
    "EventLog": "shoal.events.result",
    "Features": "shoal.features.result",
    "Interactions": "shoal.recommend.interactions",
    "Outcomes": "shoal.features.result",
    "PredictiveSpace": "shoal.segments.predictive",
    "Quality": "shoal.events.result",
    "Recommendations": "shoal.recommend.result",
    "Recommender": "shoal.recommend.recommender",
    "RunSettings": "shoal.study.settings",
    "SegmentSettings": "shoal.segments.settings",
    "Segmenter": "shoal.segments.segmenter",
    "Segments": "shoal.segments.result",
    "Serving": "shoal.study.serving",
    "ShoalError": "shoal.words.errors",
    "Study": "shoal.study.result",
    "assign": "shoal.study.assign",
    "build": "shoal.features.build",
    "check": "shoal.events.check",
    "load": "shoal.events.load",
    "outcomes": "shoal.features.outcomes",
    "run": "shoal.report.publish",
    "run_table": "shoal.report.publish",
    "segment": "shoal.segments.segment",
    "segment_table": "shoal.segments.table",
    "write_demo": "shoal.events.demo.shop",
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("shoal")
    if name not in _HOMES:
        raise AttributeError(f"module 'shoal' has no attribute {name!r}")
    found = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
