"""The laws of the whole: future and order of rows change nothing, hostile text stays text, the textbook holds."""

from __future__ import annotations

import csv
import gzip
import json
import random
import re
from collections.abc import Sequence
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import StandardScaler

from tests.contracts.conftest import HOSTILE
from tests.end_to_end.shop import shoal

AS_OF = "2024-06-01"
Rows = list[dict[str, str]]


def _rows(file: Path) -> Rows:
    with file.open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def _write(file: Path, rows: Rows) -> Path:
    with file.open("w", newline="", encoding="utf-8") as opened:
        write = csv.DictWriter(opened, list(rows[0]))
        write.writeheader()
        write.writerows(rows)
    return file


def _said(folder: Path, log: Path, *more: object) -> dict[str, Any]:
    """Every byte of every file of a study but seconds, and what tells of the inputs themselves."""
    ran = shoal("run", log, "--out", folder, "--as-of", AS_OF, "--memory", "1GB", "--currency", "GBP", *more)
    assert ran.code == 0, ran.err
    study = folder / "studies" / (folder / "current").read_text(encoding="utf-8").strip()
    found: dict[str, Any] = {}
    for path in sorted(study.rglob("*")):
        name = path.relative_to(study).as_posix()
        if path.suffix == ".parquet" and name not in ("set_aside.parquet", "returns.parquet"):
            found[name] = sha256(path.read_bytes()).hexdigest()
        elif path.suffix == ".json" and name not in ("manifest.json", "quality.json"):
            told = json.loads(path.read_text(encoding="utf-8"))
            told.get("made", {}).pop("seconds", None)
            found[name] = told
    assert len(found) >= 8
    return found


@pytest.fixture(scope="module")
def plain(shop_log: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is said of the rows before `AS_OF` alone, in the order they came."""
    folder = tmp_path_factory.mktemp("plain")
    known = [row for row in _rows(shop_log) if row["event_time"] < AS_OF]
    assert len(known) > 5_000
    return _said(folder / "out", _write(folder / "orders.csv", known))


def _differences(first: dict[str, Any], second: dict[str, Any]) -> list[str]:
    return [name for name in {*first, *second} if first.get(name) != second.get(name)]


def test_rows_after_as_of_change_nothing(plain: dict[str, Any], shop_log: Path, tmp_path: Path) -> None:
    """Real later rows, and strange ones: new customers, products, categories, columns of sums beyond all before."""
    rows = _rows(shop_log)
    later = [row for row in rows if row["event_time"] >= AS_OF]
    assert len(later) > 100
    strange = [
        {**row, "customer_id": f"z{n}", "product_id": "gold", "name": "Gold", "category": "gold", "amount": "99999.99"}
        for n, row in enumerate(later)
    ]
    refunds = [{**row, "event_type": "refund", "order_id": f"r-{row['order_id']}"} for row in later[:50]]
    log = _write(tmp_path / "orders.csv", [*rows, *strange, *refunds])
    assert _differences(plain, _said(tmp_path / "out", log)) == []


@pytest.mark.parametrize("order", ["shuffled", "by customer"])
def test_the_order_of_rows_changes_nothing(plain: dict[str, Any], shop_log: Path, tmp_path: Path, order: str) -> None:
    rows = [row for row in _rows(shop_log) if row["event_time"] < AS_OF]
    if order == "shuffled":
        random.Random(5).shuffle(rows)
    else:
        rows.sort(key=lambda row: (row["customer_id"], row["product_id"], row["event_time"]))
    assert _differences(plain, _said(tmp_path / "out", _write(tmp_path / "orders.csv", rows))) == []


def test_the_number_of_threads_changes_nothing(
    plain: dict[str, Any], shop_log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    known = [row for row in _rows(shop_log) if row["event_time"] < AS_OF]
    assert _differences(plain, _said(tmp_path / "out", _write(tmp_path / "orders.csv", known))) == []


# hostile text -----------------------------------------------------------------------------------------------------

EVIL = (
    HOSTILE,
    '"><script>alert(1)</script>',
    "'; DROP TABLE events; --",
    "=cmd()|' /C calc'!A0",
    "{as_of} {0} %s ${x} {{7*7}}",
    'two\nlines, "quotes" and a tab\t.',
    "\u202eright to left\u2028line",
    "<!--",
    "]]>&amp;&lt;",
    "javascript:alert(1)//https://evil.example/x.js",
)


class Page(HTMLParser):
    """What a browser would do with a page: its tags, what they load, the code and the words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[tuple[str, str, str]] = []
        self.handlers: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name.startswith("on"):
                self.handlers.append(f"{tag} {name}")
            if name in ("src", "href", "action", "srcset", "data", "poster", "formaction", "background", "xlink:href"):
                self.loads.append((tag, name, value or ""))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module")
def hostile(shop_log: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study in which every name that a log can hold tries to be something else."""
    folder = tmp_path_factory.mktemp("hostile")
    rows = _rows(shop_log)
    evil = {f"p{n}": EVIL[n % len(EVIL)] for n in range(12)}
    for row in rows:
        number = int(row["customer_id"][1:])
        row["customer_id"] = f"{EVIL[number % len(EVIL)]} {number}"
        row["category"] = EVIL[int(row["product_id"][1:]) // 4]
        row["name"] = evil[row["product_id"]]
        row["product_id"] = f"{evil[row['product_id']]} {row['product_id']}"
        row["order_id"] = f"{EVIL[number % len(EVIL)]}{row['order_id']}"
    log = _write(folder / "</script><img src=x>.csv".replace("/", "_"), rows)
    ran = shoal("run", log, "--out", folder / "out", "--show-ids", "--k", "4", "--memory", "1GB")
    assert (ran.code, ran.said.replace("\n", "")) == (0, "")
    return folder / "out" / "studies" / (folder / "out" / "current").read_text(encoding="utf-8").strip()


def test_hostile_text_is_kept_as_it_is(hostile: Path) -> None:
    customers = pq.read_table(hostile / "segments.parquet")["customer_id"].to_pylist()
    assert len(customers) == 240
    for evil in EVIL:
        bare = evil.lstrip("'")  # a spreadsheet's mark in front of an id is no part of it
        assert any(name.startswith(bare) for name in customers), evil
    products = set(pq.read_table(hostile / "history.parquet")["product_id"].to_pylist())
    assert len(products) == 12


def test_hostile_text_is_no_markup_in_the_report(hostile: Path) -> None:
    page = (hostile / "report.html").read_text(encoding="utf-8")
    clean = Page(page)
    assert "img" not in clean.tags
    assert clean.handlers == []
    assert page.count("</script>") == clean.tags.count("script")
    words = " ".join(clean.words)
    assert "alert(1)" in words, "nothing hostile reached the page: nothing was tested"
    assert "<img src=x" not in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


def test_the_report_loads_nothing(hostile: Path, published: Path) -> None:
    for folder in (hostile, *(published / "studies").iterdir()):
        page = (folder / "report.html").read_text(encoding="utf-8")
        clean = Page(page)
        reached = [(tag, name, value) for tag, name, value in clean.loads if not value.startswith(("#", "data:image/"))]
        assert reached == []
        assert not {"iframe", "object", "embed", "link", "base", "form"} & {*clean.tags}
        styles = " ".join(re.findall(r"<style[^>]*>(.*?)</style>", page, flags=re.DOTALL))
        assert not re.search(r"@import|url\((?!['\"]?(#|data:))", styles)
        assert re.search(r"default-src 'none'", page)


def test_hostile_text_is_text_on_the_terminal(hostile: Path) -> None:
    for part in ("segments", "quality", "features", "proof"):
        for language in ("en", "zh"):
            shown = shoal("show", hostile, part, "--lang", language)
            assert shown.code == 0
            assert "\u202e" not in shown.out
            assert "\x1b" not in shown.out
    name = f"{EVIL[5]} 5"
    assert shoal("show", hostile, "customer", name, "--json").json["customer_id"] == name


# the textbook -----------------------------------------------------------------------------------------------------


def _textbook(frame: pd.DataFrame, k: int) -> np.ndarray:
    """Drop rows with gaps, ``StandardScaler``, ``KMeans``: the recipe of the courses."""
    scaled = StandardScaler().fit_transform(frame.dropna().to_numpy(dtype=float))
    return KMeans(k, init="k-means++", n_init=10, max_iter=300, random_state=0).fit(scaled).labels_


def _ours(table: Path, out: Path, k: int, *more: str) -> np.ndarray:
    ran = shoal("segment", table, "--out", out, "--space", "standardised", "--k", k, *more)
    assert ran.code == 0, ran.err
    study = out / "studies" / (out / "current").read_text(encoding="utf-8").strip()
    return pq.read_table(study / "segments.parquet")["segment"].to_numpy()


@pytest.mark.parametrize(("rows", "columns", "gaps", "k"), [(300, 4, 0, 5), (500, 9, 25, 5), (120, 2, 3, 3)])
def test_standardised_with_a_fixed_number_is_the_textbook(
    rows: int, columns: int, gaps: int, k: int, tmp_path: Path
) -> None:
    points, _ = make_blobs(rows, columns, centers=6, cluster_std=3.0, random_state=rows)
    draw = np.random.default_rng(rows)
    points *= draw.uniform(0.1, 900, columns)
    for row in draw.choice(rows, gaps, replace=False):
        points[row, draw.integers(columns)] = np.nan
    frame = pd.DataFrame(points, columns=[f"measure {n}" for n in range(columns)])
    table = tmp_path / "customers.csv"
    frame.assign(customer_id=[f"c{n}" for n in range(rows)]).to_csv(table, index=False)
    assert adjusted_rand_score(_textbook(frame, k), _ours(table, tmp_path / "out", k)) == 1.0


@pytest.mark.shared
def test_the_mall_is_the_textbooks_mall(shared: Path, tmp_path: Path) -> None:
    table = shared / "segmentation_teaching" / "mall_customers.csv"
    frame = pd.read_csv(table)[["Age", "Annual Income (k$)", "Spending Score (1-100)"]]
    assert adjusted_rand_score(_textbook(frame, 5), _ours(table, tmp_path / "out", 5, "--id", "CustomerID")) == 1.0


@pytest.mark.shared
def test_the_marketing_campaign_is_the_textbooks(shared: Path, tmp_path: Path) -> None:
    packed = shared / "segmentation_teaching" / "marketing_campaign.csv.gz"
    with gzip.open(packed, "rt", encoding="utf-8") as text:
        separator = max("\t;,", key=text.readline().count)
    frame = pd.read_csv(packed, sep=separator)
    numbers = frame.drop(columns=["ID"]).select_dtypes("number")
    assert adjusted_rand_score(_textbook(numbers, 5), _ours(packed, tmp_path / "out", 5, "--id", "ID")) == 1.0


# nothing is made up -------------------------------------------------------------------------------------------------


def test_two_shops_have_numbers_of_their_own(published: Path, hostile: Path, tmp_path: Path) -> None:
    """The same rooms, other customers: whatever can differ does."""
    other = shoal(
        "run", _write(tmp_path / "orders.csv", _other_shop()), "--out", tmp_path / "out", "--k", "3", "--json"
    )
    assert other.code == 0
    first = shoal("show", published, "--json").json
    assert first["verdict"]["text"]["en"] != other.json["verdict"]["text"]["en"]
    here, there = (
        shoal("show", folder, part, "--json").json for part in ("proof",) for folder in (published, tmp_path / "out")
    )
    mine, theirs = ({c["key"]: c for c in found["contenders"]} for found in (here, there))
    assert len({*mine} & {*theirs}) >= 8
    for key in {*mine} & {*theirs}:
        for measure in ("auc", "capture"):
            assert mine[key][measure] != theirs[key][measure], (key, measure)
        assert mine[key]["r_squared"] != theirs[key]["r_squared"], key
    for name in ("share_customers", "share_spend", "spend"):
        assert [one.get(name) for one in first["segments"]] != [one.get(name) for one in other.json["segments"]]
    confidences = [
        pq.read_table(next((folder / "studies").iterdir()) / "segments.parquet")["confidence"].to_numpy()
        for folder in (published, tmp_path / "out")
    ]
    for found in confidences:
        assert len(np.unique(found.round(6))) > 100
    assert not np.array_equal(*(np.sort(found)[:100] for found in confidences))


def _other_shop() -> Rows:
    from datetime import datetime, timedelta

    chance, rows = random.Random(42), Rows()
    for customer in range(200):
        day, rate = chance.uniform(0, 60), chance.choice((10, 30, 80))
        while day < 600:
            moment = datetime(2022, 3, 1) + timedelta(days=day, hours=9)  # noqa: DTZ001
            product = chance.randrange(20) if customer % 2 else chance.randrange(7)
            rows.append(
                {
                    "customer_id": f"k{customer}",
                    "event_time": moment.isoformat(timespec="seconds"),
                    "event_type": "purchase",
                    "product_id": f"q{product}",
                    "category": f"shelf {product % 5}",
                    "amount": f"{chance.lognormvariate(3, 0.5):.2f}",
                    "order_id": f"{customer}-{day:.3f}",
                }
            )
            day += chance.expovariate(1 / rate)
    return rows
