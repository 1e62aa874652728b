"""Would labels drawn by lot differ as much? What enters are differences of all segments in all features at once, what
leaves is an adjusted p-value for each.

The one thing to know: the more one looks at, the more chance shows. So each difference is compared with the largest
difference anywhere under the same number of looks (single-step max-T, Westfall and Young 1993), over seeded
permutations of the customers. Each look is first measured by its own spread under permutation (balanced, Beran 1988):
else rare features of tiny segments, where chance alone is wild, would hide all others.
"""

from __future__ import annotations

from collections.abc import Iterator

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


def adjusted(observed: Floats, scores: Floats, sizes: Labels, seed: int = 0) -> Floats:
    """The adjusted p-value of each of the (k, f) differences in `observed`, all that were looked at together.

    `observed` is as `standing` gives it, `sizes` are the segments' in the whole shop, `scores` (n, f) the centred
    scores of some or all of its customers.

    Examples
    --------
    >>> scores, sizes = np.r_[np.full(40, -1.0), np.full(40, 1.0)][:, None], np.array([40, 40])
    >>> far = standing(np.array([[-40.0], [40.0]]), np.array([80.0]), sizes, 80)
    >>> adjusted(far, scores, sizes)[0, 0]
    np.float64(0.001)
    """
    far = np.abs(np.stack([*_drawn(scores, _sizes(sizes, len(scores)), seed), observed]))
    measure = np.maximum(np.quantile(far, LEVEL, axis=0, method="higher"), NORMAL)
    largest = np.sort((far / measure).reshape(len(far), -1).max(axis=1, initial=0.0))
    beyond = len(largest) - np.searchsorted(largest, far[-1] / measure * (1 - 1e-12), "left")
    return np.asarray(beyond / len(largest))


def _drawn(scores: Floats, sizes: Labels, seed: int) -> Iterator[Floats]:
    """Where segments of those sizes would stand if lots were drawn, (k, f) for each permutation."""
    rng, held, squares = np.random.default_rng(seed), np.flatnonzero(sizes), (scores**2).sum(axis=0)
    starts, most = (np.cumsum(sizes) - sizes)[held], int(sizes.sum())
    for _ in range(PERMUTATIONS):
        sums = np.zeros((len(sizes), scores.shape[1]))
        sums[held] = np.add.reduceat(scores[rng.permutation(len(scores))[:most]], starts, axis=0)
        yield standing(sums, squares, sizes, len(scores))


def _sizes(sizes: Labels, rows: int) -> Labels:
    """The segments' sizes on the sample: their share of it, small ones as they are; together no more than it holds."""
    share = np.round(sizes * rows / max(1, int(sizes.sum())))
    scaled: Labels = np.maximum(share, np.minimum(sizes, FEWEST)).astype(np.int64)
    scaled[int(scaled.argmax())] -= max(0, int(scaled.sum()) - rows)
    return scaled
