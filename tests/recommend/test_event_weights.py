"""A view, a favourite, a cart: weighed by what led to buying, never against the order of commitment."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from scipy.sparse import csr_array

from shoal.recommend.event_weights import learned_weights
from shoal.recommend.interactions import WEIGHTS, Interactions
from shoal.recommend.lesson import Split


def lesson(shares: dict[str, float], each: int = 100) -> Split:
    """`each` customers a kind of event with one product each; that share of them bought it after."""
    kinds = [kind for kind in shares for _ in range(each)]
    names = [f"u{n:04d}" for n in range(len(kinds))]
    seen = Interactions.of(names, ["a"] * len(kinds), [1] * len(kinds), kinds, products=pa.array(["a"]))
    bought = np.concatenate([np.arange(each) < share * each for share in shares.values()])
    return Split(seen, csr_array(bought.astype(np.float32)[:, None]))


def test_a_kind_weighs_the_root_of_its_share_against_the_best() -> None:
    """Views lead to buying a quarter as often as carts, so they weigh half; purchases come again like carts."""
    found = learned_weights(lesson({"view": 0.1, "cart": 0.4, "purchase": 0.4}))
    assert found["cart"] == pytest.approx(found["purchase"]) == pytest.approx(WEIGHTS["purchase"])
    assert found["view"] == pytest.approx(WEIGHTS["purchase"] / 2)
    assert (found["refund"], found["uncart"]) == (-found["purchase"], -found["cart"])


def test_what_commits_more_never_counts_less() -> None:
    """People who have bought do not buy again here, and still a purchase says most."""
    found = learned_weights(lesson({"view": 0.1, "favourite": 0.3, "cart": 0.2, "purchase": 0.01}))
    ladder = [found[name] for name in ("view", "favourite", "cart", "purchase")]
    assert ladder == sorted(ladder)
    assert ladder[-1] == WEIGHTS["purchase"]


@pytest.mark.parametrize("shares", [{"purchase": 0.3}, {"view": 0.0, "cart": 0.0}])
def test_without_two_kinds_or_without_buying_nothing_is_learned(shares: dict[str, float]) -> None:
    assert learned_weights(lesson(shares)) == WEIGHTS


def test_too_few_teach_nothing() -> None:
    assert learned_weights(lesson({"view": 0.1, "cart": 0.5}, each=49)) == WEIGHTS
