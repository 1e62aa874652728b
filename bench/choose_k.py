"""How often is the choice of K right? Generated data with a known answer, and published sets when a folder is given.

    python bench/choose_k.py                       # what the rule was tuned on: generated data only
    python bench/choose_k.py --published FOLDER    # gagolews/clustering-data-v1 (sipu, fcps), looked at once

Printed: K = 1 on structureless draws, K exact on separated blobs, and on published sets every criterion's exact hits
and those within one, on the sets with K <= 15 that k-means recovers at the true K (adjusted Rand >= 0.8).
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import StandardScaler

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


def published(folder: Path) -> None:
    """Every criterion on the sets that k-means can recover."""
    exact, near, sets = Counter[str](), Counter[str](), 0
    for file in sorted(folder.glob("*/*.data.gz")):
        X = StandardScaler().fit_transform(np.loadtxt(file, ndmin=2))
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--published", type=Path)
    asked = parser.parse_args()
    if asked.published:
        published(asked.published)
        return
    kinds = ("uniform", "gaussian", "log-normal")
    hits = Counter[str]()
    for seed in range(asked.draws // 2):
        X, k = blobs(seed)
        hits.update(name for name, pick in chosen(X).items() if pick == k)
    for name, count in hits.most_common():
        print(f"blobs: {name:20s} exact on {count} of {asked.draws // 2}", flush=True)
    ones = Counter[str]()
    for seed in range(asked.draws):
        kind = kinds[seed % 3]
        ones[kind] += chosen(structureless(kind, seed))["auto"] == 1
        if seed % 20 == 19 or seed == asked.draws - 1:
            print(f"K = 1 on {ones.total()} of {seed + 1} structureless draws: {dict(ones)}", flush=True)


if __name__ == "__main__":
    main()
