"""A small shop with a year and a half of orders, and the study made of it once for all contract tests."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

import shoal

HOSTILE = "</script><img src=x onerror=alert(1)>"

CATEGORIES = ("kitchen", "garden", HOSTILE)
COLUMNS = "customer_id event_time event_type product_id name category quantity amount order_id"


def write_shop(file: Path, customers: int = 240, seed: int = 1) -> Path:
    """Orders of loyal, occasional and lapsed customers; two products have names that try to be markup and SQL."""
    chance, start = Random(seed), datetime(2023, 1, 2)  # noqa: DTZ001  local time of the shop
    names = {f"p{n}": f"Product {n}" for n in range(12)} | {"p3": HOSTILE, "p7": "'; DROP TABLE events --"}
    with file.open("w", newline="", encoding="utf-8") as opened:
        write = csv.writer(opened)
        write.writerow(COLUMNS.split())
        for number in range(customers):
            kind = number % 3
            day, order = chance.uniform(0, 40), 0
            while day < (540, 540, 260)[kind]:
                moment = start + timedelta(days=day, hours=chance.uniform(8, 21))
                order += 1
                for _ in range(chance.randint(1, 3)):
                    product = (chance.randrange(6) + 6 * (kind == 1)) if chance.random() < 0.8 else chance.randrange(12)
                    pieces = chance.randint(1, 4)
                    amount, when = pieces * (2 + product) * (1 + kind), moment.isoformat(timespec="seconds")
                    what = (f"p{product}", names[f"p{product}"], CATEGORIES[product // 4])
                    write.writerow(
                        [f"c{number:03d}", when, "purchase", *what, pieces, f"{amount:.2f}", f"o{number}-{order}"]
                    )
                day += chance.expovariate(1 / (18, 55, 30)[kind])
    return file


@pytest.fixture(scope="session")
def shop_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_shop(tmp_path_factory.mktemp("shop") / "orders.csv")


@pytest.fixture(scope="session")
def study(shop_log: Path, tmp_path_factory: pytest.TempPathFactory) -> shoal.Study:
    out = tmp_path_factory.mktemp("studies")
    asked = {"timezone": "Europe/London", "currency": "GBP", "k": 3, "memory": "1GB"}
    return shoal.run([shop_log], out, **asked)
