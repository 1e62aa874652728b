"""How much a view, a favourite, a cart says of liking beside a purchase, learned from what led to buying.

In: a `Split`. Out: a weight for each event type. The one thing to know: more committed events never count less.
"""

from __future__ import annotations

import numpy as np
from sklearn.isotonic import IsotonicRegression

from shoal.recommend.interactions import WEIGHTS, Interactions
from shoal.recommend.lesson import Split
from shoal.recommend.neighbours import values_at
from shoal.words.columns import EVENT_TYPES

LADDER = ("view", "favourite", "cart", "purchase")
FEWEST = 50


def learned_weights(lesson: Split) -> dict[str, float]:
    """Weights for the ladder view < favourite < cart < purchase, from the share of pairs that were bought later.

    Every customer and product stands on the highest rung it reached before the cut; a rung's weight is the square root
    of its share of later purchases against the best rung's (liking adds up, so that shares would let one cart outvote
    five views that led as often to buying), made monotone, times the weight of a purchase. Ours. Rungs with fewer than
    fifty pairs, and logs with fewer than two rungs, keep `WEIGHTS`.
    """
    rung, pair = _highest(lesson.before)
    bought = values_at(lesson.after, pair // lesson.before.products, pair % lesson.before.products) > 0
    counts = np.bincount(rung, minlength=len(LADDER))
    shares = np.bincount(rung, weights=bought, minlength=len(LADDER)) / np.maximum(counts, 1)
    used = np.flatnonzero(counts >= FEWEST)
    if len(used) < 2 or not shares[used].max() > 0:
        return dict(WEIGHTS)
    asked = np.sqrt(shares[used] / shares[used].max())
    steps = IsotonicRegression().fit(used, asked, sample_weight=counts[used]).predict(used)
    steps = np.maximum(steps, 0.05) / max(float(steps[-1]), 0.05) * WEIGHTS[LADDER[int(used[-1])]]
    found = dict(WEIGHTS)
    for place, value in zip(used.tolist(), steps.tolist(), strict=True):
        found[LADDER[place]] = float(value)
    found["refund"] = -found["purchase"]
    found["uncart"] = -found["cart"]
    return found


def _highest(seen: Interactions) -> tuple[np.ndarray, np.ndarray]:
    """The highest rung of each customer and product, and the pair as customer x products + product."""
    by_kind = np.array([LADDER.index(name) if name in LADDER else -1 for name in EVENT_TYPES])
    rung = by_kind[seen.kind]
    rows = np.flatnonzero(rung >= 0)
    key = seen.pair[rows]
    order = np.lexsort((rung[rows], key))
    last = np.append(np.diff(key[order]) != 0, True) if len(order) else np.zeros(0, bool)
    return rung[rows][order][last], key[order][last]
