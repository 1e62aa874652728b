"""People known by e-mail or phone: keyed ids, the same with the same key, and no trace of the contact."""

from __future__ import annotations

import stat
from pathlib import Path

import pyarrow.parquet as pq

from shoal.events.keys import keyed, keyed_names, own_key
from tests.events.conftest import Load, Write, codes, events

HEADER = "customer_id,event_time,product_id"
LINES = (
    "Ann@Example.com,2025-01-01,p1",
    "ann@example.com ,2025-01-02,p1",
    "+44 20 7946-0958,2025-01-03,p1",
    "77,2025-01-04,p1",
)


def test_contacts_become_keyed_ids_and_the_map_is_private(write: Write, loaded: Load, tmp_path: Path) -> None:
    private = tmp_path / "out" / "private"
    log, quality = loaded(write("a.csv", HEADER, *LINES), private=private)
    ann, again, phone, plain = (row[0] for row in events(log, "customer_id"))
    assert ann == again != phone
    assert plain == "77"
    key = (private / "key").read_bytes()
    assert (ann, phone) == (keyed(key, "ann@example.com"), keyed(key, "442079460958"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in private.iterdir()} == {0o600}
    table = pq.read_table(private / "identities.parquet").to_pylist()
    assert {row["identity"]: row["keyed"] for row in table}["Ann@Example.com"] == ann
    assert "contact_ids" in codes(quality)
    assert "example" not in quality.json()


def test_the_same_key_gives_the_same_ids_and_the_map_grows(write: Write, loaded: Load, tmp_path: Path) -> None:
    private = tmp_path / "private"
    first, _ = loaded(write("a.csv", HEADER, *LINES), private=private)
    wanted = events(first, "customer_id")[0]
    second, _ = loaded(write("a.csv", HEADER, LINES[0], "bo@example.com,2025-01-01,p1"), private=private)
    assert events(second, "customer_id")[0] == wanted
    assert pq.read_table(private / "identities.parquet").num_rows == 4


def test_without_a_folder_the_key_is_thrown_away(write: Write, loaded: Load) -> None:
    path = write("a.csv", HEADER, *LINES)
    one, two = (events(loaded(path)[0], "customer_id")[0] for _ in range(2))
    assert one != two


def test_bare_numbers_are_phones_where_the_column_says_so(write: Write, loaded: Load) -> None:
    lines = ("手机,event_time,product_id", "13800138000,2025-01-01,p1")
    log, _ = loaded(write("a.csv", *lines), columns={"customer_id": "手机"})
    assert events(log, "customer_id")[0][0].startswith("k")
    log, _ = loaded(write("b.csv", HEADER, "13800138000,2025-01-01,p1"))
    assert events(log, "customer_id") == [("13800138000",)]


def test_cards_and_addresses_are_always_keyed(write: Write, loaded: Load) -> None:
    header = f"{HEADER},payment_key,address_key"
    log, _ = loaded(write("a.csv", header, "1,2025-01-01,p1,4111,Main St 1", "2,2025-01-02,p1,4111,"))
    (card, home), (other_card, none) = events(log, "payment_key", "address_key")
    assert card == other_card
    assert card.startswith("k")
    assert home.startswith("k")
    assert none is None


def test_contact_columns_are_not_repeated_in_what_is_set_aside(write: Write, loaded: Load) -> None:
    lines = ("1,2025-01-01,p1,,", ",2025-01-01,p1,0301234567,Ann")
    _, quality = loaded(write("a.csv", f"{HEADER},Phone,First Name", *lines))
    assert quality.set_aside.column("raw").to_pylist() == [",2025-01-01,p1,***,***"]


def test_names_that_are_contacts_are_found_by_their_keyed_ids(tmp_path: Path) -> None:
    """Only those of customers there are; an id of the shop's own stays, and no key is made to find out."""
    assert keyed_names(["ann@x.org"], [], tmp_path / "none") == {}
    assert not (tmp_path / "none").exists()
    ann, phone = (keyed(own_key(tmp_path), name) for name in ("ann@x.org", "+44 20 7946 0018"))
    names = ["Ann@X.org", "bob@x.org", "+44-20-7946-0018", "u1"]
    assert keyed_names(names, {ann, phone, "u1"}, tmp_path) == {"Ann@X.org": ann, "+44-20-7946-0018": phone}
