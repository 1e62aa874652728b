"""Every method against its own definition: by hand, by a plain loop, or by another library."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from scipy.sparse import csr_array
from scipy.special import gammaln
from sklearn.metrics.pairwise import cosine_similarity

from shoal.recommend.interactions import Interactions
from shoal.recommend.methods.als import Als
from shoal.recommend.methods.buy_again import PRIOR, BuyAgain
from shoal.recommend.methods.content import Content
from shoal.recommend.methods.ease import Ease
from shoal.recommend.methods.item_similarity import ItemSimilarity
from shoal.recommend.methods.next_basket import NextBasket
from shoal.recommend.methods.popularity import HALF_LIVES, Popularity
from shoal.recommend.methods.segment_popularity import SegmentPopularity
from shoal.recommend.methods.sequential import Sequential
from shoal.recommend.methods.spectral import Spectral
from tests.recommend.shops import shop

BOUGHT = {"purchase": 1.0}


def test_popularity_halves_a_purchase_every_half_life() -> None:
    seen = Interactions.of(["u", "u", "v", "v"], ["a", "a", "b", "c"], [0, 0, 7, 6], now=8)
    found = Popularity(half_life=7.0).fit(seen)
    # a on day 0 (once for one customer's day), b on day 7, c on day 6; ages 7, 0, 1
    worth = np.array([0.5, 1, 0.5 ** (1 / 7)])
    assert found.share_ == pytest.approx(worth / worth.sum())
    assert found.propose(seen, 2).products.tolist() == [[1, 2], [1, 2]]


def test_popularity_takes_the_half_life_that_would_have_caught_most() -> None:
    """Sixty products sold out long ago, twenty others are sold a little every day: a short memory catches those."""
    old = [(f"u{c}", f"p{c % 60:02d}", 10) for c in range(3000)]
    new = [(f"v{day}", f"q{p:02d}", day) for day in range(150, 200) for p in range(20)]
    customer, product, day = zip(*old, *new, strict=True)
    found = Popularity(ahead=30).fit(Interactions.of(customer, product, day))
    assert found.half_life_ < HALF_LIVES[-1]
    assert {f"q{p:02d}" for p in range(20)} == set(
        np.array([f"p{p:02d}" for p in range(60)] + [f"q{p:02d}" for p in range(20)])[
            found.propose(Interactions.of(customer, product, day), 20).products[0]
        ].tolist()
    )


def test_popularity_without_an_earlier_window_takes_the_calmest() -> None:
    assert Popularity(ahead=30).fit(Interactions.of(["u"], ["a"], [1])).half_life_ == HALF_LIVES[-1]


def test_a_segment_leans_on_the_shop_by_the_likeliest_strength() -> None:
    customer = [f"u{c}" for c in range(40)]
    product = ["a"] * 14 + ["b"] * 6 + ["a"] * 7 + ["b"] * 13
    seen = Interactions.of(customer, product, [0] * 40, customers=pa.array(sorted(customer)))
    number = {name: 1 if place < 20 else 2 for place, name in enumerate(customer)}
    seen = seen.in_segments(np.array([number[name] for name in seen.customer_ids.to_pylist()]))
    found = SegmentPopularity(half_life=1e9).fit(seen)
    m, shop_share, bought = found.strength_, np.array([21, 19]) / 40, np.array([[14, 6], [7, 13]])
    others = (bought[::-1] + shop_share) / 21  # what the other segment bought, and one purchase as in the shop

    def likelihood(m: float) -> float:
        inside = gammaln(bought + m * others) - gammaln(m * others)
        return float((gammaln(m) - gammaln(m + bought.sum(1))).sum() + inside.sum())

    assert likelihood(m) >= max(likelihood(m / 1.3), likelihood(m * 1.3))
    assert found.share_[1] == pytest.approx((bought[0] + m * shop_share) / (20 + m))
    assert found.share_[0] == pytest.approx(shop_share)  # nobody's segment: the shop
    lists = found.propose(seen, 1).products.ravel()
    assert lists.tolist() == [0 if s == 1 else 1 for s in seen.segment]


def test_a_small_segment_speaks_beside_a_large_one_that_makes_the_shop() -> None:
    """Nine tenths of all purchases are the large segment's: it may not vouch for the shop's share by being it."""
    draw = np.random.default_rng(8)
    large, small = draw.choice(list("abcd"), 9_000, p=[0.4, 0.3, 0.2, 0.1]), draw.choice(list("dcba"), 1_000)
    seen = Interactions.of([f"u{c:05d}" for c in range(10_000)], np.concatenate([large, small]), [0] * 10_000)
    found = SegmentPopularity(half_life=1e9).fit(seen.in_segments(np.repeat([1, 2], [9_000, 1_000])))
    assert found.strength_ < 200
    assert found.share_[2] == pytest.approx([0.25] * 4, abs=0.04)


def test_segments_that_buy_alike_are_the_shop() -> None:
    draw = np.random.default_rng(2)
    seen = Interactions.of([f"u{c:04d}" for c in range(2000)], draw.choice(list("abc"), 2000), [0] * 2000)
    found = SegmentPopularity(half_life=1e9).fit(seen.in_segments(np.arange(2000) % 4 + 1))
    assert found.strength_ > 1_000
    assert found.share_[1:] == pytest.approx(np.tile(found.share_[0], (4, 1)), abs=0.04)


def test_what_is_bought_every_week_is_offered_when_it_is_due() -> None:
    """Everybody buys milk each 7 days; who bought it 7 days ago is likelier to buy it than who did yesterday."""
    rows = [(f"u{c:03d}", "milk", c % 7 + 7 * week) for c in range(210) for week in range(20)]
    rows += [(f"u{c:03d}", f"x{c % 50:02d}", c % 7 + 7 * week) for c in range(210) for week in (3, 11)]
    customer, product, day = zip(*rows, strict=True)
    seen = Interactions.of(customer, product, day, now=140)
    method = BuyAgain(ahead=1).fit(seen)
    assert method.learned_
    found = method.propose(seen, 3)
    milk = np.where(found.products == 0, found.scores, 0).max(axis=1)
    assert (found.products[0::7, 0] == 0).all()  # bought on day 133: due
    assert milk[0::7].min() > 0.4
    assert milk[6::7].max() < 0.1  # bought on day 139


def test_few_repurchases_leave_the_prior() -> None:
    method = BuyAgain().fit(Interactions.of(["u", "u"], ["a", "a"], [1, 40]))
    assert not method.learned_
    assert method.coefficients_.tolist() == PRIOR.tolist()


def test_similarity_by_cosine_is_scikit_learns() -> None:
    seen = shop()
    liked = np.sqrt(seen.matrix(BOUGHT).toarray())
    alike = cosine_similarity(liked.T)
    np.fill_diagonal(alike, 0)
    method = ItemSimilarity(weights=BOUGHT, neighbours=24).fit(seen)
    np.testing.assert_allclose(method.similar_.toarray(), alike, atol=1e-6)
    scores = liked @ alike
    found = method.propose(seen, 3)
    np.testing.assert_allclose(found.scores, -np.sort(-scores, axis=1)[:, :3], rtol=1e-5)


def test_similarity_by_bm25_is_the_formula() -> None:
    seen = shop()
    liked = np.sqrt(seen.matrix(BOUGHT).toarray()).astype(np.float64)
    rarity = np.log(len(liked) / (1 + (liked > 0).sum(1)))
    length = 0.25 + 0.75 * liked.sum(0) / liked.sum(0).mean()
    weighted = liked * 2.2 / (1.2 * length + liked) * rarity[:, None]
    alike = weighted.T @ weighted
    np.fill_diagonal(alike, 0)
    method = ItemSimilarity("bm25", neighbours=24, weights=BOUGHT).fit(seen)
    np.testing.assert_allclose(method.similar_.toarray(), alike, rtol=1e-4, atol=1e-5)


def test_ease_is_the_least_squares_map_with_an_empty_diagonal() -> None:
    """Column by column: predict one product from all others by ridge regression, solved directly."""
    seen = shop()
    liked = np.sqrt(seen.matrix(BOUGHT).toarray()).astype(np.float64)
    penalty = 10 * 0.5 * np.mean((liked**2).sum(0))
    wanted = np.zeros((24, 24))
    for product in range(24):
        others = np.delete(np.arange(24), product)
        gram = liked[:, others].T @ liked[:, others] + penalty * np.eye(23)
        wanted[others, product] = np.linalg.solve(gram, liked[:, others].T @ liked[:, product])
    np.testing.assert_allclose(Ease(weights=BOUGHT).fit(seen).linear_, wanted, atol=1e-5)


def test_als_folds_a_history_in_by_the_papers_equation() -> None:
    seen = shop()
    method = Als(factors=8, weights=BOUGHT, confidence=2.0).fit(seen)
    liked = np.sqrt(seen.matrix(BOUGHT).toarray()).astype(np.float64)
    degree = (liked > 0).sum()
    assert method.strength_ == pytest.approx(1.3 * (np.sqrt(degree / 80) + np.sqrt(degree / 24)))
    factors = method.products_.astype(np.float64)
    for customer in (0, 17):
        counted = np.where(liked[customer] > 0, 1 + 2 * liked[customer], 1)
        gram = factors.T @ (counted[:, None] * factors) + method.strength_ * np.eye(8)
        own = np.linalg.solve(gram, factors.T @ (counted * (liked[customer] > 0)))
        found = method.propose(seen.take(np.array([customer])), 24)
        held = found.products[0] >= 0
        np.testing.assert_allclose(
            found.scores[0][held], (factors @ own)[found.products[0][held]], rtol=2e-3, atol=1e-5
        )


def test_spectral_of_all_directions_gives_back_what_was_liked() -> None:
    """With nothing filtered out the projection is the identity: the scores are the likings themselves."""
    draw = np.random.default_rng(1)
    customer, product = np.nonzero(draw.random((40, 6)) < 0.5)
    seen = Interactions.of([f"u{c:02d}" for c in customer], [f"p{p}" for p in product], np.zeros(len(product), int))
    method = Spectral(directions=6, weights=BOUGHT)
    liked = seen.matrix(BOUGHT).toarray()
    popular = liked.sum(0) ** -0.3
    unit = np.diag(liked.sum(1) ** -0.5) @ liked @ np.diag(popular)
    method.fit(seen)
    directions = np.linalg.svd(unit, full_matrices=False)[2][:5]  # one less than the smaller side
    wanted = (liked * popular) @ directions.T @ directions / popular
    found = method.propose(seen, 6)
    for row in range(len(liked)):
        held = found.products[row] >= 0
        np.testing.assert_allclose(found.scores[row][held], wanted[row][found.products[row][held]], atol=1e-4)


def test_sequential_counts_what_a_plain_loop_counts() -> None:
    seen = shop()
    method = Sequential(reach=3, fade=0.7, backward=0.4, flatness=0.25, memory=0.5, weights=BOUGHT).fit(seen)
    moved, sold = np.zeros((24, 24)), np.zeros(24)
    visits = []
    for customer in range(seen.customers):
        rows = range(*seen.starts[customer : customer + 2])
        days = sorted({int(seen.day[row]) for row in rows if seen.bought[row]})
        baskets = [{int(seen.product[row]) for row in rows if seen.bought[row] and seen.day[row] == d} for d in days]
        visits.append(baskets)
        for place, basket in enumerate(baskets):
            for product in basket:
                sold[product] += 1
            for step in range(1, 4):
                for later in baskets[place + step] if place + step < len(baskets) else ():
                    for product in basket:
                        moved[product, later] += 0.7 ** (step - 1)
                        moved[later, product] += 0.4 * 0.7 ** (step - 1)
    moved *= (np.maximum(moved.sum(1), 1e-9) ** -0.25)[:, None] * np.maximum(sold, 1) ** -0.25
    np.testing.assert_allclose(method.next_.toarray(), moved, rtol=1e-4)
    scores = np.zeros((seen.customers, 24))
    for customer, baskets in enumerate(visits):
        for age, basket in enumerate(reversed(baskets)):
            scores[customer] += sum(0.5**age * moved[product] for product in basket)
    found = method.propose(seen, 5)
    np.testing.assert_allclose(found.scores, -np.sort(-scores, axis=1)[:, :5], rtol=1e-3)


def test_then_comes_after_first_more_than_before() -> None:
    rows = [(f"u{c:02d}", product, day) for c in range(30) for day, product in ((1, "razor"), (9, "blades"))]
    customer, product, day = zip(*rows, strict=True)
    table = Sequential(weights=BOUGHT, backward=0.5).fit(Interactions.of(customer, product, day)).next_.toarray()
    razor, blades = 1, 0
    # 30 forward, 15 back; each to the power .7 by its row, and by sales of 30 to the power .3
    assert table[razor, blades] == pytest.approx(30**0.7 * 30**-0.3, rel=1e-5)
    assert table[blades, razor] == pytest.approx(15**0.7 * 30**-0.3, rel=1e-5)


def test_next_basket_is_the_papers_fading_frequency() -> None:
    """Four baskets in two groups of two: within .9, between .7, both averaged."""
    seen = Interactions.of(["u"] * 4, ["a", "b", "a", "a"], [1, 2, 3, 4])
    method = NextBasket(groups=2, own=1.0).fit(seen)
    # days ago in baskets: 3 2 | 1 0; a: (.9 * .7 + .9 + 1) / 4, b: (1 * .7) / 4
    found = method.propose(seen, 2)
    assert found.products.tolist() == [[0, 1]]
    assert found.scores[0] == pytest.approx([(0.9 * 0.7 + 0.9 + 1) / 4, 0.7 / 4])


def test_neighbours_speak_in_proportion_to_their_likeness() -> None:
    seen = Interactions.of(["u", "v", "v", "w"], ["a", "a", "b", "c"], [1, 1, 1, 1])
    found = NextBasket(own=0.5, neighbours=3).fit(seen).propose(seen.take(np.array([0])), 3)
    # u = a; v = a, b at cosine 1/sqrt(2); w is no neighbour. Neighbours: (1 * a + .7071 * (a + b)) / 1.7071
    alike = 1 / np.sqrt(2)
    assert found.products.tolist() == [[0, 1, -1]]
    assert found.scores[0, :2] == pytest.approx([1.0, 0.5 * alike / (1 + alike)])


def test_a_large_shops_neighbours_are_the_same_customers_in_every_run() -> None:
    seen = shop()
    few = NextBasket(sample=10).fit(seen)
    assert few.habits_.shape == (10, 24)
    other = NextBasket(sample=10).fit(seen.take(np.arange(80)[::-1]))
    assert sorted(map(tuple, few.habits_.toarray().tolist())) == sorted(map(tuple, other.habits_.toarray().tolist()))


def test_a_cold_product_gets_neighbours_by_its_words() -> None:
    names = ["red wool scarf", "blue wool scarf", "iron garden chair", "oak garden chair"]
    seen = Interactions.of(["u", "v"], ["p0", "p2"], [1, 1], products=pa.array(["p0", "p1", "p2", "p3"]))
    found = Content({"name": names}).fit(seen).propose(seen, 1)
    assert found.products.tolist() == [[1], [3]]  # neither was ever bought


def test_chinese_names_have_neighbours_without_a_word_list() -> None:
    names = ["陶瓷 茶杯 红色", "陶瓷茶杯（蓝色）", "羊毛围巾", "围巾 羊毛 灰色"]
    seen = Interactions.of(["u", "v"], ["p0", "p2"], [1, 1], products=pa.array(["p0", "p1", "p2", "p3"]))
    assert Content({"name": names}).fit(seen).propose(seen, 1).products.tolist() == [[1], [3]]


def test_a_shared_shelf_is_nearer_than_a_shared_department() -> None:
    category = ["home/lamps", "home/lamps", "home/rugs", "food/tea"]
    seen = Interactions.of(["u"], ["p0"], [1], products=pa.array(["p0", "p1", "p2", "p3"]))
    found = Content({"category": category}).fit(seen).propose(seen, 4)
    assert found.products.tolist() == [[1, 2, -1, -1]]


def test_a_product_nobody_describes_has_no_neighbours() -> None:
    seen = Interactions.of(["u"], ["p0"], [1], products=pa.array(["p0", "p1"]))
    assert Content({"name": [None, "x"], "brand": [None, None]}).fit(seen).similar_.nnz == 0


def test_the_same_texts_are_read_once_and_other_texts_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Interactions.of(["u", "v"], ["a", "b"], [1, 2])
    method, read = Content({"name": ["green tea", "green teas"]}), list[int]()
    vectors = method._vectors
    monkeypatch.setattr(method, "_vectors", lambda products: read.append(products) or vectors(products))
    assert method.fit(seen).fit(seen.before(np.array([2, 2], np.int32))).similar_.nnz == 2
    assert read == [2]
    method.described = {"name": ["green tea", "pot"]}
    assert method.fit(seen).similar_.nnz == 0
    method.described["name"][1] = "green teas"  # type: ignore[index]
    assert method.fit(seen).similar_.nnz == 2
    assert read == [2, 2, 2]


def test_neighbours_of_a_large_catalogue_are_near_the_exact_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(4)
    words = np.array([f"{a}{b}" for a in ("lamp", "rug", "tea", "chair") for b in ("red", "oak", "old", "big")])
    names = [" ".join(draw.choice(words, 3)) for _ in range(300)]
    seen = Interactions.of(["u"], ["p000"], [1], products=pa.array([f"p{p:03d}" for p in range(300)]))
    exact = Content({"name": names}, neighbours=10).fit(seen).similar_
    monkeypatch.setattr("shoal.recommend.methods.content.EXACT", 100)
    rough = Content({"name": names}, neighbours=10).fit(seen).similar_
    overlap = csr_array(exact).astype(bool).multiply(rough.astype(bool)).sum() / exact.nnz
    assert overlap > 0.7
