"""Is there a gap between two groups, or was one cloud cut in two? Points and two centres go in, a p-value comes out.

The one thing to know: a cloud without clusters (a uniform one, a normal one, any with a log-concave density) has no
valley: along any line it is nowhere emptier than at both of two places around. So a place that is emptier is structure,
whatever the number of axes, and no reference data need be drawn.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import binom

from shoal.measures.clustering import Floats

WIDTH = 1 / 3
"""The three places looked at are this share of the way between the centres wide."""
KEPT = 0.8
"""The share of points near the two centres, nearest to the line first, that set the radius of the tube around it."""


def valley(points: Floats, first: Floats, second: Floats) -> tuple[int, int]:
    """How many points lie halfway between two centres, and how many at the emptier of the two.

    Counted are the points in a tube around the line between them. Where the density is log-concave the first number is
    in expectation no smaller than the second (Prékopa 1973: marginals and convex parts of log-concave densities are
    log-concave). `points` must not be those the centres were fitted on, or the fit would find its own gap.

    Examples
    --------
    >>> valley(np.array([[0.0], [0.1], [5.0], [9.8], [10.0], [10.1]]), np.array([0.0]), np.array([10.0]))
    (1, 2)
    """
    line = second - first
    length = float(np.sqrt(line @ line))
    if length == 0:
        return 0, 0
    step = points - first
    along = step @ line / length**2
    aside = np.einsum("ij,ij->i", step, step) - (along * length) ** 2
    here, between, there = (np.abs(along - place) < WIDTH / 2 for place in (0.0, 0.5, 1.0))
    ends = here | there
    if not ends.any():
        return 0, 0
    tube = aside <= np.quantile(aside[ends], KEPT)
    return int((tube & between).sum()), min(int((tube & here).sum()), int((tube & there).sum()))


def valleys(points: Floats, centres: Floats) -> list[tuple[int, int]]:
    """`valley` between each centre and the one nearest to it, every pair once."""
    apart = ((centres[:, None] - centres[None]) ** 2).sum(-1)
    np.fill_diagonal(apart, np.inf)
    pairs = {(min(i, int(j)), max(i, int(j))) for i, j in enumerate(apart.argmin(1))}
    return [valley(points, centres[i], centres[j]) for i, j in sorted(pairs)]


def chance_of_valleys(counts: Sequence[tuple[int, int]]) -> float:
    """The chance of valleys as deep as `counts` (middle, emptier end) in a cloud that has none, at most 1.

    Each pair, and all pairs together, is a coin's count; the smallest of these chances is multiplied by how many were
    looked at (Bonferroni). Ours.

    Examples
    --------
    >>> chance_of_valleys([(0, 10)]), chance_of_valleys([(10, 10)])
    (0.001953125, 1.0)
    """
    looked = [*counts, (sum(middle for middle, _ in counts), sum(least for _, least in counts))]
    each = [float(binom.cdf(middle, middle + least, 0.5)) if least else 1.0 for middle, least in looked]
    return min(1.0, 2 * min(each[-1], len(counts) * min(each[:-1], default=1.0)))


def fullest(counts: Sequence[tuple[int, int]]) -> float:
    """Of several valleys (middle, emptier end) the fullest: how many stand in its middle for each at its emptier end.

    Half a point is added to both, so that empty places say little.

    Examples
    --------
    >>> fullest([(0, 10), (4, 8)]), fullest([])
    (0.5294117647058824, 0.0)
    """
    return max(((middle + 0.5) / (least + 0.5) for middle, least in counts), default=0.0)
