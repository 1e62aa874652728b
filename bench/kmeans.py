"""The choice of K and the fit on many customers: shoal beside scikit-learn and faiss, in one run.

    python bench/kmeans.py                          # 1,000,000 x 24, K from 2 to 15, at most six minutes a peer
    python bench/kmeans.py --minutes 0              # every K to the end: an hour or two
    python bench/kmeans.py --rows 100000 --axes 10  # smaller

Shoal sweeps K = 2 to 15 with every criterion but the bootstrap and fits the K it picks on all rows. scikit-learn fits
``KMeans(n_init=10)`` at each K, without any criterion; faiss likewise (``faiss.Kmeans(nredo=10, niter=25)``, float32,
all rows), where it is installed. A peer starts with the K that are compared, then takes the others from the smallest
(the cheapest) on, and stops after the K during which its time is up: its CPU is then less than the whole sweep costs,
and the ratio says "at least". Printed are CPU seconds (every thread counted), the ratio of each to shoal, and the
inertia of shoal's fit over theirs, at the picked K and, because few groups are easy, at K = 10. ``--repeated 0.9``
makes that share of the rows copies of others.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter, process_time

import numpy as np
from sklearn.cluster import KMeans

from shoal.measures.clustering import within
from shoal.segments.algorithms import kmeans
from shoal.segments.algorithms.task import means
from shoal.segments.choose_k import EXACT_ROWS, picks
from shoal.segments.fit import task_of
from shoal.segments.settings import SegmentSettings
from shoal.segments.sweep import sweep

SETTINGS = SegmentSettings()
HARDER = 10


def customers(rows: int, axes: int, repeated: float, seed: int = 0) -> np.ndarray:
    """Root-scaled totals of six kinds of customer with a heavy tail: what a shop's features look like in a space."""
    draw = np.random.default_rng(seed)
    kinds = draw.gamma(1.5, 1.0, (6, axes))
    much = draw.lognormal(0, 0.6, (rows, 1))
    X = np.sqrt(draw.gamma(2.0, kinds[draw.choice(6, rows, p=draw.dirichlet(np.full(6, 4.0)))] * much))
    copies = int(repeated * rows)
    X[rows - copies :] = X[draw.integers(0, max(rows - copies, 1), copies)]
    return (X - X.mean(0)) / X.std(0)


def timed(work: Callable[[], object]) -> tuple[object, float, float]:
    wall, cpu = perf_counter(), process_time()
    done = work()
    return done, perf_counter() - wall, process_time() - cpu


def with_shoal(X: np.ndarray) -> tuple[int, float, dict[str, int | None]]:
    """The picked K, its inertia, and what every criterion would take."""
    chosen = np.random.default_rng(0).permutation(len(X))
    taken = picks(sweep(X[np.sort(chosen[:EXACT_ROWS])], SETTINGS, bootstraps=0), len(X))
    k = taken["silhouette"] or 1
    return k, fitted(X, k), taken


def fitted(X: np.ndarray, k: int) -> float:
    """The inertia of shoal's fit on all rows."""
    chosen = np.random.default_rng(0).permutation(len(X))
    found = kmeans.fit(replace(task_of(X, k, SETTINGS), sampled=lambda size: chosen[:size]))
    return within(X, found.labels, means(X, found.labels, k))


def within_time(fit: Callable[[int], float], first: tuple[int, ...], seconds: float) -> dict[int, float]:
    """The inertia at each K, those of `first` before the others; no K is begun once the time is up (0: no limit)."""
    started, found = perf_counter(), dict[int, float]()
    for k in dict.fromkeys((*first, *range(2, SETTINGS.k_max + 1))):
        if found.keys() >= set(first) and seconds and perf_counter() - started > seconds:
            break
        found[k] = fit(k)
    return found


def with_scikit_learn(X: np.ndarray) -> Callable[[int], float]:
    return lambda k: float(KMeans(k, n_init=10, random_state=0).fit(X).inertia_)


def with_faiss(X: np.ndarray) -> Callable[[int], float]:
    import faiss

    narrow = X.astype(np.float32)

    def fit(k: int) -> float:
        model = faiss.Kmeans(X.shape[1], k, niter=25, nredo=10, max_points_per_centroid=len(X), seed=0)
        model.train(narrow)
        return float(model.index.search(narrow, 1)[0].sum())

    return fit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--axes", type=int, default=24)
    parser.add_argument("--repeated", type=float, default=0.0)
    parser.add_argument("--without", nargs="*", default=[], choices=["scikit-learn", "faiss"])
    parser.add_argument("--minutes", type=float, default=6.0, help="for each peer; 0: to the end")
    asked = parser.parse_args()
    X = customers(asked.rows, asked.axes, asked.repeated)
    (k, inertia, taken), wall, own = timed(lambda: with_shoal(X))
    print(f"{len(X):,} x {X.shape[1]}; shoal picks K = {k} by silhouette; every criterion: {taken}", flush=True)
    harder = fitted(X, HARDER)
    print(f"shoal         {own:8.1f} CPU s  {wall:8.1f} s", flush=True)
    for name, work in (("scikit-learn", with_scikit_learn), ("faiss", with_faiss)):
        if name in asked.without:
            continue
        try:
            found, wall, cpu = timed(lambda work=work: within_time(work(X), (k, HARDER), 60 * asked.minutes))
        except ImportError:
            print(f"{name:13s} is not installed")
            continue
        least = "" if len(found) == SETTINGS.k_max - 1 else f"after {len(found)} of {SETTINGS.k_max - 1} K: at least "
        ratio = (
            f"{least}{cpu / own:.1f} times shoal's CPU; shoal's inertia is {inertia / found[k]:.5f} of its at K = {k}, "
        )
        ratio += f"{harder / found[HARDER]:.5f} at K = {HARDER}"
        print(f"{name:13s} {cpu:8.1f} CPU s  {wall:8.1f} s  {ratio}", flush=True)


if __name__ == "__main__":
    main()
