from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.utils.estimator_checks import check_estimator

from shoal.segments.algorithms.kmeans import fit_kmeans
from shoal.segments.segmenter import Segmenter


def test_it_keeps_scikit_learns_manners() -> None:
    done = check_estimator(Segmenter(), on_skip=None)
    assert len(done) >= 30
    assert {one["status"] for one in done} <= {"passed", "skipped"}


@pytest.mark.parametrize("init", ["k-means++", "random"])
@pytest.mark.parametrize("k", [2, 5, 9])
def test_it_finds_what_scikit_learn_finds(k: int, init: str) -> None:
    X, _ = make_blobs(500, centers=6, n_features=4, random_state=1)
    theirs = KMeans(k, init=init, n_init=10, max_iter=300, random_state=7).fit(X)
    ours = Segmenter(k, init=init, random_state=7).fit(X)
    assert (ours.labels_ == theirs.labels_).all()
    assert ours.inertia_ == pytest.approx(theirs.inertia_)
    assert ours.n_iter_ == theirs.n_iter_
    assert ours.converged_


def test_predict_repeats_the_labels_of_the_fit() -> None:
    X, _ = make_blobs(300, centers=4, random_state=2)
    fitted = Segmenter(4, random_state=0).fit(X)
    assert (fitted.predict(X) == fitted.labels_).all()


def test_being_stopped_early_is_known() -> None:
    X = np.random.default_rng(0).normal(size=(2_000, 5))
    assert not Segmenter(8, n_init=1, max_iter=1, random_state=0).fit(X).converged_


def test_seeds_from_a_sample_give_nearly_the_inertia_of_all_rows() -> None:
    X = np.random.default_rng(5).normal(size=(8_000, 6))
    whole = fit_kmeans(X, 8, random_state=0)
    seeded = fit_kmeans(X, 8, random_state=0, seeding_rows=np.arange(2_000))
    assert seeded.inertia <= 1.005 * whole.inertia
    assert len(seeded.labels) == 8_000


def test_two_fits_are_equal_to_the_last_bit() -> None:
    X = np.random.default_rng(5).normal(size=(3_000, 6))
    first, second = (fit_kmeans(X, 6, random_state=0) for _ in range(2))
    assert first.centres.tobytes() == second.centres.tobytes()
