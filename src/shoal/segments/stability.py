"""What refits say of K: points go in, one `Refits` for each K comes out.

Three questions, each on other rows than the fit's: is there a gap between groups (folds; `measures.structure`), do
groups learned on one half hold on the other (prediction strength), are they found again on bootstraps (Jaccard)? And
one on made-up rows: how much tighter are the groups than groups of a shapeless box would be (gap statistic)? The one
thing to know: all of it runs on a few thousand customers drawn by the seed, so it costs the same in any shop.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoal.measures.clustering import Floats, Labels, nearest
from shoal.measures.stability import jaccards, prediction_strength
from shoal.measures.structure import chance_of_valleys, fullest, valleys
from shoal.segments.fit import run
from shoal.segments.settings import SegmentSettings

ROWS = 4_000
"""So many customers at most are refitted, on bootstraps, halves and folds."""
FOLDS = 5
BOOTSTRAPS = 10
RUNS = 3
"""Starts of a refit: with one, bad luck in the start would pass for unstable groups."""
BOX_ROWS = 1_000
BOXES = 8


@dataclass(frozen=True, slots=True)
class Refits:
    """At one K: the gap statistic with its simulation error, the prediction strength, how many stand between the two
    groups least apart, the Jaccard of each group, and the chance (for this K) of gaps as deep as found if there were
    none."""

    gap: float
    gap_error: float
    prediction_strength: float | None
    between: float | None
    jaccards: tuple[float, ...]
    valley: float | None


@dataclass(frozen=True)
class Trial:
    """The rows all K are tried on: two halves, one sample, its bootstraps and the boxes beside it."""

    halves: tuple[Floats, Floats]
    rows: Labels
    sample: Floats
    draws: tuple[Labels, ...]
    boxes: tuple[Floats, ...]
    settings: SegmentSettings

    @classmethod
    def of(cls, X: Floats, settings: SegmentSettings, bootstraps: int = BOOTSTRAPS) -> Trial:
        """A trial drawn from the rows of `X` by the seed."""
        rng = np.random.default_rng(settings.seed)
        order = rng.permutation(len(X)).astype(np.int64)
        rows, few = order[:ROWS], X[order[:BOX_ROWS]]
        draws = tuple(np.unique(rng.integers(0, len(rows), len(rows))) for _ in range(bootstraps))
        boxes = tuple(_box(few, rng) for _ in range(BOXES))
        return cls((X[rows[::2]], X[rows[1::2]]), rows, X[rows], draws, boxes, settings)

    def refits(self, k: int, labels: Labels) -> Refits:
        """What the refits at `k` say of the groups `labels` of all rows."""
        gap, error = self._gap(k)
        found = self._again(k, labels[self.rows])
        if len(self.sample) < 4 * k:
            return Refits(gap, error, None, None, found, None)
        return Refits(gap, error, *self._held(k), found, self._valley(k))

    def one(self) -> Refits:
        """The gap statistic of one group, which needs no more."""
        return Refits(*self._gap(1), None, None, (), None)

    def _gap(self, k: int) -> tuple[float, float]:
        """Source: Tibshirani, Walther and Hastie 2001, with the box along the principal axes."""
        beside = np.array([_log_inertia(box, k, self.settings) for box in self.boxes])
        error = float(beside.std() * np.sqrt(1 + 1 / len(beside)))
        return float(beside.mean() - _log_inertia(self.sample[:BOX_ROWS], k, self.settings)), error

    def _held(self, k: int) -> tuple[float, float]:
        """The prediction strength, the mean of both directions; and how many stand between the groups least apart.

        Of the latter the better direction: in a half a small group may be too thin to show its gap.
        """
        first, second = (run(half, k, self.settings, runs=RUNS) for half in self.halves)
        crosswise = ((first, second, self.halves[1]), (second, first, self.halves[0]))
        strengths = [
            prediction_strength(own.labels, nearest(half, other.centres).label) for other, own, half in crosswise
        ]
        between = [fullest(valleys(half, other.centres)) for other, _, half in crosswise]
        return float(np.mean(strengths)), min(between)

    def _valley(self, k: int) -> float:
        """The chance of the gaps between groups, each fold of customers looked at with centres learned without it."""
        fold, counts = np.arange(len(self.sample)) % FOLDS, list[tuple[int, int]]()
        for left_out in range(FOLDS):
            learned = run(self.sample[fold != left_out], k, self.settings, runs=RUNS)
            counts += valleys(self.sample[fold == left_out], learned.centres)
        return chance_of_valleys(counts)

    def _again(self, k: int, labels: Labels) -> tuple[float, ...]:
        """Each group's mean Jaccard over the bootstraps; 0 where it was never drawn, nothing where there are none."""
        if not self.draws:
            return ()
        fitted = [(rows, run(self.sample[rows], k, self.settings, runs=RUNS)) for rows in self.draws if len(rows) >= k]
        likeness = [jaccards(labels[rows], again.labels, k) for rows, again in fitted]
        if not likeness:
            return (0.0,) * k
        known = ~np.isnan(likeness)
        means = np.where(known, likeness, 0.0).sum(0) / np.maximum(known.sum(0), 1)
        return tuple(map(float, means))


def _log_inertia(X: Floats, k: int, settings: SegmentSettings) -> float:
    inertia = float(((X - X.mean(0)) ** 2).sum()) if k == 1 else run(X, k, settings, runs=1).inertia
    return float(np.log(max(inertia, 1e-300)))


def _box(X: Floats, rng: np.random.Generator) -> Floats:
    """As many points, spread evenly over the box that holds `X` along its principal axes."""
    centre = X.mean(0)
    axes = np.linalg.svd(X - centre, full_matrices=False)[2]
    turned = (X - centre) @ axes.T
    drawn: Floats = rng.uniform(turned.min(0), turned.max(0), turned.shape) @ axes + centre
    return drawn
