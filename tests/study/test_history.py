"""The history that later stages read: who did what with which product on which day, summed, over two years."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from shoal.engines.contract import Engine
from shoal.study.history import FILE, write_history
from shoal.study.store import Building
from tests.features.conftest import event, log_of

# The cut is day 100.
EVENTS = [
    event("bob", 70.9, 7, product_id="tea", quantity=None),
    event("ann", 60.1, 10, product_id="tea", quantity=2),
    event("ann", 60.9, 5, product_id="tea", quantity=1),
    event("ann", 60.9, 9, product_id="pot", quantity=1),
    event("ann", 61.0, 4, product_id="tea", quantity=1, event_type="refund"),
    event("ann", 60.5, None, product_id="tea", quantity=None, event_type="view"),
    event("ann", 62.0, 99, product_id=None),
    event("ann", 49.9, 99, product_id="tea"),
    event("ann", 100.0, 99, product_id="tea"),
    event("cid", 50.0, 3, product_id="tea", quantity=3),
]


def test_events_are_summed_by_customer_day_product_and_type(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    building = Building("x", tmp_path / "study", tmp_path)
    file = write_history(log_of(engine, EVENTS), building)
    assert file == tmp_path / "study" / FILE
    assert [tuple(row.values()) for row in pq.read_table(file).to_pylist()] == [
        ("ann", 49, "tea", "purchase", 1, 99),
        ("ann", 60, "pot", "purchase", 1, 9),
        ("ann", 60, "tea", "purchase", 3, 15),
        ("ann", 60, "tea", "view", 1, None),
        ("ann", 61, "tea", "refund", 1, 4),
        ("bob", 70, "tea", "purchase", 1, 7),
        ("cid", 50, "tea", "purchase", 3, 3),
    ]
    assert not (tmp_path / FILE).exists()
