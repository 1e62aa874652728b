"""What can be asked of a run, checked before anything is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from shoal.recommend.recommend import RecommendSettings
from shoal.recommend.rules import Bought, Rules
from shoal.segments.settings import SegmentSettings
from shoal.words.clock import parse_days, parse_time, zone
from shoal.words.errors import UsageError, error
from shoal.words.language import Texts

texts = Texts("shoal.study")
STAGES = ("all", "segments")


@dataclass(frozen=True)
class RunSettings:
    """Everything that can be asked of a run. Field names are the command line's options.

    Examples
    --------
    >>> RunSettings(horizon="13w").horizon_days, RunSettings(look_back="auto").look_back_days
    (91, None)
    """

    columns: Mapping[str, str] | None = None
    as_of: str | None = None
    horizon: str | int = 90
    look_back: str | int = "auto"
    timezone: str | None = None
    currency: str | None = None
    exclude: tuple[str, ...] = ()
    k: str | int = "auto"
    space: str = "auto"
    algorithm: str = "kmeans"
    min_orders: int = 0
    stages: str = "all"
    proof: bool = True
    parent: bool = True
    engine: str = "auto"
    memory: str = "4GB"
    seed: int = 0
    offers: int = 20
    offer_days: str | int = 30
    already_bought: str = "repeatable"
    per_category: int | None = None
    diversity: float = 0.0
    allow: tuple[str, ...] = ()
    block: tuple[str, ...] = ()
    least_margin: float | None = None
    most_share: float | None = None

    def __post_init__(self) -> None:
        if self.stages not in STAGES:
            raise error(UsageError, texts, "no_stage", asked=self.stages, known=", ".join(STAGES))
        self._check()

    def _check(self) -> None:
        """Refuse now what could only fail later, after minutes of loading."""
        _ = self.segmentation, self.horizon_days, self.look_back_days, self.recommending
        if self.as_of is not None:
            parse_time(self.as_of, self.timezone or "UTC")
        zone(self.timezone or "UTC")

    @property
    def recommending(self) -> RecommendSettings | None:
        """How products are recommended; None where no offers are asked for."""
        if self.stages != "all" or self.offers == 0:
            return None
        rules = Rules(
            bought=cast("Bought", self.already_bought),
            most_per_category=self.per_category,
            diversity=self.diversity,
            allow=tuple(self.allow),
            block=tuple(self.block),
            minimum_margin=self.least_margin,
            most_share=self.most_share,
        )
        return RecommendSettings(n=self.offers, ahead_days=parse_days(self.offer_days), rules=rules, seed=self.seed)

    @property
    def horizon_days(self) -> int:
        return parse_days(self.horizon)

    @property
    def look_back_days(self) -> int | None:
        """None for shoal to choose."""
        return None if self.look_back == "auto" else parse_days(self.look_back)

    @property
    def segmentation(self) -> SegmentSettings:
        return SegmentSettings(
            space=self.space, k=self.k, algorithm=self.algorithm, seed=self.seed, min_orders=self.min_orders
        )
