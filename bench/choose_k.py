"""How often is the choice of K right? Generated data with a known answer, and published sets when a folder is given.

    python bench/choose_k.py                       # what the rule was tuned on: generated data only
    python bench/choose_k.py --published FOLDER    # gagolews/clustering-data-v1 (sipu, fcps), looked at once

Printed: K = 1 on structureless draws, K exact on separated blobs, and on published sets every criterion's exact hits
and those within one, on the sets with K <= 15 that k-means recovers at the true K (adjusted Rand >= 0.8). Their axes
are coordinates in one unit, so they stay as they are: scaling each would change distances (and lose one set of nine).
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_rand_score

from shoal.segments.algorithms.kmeans import fit_kmeans
from shoal.segments.choose_k import picks
from shoal.segments.settings import SegmentSettings
from shoal.segments.sweep import sweep

SETTINGS = SegmentSettings(space="standardised")


def chosen(X: np.ndarray) -> dict[str, int | None]:
    """What every criterion takes on these points."""
    X = X if len(X) <= 10_000 else X[np.random.default_rng(0).permutation(len(X))[:10_000]]
    return picks(sweep(X, SETTINGS), len(X))


def structureless(kind: str, seed: int) -> np.ndarray:
    """Uniform, one Gaussian with any covariance, or log-normal after the log: n, d and scales drawn by the seed."""
    rng = np.random.default_rng([1, seed])
    n, d = int(rng.choice([200, 500, 1_000, 2_000])), int(rng.choice([1, 2, 3, 5, 10, 20]))
    if kind == "uniform":
        return rng.uniform(size=(n, d)) * rng.uniform(0.5, 2, d)
    if kind == "gaussian":
        return rng.normal(size=(n, d)) @ rng.normal(size=(d, d))
    return np.log(np.exp(rng.normal(size=(n, d)) * rng.uniform(0.3, 1.5, d)))


def blobs(seed: int, apart: float = 6.0) -> tuple[np.ndarray, int]:
    """2 to 12 round clusters whose centres are at least `apart` standard deviations from each other."""
    rng = np.random.default_rng([2, seed])
    k, n, d = int(rng.integers(2, 13)), int(rng.choice([300, 500, 1_000, 2_000])), int(rng.choice([2, 3, 5, 10]))
    centres = list[np.ndarray]()
    while len(centres) < k:
        place = rng.uniform(0, apart * max(1.6, 1.3 * k ** (1 / d)) * (1 + len(centres) / 50), d)
        if all(np.linalg.norm(place - other) >= apart for other in centres):
            centres.append(place)
    weights = rng.dirichlet(np.full(k, 3.0)) if seed % 2 else np.full(k, 1 / k)
    weights = np.maximum(weights, 0.03) / np.maximum(weights, 0.03).sum()
    return np.array(centres)[rng.choice(k, n, p=weights)] + rng.normal(size=(n, d)), k


def scales(seed: int) -> tuple[np.ndarray, int]:
    """Two or three far-off regions, each of one to four round clusters, of very unequal sizes."""
    rng = np.random.default_rng([5, seed])
    d, each = int(rng.choice([2, 3, 5, 10])), rng.integers(1, 5, int(rng.integers(2, 4)))
    regions = _apart(rng, len(each), d, 60.0)
    centres = np.vstack([region + _apart(rng, int(count), d, 6.0) for region, count in zip(regions, each, strict=True)])
    weights = np.maximum(rng.dirichlet(np.full(len(centres), 1.0)), 0.03)
    rows = rng.choice(len(centres), int(rng.choice([1_000, 2_000])), p=weights / weights.sum())
    return centres[rows] + rng.normal(size=(len(rows), d)), len(centres)


def touching(seed: int) -> tuple[np.ndarray, int]:
    """Two to four clusters of unequal width that run into each other."""
    rng = np.random.default_rng([6, seed])
    k, d = int(rng.integers(2, 5)), int(rng.choice([2, 3, 5, 10]))
    width, centres = rng.uniform(0.6, 1.6, k), _apart(rng, k, d, 4.0)
    rows = rng.choice(k, int(rng.choice([1_000, 2_000])), p=rng.dirichlet(np.full(k, 4.0)))
    return centres[rows] + rng.normal(size=(len(rows), d)) * width[rows, None], k


def boxes(seed: int) -> tuple[np.ndarray, int]:
    """Two to eight evenly filled boxes, each turned its own way: stable when cut in two, but without a gap there."""
    rng = np.random.default_rng([7, seed])
    k, d, n = int(rng.integers(2, 9)), int(rng.choice([2, 3, 5])), int(rng.choice([800, 2_000, 4_000]))
    sides, centres = rng.uniform(0.6, 1.6, (k, d)), _apart(rng, k, d, float(rng.uniform(1.7, 2.6)))
    turned = np.stack([np.linalg.qr(rng.normal(size=(d, d)))[0] for _ in range(k)])
    rows = rng.choice(k, n, p=rng.dirichlet(np.full(k, 6.0)))
    return np.einsum("nij,nj->ni", turned[rows], rng.uniform(-0.5, 0.5, (n, d)) * sides[rows]) + centres[rows], k


def _apart(rng: np.random.Generator, k: int, d: int, apart: float) -> np.ndarray:
    """`k` places of which no two are nearer than `apart`, in a box that grows until they fit."""
    places, box = list[np.ndarray](), apart * max(1.6, 1.3 * k ** (1 / d))
    while len(places) < k:
        place = rng.uniform(0, box, d)
        box *= 1.01
        if all(np.linalg.norm(place - other) >= apart for other in places):
            places.append(place)
    return np.array(places)


def published(folder: Path) -> None:
    """Every criterion on the sets that k-means can recover."""
    exact, near, sets = Counter[str](), Counter[str](), 0
    for file in sorted(folder.glob("*/*.data.gz")):
        X = np.loadtxt(file, ndmin=2)
        labels = np.loadtxt(str(file).replace(".data.gz", ".labels0.gz")).astype(int)
        k = int(labels.max())
        known = labels > 0
        if k > 15 or adjusted_rand_score(labels[known], fit_kmeans(X, k).labels[known]) < 0.8:
            continue
        sets += 1
        found = chosen(X)
        exact.update(name for name, pick in found.items() if pick == k)
        near.update(name for name, pick in found.items() if pick is not None and abs(pick - k) <= 1)
        print(f"{file.parent.name}/{file.name.split('.')[0]:12s} K = {k:2d}  {found}")
    for name in found:
        print(f"{name:20s} exact {exact[name]} of {sets}, within one {near[name]}")


def told(made: Callable[[int], tuple[np.ndarray, int]], draws: int) -> None:
    """Every criterion on `draws` draws of one kind, whatever k-means can recover."""
    hits, near, sets = Counter[str](), Counter[str](), 0
    for seed in range(draws):
        X, k = made(seed)
        sets += 1
        found = chosen(X)
        hits.update(name for name, pick in found.items() if pick == k)
        near.update(name for name, pick in found.items() if pick is not None and abs(pick - k) <= 1)
    for name, count in hits.most_common():
        print(f"{made.__name__}: {name:20s} exact on {count} of {sets}, within one on {near[name]}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--published", type=Path)
    asked = parser.parse_args()
    if asked.published:
        published(asked.published)
        return
    kinds = ("uniform", "gaussian", "log-normal")
    for made in (blobs, scales, touching, boxes):
        told(made, asked.draws // 2)
    ones = Counter[str]()
    for seed in range(asked.draws):
        kind = kinds[seed % 3]
        ones[kind] += chosen(structureless(kind, seed))["auto"] == 1
        if seed % 20 == 19 or seed == asked.draws - 1:
            print(f"K = 1 on {ones.total()} of {seed + 1} structureless draws: {dict(ones)}", flush=True)


if __name__ == "__main__":
    main()
