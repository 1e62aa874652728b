"""Product groups: products that the same people buy end up together, whatever the order of rows."""

from __future__ import annotations

import random

from shoal.features.build import build
from shoal.features.factors import learn_product_groups
from tests.features.conftest import MakeLog, event

KINDS = {"tea": "china tea", "pan": "iron pan", "toy": "wooden toy"}


def planted(seed: int = 1) -> tuple[list[dict], dict[str, str]]:
    """Three kinds of ten products; each customer buys of one kind, one purchase in twenty of another."""
    rng, names = random.Random(seed), {}
    events = []
    for n in range(150):
        kind = list(KINDS)[n % 3]
        for buy in range(8):
            bought = kind if rng.random() < 0.95 else rng.choice(list(KINDS))
            code = f"{bought}{rng.randrange(10)}"
            names[code] = f"{KINDS[bought]} number {code[-1]}"
            events.append(event(f"c{n:03d}", 55 + buy * 5 + rng.random(), 5, product_id=code))
    return events, names


def test_products_bought_by_the_same_people_share_a_group(make_log: MakeLog) -> None:
    events, names = planted()
    log = make_log(events, names=names)
    groups = learn_product_groups(log, log.clock, "purchase", seed=0)
    kinds = {}
    for product, key in zip(*(column.to_pylist() for column in groups.columns), strict=True):
        kinds.setdefault(key, set()).add(product[:3])
    assert sorted(map(sorted, kinds.values())) == [["pan"], ["tea"], ["toy"]]


def test_groups_are_named_by_the_words_their_products_share(make_log: MakeLog) -> None:
    events, names = planted()
    log = make_log(events, names=names)
    labels = {c.label.en for c in build(log, log.clock).categories}
    assert any("Tea" in label for label in labels)
    assert any("Pan" in label for label in labels)


def test_the_order_of_rows_changes_no_group(make_log: MakeLog) -> None:
    events, names = planted()
    log = make_log(events, names=names)
    first = learn_product_groups(log, log.clock, "purchase", seed=0)
    random.Random(9).shuffle(events)
    log = make_log(events, names=names)
    assert first.equals(learn_product_groups(log, log.clock, "purchase", seed=0))


def test_a_shop_of_few_products_has_each_as_its_own_group(make_log: MakeLog) -> None:
    events = [event(f"c{n}", 60 + n, 5, product_id=p) for n in range(6) for p in ("tea", "pan")]
    features = build(log := make_log(events), log.clock)
    assert {c.key for c in features.categories} == {"tea", "pan"}
