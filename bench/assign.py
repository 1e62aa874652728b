"""`assign` for a million customers, by every space and every method: seconds, and the memory it takes beyond the table.

    python bench/assign.py --rows 1000000

Models are learned on 10,000 customers drawn by the seed; the table is streamed in batches, as `shoal assign` does.
Printed are CPU seconds and the growth of the process's peak memory while assigning.
"""

from __future__ import annotations

import argparse
import resource
from time import process_time

import numpy as np
import pyarrow as pa

from shoal.features.result import FeatureInfo, Features
from shoal.segments.algorithms.registry import METHODS
from shoal.segments.grouping import group
from shoal.segments.guidance import Guidance
from shoal.segments.model import BATCH_ROWS, assign_batches
from shoal.segments.settings import SegmentSettings
from shoal.segments.spaces import SPACES
from shoal.words.language import Text
from shoal.words.provenance import Made

KINDS = {"days_since_last_order": "days", "orders": "count", "spend_total": "money"}


def shop(rows: int, seed: int = 0) -> Features:
    """A shop of four kinds of customer with 24 features: recency, orders, spend, twenty categories, one text column."""
    draw = np.random.default_rng(seed)
    kind = draw.integers(0, 4, rows)
    orders = 1.0 + draw.poisson(np.array([1, 4, 9, 20])[kind])
    columns = {
        "days_since_last_order": draw.exponential(np.array([200, 90, 40, 15])[kind]),
        "orders": orders,
        "spend_total": orders * draw.lognormal(3, 0.5, rows),
    }
    likes = draw.dirichlet(np.full(20, 0.4), 4)
    columns |= {f"spend_in_{i:02d}": columns["spend_total"] * likes[kind, i] * draw.random(rows) for i in range(20)}
    table = pa.table({"customer_id": pa.array([f"c{i:08d}" for i in range(rows)])} | columns)
    infos = tuple(
        FeatureInfo(name, "orders", KINDS.get(name, "category_money"), "", Text.same(name), Text.same(name), None,
                    name if name.startswith("spend_in") else None, additive=name != "days_since_last_order")
        for name in columns
    )  # fmt: skip
    plans = pa.array(np.array(["basic", "family", "none"], dtype=object)[draw.integers(0, 3, rows)], pa.string())
    groups = pa.table({"product_id": pa.array([], pa.string()), "category_key": pa.array([], pa.string())})
    made = Made("features", as_of="2024-01-01T00:00:00Z", look_back_days=365)
    return Features(made=made, table=table.append_column("plan", plans), product_groups=groups, columns=infos)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    asked = parser.parse_args()
    few, many = shop(10_000, 1), shop(asked.rows).table
    said = Guidance({f"c{i:08d}": str(i % 3) for i in range(30)})
    ways = [(space, "kmeans") for space in SPACES] + [("behaviour", name) for name in METHODS if name != "kmeans"]
    for space, algorithm in ways:
        k = "auto" if METHODS[algorithm].finds_k else 8
        settings = SegmentSettings(space=space, algorithm=algorithm, k=k, n_init=2)
        model = group(few, settings, guidance=said if algorithm == "labelled" else None).model
        before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, process_time()
        rows = sum(batch.num_rows for batch in assign_batches(model, many.to_batches(BATCH_ROWS)))
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        seconds = process_time() - start
        print(
            f"{space:13s} {algorithm:12s} {rows:,} in {seconds:5.1f} CPU s, peak memory + {grown:4.0f} MB", flush=True
        )


if __name__ == "__main__":
    main()
