"""Rules: the SQL picks exactly the customers the rule was measured on, and planted boxes are found."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from shoal.engines.contract import Engine
from shoal.features.result import FeatureInfo, Features
from shoal.measures.rounding import shortest_between
from shoal.segments.rules import find_rules
from shoal.words.language import Text
from shoal.words.provenance import Made


def features_of(columns: dict[str, np.ndarray]) -> Features:
    n = len(next(iter(columns.values())))
    table = pa.table({"customer_id": [f"c{i:05d}" for i in range(n)], **{k: pa.array(v) for k, v in columns.items()}})
    infos = tuple(FeatureInfo(name, "orders", "count", "orders", Text.same(name), Text.same(name)) for name in columns)
    empty = pa.table({"product_id": pa.array([], pa.string()), "category_key": pa.array([], pa.string())})
    return Features(made=Made("features"), table=table, product_groups=empty, columns=infos)


def planted(n: int = 3000, seed: int = 0) -> tuple[Features, np.ndarray]:
    rng = np.random.default_rng(seed)
    orders, days = rng.poisson(4, n).astype(float), rng.uniform(0, 200, n)
    noise = rng.normal(size=n)
    labels = np.where((orders > 5) & (days <= 60), 0, np.where(days > 150, 1, 2))
    return features_of({"orders": orders, "days": days, "noise": noise}), labels


def test_a_planted_box_is_found_with_its_conditions() -> None:
    features, labels = planted()
    first, second, _ = find_rules(features, labels, 3)
    assert first.f1 > 0.98
    assert {(c.feature, c.side) for c in first.conditions} == {("orders", ">"), ("days", "<=")}
    assert next(c.threshold for c in first.conditions if c.feature == "orders") == 5
    assert [(c.feature, c.side) for c in second.conditions] == [("days", ">")]
    assert second.precision > 0.97
    assert second.recall > 0.97


@pytest.mark.parametrize("seed", range(5))
def test_the_sql_gives_exactly_the_customers_of_the_rule(engine: Engine, seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.lognormal(size=(800, 3))
    values[rng.random(values.shape) < 0.1] = np.nan
    features = features_of({'od"d name': values[:, 0], "b": values[:, 1], "c": values[:, 2]})
    table = features.table
    for name in table.column_names[1:]:
        column = pa.array(table[name].to_numpy(), from_pandas=True)
        table = table.set_column(table.column_names.index(name), name, column)
    engine.register("features", table)
    labels = rng.integers(0, 3, 800)
    for number, rule in enumerate(find_rules(features, labels, 3)):
        met = {row[0] for row in engine.rows(f"SELECT customer_id FROM features WHERE {rule.sql}")}
        assert len(met) == rule.customers
        inside = {f"c{i:05d}" for i in np.flatnonzero(labels == number)}
        assert rule.precision == pytest.approx(len(met & inside) / max(1, len(met)))
        assert rule.recall == pytest.approx(len(met & inside) / len(inside))
        assert len(rule.conditions) <= 3


def test_one_segment_is_everybody() -> None:
    features, labels = planted(200)
    (rule,) = find_rules(features, np.zeros_like(labels), 1)
    assert (rule.conditions, rule.sql, rule.customers, rule.f1) == ((), "TRUE", 200, 1.0)


def test_the_order_of_rows_changes_no_rule() -> None:
    features, labels = planted(500)
    order = np.random.default_rng(1).permutation(500)
    shuffled = Features(
        made=features.made,
        table=features.table.take(order),
        product_groups=features.product_groups,
        columns=features.columns,
    )
    assert find_rules(features, labels, 3) == find_rules(shuffled, labels[order], 3)


@pytest.mark.parametrize(
    ("low", "high", "between"),
    [(2.0, 3.0, 2.0), (0.123456, 0.19, 0.13), (99.7, 105.2, 100.0), (-3.0, -1.5, -3.0), (0.0, 4.0, 0.0),
     (1e-9, 2.5e-9, 1e-9), (12.3456, 12.3457, 12.3456), (38135.2, 40211.9, 40000.0)],
)  # fmt: skip
def test_a_threshold_has_the_fewest_digits(low: float, high: float, between: float) -> None:
    assert low <= between < high
    assert shortest_between(low, high) == between
