"""Would labels drawn by lot differ as much? What enters are differences of all segments in all features at once, what
leaves is an adjusted p-value for each.

The one thing to know: the more one looks at, the more chance shows. So each difference is compared with the largest
difference anywhere under the same number of looks (single-step max-T, Westfall and Young 1993), over seeded
permutations of the customers. Each look is first measured by its own spread under permutation (balanced, Beran 1988):
else rare features of tiny segments, where chance alone is wild, would hide all others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from shoal.measures.clustering import Floats, Labels

ALPHA = 0.01
"""A difference that labels drawn by lot show anywhere in the study more often than this is not spoken of."""
PERMUTATIONS = 999
ROWS = 5_000
"""Customers the permutations run on; a larger shop's are an md5 sample."""
FEWEST = 30
"""Segments down to this size keep it on the sample: what few customers show by chance depends on how few they are."""
LEVEL = 0.99
NORMAL = 2.5758293035489004
"""The two-sided 99 % point of a normal: what a well-behaved look would be measured by."""


def standing(sums: Floats, squares: Floats, sizes: Labels, known: float) -> Floats:
    """How far the sums of centred scores of the segments lie from 0, in their standard deviations under permutation.

    `sums` is (..., k, f), the scores' sum in each segment; `squares` (f,) their squares' sum over the shop, `known` the
    number of customers. A segment of nobody, or of everybody, stands at 0.
    """
    share = sizes * (known - sizes) / max(known * (known - 1), 1.0)
    spread = np.sqrt(share[:, None] * squares)
    return np.asarray(sums / np.where(spread > 0, spread, np.inf))


def leaning(sums: Floats, squares: Floats) -> Floats:
    """How far sums of residuals lie from 0, in the root of their squares' sum (..., k, f): a large buyer counts once.

    Source: self-normalised sums, which need no moments (de la Peña, Lai and Shao 2009).
    """
    return np.asarray(sums / np.where(squares > 0, np.sqrt(np.maximum(squares, 0.0)), np.inf))


@dataclass(frozen=True, slots=True)
class Looks:
    """What was looked at, on some or all customers: centred scores (n, f), residuals of what they lean to (n, c)."""

    scores: Floats
    residuals: Floats

    def stand(self, sums: Floats, sizes: Labels) -> Floats:
        """Where segments of those sizes stand, (..., k, f + c), by sums of scores, residuals and their squares."""
        f, c = self.scores.shape[1], self.residuals.shape[1]
        apart = standing(sums[..., :f], (self.scores**2).sum(axis=0), sizes, len(self.scores))
        return np.concatenate([apart, leaning(sums[..., f : f + c], sums[..., f + c :])], axis=-1)

    def drawn(self, sizes: Labels, seed: int) -> Iterator[Floats]:
        """Where segments of those sizes would stand if lots were drawn, (k, f + c) for each permutation."""
        rng, held = np.random.default_rng(seed), np.flatnonzero(sizes)
        columns = np.column_stack([self.scores, self.residuals, self.residuals**2])
        starts, most = (np.cumsum(sizes) - sizes)[held], int(sizes.sum())
        for _ in range(PERMUTATIONS):
            sums = np.zeros((len(sizes), columns.shape[1]))
            sums[held] = np.add.reduceat(columns[rng.permutation(len(columns))[:most]], starts, axis=0)
            yield self.stand(sums, sizes)


def adjusted(observed: Floats, sample: Looks, sizes: Labels, seed: int = 0) -> Floats:
    """The adjusted p-value of each of the (k, f) differences in `observed`, all that were looked at together.

    `sizes` are the segments' in the whole shop, `sample` what some or all of its customers look like.

    Examples
    --------
    >>> scores = np.r_[np.full(40, -1.0), np.full(40, 1.0)][:, None]
    >>> looks, sizes = Looks(scores, np.empty((80, 0))), np.array([40, 40])
    >>> adjusted(looks.stand(np.array([[-40.0], [40.0]]), sizes), looks, sizes)[0, 0]
    np.float64(0.001)
    """
    far = np.abs(np.stack([*sample.drawn(_sizes(sizes, len(sample.scores)), seed), observed]))
    measure = np.maximum(np.quantile(far, LEVEL, axis=0, method="higher"), NORMAL)
    largest = np.sort((far / measure).reshape(len(far), -1).max(axis=1, initial=0.0))
    beyond = len(largest) - np.searchsorted(largest, far[-1] / measure * (1 - 1e-12), "left")
    return np.asarray(beyond / len(largest))


def _sizes(sizes: Labels, rows: int) -> Labels:
    """The segments' sizes on the sample: their share of it, small ones as they are; together no more than it holds."""
    share = np.round(sizes * rows / max(1, int(sizes.sum())))
    scaled: Labels = np.maximum(share, np.minimum(sizes, FEWEST)).astype(np.int64)
    scaled[int(scaled.argmax())] -= max(0, int(scaled.sum()) - rows)
    return scaled
