"""What a card says: favourite products that chance does not explain, typical customers that are real."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import hypergeom

from shoal.engines.duckdb import DuckDBEngine
from shoal.events.result import EventLog
from shoal.features.result import Features
from shoal.segments.cards import card
from shoal.segments.products import with_products
from shoal.segments.result import Segments
from shoal.segments.rule import Condition
from shoal.segments.segment import segment
from shoal.segments.settings import SegmentSettings
from shoal.segments.table import table_features
from shoal.segments.typical import with_typical
from shoal.show.blocks import Table
from shoal.words.clock import DAY_S, Clock
from shoal.words.language import Text
from tests.segments.made import features_of

AS_OF = 20_000 * DAY_S
EACH = 40


def _two() -> tuple[Features, Segments]:
    """Forty who spend on tea and forty who spend on rice."""
    draw = np.random.default_rng(0)
    tea = np.r_[draw.uniform(40, 60, EACH), draw.uniform(0, 4, EACH)]
    features = features_of(
        {
            "days_since_last_order": draw.uniform(1, 90, 2 * EACH),
            "orders": draw.poisson(3, 2 * EACH) + 1.0,
            "spend_total": tea + tea[::-1],
            "spend_in_Tea": tea,
            "spend_in_Rice": tea[::-1],
        }
    )
    return features, segment(features, SegmentSettings(k=2, space="tastes"))


def _log(engine: DuckDBEngine, bought: list[tuple[str, str, int]], names: dict[str, str]) -> EventLog:
    """A log of purchases: who, what, how many days before the cut."""
    who, what, days = zip(*bought, strict=True)
    second = [AS_OF - day * DAY_S - 60 for day in days]
    engine.register(
        "events",
        pa.table({"customer_id": who, "product_id": what, "event_type": ["purchase"] * len(who), "ts_s": second}),
    )
    engine.register("products", pa.table({"product_id": list(names), "name": list(names.values())}))
    clock = Clock(AS_OF, 365, 90, "UTC")
    has, types = frozenset({"product_id"}), frozenset({"purchase"})
    return EventLog(
        engine, "events", has, types, min(second), max(second), len(who), 80, "UTC", "GBP", clock, bool(names)
    )


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    with DuckDBEngine(tmp_path, memory="500MB", threads=1) as session:
        yield session


def test_a_favourite_product_has_its_buyers_its_name_and_its_shrunk_lift(engine: DuckDBEngine) -> None:
    """Everybody bought salt; 30 of the first forty oolong too. Of 110 choices 30 are oolong, of the first's 70 all 30:
    expected 30 * 70 / 110 = 19.09, so the lift is (30 + 5) / (19.09 + 5) = 1.453."""
    features, found = _two()
    ids = features.table["customer_id"].to_pylist()
    bought = [(one, "salt", 9) for one in ids] + [(one, "p7", 9) for one in ids[:30]]
    told = with_products(found, _log(engine, bought, {"p7": "Oolong </script>"}))
    tea = next(one for one in told.segments if one.favourites[0].label.en == "Tea")
    (favourite,) = tea.products
    assert (favourite.product_id, favourite.name, favourite.buyers) == ("p7", "Oolong </script>", 30)
    assert favourite.share == pytest.approx(30 / 40)
    assert favourite.lift == pytest.approx(35 / (30 * 70 / 110 + 5))
    assert favourite.p < 0.001
    assert [one.products for one in told.segments if one is not tea] == [()]


def test_products_that_nobody_likes_are_counted_as_looked_at_too(engine: DuckDBEngine) -> None:
    """Twenty products with five buyers each, of whom no segment has five: with salt and oolong 22 were looked at, in
    two segments. The chance of oolong alone is hypergeometric: 30 of its 30 among the first's choices."""
    features, found = _two()
    ids = features.table["customer_id"].to_pylist()
    bought = [(one, "salt", 9) for one in ids] + [(one, "oolong", 9) for one in ids[:30]]
    bought += [(ids[at], f"p{what:02d}", 9) for what in range(20) for at in (what, what + 1, what + 40, what + 41, 79)]
    told = with_products(found, _log(engine, bought, {}))
    (favourite,) = next(one for one in told.segments if one.favourites[0].label.en == "Tea").products
    first = 40 + 30 + 2 * 20
    assert favourite.p == pytest.approx(2 * 22 * hypergeom.sf(29, len(bought), 30, first))


def test_purchases_after_the_cut_or_before_the_look_back_and_repeats_count_for_nothing(engine: DuckDBEngine) -> None:
    features, found = _two()
    ids = features.table["customer_id"].to_pylist()
    bought = [(one, "salt", 9) for one in ids] + [(one, "old", 400) for one in ids[:30]]
    bought += [(ids[0], "again", day) for day in range(1, 60)]
    told = with_products(found, _log(engine, bought, {}))
    assert [one.products for one in told.segments] == [(), ()]


def test_products_drawn_by_lot_are_nobodys_favourites(engine: DuckDBEngine) -> None:
    features, found = _two()
    draw = np.random.default_rng(3)
    ids = features.table["customer_id"].to_pylist()
    bought = [(one, f"p{what:02d}", 9) for one in ids for what in draw.choice(60, 12, replace=False)]
    assert [one.products for one in with_products(found, _log(engine, bought, {})).segments] == [(), ()]


def test_a_log_without_products_leaves_the_cards_as_they_are(engine: DuckDBEngine) -> None:
    _, found = _two()
    log = _log(engine, [("c0000000", "salt", 9)], {})
    assert with_products(found, replace(log, has=frozenset())) is found


def test_typical_customers_are_real_near_the_median_and_told_in_words() -> None:
    features, found = _two()
    tea = next(one for one in found.segments if one.favourites[0].label.en == "Tea")
    assert len(tea.typical) == 3
    assert len({one.text.en for one in tea.typical}) == 3
    for one in tea.typical:
        row = features.table["customer_id"].to_pylist().index(one.customer_id)
        assert found.table["segment"][row].as_py() == tea.number
        orders, spend = (features.table[name][row].as_py() for name in ("orders", "spend_total"))
        assert one.text.en.startswith("1 order," if orders == 1 else f"{orders:.0f} orders, GBP {spend:.0f} in all")
        assert one.text.en.endswith("mostly Tea")
        assert one.text.zh.endswith("以Tea为主")


def test_the_middle_customer_of_three_is_the_typical_one() -> None:
    features = features_of({"orders": [1, 5, 9], "spend_total": [10, 50, 90], "days_since_last_order": [1, 2, 3]})
    (one,) = with_typical(segment(features, SegmentSettings(k=1)).segments, features, np.zeros(3, dtype=np.int64))
    assert one.typical[0].customer_id == "c0000001"


def test_typical_customers_of_a_plain_table_are_told_by_its_columns() -> None:
    income = np.r_[np.full(20, 90.0), np.full(20, 20.0)] + np.arange(40) % 5
    first = segment(features_of({"income": income}), SegmentSettings(k=2, space="standardised")).segments[0]
    assert {one.text.en.split()[0] for one in first.typical} == {"income"}


def test_no_id_stands_on_a_card() -> None:
    features, found = _two()
    shown = [repr(block) for one in found.segments for block in card(one, features.columns).blocks]
    assert not any(one.customer_id in words for words in shown for s in found.segments for one in s.typical)
    tables = [block for block in card(found.segments[0], features.columns).blocks if isinstance(block, Table)]
    assert tables[-1].columns[0].label.en == "Typical customers"


def test_typical_customers_of_a_table_with_texts_are_told_by_what_they_say_not_by_orders() -> None:
    plan = ["gold", "free"] * 30
    table = pa.table(
        {"member": [f"m{i}" for i in range(60)], "visits": [float(i % 5) for i in range(60)], "plan": plan}
    )
    found = segment(table_features(table, levels=True).features, SegmentSettings(k=2, algorithm="kprototypes"))
    assert [[one.text.en for one in part.typical] for part in found.segments] == [["plan is gold"], ["plan is free"]]


def test_a_rule_says_a_level_and_its_absence_in_words() -> None:
    """No number stands for a text: "plan is gold" and "not plan is gold", never "plan is gold above 0"."""
    label = Text("plan is gold", "plan为gold")
    stands, lacks = (Condition("plan = gold", side, 0.0, label, level=True) for side in (">", "<="))
    assert (stands.text, lacks.text) == (label, Text("not plan is gold", "非“plan为gold”"))
    plan = ["gold", "free"] * 30
    table = pa.table(
        {"member": [f"m{i}" for i in range(60)], "visits": [float(i % 5) for i in range(60)], "plan": plan}
    )
    found = segment(table_features(table, levels=True).features, SegmentSettings(k=2, algorithm="kprototypes"))
    assert {one.rule.conditions[0].level for one in found.segments} == {True}
    assert all(condition.level for leaf in found.tree.leaves for condition in leaf.conditions)
