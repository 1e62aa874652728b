"""Numbers short enough to be said: two values go in, the shortest number that keeps them apart comes out."""

from __future__ import annotations

import numpy as np

MOST_DIGITS = 17


def shortest_between(low: float, high: float) -> float:
    """The number with the fewest digits in [low, high): "at most" it holds `low` and leaves `high` out.

    Examples
    --------
    >>> shortest_between(12.3456, 12.9), shortest_between(0.0, 1.0), shortest_between(-7.0, -6.5)
    (12.4, 0.0, -7.0)
    """
    for digits in range(1, MOST_DIGITS):
        step = 10.0 ** (np.floor(np.log10(max(abs(low), abs(high)))) - digits + 1)
        rounded = float(f"{np.ceil(low / step) * step:.12g}")
        if low <= rounded < high:
            return rounded
    return float(low)
