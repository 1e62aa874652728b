from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import check_grad
from scipy.sparse import csr_array

from shoal.recommend.blend import FEWEST_LEARNERS, SHARE_TRUST, _loss, equal, learn, repeat_share, repeat_shares
from shoal.recommend.contract import Proposals
from shoal.recommend.interactions import Interactions
from shoal.recommend.slate import SIGNALS, Slate, merged


def test_the_share_of_repeats_leans_on_the_shops_by_ten_purchases() -> None:
    # u: first basket a b, then a (a repeat), then c (new): 1 of 2; v: one basket: 0 of 0
    seen = Interactions.of(["u"] * 4 + ["v"], ["a", "b", "a", "c", "a"], [1, 1, 2, 3, 9])
    shop = (1 + 1) / (2 + 2)
    assert repeat_share(seen) == shop
    assert repeat_shares(seen, shop) == pytest.approx([(1 + SHARE_TRUST * shop) / (2 + SHARE_TRUST), shop])


def lists(customers: int, rows: list[list[int]], scores: list[float]) -> Proposals:
    width = len(rows[0])
    products = np.array([rows[c % len(rows)] for c in range(customers)], np.int32)
    return Proposals(products, np.tile(np.array(scores[:width], np.float32), (customers, 1)))


def classroom(customers: int = 60) -> tuple[Slate, Interactions, csr_array]:
    """One method always right about the next product, one always wrong."""
    ids = [f"u{c:02d}" for c in range(customers)]
    histories = Interactions.of(ids, ["z"] * customers, [0] * customers, products=pa.array(["a", "b", "c", "z"]))
    right = lists(customers, [[0, 1, 2], [1, 2, 0]], [3.0, 2.0, 1.0])
    wrong = lists(customers, [[2, 1, 0], [0, 2, 1]], [3.0, 2.0, 1.0])
    after = csr_array((np.ones(customers), (np.arange(customers), np.arange(customers) % 2)), (customers, 4))
    return merged([right, wrong], histories), histories, after


def test_a_method_that_is_right_is_believed_and_one_that_is_wrong_is_not() -> None:
    slate, histories, after = classroom()
    blend = learn(slate, repeat_shares(histories, 0.5), after)
    assert (blend.learned, blend.learners) == (True, 60)
    new = {name: weight[0] for name, weight in blend.of_methods(["right", "wrong"]).items()}
    assert new["right"] > 1
    assert new["wrong"] < 0.2
    scores = blend.scores(slate, repeat_shares(histories, 0.5))
    best = [slate.product[slate.customer == c][np.argmax(scores[slate.customer == c])] for c in range(60)]
    assert best == [c % 2 for c in range(60)]


def test_fewer_than_thirty_who_could_teach_leave_equal_weights() -> None:
    slate, histories, after = classroom(FEWEST_LEARNERS - 1)
    blend = learn(slate, repeat_shares(histories, 0.5), after)
    assert (blend.learned, blend.learners) == (False, FEWEST_LEARNERS - 1)
    assert blend.weights.tolist() == equal(2).weights.tolist()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1_000))
def test_the_gradient_is_that_of_the_loss(seed: int) -> None:
    draw = np.random.default_rng(seed)
    lengths = draw.integers(1, 6, 8)
    start = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    signals = draw.normal(size=(int(lengths.sum()), 5))
    share = draw.random(len(signals))
    share /= np.repeat(np.add.reduceat(share, start), lengths)
    weights = draw.normal(size=5)
    off = check_grad(
        lambda w: _loss(w, signals, start, share)[0], lambda w: _loss(w, signals, start, share)[1], weights
    )
    assert off < 1e-4


def test_the_loss_of_even_odds_is_the_logarithm_of_the_number_of_candidates() -> None:
    signals, start = np.zeros((7, 2)), np.array([0, 3])
    share = np.array([1, 0, 0, 0.5, 0.5, 0, 0])
    loss, _ = _loss(np.zeros(2), signals, start, share)
    assert loss == pytest.approx(np.log(3) + np.log(4))


def test_weights_are_told_by_method_for_new_and_for_repeated_products() -> None:
    told = equal(3).of_methods(["a", "b", "c"])
    assert told == dict.fromkeys(("a", "b", "c"), (SIGNALS, SIGNALS))
