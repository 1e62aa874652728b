"""Gaussian mixture: groups that may be long, flat or of unequal width, each a normal distribution of its own.

Source: Dempster, Laird and Rubin 1977; scikit-learn's. The one thing to know: a customer belongs where the posterior
probability is largest, and the confidence is 1 - second / first probability.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
from scipy.special import logsumexp
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from shoal.measures.clustering import Floats, Labels, Nearest
from shoal.segments.algorithms.kmeans import single_thread
from shoal.segments.algorithms.task import Found, Method, Task, by_rule

FIT_ROWS = 50_000
"""More customers than this move the distributions no more; the rest are placed by them."""
ROWS_A_NUMBER = 5
"""A group needs so many customers for each number of its covariance, else the axes are taken as independent."""
MOST_RUNS = 3
COMPARE_ROWS = 5_000
FLOOR = 1e-6
TINY = 1e-300
BLOCK = 8_192


@dataclass(frozen=True, slots=True)
class Mixture:
    """The distributions: share, mean (d), and the square root of the inverse covariance (d, d) or (d) of each."""

    kept_as: ClassVar[str] = "mixture"

    log_shares: tuple[float, ...]
    means: tuple[tuple[float, ...], ...]
    roots: tuple[tuple[tuple[float, ...], ...], ...]

    def place(self, rows: Floats, centres: Floats) -> Nearest:  # noqa: ARG002  the distributions hold their own means
        """The likeliest group of each row, and the next; "distances" are 1 / posterior probability."""
        parts = [self._placed(rows[start : start + BLOCK]) for start in range(0, max(len(rows), 1), BLOCK)]
        return Nearest(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def _placed(self, rows: Floats) -> tuple[Labels, Labels, Floats, Floats]:
        log = np.column_stack([self._log_density(rows, group) for group in range(len(self.means))])
        posterior = np.exp(log - logsumexp(log, axis=1, keepdims=True))
        at = np.arange(len(rows))
        label = log.argmax(axis=1)
        first = posterior[at, label]
        if log.shape[1] == 1:
            return label, np.full(len(rows), -1, dtype=np.int64), 1 / first, np.full(len(rows), np.inf)
        log[at, label] = -np.inf
        second = log.argmax(axis=1)
        return label, second, 1 / first, 1 / np.maximum(posterior[at, second], TINY)

    def _log_density(self, rows: Floats, group: int) -> Floats:
        """Axis by axis, so that a row's number is the same to the last bit whatever rows stand beside it."""
        root, apart = np.array(self.roots[group]), rows - np.array(self.means[group])
        if root.shape[0] == 1:
            turned = apart * root[0]
            log_root = float(np.log(root[0]).sum())
        else:
            turned = np.zeros_like(apart)
            for axis, weights in enumerate(root):
                turned += apart[:, axis, None] * weights
            log_root = float(np.log(np.diag(root)).sum())
        return np.asarray(self.log_shares[group] + log_root - 0.5 * np.einsum("ij,ij->i", turned, turned))

    def renumbered(self, place: Labels) -> Self:
        """The same distributions in another order."""
        return self.only(np.argsort(place))

    def only(self, groups: Labels) -> Self:
        """These distributions, in this order."""
        picked = {name: tuple(getattr(self, name)[i] for i in groups) for name in ("log_shares", "means", "roots")}
        return replace(self, **picked)


def fit(task: Task) -> Found:
    """Groups of the largest posterior probability, learned on at most `FIT_ROWS` customers.

    Covariances are full where there are customers enough for them, else diagonal. Fewer groups than asked come back
    where a distribution is nobody's likeliest.
    """
    rows = task.points[task.sample(FIT_ROWS)]
    full, model = _fitted(rows, task.k, min(task.n_init, MOST_RUNS), task)
    roots = model.precisions_cholesky_ if full else model.precisions_cholesky_[:, None, :]
    learned = Mixture(
        tuple(np.log(model.weights_).tolist()),
        tuple(map(tuple, model.means_.tolist())),
        tuple(tuple(map(tuple, root)) for root in roots.tolist()),
    )
    learned = learned.only(np.unique(learned.place(task.points, model.means_).label))
    return by_rule(task, learned, int(model.n_iter_), bool(model.converged_), len(rows))


def _fitted(rows: Floats, k: int, runs: int, task: Task) -> tuple[bool, GaussianMixture]:
    """Whether covariances are full, and the likeliest of EM from k-means and from so many random starts.

    Both, because EM from k-means seldom leaves groups that were cut across.
    """
    n, d = rows.shape
    full = n >= ROWS_A_NUMBER * k * d * (d + 1) / 2
    floor = FLOOR * max(float(rows.var(axis=0).mean()), 1e-12)
    kind = {"covariance_type": "full" if full else "diag", "reg_covar": floor, "random_state": task.seed}
    starts = {"kmeans": 1} if k == 1 else {"kmeans": 1, "random_from_data": runs}
    with single_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # told by `converged`
        tried = [
            GaussianMixture(k, init_params=start, n_init=n_init, max_iter=task.max_iter, **kind).fit(rows)
            for start, n_init in starts.items()
        ]
    return full, max(tried, key=lambda model: float(model.lower_bound_))


def best_k(task: Task, highest: int) -> int:
    """The number of distributions with the lowest BIC (Schwarz 1978), from 1 to `highest`, on a sample."""
    rows = task.points[task.sample(COMPARE_ROWS)]
    scores = [float(_fitted(rows, k, 1, task)[1].bic(rows)) for k in range(1, highest + 1)]
    return int(np.argmin(scores)) + 1


METHOD = Method("mixture", fit, best_k=best_k)
