"""The ledger of sources: what each kind of data adds to saying what customers do next.

For each block of features (orders, products, categories, returns, times, browsing) one prediction for each customer is
made with everything and with everything but that block, both for customers the map was not learned on; the difference
is what the block adds. A block of noise can only cost, so its interval does not rise above zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from shoal.features.result import Features, Lesson
from shoal.measures.validity import (
    Floats,
    bootstrap_weights,
    mean_explained,
    percentile_interval,
    r_squared,
)
from shoal.proof.ceiling import one_prediction_each
from shoal.proof.result import Source
from shoal.words.language import Texts

texts = Texts("shoal.proof")
DRAWS = 300


def ledger(lessons: Sequence[Lesson], seed: int) -> tuple[Source, ...]:
    """The sources of these cuts, the most telling first; empty where there is but one."""
    blocks = sorted({column.block for column in lessons[0].features.columns})
    if len(blocks) < 2:
        return ()
    weights = [bootstrap_weights(len(lesson.targets), DRAWS, seed) for lesson in lessons]
    whole = [_explained(lesson, w) for lesson, w in zip(lessons, weights, strict=True)]
    sources = []
    for block in blocks:
        rest = [
            _explained(replace(lesson, features=without(lesson.features, block)), w)
            for lesson, w in zip(lessons, weights, strict=True)
        ]
        value = float(np.mean([a[0] - b[0] for a, b in zip(whole, rest, strict=True)]))
        draws = np.mean([a[1] - b[1] for a, b in zip(whole, rest, strict=True)], axis=0)
        width = sum(column.block == block for column in lessons[0].features.columns)
        sources.append(Source(block, texts(f"block.{block}"), width, percentile_interval(value, draws)))
    return tuple(sorted(sources, key=lambda source: -source.adds.value))


def without(features: Features, block: str) -> Features:
    """The same customers without the features of a block."""
    kept = tuple(column for column in features.columns if column.block != block)
    return replace(features, columns=kept, table=features.table.select(["customer_id", *(c.name for c in kept)]))


def _explained(lesson: Lesson, weights: Floats) -> tuple[float, Floats]:
    """Mean R² of one prediction for each customer, and its bootstrap draws."""
    expected = one_prediction_each(lesson)[:, : lesson.targets.shape[1]]
    value = float(mean_explained(r_squared(lesson.targets, expected)))
    return value, mean_explained(r_squared(lesson.targets, expected, weights))
