"""What is sold: the ``products`` relation, and the codes that are no products.

In: typed records, and a products file where there is one. Out: one row a product. The one thing to know: the file wins
over the log; from the log a product gets the name (category, brand) it had most often, the first in the alphabet of
those that were equally frequent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from shoal.engines.contract import Engine, literal
from shoal.events.accounts import nothing_in
from shoal.events.cells import cell_text, path
from shoal.events.known import PRODUCT_LAYOUTS
from shoal.events.matching import Match, match
from shoal.events.staged import Staged
from shoal.show.blocks import Finding
from shoal.words.columns import PRODUCTS
from shoal.words.errors import InputError, error
from shoal.words.language import Texts

texts = Texts("shoal.events")

DESCRIBED = ("name", "category", "brand")
NO_PRODUCT_CODES = re.compile(
    r"(?i)POST|POSTAGE|SHIPPING|DELIVERY|FREIGHT|CARRIAGE|BANK CHARGES|AMAZON ?FEE|CRUK|ADJUST\w*|TEST\d*|GIFT_\d\w*"
)
NO_PRODUCT_NAMES = re.compile(
    r"(?i)(DOTCOM )?POSTAGE|CARRIAGE|SHIPPING( FEE| COSTS?)?|DELIVERY( FEE| CHARGE)?|FREIGHT|MANUAL|DISCOUNT|SAMPLES|"
    r"BANK CHARGES|AMAZON FEE|ADJUST BAD DEBT|CRUK COMMISSION|ADJUSTMENT BY .*|VERSANDKOSTEN|运费|邮费|补差价|差价"
)


def learn(engine: Engine, rows: str, has: Iterable[str], products: str) -> None:
    """Make the relation `products` from the records of the log, given as ``RELATION WHERE CONDITION``."""
    described = [name for name in DESCRIBED if name in has]
    keys = ", ".join(["product_id", *described])
    engine.run(
        f"CREATE OR REPLACE TEMP TABLE goods AS SELECT {keys}, COUNT(*) AS n, "
        "SUM(CASE WHEN event_type <> 'refund' THEN amount END) AS paid, "
        "SUM(CASE WHEN event_type <> 'refund' AND amount IS NOT NULL THEN COALESCE(quantity, 1) END) AS pieces "
        f"FROM {rows} AND product_id IS NOT NULL GROUP BY {keys}"
    )
    columns, joins = [], []
    for column in PRODUCTS[1:]:
        sql = f"CAST(NULL AS {column.type})"
        if column.name in described:
            sql = f"{column.name}_most.{column.name}"
            joins.append(f"LEFT JOIN ({_most_frequent(column.name)}) AS {column.name}_most USING (product_id)")
        elif column.name == "price":
            sql = f"CAST(CAST(paid AS DOUBLE) / NULLIF(CAST(pieces AS DOUBLE), 0) AS {column.type})"
        columns.append(f"{sql} AS {column.name}")
    engine.run(
        f"CREATE OR REPLACE TEMP TABLE {products} AS SELECT product_id, {', '.join(columns)} FROM "
        "(SELECT product_id, SUM(paid) AS paid, SUM(pieces) AS pieces FROM goods GROUP BY product_id) "
        f"{' '.join(joins)}"
    )


def _most_frequent(column: str) -> str:
    counted = f"SELECT product_id, {column}, SUM(n) AS n FROM goods WHERE {column} IS NOT NULL GROUP BY ALL"
    return (
        f"SELECT product_id, {column} FROM (SELECT product_id, {column}, ROW_NUMBER() OVER "
        f"(PARTITION BY product_id ORDER BY n DESC, {column}) AS place FROM ({counted})) WHERE place = 1"
    )


def match_file(staged: Staged) -> Match:
    """The columns of a products file. Raises `InputError` when it has no product column."""
    found = match(staged, None, {}, PRODUCT_LAYOUTS)
    if "product_id" not in found.columns:
        raise error(InputError, texts, "no_product_column", file=staged.file, found=", ".join(staged.columns))
    return found


def nameless(found: Match) -> str:
    """SQL that is true for the rows of a products file that name no product."""
    column = found.columns["product_id"][0]
    return f"{cell_text(found.staged.columns[column], found.staged.types[column])} IS NULL"


@dataclass(frozen=True, slots=True)
class Listed:
    """A products file beside the log: its rows used, its rows that name a product again, the products of the log, and
    how many of those it lists; some ids of each for who has to compare them."""

    used: int
    twice: int
    sold: int
    there: int
    own: str
    others: str


def add_file(engine: Engine, found: Match, products: str) -> Listed:
    """Put a products file over what was learned, and say how the two fit."""
    cells = ", ".join(_cell(found, column.name, column.type) for column in PRODUCTS)
    engine.run(
        f"CREATE OR REPLACE TEMP TABLE listed AS SELECT *, ROW_NUMBER() OVER (PARTITION BY product_id ORDER BY line) "
        f"AS place FROM (SELECT {cells}, __line AS line FROM {found.staged.relation}) WHERE product_id IS NOT NULL"
    )
    used, twice = engine.rows("SELECT COUNT(*) FILTER (place = 1), COUNT(*) FILTER (place > 1) FROM listed")[0]
    engine.run("DELETE FROM listed WHERE place > 1")
    sold, there = engine.rows(
        f"SELECT COUNT(*), COUNT(listed.product_id) FROM {products} AS sold LEFT JOIN listed "
        "ON listed.product_id = sold.product_id"
    )[0]
    own, others = _examples(engine, "listed"), _examples(engine, products)
    merged = ", ".join(f"COALESCE(listed.{c.name}, learned.{c.name}) AS {c.name}" for c in PRODUCTS)
    engine.run(f"ALTER TABLE {products} RENAME TO learned")
    engine.run(
        f"CREATE OR REPLACE TEMP TABLE {products} AS SELECT {merged} FROM listed FULL JOIN learned "
        "ON listed.product_id = learned.product_id"
    )
    engine.run("DROP TABLE learned")
    engine.run("DROP TABLE listed")
    return Listed(int(used), int(twice), int(sold), int(there), own, others)


def _examples(engine: Engine, relation: str) -> str:
    """Three ids at most."""
    rows = engine.rows(f"SELECT product_id FROM {relation} ORDER BY product_id LIMIT 3")
    return ", ".join(str(product) for (product,) in rows)


def fit_findings(file: str, listed: Listed) -> list[Finding]:
    """What to know of a products file that says nothing: it is empty, or its ids are not the log's."""
    if not listed.used:
        return [nothing_in(file)]
    if listed.there or not listed.sold:
        return []
    said = texts("finding.products_unknown", file=file, used=listed.used, sold=listed.sold)
    do = texts("finding.products_unknown_do", own=listed.own, others=listed.others)
    return [Finding("products_unknown", "warning", said, do)]


def _cell(found: Match, name: str, kind: str) -> str:
    parts = [
        cell_text(found.staged.columns[column], found.staged.types[column]) for column in found.columns.get(name, ())
    ]
    if not parts:
        return f"CAST(NULL AS {kind}) AS {name}"
    text = path(parts)
    return f"{text if kind == 'VARCHAR' else f'TRY_CAST({text} AS {kind})'} AS {name}"


def no_products(engine: Engine, products: str, certain: Iterable[str], exclude: Sequence[str]) -> list[str]:
    """The product ids in the log that are postage, fees, corrections, samples, vouchers, or excluded by the user."""
    sure = {code.strip().casefold() for code in (*certain, *exclude)}
    rows = engine.rows(f"SELECT product_id, name FROM {products} WHERE product_id IN (SELECT product_id FROM goods)")
    return sorted(
        str(code)
        for code, name in rows
        if str(code).casefold() in sure
        or NO_PRODUCT_CODES.fullmatch(str(code))
        or (name and NO_PRODUCT_NAMES.fullmatch(str(name).strip()))
    )


def keep_products(engine: Engine, products: str, gone: Sequence[str], workspace: Path) -> int:
    """Write the products that are products, and open them as the relation `products`; how many there are."""
    listed = ", ".join(literal(code) for code in gone)
    where = f"WHERE product_id NOT IN ({listed})" if gone else ""
    names = ", ".join(column.name for column in PRODUCTS)
    rows = engine.write_parquet(
        f"SELECT {names} FROM {products} {where} ORDER BY product_id", workspace / "products.parquet"
    )
    engine.run(f"DROP TABLE {products}")
    engine.run("DROP TABLE goods")
    engine.open_parquet("products", [workspace / "products.parquet"])
    return rows
