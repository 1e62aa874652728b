"""By what two products are alike, whichever of it a shop has."""

from __future__ import annotations

import numpy as np
import pytest

from shoal.recommend.interactions import Interactions
from shoal.recommend.likeness import Likeness
from shoal.recommend.methods.content import Content
from shoal.recommend.methods.item_similarity import ItemSimilarity

SEEN = Interactions.of(["u", "u", "v", "v", "w"], ["a", "b", "a", "b", "c"], [1, 2, 1, 2, 3])
"""Products 0 and 1 are bought by the same two people, so their cosine is 1; product 2 by another."""
NAMED = Content({"name": ["green tea", "iron pan", "green teas"]}).fit(SEEN)
NEIGHBOURS = ItemSimilarity().fit(SEEN)
NONE = np.full(3, -1)


def between(likeness: Likeness, one: int, other: int) -> float:
    return float(likeness.to(np.array([[one]], np.int32), np.array([other], np.int32))[0, 0])


def test_categories_come_first() -> None:
    found = Likeness.learned(np.array([5, 5, 6]), (NEIGHBOURS, NAMED))
    assert found.by == "category"
    assert (between(found, 0, 1), between(found, 0, 2)) == (1, 0)


def test_without_categories_names_say_what_is_alike() -> None:
    found = Likeness.learned(NONE, (NEIGHBOURS, NAMED))
    assert found.by == "content"
    assert between(found, 0, 2) > 0.5
    assert between(found, 0, 2) == between(found, 2, 0) == pytest.approx(NAMED.similar_[[0], :].toarray()[0, 2])
    assert between(found, 0, 1) == pytest.approx(float(NAMED.similar_[[0], :].toarray()[0, 1]))


def test_without_names_it_is_who_buys_them() -> None:
    found = Likeness.learned(NONE, (NEIGHBOURS,))
    assert found.by == "buyers"
    assert between(found, 0, 1) == pytest.approx(1)
    assert between(found, 0, 2) == 0


def test_a_product_without_a_category_is_compared_by_name() -> None:
    found = Likeness.learned(np.array([5, 5, -1]), (NAMED,))
    assert (found.by, between(found, 0, 1)) == ("category", 1)
    assert between(found, 2, 0) > 0.5


def test_a_shop_that_says_nothing_has_no_likeness() -> None:
    found = Likeness.learned(NONE, ())
    assert found.by is None
    assert (between(found, 0, 1), between(found, 1, 1)) == (0, 0)
