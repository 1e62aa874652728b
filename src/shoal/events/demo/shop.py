"""The demo shop: a seed goes in, a folder of canonical files comes out, with the truth behind them.

The one thing to know: customers are made and written in chunks, each from a seed of its own, so memory does not grow
with the shop and the same seed gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from shoal.events.demo.afterwards import labels, purchases, returns, reviews
from shoal.events.demo.browsing import browsing
from shoal.events.demo.catalogue import Goods, goods
from shoal.events.demo.frames import OPENED_S
from shoal.events.demo.orders import ANSWER_DAYS, CAMPAIGN_DAY, UPLIFT, Orders, lines, orders
from shoal.events.demo.people import KINDS, People, people
from shoal.events.demo.records import accounts, campaign, links, truth
from shoal.show.blocks import Block, Note, Table, TableColumn
from shoal.show.result import Shown
from shoal.words.language import Text, Texts
from shoal.words.progress import Progress, silent

texts = Texts("shoal.events.demo")
CHUNK = 5_000
FILES = ("events", "customers", "campaigns", "labels", "links", "truth/customers")


@dataclass(frozen=True)
class DemoShop(Shown):
    """Where a demo shop was written and how large it is; `rows` is by file."""

    folder: str
    customers: int
    seed: int
    structure: bool
    rows: dict[str, int]

    def view(self) -> Iterator[Block]:
        yield Note(texts("lead" if self.structure else "lead_flat", customers=self.customers), "lead")
        heads = (TableColumn(texts("file")), TableColumn(texts("rows"), ",.0f"))
        yield Table(heads, tuple((f"{name}.parquet", count) for name, count in self.rows.items()))
        yield Note(texts("next"))
        files = f"{self.folder}/events.parquet --products {self.folder}/products.parquet"
        yield Note(Text.same(f"shoal run {files} --out my-study --currency EUR"), "code")

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def write_demo(
    folder: str | Path,
    customers: int = 1_000,
    seed: int = 0,
    *,
    structure: bool = True,
    progress: Progress = silent,
) -> DemoShop:
    """A seeded shop of two years, written into `folder` (made when missing; files of that name are replaced).

    Canonical files: ``events``, ``products``, ``customers``, ``campaigns``, ``labels``, ``links`` (Parquet), and what
    is behind them in ``truth/``: group, kind, rate and last day of each customer, the campaign's planted uplift.
    Without `structure` all customers have one rate and one taste, and nothing should be found.

    Cost: some 300,000 events a second; half a gigabyte of memory, whatever the size.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> write_demo(mkdtemp(), customers=20).rows["customers"]
    20
    """
    root, stock = Path(folder), goods(seed)
    (root / "truth").mkdir(parents=True, exist_ok=True)
    pq.write_table(stock.table(), root / "products.parquet")
    rows = dict.fromkeys(FILES, 0)
    writers = dict[str, pq.ParquetWriter]()
    try:
        for first in range(0, customers, CHUNK):
            progress(texts("progress"), first / customers)
            for name, table in _chunk(stock, seed, first, min(CHUNK, customers - first), structure):
                if name not in writers:
                    writers[name] = pq.ParquetWriter(root / f"{name}.parquet", table.schema, compression="zstd")
                writers[name].write_table(table)
                rows[name] += table.num_rows
    finally:
        for writer in writers.values():
            writer.close()
    _write_settings(root / "truth" / "shop.json", customers, seed, structure, stock)
    return DemoShop(str(folder), customers, seed, structure, {**rows, "products": len(stock.cents)})


def _chunk(stock: Goods, seed: int, first: int, size: int, structure: bool) -> Iterator[tuple[str, pa.Table]]:
    """Every file's rows of one chunk of customers."""
    draw = np.random.default_rng([seed, 2, first])
    who = people(draw, first + 1, size, structure)
    reached = (who.start < CAMPAIGN_DAY) & ~who.is_kind("bot") & ~who.is_kind("fraudster")
    treated = reached & (draw.random(size) < 0.5) & structure
    bought = orders(draw, who, treated, structure)
    yield "events", _events(draw, who, stock, bought)
    yield "customers", accounts(who)
    yield "campaigns", campaign(who, bought, reached, treated)
    yield "labels", labels(draw, who, bought)
    yield "links", links(draw, who)
    yield "truth/customers", truth(who, bought, stock)


def _events(draw: np.random.Generator, who: People, stock: Goods, bought: Orders) -> pa.Table:
    """All events of a chunk, by time, then customer, then type."""
    what = lines(draw, who, stock, bought)
    parts = [
        *browsing(draw, who, stock, bought, what),
        purchases(who, stock, bought, what),
        returns(draw, who, stock, bought, what),
        reviews(draw, who, stock, bought, what),
    ]
    keys = ("event_time", "customer_id", "event_type", "product_id", "session_id")
    return pa.concat_tables(parts).sort_by([(key, "ascending") for key in keys])


def _write_settings(path: Path, customers: int, seed: int, structure: bool, stock: Goods) -> None:
    known = {
        "customers": customers,
        "seed": seed,
        "structure": structure,
        "groups": list(stock.categories),
        "kinds": list(KINDS),
        "campaign": {
            "sent_at_s": int(OPENED_S + CAMPAIGN_DAY * 86_400),
            "answer_days": ANSWER_DAYS,
            "uplift_by_group": dict(zip(stock.categories, UPLIFT.tolist(), strict=True)),
        },
    }
    path.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
