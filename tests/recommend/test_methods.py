"""What every way of proposing products keeps to, found by walking over the package of methods."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import shoal.recommend.methods as package
from shoal.recommend.choose import RANGES
from shoal.recommend.contract import Method, Proposals
from shoal.recommend.interactions import Interactions
from tests.recommend.shops import DAYS, ODD, columns, described, odd, shop


def _found() -> dict[str, Callable[..., Any]]:
    modules = [importlib.import_module(f"{package.__name__}.{m.name}") for m in pkgutil.iter_modules(package.__path__)]
    kinds = [
        kind
        for module in modules
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if kind.__module__ == module.__name__ and hasattr(kind, "propose")
    ]
    return {kind.name: kind for kind in kinds}


FOUND = _found()


def made(name: str, products: int = 24) -> Method:
    """An unfitted method of that name."""
    return FOUND[name](described(products)) if name == "content" else FOUND[name]()  # type: ignore[no-any-return]


def same(one: Proposals, other: Proposals) -> None:
    assert one.products.tolist() == other.products.tolist()
    np.testing.assert_array_equal(one.scores, other.scores)


def lawful(found: Proposals, histories: Interactions, n: int) -> None:
    """Sorted by score and then product, nothing twice, ids in range, -1 and 0 only at the end."""
    assert found.products.shape == found.scores.shape
    assert found.products.dtype == np.int32
    assert found.scores.dtype == np.float32
    assert len(found.products) == histories.customers
    assert found.products.shape[1] <= n
    assert np.isfinite(found.scores).all()
    for products, scores in zip(found.products.tolist(), found.scores.tolist(), strict=True):
        held = [p for p in products if p >= 0]
        assert products == held + [-1] * (len(products) - len(held))
        assert len(set(held)) == len(held)
        assert all(p < histories.products for p in held)
        assert all(score > 0 for score in scores[: len(held)])
        assert not any(scores[len(held) :])
        ranked = list(zip([-s for s in scores[: len(held)]], held, strict=True))
        assert ranked == sorted(ranked)


def test_every_method_is_found_and_stands_in_the_table_of_sizes() -> None:
    assert len(FOUND) >= 10
    assert set(FOUND) == set(RANGES)


@pytest.mark.parametrize("name", sorted(FOUND))
class TestEveryMethod:
    def test_proposes_sorted_lists_without_doubles(self, name: str) -> None:
        seen = shop()
        for n in (1, 5, 24, 100):
            found = made(name).fit(seen).propose(seen, n)
            lawful(found, seen, n)
        assert (found.products >= 0).any(axis=1).mean() > 0.9

    def test_a_shorter_list_is_the_beginning_of_a_longer_one(self, name: str) -> None:
        seen = shop()
        method = made(name).fit(seen)
        long, short = method.propose(seen, 20), method.propose(seen, 7)
        assert short.products.tolist() == long.products[:, :7].tolist()

    def test_proposes_the_same_after_its_arrays_are_read_back(self, name: str) -> None:
        seen = shop()
        method = made(name).fit(seen)
        arrays = {key: np.array(value) for key, value in method.arrays().items()}
        assert all(value.dtype != object for value in arrays.values())
        same(method.propose(seen, 10), made(name).restored(arrays).propose(seen, 10))

    def test_the_order_of_rows_does_not_matter(self, name: str) -> None:
        told = columns()
        order = np.random.default_rng(1).permutation(len(told["day"]))
        shuffled = {key: [values[row] for row in order] for key, values in told.items()}
        first, second = Interactions.of(**told, now=DAYS), Interactions.of(**shuffled, now=DAYS)
        same(made(name).fit(first).propose(first, 10), made(name).fit(second).propose(second, 10))

    def test_two_fits_propose_the_same(self, name: str) -> None:
        seen = shop()
        same(made(name).fit(seen).propose(seen, 10), made(name).fit(seen).propose(seen, 10))

    def test_a_customer_gets_the_same_alone_and_among_others(self, name: str) -> None:
        seen = shop()
        method = made(name).fit(seen)
        together, alone = method.propose(seen, 10), method.propose(seen.take(np.array([33])), 10)
        assert alone.products[0].tolist() == together.products[33].tolist()
        assert alone.scores[0] == pytest.approx(together.scores[33], rel=1e-4)

    def test_changes_nothing_in_what_it_reads(self, name: str) -> None:
        seen = shop()
        before = {key: np.array(getattr(seen, key)) for key in ("starts", "product", "day", "kind", "count", "now")}
        made(name).fit(seen).propose(seen, 10)
        for key, value in before.items():
            np.testing.assert_array_equal(getattr(seen, key), value)

    def test_what_happens_from_now_on_does_not_matter(self, name: str) -> None:
        told = columns()
        later = {
            "customer": ["u001", "u002"],
            "product": ["p000", "p023"],
            "day": [DAYS, DAYS + 40],
            "kind": ["purchase", "refund"],
            "count": [1.0, 2.0],
        }
        more = {key: values + later[key] for key, values in told.items()}
        first, second = Interactions.of(**told, now=DAYS), Interactions.of(**more, now=DAYS)
        same(made(name).fit(first).propose(first, 10), made(name).fit(second).propose(second, 10))

    @pytest.mark.parametrize("log", ODD)
    def test_bears_an_odd_log(self, name: str, log: str) -> None:
        seen = odd(log)
        found = made(name, seen.products).fit(seen).propose(seen, 5)
        lawful(found, seen, 5)

    def test_proposes_for_a_history_without_events(self, name: str) -> None:
        seen = shop()
        nothing = Interactions.of([], [], [], now=DAYS, products=seen.product_ids, customers=pa.array(["new"]))
        found = made(name).fit(seen).propose(nothing, 5)
        lawful(found, nothing, 5)
        assert (found.products >= 0).any() == (name in ("popularity", "segment_popularity"))

    def test_proposes_for_nobody(self, name: str) -> None:
        seen = shop()
        assert made(name).fit(seen).propose(seen.take(np.array([], np.int64)), 5).products.shape[0] == 0


@pytest.mark.parametrize("name", sorted(set(FOUND) - {"popularity", "segment_popularity"}))
def test_new_events_change_a_list_without_a_new_fit(name: str) -> None:
    seen = shop()
    method = made(name).fit(seen)
    told = {"customer": ["new"] * 3, "day": [DAYS - 3, DAYS - 2, DAYS - 1], "now": DAYS, "products": seen.product_ids}
    first = Interactions.of(product=["p000", "p001", "p000"], **told)
    second = Interactions.of(product=["p020", "p021", "p020"], **told)
    assert method.propose(first, 5).products.tolist() != method.propose(second, 5).products.tolist()


@pytest.mark.parametrize("name", sorted(set(FOUND) - {"popularity", "buy_again", "segment_popularity", "content"}))
def test_those_who_share_a_taste_are_offered_it(name: str) -> None:
    """Two shops in one: whoever bought among p00 to p05 is offered those, whoever bought the others, the others."""
    draw = np.random.default_rng(0)
    customer = np.repeat([f"u{c:02d}" for c in range(60)], 8)
    product = np.concatenate([draw.permutation(6)[[0, 1, 2, 3, 0, 1, 2, 3]] + 6 * (c % 2) for c in range(60)])
    seen = Interactions.of(customer, [f"p{p:02d}" for p in product], np.tile(np.arange(8) * 10, 60))
    top = made(name, 12).fit(seen).propose(seen, 4).products
    right = (top // 6 == (np.arange(60) % 2)[:, None]) | (top < 0)
    assert right.all()
    assert (top >= 0).sum(axis=1).min() == 4
