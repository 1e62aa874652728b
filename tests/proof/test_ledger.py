"""The ledger of sources: planted signal gets the credit, noise gets none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from shoal.features.catalogue import CATALOGUE
from shoal.features.result import Lesson
from shoal.proof.ledger import ledger, texts, without
from tests.segments.lessons import lesson_of
from tests.segments.made import features_of

RUNS, ROWS = 100, 400


def _lesson(seed: int, signal: float) -> Lesson:
    """Orders to come follow orders past, and the times of day with strength `signal`; browsing is noise."""
    draw = np.random.default_rng(seed)
    columns = {
        "orders": draw.poisson(4, ROWS).astype(float),
        "share_evening": draw.uniform(size=ROWS),
        **{name: draw.poisson(3, ROWS).astype(float) for name in ("views", "carts", "favourites")},
    }
    expected = 1 + 0.5 * columns["orders"] + signal * columns["share_evening"]
    features = features_of(columns)
    blocks = {"orders": "orders", "share_evening": "time"}
    named = tuple(replace(info, block=blocks.get(info.name, "browsing")) for info in features.columns)
    return lesson_of(replace(features, columns=named), draw.poisson(expected).astype(float))


def test_noise_gets_no_credit_and_signal_does_in_95_of_100_shops() -> None:
    found = [{source.block: source.adds for source in ledger([_lesson(seed, 4.0)], seed)} for seed in range(RUNS)]
    assert sum(one["browsing"].low > 0 for one in found) <= 5
    assert sum(one["time"].low > 0 for one in found) >= 95
    assert sum(one["orders"].low > 0 for one in found) >= 95


def test_noise_of_a_customers_file_gets_no_credit_in_95_of_100_shops() -> None:
    """An age, a town of three and a flag, drawn by lot, some of them not known."""

    def lesson(seed: int) -> Lesson:
        bare, draw = _lesson(seed, 0.0), np.random.default_rng([seed, 1])
        town = draw.integers(0, 3, ROWS)
        drawn = {"age": draw.normal(40, 12, ROWS), "flag": draw.integers(0, 2, ROWS).astype(float)}
        drawn |= {f"town {name}": (town == name).astype(float) for name in range(3)}
        table, infos = bare.features.table, list(bare.features.columns)
        for name, values in drawn.items():
            table = table.append_column(name, pa.array(values, mask=draw.random(ROWS) < 0.1))
            infos.append(replace(infos[0], name=name, block="attributes", kind="number", additive=False))
        return replace(bare, features=replace(bare.features, table=table, columns=tuple(infos)))

    found = [{source.block: source.adds for source in ledger([lesson(seed)], seed)} for seed in range(RUNS)]
    assert sum(one["attributes"].low > 0 for one in found) <= 5


def test_the_most_telling_source_comes_first_and_says_how_many_features_it_has() -> None:
    sources = ledger([_lesson(1, 0.0)], 0)
    assert sources[0].block == "orders"
    assert {source.block: source.features for source in sources} == {"orders": 1, "time": 1, "browsing": 3}


def test_one_source_alone_has_nothing_to_be_compared_with() -> None:
    lesson = _lesson(0, 1.0)
    alone = replace(lesson, features=without(without(lesson.features, "time"), "browsing"))
    assert ledger([alone], 0) == ()


def test_every_block_of_the_catalogue_has_words() -> None:
    assert all(texts.has(f"block.{feature.block}") for feature in CATALOGUE)
