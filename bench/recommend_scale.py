"""Recommendations on a large generated shop: fit and the best twenty for everybody, beside implicit's own ALS.

    python bench/recommend_scale.py [--customers 1000000] [--products 50000] [--events 20000000]

The log is made from a seed: products and customers follow power laws, every customer has two of fifty tastes and comes
back to some of what was bought. Prints seconds, peak memory and the ratio to `implicit` (fit, then recommend to all).
"""

from __future__ import annotations

import argparse
import resource
from collections.abc import Callable
from time import perf_counter, process_time

import numpy as np
import pyarrow as pa
from implicit.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from shoal.recommend.crossing import Catalogue
from shoal.recommend.interactions import PURCHASE, WEIGHTS, Interactions
from shoal.recommend.recommend import RecommendSettings, fit

TASTES, DAYS = 50, 365


def generated(customers: int, products: int, events: int, seed: int = 0) -> Interactions:
    """A seeded log of purchases and views as `Interactions`, ordered by customer and day."""
    draw = np.random.default_rng(seed)
    worth = draw.pareto(1.2, customers) + 0.3
    customer = np.sort(draw.choice(customers, events, p=worth / worth.sum()).astype(np.int32))
    tastes = draw.integers(0, TASTES, (customers, 2)).astype(np.int32)
    own = np.where(draw.random(events) < 0.7, tastes[customer, 0], tastes[customer, 1])
    taste = np.where(draw.random(events) < 0.8, own, draw.integers(0, TASTES, events))
    shelf = products // TASTES
    depth = np.minimum(draw.pareto(0.8, events) * shelf / 60, shelf - 1)
    product = (taste * shelf + depth).astype(np.int32)
    again = draw.random(events) < 0.2
    first = np.searchsorted(customer, customer)
    product[again] = product[(first + (draw.random(events) * (np.arange(events) - first + 1)).astype(np.int64))[again]]
    day = draw.integers(0, DAYS, events).astype(np.int32)
    kind = np.where(draw.random(events) < 0.6, PURCHASE, 0).astype(np.int8)
    order = np.lexsort((kind, product, day, customer))
    customer = customer[order]
    names = [pa.array(np.char.zfill(np.arange(n).astype("U8"), 8)) for n in (customers, products)]
    now, unknown = np.full(customers, DAYS, np.int32), draw.integers(1, 9, customers).astype(np.int32)
    starts, ones = np.searchsorted(customer, np.arange(customers + 1)), np.ones(events, np.float32)
    return Interactions(starts, product[order], day[order], kind[order], ones, *names, now, unknown, PURCHASE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--products", type=int, default=50_000)
    parser.add_argument("--events", type=int, default=20_000_000)
    asked = parser.parse_args()
    seen = generated(asked.customers, asked.products, asked.events)
    print(f"{seen.customers:,} customers, {seen.products:,} products, {seen.events:,} events", flush=True)
    ours = _timed("shoal", lambda: _shoal(seen))
    print(f"shoal peak {_peak():.1f} GB", flush=True)
    theirs = _timed("implicit ALS 64", lambda: _implicit(csr_matrix(seen.matrix(dict(WEIGHTS)))))
    print(f"shoal / implicit: {ours[0] / theirs[0]:.2f} in seconds, {ours[1] / theirs[1]:.2f} in CPU seconds")


def _shoal(seen: Interactions) -> None:
    """The recommend stage: weights, the lesson, every method that runs at this size, rules; twenty for everybody."""
    start = perf_counter()
    offers, choice = fit(seen, Catalogue.nothing(seen.products), RecommendSettings())
    names = ", ".join(method.name for method in choice.methods)
    print(f"  methods: {names}; left out: {', '.join(choice.left_out)}; fit {perf_counter() - start:.0f} s", flush=True)
    lists = offers.lists(seen, 20)
    print(f"  {(lists.products >= 0).mean():.1%} of the places filled", flush=True)


def _implicit(liked: csr_matrix) -> None:
    start = perf_counter()
    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(64, iterations=10, random_state=0, use_gpu=False)
        model.fit(liked, show_progress=False)
        print(f"  fit {perf_counter() - start:.0f} s", flush=True)
        for first in range(0, liked.shape[0], 20_000):
            who = np.arange(first, min(first + 20_000, liked.shape[0]))
            model.recommend(who, liked[who], N=20)


def _timed(name: str, work: Callable[[], None]) -> tuple[float, float]:
    """Seconds and CPU seconds of all threads."""
    start, spent = perf_counter(), process_time()
    work()
    seconds, cpu = perf_counter() - start, process_time() - spent
    print(f"{name}: {seconds:.0f} s, {cpu:.0f} CPU s for fit and the best twenty for everybody", flush=True)
    return seconds, cpu


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


if __name__ == "__main__":
    main()
