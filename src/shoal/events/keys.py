"""Keyed ids in place of e-mail addresses, phone numbers, cards and addresses.

In: typed records. Out: the same records with keyed ids, and in ``private`` the key and the map back. The one thing to
know: the same person gets the same id in every load with the same key, and without the key no list of addresses can be
hashed and compared (HMAC-SHA256, RFC 2104, cut to 128 bits).
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from shoal.engines.contract import Engine, literal
from shoal.events.reading import Reading

KEYED = ("payment_key", "address_key")
"""Columns that are keyed whatever they hold."""
EMAIL = r"^[^\s@]+@[^\s@]+\.[^\s@]+$"
PHONE = r"^\+\d[\d ()./-]{6,}$"
NUMBER = r"^\+?\d[\d ()./-]{6,}$"
"""Any number a phone may have: believed only where the column's name says so."""
CONTACT_NAMES = re.compile(r"(?i)e-?mail|phone|mobile|^tel|手机|电话|邮箱")
KEY = "key"
KEYED_PEOPLE = "keyed_accounts"
KEYED_ID = "k[0-9a-f]{32}"
SCHEMA = pa.schema([("identity", pa.string()), ("keyed", pa.string())])


@dataclass(frozen=True)
class Key:
    """The shop's own key, made when an identity first needs it; one of this load alone where there is no folder."""

    private: Path | None = None

    @cached_property
    def secret(self) -> bytes:
        return own_key(self.private)


def hide(
    engine: Engine, given: str, hidden: str, readings: Sequence[Reading], folder: Path, key: Key, among: str = ""
) -> int:
    """Make the relation `hidden`: the records of `given` with keyed ids; how many customers got one.

    `among` is the relation that holds all records with a contact, where that is smaller.
    """
    has = frozenset().union(*(reading.has for reading in readings))
    tests = {"customer_id": _contact(readings), **dict.fromkeys(KEYED, "TRUE")}
    counts, joins, replaced = dict[str, int](), list[str](), list[str]()
    for column, test in tests.items():
        if column not in has:
            continue
        file = folder / f"keyed_{column}.parquet"
        counts[column] = _write(engine, among or given, column, test, key, file)
        if counts[column]:
            engine.open_parquet(f"keyed_{column}", [file])
            joins.append(f"LEFT JOIN keyed_{column} ON r.{column} = keyed_{column}.identity")
            replaced.append(f"COALESCE(keyed_{column}.keyed, r.{column}) AS {column}")
    columns = f"r.* REPLACE ({', '.join(replaced)})" if replaced else "r.*"
    engine.run(f"CREATE OR REPLACE TEMP VIEW {hidden} AS SELECT {columns} FROM {given} AS r {' '.join(joins)}")
    if key.private is not None and counts.get("customer_id"):
        _remember(folder / "keyed_customer_id.parquet", key.private / "identities.parquet")
    return counts.get("customer_id", 0)


def looking_like(kind: str, cell: str) -> str:
    """SQL of an identity; an e-mail address or phone number that does not look like one is none."""
    patterns = {"email": EMAIL, "phone": NUMBER}
    return f"CASE WHEN regexp_matches({cell}, {literal(patterns[kind])}) THEN {cell} END" if kind in patterns else cell


def key_people(
    engine: Engine, rows: str, identities: Sequence[str], folder: Path, key: Key, contacts: str = "TRUE"
) -> None:
    """Make the relation `KEYED_PEOPLE`: keyed ids of those identities (columns ``i_NAME`` of `rows`) that are contacts.

    Ids that look like contacts always are; e-mails and phones beside them where the condition `contacts` holds.
    """
    own = f"regexp_matches(i_customer_id, {literal(EMAIL)}) OR regexp_matches(i_customer_id, {literal(PHONE)})"
    tests = {"customer_id": own, "email": contacts, "phone": contacts}
    parts = [
        f"SELECT i_{name} AS identity FROM {rows} WHERE i_{name} IS NOT NULL AND ({tests[name]})" for name in identities
    ]
    file = folder / f"{KEYED_PEOPLE}.parquet"
    _write(engine, f"({' UNION '.join(parts)})", "identity", "TRUE", key, file)
    engine.open_parquet(KEYED_PEOPLE, [file])


def keyed(key: bytes, identity: str) -> str:
    """The id of an identity: addresses in one case, numbers by their digits.

    Examples
    --------
    >>> keyed(b"k", "Ann@Example.com ") == keyed(b"k", "ann@example.com") != keyed(b"other", "ann@example.com")
    True
    """
    plain = identity.strip().lower()
    if "@" not in plain and re.match(NUMBER, plain):
        plain = re.sub(r"\D", "", plain)
    return "k" + hmac.digest(key, plain.encode(), "sha256").hex()[:32]


def keyed_names(names: Iterable[str], known: Collection[str], private: Path) -> dict[str, str]:
    """The keyed ids of those `names` that are contacts of customers in `known`; no key is made to find out."""
    contacts = [name for name in names if re.match(EMAIL, name.strip()) or re.match(NUMBER, name.strip())]
    if not contacts or not (private / KEY).is_file():
        return {}
    secret = own_key(private)
    found = {name: keyed(secret, name) for name in contacts if name not in known}
    return {name: hidden for name, hidden in found.items() if hidden in known}


def own_key(private: Path | None) -> bytes:
    """The shop's own key, made on first use and readable by its owner alone; a passing one where there is no folder."""
    if private is None:
        return secrets.token_bytes(32)
    private.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = private / KEY
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        pass
    return path.read_bytes()


def _contact(readings: Iterable[Reading]) -> str:
    """SQL that is true for a customer known by e-mail or phone."""
    named = any(CONTACT_NAMES.search(name) for reading in readings for name in reading.match.columns["customer_id"])
    email = f"regexp_matches(customer_id, {literal(EMAIL)})"
    phone = f"regexp_matches(customer_id, {literal(NUMBER if named and not _mixed(readings) else PHONE)})"
    # a pattern is tried only where its telling character is there: patterns over every record cost more than typing
    likely = "CASE WHEN left(customer_id, 1) IN ('+', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9')"
    if not named or _mixed(readings):
        likely = "CASE WHEN starts_with(customer_id, '+')"
    return f"CASE WHEN contains(customer_id, '@') THEN {email} ELSE {likely} THEN {phone} ELSE FALSE END END"


def _mixed(readings: Iterable[Reading]) -> bool:
    """Whether other columns than contacts stand for the customer too, whose numbers are no phones."""
    return any(not CONTACT_NAMES.search(name) for reading in readings for name in reading.match.columns["customer_id"])


def _write(engine: Engine, records: str, column: str, test: str, key: Key, file: Path) -> int:
    """The identities of a column with their ids, in a file; how many."""
    count = 0
    sql = f"SELECT {column} FROM {records} WHERE {column} IS NOT NULL AND ({test}) GROUP BY {column}"
    with pq.ParquetWriter(file, SCHEMA, compression="snappy") as writer:
        for batch in engine.batches(sql):
            identities = batch.column(0).to_pylist()
            if identities:  # no key is made for a log without contacts
                writer.write_table(
                    pa.table([identities, [keyed(key.secret, one) for one in identities]], schema=SCHEMA)
                )
            count += len(identities)
    return count


def _remember(new: Path, kept: Path) -> None:
    """Add identities to the map of those known before, and replace it in one step."""
    table = pq.read_table(new)
    if kept.exists():
        table = pa.concat_tables([pq.read_table(kept), table])
    table = table.group_by(["identity", "keyed"]).aggregate([]).select(["identity", "keyed"]).sort_by("identity")
    beside = kept.with_suffix(".new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        pq.write_table(table, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(kept)
