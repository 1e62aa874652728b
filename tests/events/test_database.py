"""Tables of a real PostgreSQL server that the tests start; required where SHOAL_REQUIRE_POSTGRES is set."""

# ruff: noqa: DTZ001 -- the engine gives UTC times without a zone
from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from shoal.events.sources import names_of
from shoal.words.errors import InputError, UsageError
from tests.events.conftest import Load, events, rules

Refused = Callable[..., str]
SETUP = """
CREATE TABLE orders (id bigint, customer bigint, bought timestamptz, sku text, pieces int, paid numeric(12,2));
INSERT INTO orders VALUES (1, 7, '2025-03-01 10:00:00+01', 'p1', 2, 19.90),
  (2, NULL, '2025-03-02 10:00:00+01', 'p2', 1, 5),
  (3, 8, '2025-03-03 23:30:00+01', 'it''s "x"', 1, 0.10);
CREATE SCHEMA "Old"; CREATE TABLE "Old"."Sales" (customer_id text, event_time date);
INSERT INTO "Old"."Sales" VALUES ('a', '2024-05-05');
"""
COLUMNS = {
    "customer_id": "customer", "event_time": "bought", "product_id": "sku", "quantity": "pieces", "amount": "paid",
    "order_id": "id",
}  # fmt: skip


def _programs() -> Path | None:
    """The folder of the server's programs: on the path, or where Debian keeps them."""
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = newest[-1] if newest else shutil.which("initdb")
    return Path(found).parent if found else None


def _as_owner(command: list[str], folder: Path) -> None:
    """The server refuses to run as root; then its own user runs it."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, capture_output=True, cwd=folder, timeout=60)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a fresh server that listens on a socket alone."""
    programs = _programs()
    if programs is None:
        if os.environ.get("SHOAL_REQUIRE_POSTGRES"):
            pytest.fail("PostgreSQL is required here and is not installed")
        pytest.skip("no PostgreSQL server is installed")
    with TemporaryDirectory(prefix="pg") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        data = str(folder / "data")
        _as_owner([str(programs / "initdb"), "--auth=trust", "--username=shop", "--no-sync", "-D", data], folder)
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        log = str(folder / "log")
        _as_owner([str(programs / "pg_ctl"), "-D", data, "-l", log, "-w", "-o", options, "start"], folder)
        try:
            _as_owner([str(programs / "psql"), "-h", name, "-U", "shop", "-d", "postgres", "-c", SETUP], folder)
            yield f"postgresql://shop:secret@/postgres?host={name}"
        finally:
            _as_owner([str(programs / "pg_ctl"), "-D", data, "-m", "immediate", "stop"], folder)


def test_a_table_of_a_database_is_a_log(server: str, loaded: Load) -> None:
    log, quality = loaded(f"{server}#orders", columns=COLUMNS)
    assert events(log, "customer_id", "event_time", "product_id", "quantity", "amount", "order_id") == [
        ("7", datetime(2025, 3, 1, 9), "p1", 2, Decimal("19.9"), "1"),
        ("8", datetime(2025, 3, 3, 22, 30), 'it\'s "x"', 1, Decimal("0.1"), "3"),
    ]
    assert rules(quality) == {"missing_customer": 1}
    assert quality.files[0].file == "orders"
    assert "secret" not in quality.json()


def test_a_table_in_a_schema(server: str, loaded: Load) -> None:
    log, _ = loaded(f"{server}#Old.Sales")
    assert events(log, "customer_id", "event_time") == [("a", datetime(2024, 5, 5))]


def test_what_is_missing_is_said_without_the_password(server: str, refused: Refused) -> None:
    message = refused(InputError, f"{server}#nothing")
    assert "nothing" in message
    assert "secret" not in message
    gone = refused(InputError, "postgresql://shop:secret@localhost:1/none#orders")
    assert "orders" in gone
    assert "secret" not in gone


def test_an_address_without_a_table_is_refused(refused: Refused) -> None:
    assert "names no table" in refused(UsageError, "postgresql://shop@localhost/shop")
    assert names_of(["postgresql://shop:secret@localhost/shop"]) == ["postgresql"]
