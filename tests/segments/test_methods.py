"""Every method there is, found by walking: the same contract for all of them, then what each is for."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import replace
from time import process_time

import msgspec
import numpy as np
import pytest
from sklearn.cluster import BisectingKMeans, KMeans
from sklearn.datasets import make_blobs, make_moons
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

from shoal.measures.clustering import Floats, nearest
from shoal.segments import algorithms
from shoal.segments.algorithms.labelled import ContradictionError
from shoal.segments.algorithms.prototypes import prototypes
from shoal.segments.algorithms.registry import METHODS
from shoal.segments.algorithms.task import Found, Method, Task
from shoal.segments.segmenter import Segmenter

WALKED: dict[str, Method] = {
    module.METHOD.name: module.METHOD
    for found in pkgutil.iter_modules(algorithms.__path__, "shoal.segments.algorithms.")
    if hasattr(module := importlib.import_module(found.name), "METHOD")
}


def _blobs(rows: int = 300) -> Floats:
    X, _ = make_blobs(rows, centers=[[0, 0], [12, 0], [0, 12]], random_state=0)
    return np.asarray(X)


def _task(X: Floats, k: int = 3) -> Task:
    known = np.full(len(X), -1)
    known[:3] = KMeans(3, random_state=0).fit_predict(X)[:3] if len(X) >= 3 else 0
    return Task(X, k, known=np.where(known >= k, 0, known))


def _placed(found: Found, X: Floats) -> np.ndarray:
    if found.membership is None:
        labels = nearest(X, found.centres).label
        labels[[row for row, _ in found.pinned]] = [group for _, group in found.pinned]
        return labels
    return found.membership.place(X, found.centres).label


@pytest.fixture(params=sorted(WALKED))
def method(request: pytest.FixtureRequest) -> Method:
    return WALKED[request.param]


def test_the_registry_holds_every_method_and_there_are_nine() -> None:
    assert len(WALKED) >= 9
    assert WALKED == METHODS


def test_three_plain_groups_are_found(method: Method) -> None:
    X, y = make_blobs(300, centers=[[30, 1], [1, 30], [30, 30]], random_state=0)
    assert adjusted_rand_score(y, method.fit(_task(np.asarray(X))).labels) == 1.0


def test_what_was_found_gives_its_labels_back_on_the_same_rows(method: Method) -> None:
    X = np.random.default_rng(1).normal(size=(400, 4))
    found = method.fit(_task(X))
    assert (_placed(found, X) == found.labels).all()
    order = np.random.default_rng(2).permutation(len(X))
    if not found.pinned:
        assert (_placed(found, X[order]) == found.labels[order]).all()
        assert (np.concatenate([_placed(found, X[:7]), _placed(found, X[7:])]) == found.labels).all()


def test_every_group_has_rows_and_its_centre_and_inertia_are_finite(method: Method) -> None:
    found = method.fit(_task(np.round(np.random.default_rng(3).normal(size=(200, 2)))))
    assert set(found.labels.tolist()) == set(range(len(found.centres)))
    assert np.isfinite(found.centres).all()
    assert np.isfinite(found.inertia)


def test_two_fits_are_equal_to_the_last_bit(method: Method) -> None:
    X = np.random.default_rng(4).normal(size=(500, 3))
    first, second = (method.fit(_task(X)) for _ in range(2))
    assert first.centres.tobytes() == second.centres.tobytes()
    assert first.membership == second.membership


def test_groups_can_be_renumbered_and_stay_the_same_groups(method: Method) -> None:
    X = _blobs()
    found = method.fit(_task(X))
    place = np.roll(np.arange(len(found.centres)), 1)
    moved = found.renumbered(place)
    assert (moved.labels == place[found.labels]).all()
    assert (_placed(moved, X) == moved.labels).all()


def test_the_rule_survives_json(method: Method) -> None:
    X = _blobs()
    found = method.fit(_task(X))
    if found.membership is None:
        assert isinstance(found.centres.tolist(), list)
        return
    again = msgspec.convert(msgspec.json.decode(msgspec.json.encode(found.membership)), type(found.membership))
    assert (_placed(replace(found, membership=again), X) == found.labels).all()


def test_confidence_is_between_0_and_1(method: Method) -> None:
    X = np.random.default_rng(5).normal(size=(300, 3))
    confidence = Segmenter(3, algorithm=method.name, random_state=0).fit(X, _task(X).known).confidence_
    assert ((confidence >= 0) & (confidence <= 1)).all()


def test_identical_rows_are_one_group_or_are_refused_not_a_crash(method: Method) -> None:
    found = method.fit(Task(np.ones((50, 2)), 1, known=np.r_[0, np.full(49, -1)]))
    assert len(found.centres) == 1
    assert found.inertia == 0


def test_bisecting_has_scikit_learns_centres() -> None:
    X = np.random.default_rng(6).normal(size=(500, 3))
    theirs = BisectingKMeans(6, init="k-means++", n_init=10, random_state=0).fit(X)
    assert np.allclose(METHODS["bisecting"].fit(Task(X, 6)).centres, theirs.cluster_centers_)


def test_the_mixture_has_scikit_learns_labels_and_probabilities() -> None:
    draw = np.random.default_rng(7)
    X = np.vstack([draw.normal(size=(300, 2)) * [6, 0.3], draw.normal(size=(300, 2)) * [6, 0.3] + [0, 3]])
    theirs = GaussianMixture(2, n_init=3, random_state=0, max_iter=300, init_params="random_from_data").fit(X)
    ours = METHODS["mixture"].fit(Task(X, 2))
    assert adjusted_rand_score(theirs.predict(X), ours.labels) == 1.0
    p = np.sort(theirs.predict_proba(X), axis=1)
    assert ours.membership.place(X, ours.centres).confidence == pytest.approx(1 - p[:, 0] / p[:, 1], abs=1e-4)
    assert adjusted_rand_score(np.repeat([0, 1], 300), ours.labels) > 0.95  # k-means cuts across
    assert adjusted_rand_score(np.repeat([0, 1], 300), METHODS["kmeans"].fit(Task(X, 2)).labels) < 0.1


def test_density_finds_bent_groups_and_says_who_stands_alone() -> None:
    X, y = make_moons(500, noise=0.05, random_state=0)
    X = np.vstack([X, [[8.0, 8.0], [-9.0, 5.0]]])
    found = METHODS["hdbscan"].fit(Task(X, 0))
    assert len(found.centres) == 2
    assert adjusted_rand_score(y, found.labels[:500]) > 0.98
    confidence = found.membership.place(X, found.centres).confidence
    assert (confidence[500:] == 0).all()
    assert (confidence[:500] == 0).mean() < 0.05


def test_density_finds_one_group_where_nearly_all_stand_alone() -> None:
    alone = np.random.default_rng(0).standard_cauchy(size=(400, 6))
    assert len(METHODS["hdbscan"].fit(Task(alone, 0)).centres) == 1


def test_a_prototype_has_means_and_modes() -> None:
    centres = np.array([[2.5, 0.6, 0.4, 0.0], [1.0, 0.1, 0.3, 0.6]])
    rows = np.diag([1.0, 2.0, 2.0, 2.0])
    assert prototypes(centres, ((1, 2, 3),), rows).tolist() == [[2.5, 2.0, 0.0, 0.0], [1.0, 0.0, 0.0, 2.0]]


def test_k_prototypes_tells_by_text_what_numbers_do_not() -> None:
    draw = np.random.default_rng(8)
    kind = np.repeat([0, 1, 2], 200)
    number = draw.normal(size=600)
    level = np.eye(3)[np.where(draw.random(600) < 0.95, kind, draw.integers(0, 3, 600))]
    found = METHODS["kprototypes"].fit(Task(np.column_stack([0.2 * number, level]), 3, blocks=((1, 2, 3),)))
    assert adjusted_rand_score(kind, found.labels) > 0.85
    assert sorted(map(tuple, found.centres[:, 1:].tolist())) == [(0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)]


def test_k_prototypes_over_many_rows_takes_a_second_or_two() -> None:
    draw = np.random.default_rng(9)
    levels = [np.eye(4)[draw.integers(0, 4, 20_000)] for _ in range(10)]
    X = np.column_stack([draw.normal(size=(20_000, 10)), *levels])
    blocks = tuple(tuple(range(10 + 4 * i, 14 + 4 * i)) for i in range(10))
    before = process_time()
    found = METHODS["kprototypes"].fit(Task(X, 5, blocks=blocks, n_init=3))
    assert process_time() - before < 10
    assert (np.bincount(found.labels) > 0).all()


def test_labels_are_kept_even_against_the_distances() -> None:
    X = _blobs()
    plain = METHODS["kmeans"].fit(Task(X, 3)).labels
    known = np.full(300, -1)
    known[:60] = plain[:60]
    known[0] = (plain[0] + 1) % 3  # a person says otherwise
    found = METHODS["labelled"].fit(Task(X, 3, known=known))
    assert (found.labels[:60] == known[:60]).all()
    assert found.pinned == ((0, int(known[0])),)
    assert (found.labels[60:] == plain[60:]).all()


def test_pairs_stay_together_or_apart() -> None:
    X = _blobs()
    plain = METHODS["kmeans"].fit(Task(X, 3)).labels
    near, far = np.flatnonzero(plain == plain[0])[:2], int(np.flatnonzero(plain != plain[0])[0])
    found = METHODS["labelled"].fit(Task(X, 3, must=((0, far),), cannot=((int(near[0]), int(near[1])),)))
    assert found.labels[0] == found.labels[far]
    assert found.labels[near[0]] != found.labels[near[1]]


def test_words_that_contradict_each_other_name_the_rows() -> None:
    X = _blobs()
    with pytest.raises(ContradictionError) as told:
        METHODS["labelled"].fit(Task(X, 3, must=((1, 2), (2, 3)), cannot=((3, 1),)))
    assert set(told.value.args) == {1, 3}
    with pytest.raises(ContradictionError):
        METHODS["labelled"].fit(Task(X, 3, known=np.r_[0, 1, np.full(298, -1)], must=((0, 1),)))
    with pytest.raises(ContradictionError):  # three who must all be apart in two groups
        METHODS["labelled"].fit(Task(X, 2, cannot=((0, 1), (1, 2), (0, 2))))


def test_the_rule_tree_says_its_groups_in_the_features_own_units() -> None:
    orders = np.r_[np.full(50, 1.0), np.full(50, 6.0)]
    spend = np.tile([10.0, 400.0], 50)
    values = np.column_stack([orders, spend])
    points = (values - values.mean(0)) / values.std(0)
    found = METHODS["rules"].fit(Task(points, 4, values=values))
    said = {
        group: {(axis, side): threshold for axis, side, threshold in found.membership.conditions(group)}
        for group in range(4)
    }
    for group in range(4):
        inside = np.ones(100, dtype=bool)
        for (axis, side), threshold in said[group].items():
            inside &= values[:, axis] <= threshold if side == "<=" else values[:, axis] > threshold
        assert (inside == (found.labels == group)).all()
    thresholds = {(axis, value) for one in said.values() for (axis, _), value in one.items()}
    assert thresholds <= {(0, 1.0), (0, 2.0), (0, 3.0), (1, 10.0), (1, 100.0)}


def test_a_feature_that_is_empty_for_somebody_makes_no_rule() -> None:
    values = np.column_stack([np.r_[np.nan, np.arange(99.0)], np.arange(100.0)])
    found = METHODS["rules"].fit(Task(np.arange(100.0)[:, None], 2, values=values))
    assert {axis for group in (0, 1) for axis, _, _ in found.membership.conditions(group)} == {1}


def test_factors_group_by_what_is_liked_not_by_how_much() -> None:
    draw = np.random.default_rng(10)
    taste = np.repeat([0, 1, 2], 100)
    likes = draw.poisson(np.array([[8, 8, 0.1, 0.1, 1, 1], [0.1, 0.1, 8, 8, 1, 1], [1, 1, 0.1, 0.1, 8, 8]])[taste])
    much = draw.choice([1, 5, 60], 300)[:, None]
    found = METHODS["factors"].fit(Task(np.asarray(likes * much, dtype=float), 3))
    assert adjusted_rand_score(taste, found.labels) > 0.95
    assert adjusted_rand_score(taste, METHODS["kmeans"].fit(Task(likes * much * 1.0, 3)).labels) < 0.5


def test_a_method_that_is_none_and_too_few_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="kmeans, minibatch"):
        Segmenter(2, algorithm="magic").fit([[0.0], [1.0]])
    with pytest.raises(ValueError, match="n_samples=1"):
        Segmenter(2, algorithm="mixture").fit([[0.0]])
