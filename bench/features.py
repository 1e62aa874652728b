"""Features on many events: shoal beside hand-tuned pandas, from the same Parquet file, in one run.

    python bench/features.py --events 20000000 --customers 1000000 --folder bench/data

Each side runs in a process of its own and is asked for the same features of the same customers; the answers are
compared before any ratio is printed. pandas gets what an expert would do: the needed columns only, integers in place of
strings, categoricals, vectorised group-bys, no Python per row.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shoal.features.result import Features

LOOK_BACK, HORIZON = 185, 90
LIBRARIES = {
    "shoal": ("shoal.engines.duckdb", "shoal.features.build", "pyarrow.parquet"),
    "pandas": ("pandas", "numpy", "pyarrow.parquet"),
}
"""Loaded before the clock starts, on both sides: what is measured is the work, not the start of Python."""
COMPARED = (
    *("tenure_days", "days_since_last_order", "orders", "orders_30d", "orders_90d", "days_with_orders"),
    *("spend_total", "spend_30d", "spend_90d", "average_order_value", "largest_order_value"),
    *("gap_mean_days", "gap_std_days", "pieces_total", "pieces_per_order", "lines_per_order", "average_unit_price"),
    *("products_distinct", "share_repeat_products", "categories_distinct", "share_top_category"),
    *("refund_orders", "refunded_total", "share_refunded"),
    *("share_weekend", "share_morning", "share_afternoon", "share_evening", "share_night"),
    *("days_active", "views", "carts", "days_since_last_visit"),
)


def canonical(source: Path, folder: Path) -> dict[str, int]:
    """Write the loaded log as Parquet, once, and give its clock: both sides start from this file."""
    import shutil

    from shoal.engines.choose import open_engine
    from shoal.events.load import load

    with open_engine(workspace=folder / "work") as engine:
        log, _ = load([source], engine, folder / "work", look_back_days=LOOK_BACK, horizon_days=HORIZON)
        engine.write_parquet("SELECT * FROM events", folder / "canonical.parquet")
        facts = {"as_of": log.clock.as_of, "rows": log.rows, "customers": log.customers, "first_s": log.first_s}
        (folder / "facts.json").write_text(json.dumps({**facts, "has": sorted(log.has), "types": sorted(log.types)}))
    shutil.rmtree(folder / "work", ignore_errors=True)
    return facts


def with_shoal(folder: Path, facts: dict) -> None:
    import pyarrow.parquet as pq

    from shoal.engines.choose import open_engine
    from shoal.events.result import EventLog
    from shoal.features.build import build
    from shoal.features.categories import learn_categories
    from shoal.words.clock import Clock

    with open_engine(workspace=folder / "shoal-work", memory="4GB") as engine:
        engine.open_parquet("events", [folder / "canonical.parquet"])
        clock = Clock(facts["as_of"], LOOK_BACK, HORIZON)
        log = EventLog(
            engine,
            "events",
            frozenset(facts["has"]),
            frozenset(facts["types"]),
            facts["first_s"],
            facts["as_of"],
            facts["rows"],
            facts["customers"],
            "UTC",
            None,
            clock,
            False,
        )
        scheme = learn_categories(log, clock)
        pq.write_table(build(log, clock, scheme, like=asked_for()).table, folder / "shoal.parquet")


def asked_for() -> Features:
    """A stand-in for a study with just the compared features, so that both sides compute the same."""
    import pyarrow as pa

    from shoal.features.result import FeatureInfo, Features
    from shoal.words.language import Text
    from shoal.words.provenance import Made

    infos = [FeatureInfo(name, "", "number", "", Text("", ""), Text("", "")) for name in COMPARED]
    empty = pa.table({"customer_id": pa.array([], pa.string())})
    return Features(made=Made("features"), table=empty, product_groups=empty, columns=tuple(infos))


def with_pandas(folder: Path, facts: dict) -> None:
    import numpy as np
    import pandas as pd

    as_of, day_s = facts["as_of"], 86_400
    columns = [
        "customer_id",
        "event_type",
        "ts_s",
        "day",
        "hour",
        "dow",
        "order_id",
        "product_id",
        "category_1",
        "quantity",
        "amount",
    ]
    import pyarrow as pa
    import pyarrow.parquet as pq

    raw = pq.read_table(
        folder / "canonical.parquet",
        columns=columns,
        read_dictionary=["customer_id", "event_type", "product_id", "category_1", "order_id"],
    )
    for name in ("quantity", "amount"):
        raw = raw.set_column(raw.column_names.index(name), name, raw[name].cast(pa.float64()))
    events = raw.to_pandas(split_blocks=True, self_destruct=True)
    del raw
    names = events["customer_id"].cat.categories
    events["customer"] = events["customer_id"].cat.codes.to_numpy("int32")
    events["order"] = events["order_id"].cat.codes.to_numpy("int32")
    events["product"] = events["product_id"].cat.codes.to_numpy("int32")
    events["section"] = events["category_1"].cat.codes.to_numpy("int16")
    events = events.drop(columns=["customer_id", "order_id", "product_id", "category_1"])
    out = pd.DataFrame(index=pd.RangeIndex(len(names)))
    first = events.groupby("customer")["ts_s"].min()
    out["tenure_days"] = np.minimum((as_of - first) / day_s, LOOK_BACK)
    events = events[events["ts_s"] >= as_of - LOOK_BACK * day_s]
    kind = events["event_type"]

    seen = pd.DataFrame(
        {
            "customer": events["customer"],
            "day": events["day"],
            "ts_s": events["ts_s"],
            "view": kind == "view",
            "cart": kind == "cart",
        }
    )
    by = seen.groupby("customer")
    out["views"], out["carts"] = by["view"].sum(), by["cart"].sum()
    out["days_since_last_visit"] = np.minimum((as_of - by["ts_s"].max()) / day_s, LOOK_BACK)
    out["days_active"] = seen[["customer", "day"]].drop_duplicates().groupby("customer").size()

    lines = events[kind == "purchase"]
    back = events[kind == "refund"]
    by_order = lines.groupby(["customer", "order"], sort=False)
    orders = by_order.agg(
        first_s=("ts_s", "min"),
        day=("day", "min"),
        lines=("ts_s", "size"),
        quantity=("quantity", "sum"),
        amount=("amount", "sum"),
    )
    moment = lines["ts_s"] * 1000 + lines["hour"] * 10 + lines["dow"]
    orders["clock"] = moment.groupby([lines["customer"], lines["order"]], sort=False).min()
    orders = orders.reset_index().sort_values(["customer", "first_s", "order"], kind="stable")
    orders["dow"], orders["hour"] = orders["clock"] % 10, orders["clock"] % 1000 // 10
    by = orders.groupby("customer")
    out["days_since_last_order"] = np.minimum((as_of - by["first_s"].max()) / day_s, LOOK_BACK)
    out["orders"], out["spend_total"] = by.size(), by["amount"].sum()
    for days in (30, 90):
        recent = orders[orders["first_s"] >= as_of - days * day_s].groupby("customer")["amount"]
        out[f"orders_{days}d"], out[f"spend_{days}d"] = recent.size(), recent.sum()
    out["average_order_value"] = out["spend_total"] / out["orders"]
    out["largest_order_value"] = by["amount"].max()
    out["pieces_total"] = by["quantity"].sum()
    out["pieces_per_order"] = out["pieces_total"] / out["orders"]
    out["lines_per_order"] = by["lines"].sum() / out["orders"]
    out["average_unit_price"] = out["spend_total"] / out["pieces_total"].replace(0, np.nan)
    same = orders["customer"].to_numpy()[1:] == orders["customer"].to_numpy()[:-1]
    step = np.diff(orders["day"].to_numpy())
    gap = np.r_[np.nan, np.where(same & (step > 0), step, np.nan)]
    out["days_with_orders"] = (
        pd.Series(np.r_[True, ~same | (step > 0)], orders["customer"].to_numpy()).groupby(level=0).sum()
    )
    gaps = pd.Series(gap, orders["customer"].to_numpy()).dropna().groupby(level=0)
    out["gap_mean_days"], out["gap_std_days"] = gaps.mean(), gaps.std()
    for name, low, high in (("morning", 5, 12), ("afternoon", 12, 18), ("evening", 18, 23)):
        inside = (orders["hour"] >= low) & (orders["hour"] < high)
        out[f"share_{name}"] = inside.groupby(orders["customer"]).mean()
    out["share_night"] = ((orders["hour"] >= 23) | (orders["hour"] < 5)).groupby(orders["customer"]).mean()
    out["share_weekend"] = (orders["dow"] >= 5).groupby(orders["customer"]).mean()

    bought = lines[["customer", "product", "order"]].drop_duplicates().groupby(["customer", "product"]).size()
    by = bought.groupby(level=0)
    out["products_distinct"] = by.size()
    out["share_repeat_products"] = (bought > 1).groupby(level=0).mean()
    section = lines.groupby(["customer", "section"])["amount"].sum()
    by = section.groupby(level=0)
    out["categories_distinct"] = (section > 0).groupby(level=0).sum()
    out["share_top_category"] = by.max() / by.sum().replace(0, np.nan)
    out["refund_orders"] = back[["customer", "order"]].drop_duplicates().groupby("customer").size()
    out["refunded_total"] = back.groupby("customer")["amount"].sum()
    out["share_refunded"] = out["refunded_total"].fillna(0) / out["spend_total"].replace(0, np.nan)
    top = lines.groupby("section")["amount"].sum().nlargest(10).index
    wide = section[section.index.get_level_values(1).isin(top)].unstack(fill_value=0.0)
    out = out.join(wide.add_prefix("spend_in_"))
    zero = [
        "orders",
        "orders_30d",
        "orders_90d",
        "days_with_orders",
        "spend_total",
        "spend_30d",
        "spend_90d",
        "largest_order_value",
        "pieces_total",
        "products_distinct",
        "categories_distinct",
        "refund_orders",
        "refunded_total",
        "views",
        "carts",
        "days_active",
    ]
    out[zero] = out[zero].fillna(0)
    last = ["days_since_last_order", "days_since_last_visit"]
    out[last] = out[last].fillna(LOOK_BACK)
    out.insert(0, "customer_id", names.astype("str"))
    out.sort_values("customer_id").to_parquet(folder / "pandas.parquet", index=False)


def differing(folder: Path) -> list[str]:
    """Features whose values differ between the two by more than rounding."""
    import numpy as np
    import pyarrow.parquet as pq

    ours, theirs = pq.read_table(folder / "shoal.parquet"), pq.read_table(folder / "pandas.parquet")
    if ours["customer_id"].to_pylist() != theirs["customer_id"].to_pylist():
        return ["customer_id"]
    return [
        name
        for name in COMPARED
        if not np.allclose(
            ours[name].to_numpy().astype(float),
            theirs[name].to_numpy().astype(float),
            rtol=1e-9,
            atol=1e-9,
            equal_nan=True,
        )
    ]


def measured(side: str, folder: Path) -> dict[str, float]:
    answer = subprocess.run(
        [sys.executable, __file__, "--side", side, "--folder", str(folder)], check=True, capture_output=True, text=True
    )
    return json.loads(answer.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--side", choices=("shoal", "pandas"))
    asked = parser.parse_args()
    if asked.side:
        facts = json.loads((asked.folder / "facts.json").read_text())
        for module in LIBRARIES[asked.side]:
            import_module(module)
        wall, cpu = perf_counter(), process_time()
        {"shoal": with_shoal, "pandas": with_pandas}[asked.side](asked.folder, facts)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"wall_s": perf_counter() - wall, "cpu_s": process_time() - cpu, "peak_mb": peak}))
        return
    asked.folder.mkdir(parents=True, exist_ok=True)
    source = asked.folder / "events.parquet"
    if not source.exists():
        subprocess.run(
            [
                sys.executable,
                str(Path(__file__).with_name("generate.py")),
                str(source),
                "--events",
                str(asked.events),
                "--customers",
                str(asked.customers),
            ],
            check=True,
        )
    if not (asked.folder / "canonical.parquet").exists():
        canonical(source, asked.folder)
    found = {side: measured(side, asked.folder) for side in ("shoal", "pandas")}
    for side, figures in found.items():
        print(
            f"{side:7s} {figures['wall_s']:7.1f} s wall {figures['cpu_s']:7.1f} s cpu {figures['peak_mb']:7.0f} MB peak"
        )
    ours, theirs = found["shoal"], found["pandas"]
    print(
        f"shoal is {theirs['wall_s'] / ours['wall_s']:.1f} times as fast (cpu {theirs['cpu_s'] / ours['cpu_s']:.1f}), "
        f"with {ours['peak_mb'] / theirs['peak_mb']:.2f} of the memory"
    )
    print("differing features:", ", ".join(differing(asked.folder)) or "none")


if __name__ == "__main__":
    main()
