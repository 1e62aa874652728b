"""Products most like one: by who buys them, and where that says nothing, by what they are."""

from __future__ import annotations

import numpy as np

from shoal.recommend.offers import Offers

Found = list[tuple[int, float, str, float]]


def similar(offers: Offers, product: int, n: int) -> Found:
    """Up to `n` products as (code, score, reason code, figure), best first.

    First those whose buyers bought this one too (``together``: the share of this product's buyers who bought the
    other), by the lower end of the share's interval; then the nearest by content (``alike``: cosine).
    Products that can't be offered are left out.
    """
    evidence = offers.evidence
    table = evidence.together.tocsc()[:, [product]].tocoo()
    order = np.lexsort((table.row, -table.data))
    bought = [(int(table.row[place]), float(table.data[place])) for place in order]
    found: Found = [
        (code, low, "together", float(evidence.share_of(np.array([product]), np.array([code]))[0]))
        for code, low in bought
        if offers.shelf.offered[code]
    ]
    taken = {code for code, *_ in found} | {product}
    for code, cosine in _alike(offers, product):
        if code not in taken and offers.shelf.offered[code]:
            found.append((code, cosine, "alike", cosine))
    return found[:n]


def _alike(offers: Offers, product: int) -> list[tuple[int, float]]:
    if offers.content is None:
        return []
    near = offers.content.similar_[[product], :].tocoo()
    order = np.lexsort((near.col, -near.data))
    return [(int(near.col[place]), float(near.data[place])) for place in order]
