"""What sets a segment's buying apart, and what its customers are offered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shoal.recommend.evidence import Evidence
from shoal.recommend.interactions import Codes, Interactions, Ints
from shoal.recommend.result import Offer, SegmentOffers
from shoal.segments.result import Segments
from shoal.words.language import Texts

texts = Texts("shoal.recommend")
SHOWN = 5
FEWEST_BUYERS = 10
Z = 3.0
"""Many products are looked at, so that only a difference of three standard errors sets one apart."""


def by_segment(
    evidence: Evidence, listed: Ints, seen: Interactions, labels: list[str], segments: Segments | None
) -> tuple[SegmentOffers, ...]:
    """For each segment the products that set it apart and those its customers are offered most.

    Without segments the shop stands as one.
    """
    if segments is None or len(segments.segments) < 2:
        numbers = np.arange(seen.customers)
        return (SegmentOffers(0, texts("view.shop"), seen.customers, (), _offered(listed[numbers], seen, labels)),)
    return tuple(
        SegmentOffers(
            one.number,
            one.name,
            int((seen.segment == one.number).sum()),
            _distinctive(evidence, one.number, seen, labels),
            _offered(listed[seen.segment == one.number], seen, labels),
        )
        for one in segments.segments
    )


def _distinctive(evidence: Evidence, number: int, seen: Interactions, labels: list[str]) -> tuple[Offer, ...]:
    """The products with the highest lift whose share in the segment surely differs from the rest of the shop."""
    if number >= len(evidence.segment_sizes):
        return ()
    here, size = evidence.in_segment[number], max(int(evidence.segment_sizes[number]), 1)
    rest, others = evidence.buyers - here, max(evidence.customers - size, 1)
    share, elsewhere = here / size, rest / others
    pooled = evidence.buyers / max(evidence.customers, 1)
    spread = np.sqrt(np.maximum(pooled * (1 - pooled), 1e-12) * (1 / size + 1 / others))
    apart = np.flatnonzero((here >= FEWEST_BUYERS) & (share - elsewhere > Z * spread))
    best = apart[np.argsort(-_lift(share[apart], pooled[apart], size), kind="stable")][:SHOWN]
    return tuple(Offer(_id(seen, code), labels[code], float(share[code]), float(pooled[code])) for code in best)


def _lift(share: NDArray[np.float64], shop: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """The lift from the lower end of the share's 95 % interval: a few lucky buyers don't lead the list."""
    low = np.maximum(share - 1.96 * np.sqrt(share * (1 - share) / size), 0)
    return np.asarray(low / np.maximum(shop, 1e-12))


def _offered(listed: Ints, seen: Interactions, labels: list[str]) -> tuple[tuple[str, str, float], ...]:
    counts = np.bincount(listed[listed >= 0], minlength=seen.products)
    best: Codes = np.argsort(-counts, kind="stable")[:SHOWN]
    lists = max(len(listed), 1)
    return tuple((_id(seen, code), labels[code], float(counts[code] / lists)) for code in best if counts[code])


def _id(seen: Interactions, code: int) -> str:
    return str(seen.product_ids[int(code)].as_py())
