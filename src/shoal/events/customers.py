"""The door of ``--customers``: what a shop knows of people beside what they did.

In: a file with one row a customer, and the log's customers. Out: the relation `ACCOUNTS` (who, signed up when, born
when, attributes), an account of every row, and contacts and consents in the private folder. The one thing to know: a
row is matched by the id the log knows the customer by, be it the shop's own id or the keyed one of an e-mail address
or phone number; nothing that says who somebody is goes on to later stages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from shoal.engines.contract import Engine
from shoal.events.accounts import FileCount, nothing_in
from shoal.events.attributes import Told, tell
from shoal.events.cells import Cells
from shoal.events.groups import CUSTOMERS as LOG_CUSTOMERS
from shoal.events.keys import KEYED_ID, KEYED_PEOPLE, Key, key_people, looking_like
from shoal.events.known import CUSTOMER_LAYOUTS
from shoal.events.layouts import CUSTOMER_COLUMNS, LOADED
from shoal.events.matching import Match, check_columns, find_columns, match
from shoal.events.private import keep_contacts
from shoal.events.result import Attribute, EventLog
from shoal.events.roles import Roles, roles
from shoal.events.staged import Staged
from shoal.events.times import find_style, local_second, native_style
from shoal.show.blocks import Finding
from shoal.words.errors import InputError, error
from shoal.words.language import Texts

texts = Texts("shoal.events")
ACCOUNTS, READ, KNOWN = "accounts", "read_accounts", "known_accounts"
PREFIX = "customers."
"""What stands before one of our names in ``--columns`` where it is meant for this file alone."""
IDENTITIES = ("customer_id", "email", "phone")
MOMENTS = ("signed_up", "birthday", "known_at")
NAMES = tuple(f"{PREFIX}{name}" for name in CUSTOMER_COLUMNS)


@dataclass(frozen=True, slots=True)
class Door:
    """A matched customers file, and the date orders that were asked for."""

    found: Match
    orders: Mapping[str, str]

    @property
    def nameless(self) -> str:
        """SQL that is true for the rows that name nobody, once the others were read."""
        return f"(__file, __line, __item) NOT IN (SELECT __file, __line, __item FROM {READ})"


@dataclass(frozen=True, slots=True)
class Accounts:
    """What was read: the log with its accounts, where every row went, and what is to be known of it."""

    log: EventLog
    count: FileCount
    findings: tuple[Finding, ...]


def door_of(
    accounts: Staged | None, log: Sequence[Staged], columns: Mapping[str, str]
) -> tuple[Door | None, dict[str, str]]:
    """The door of a staged customers file, where there is one, and the columns that were asked for of the log.

    Raises `UsageError` for a column that was asked for and is nowhere, `InputError` where no column names customers.
    """
    if accounts is None:
        return None, dict(columns)
    check_columns(columns, [*log, accounts], (*LOADED, *NAMES, *CUSTOMER_COLUMNS))
    check_columns(_own_columns(columns), [accounts], CUSTOMER_COLUMNS)
    mine = {name for name in columns if name.startswith(PREFIX) or name not in LOADED}
    return match_customers(accounts, columns), {name: theirs for name, theirs in columns.items() if name not in mine}


def _own_columns(columns: Mapping[str, str]) -> dict[str, str]:
    """The columns that were asked for of this file alone, by our names."""
    return {name.removeprefix(PREFIX): theirs for name, theirs in columns.items() if name.startswith(PREFIX)}


def match_customers(staged: Staged, columns: Mapping[str, str]) -> Door:
    """The columns of a customers file. Raises `InputError` where none of them names customers."""
    own = {name: theirs for name, theirs in columns.items() if name in CUSTOMER_COLUMNS}
    own |= _own_columns(columns)
    found = match(staged, None, own, CUSTOMER_LAYOUTS)
    if not set(IDENTITIES) & set(found.columns):
        raise error(InputError, texts, "no_customer_column", file=staged.file, found=", ".join(staged.columns))
    asked = {ours: find_columns(staged, theirs)[1] for ours, theirs in own.items()}
    return Door(found, {ours: order for ours, order in asked.items() if order})


def add_customers(engine: Engine, door: Door, log: EventLog, folder: Path, key: Key) -> Accounts:
    """The log with its accounts. Raises `InputError` for a date that can be read in two ways."""
    found, moments = door.found, _moments(engine, door, log.clock.timezone)
    named = roles(engine, found, "known_at" in moments)
    _read(engine, found, named, moments)
    _known(engine, [c for c in IDENTITIES if c in found.columns], folder, key)
    later = f"signed_up_s >= {log.clock.as_of} OR known_s >= {log.clock.as_of}"
    counts = _counted(engine, f"COALESCE({later}, FALSE)")
    columns = {name: f"a{at}" for at, name in enumerate((*named.numbers, *named.texts))}
    _keep(engine, list(columns.values()), f"COALESCE({later}, FALSE)", folder)
    contacts = keep_contacts(engine, KNOWN, named, key.private)
    told = tell(engine, log, named, columns, "known_at" in moments)
    has = frozenset(moments) - {"known_at"}
    account = _account(found, counts)
    said_ = (*_matched(engine, found, account), *told.findings, *contacts, *_left(found, told, named))
    engine.run(f"DROP TABLE {KNOWN}")
    engine.run(f"DROP VIEW {KEYED_PEOPLE}")
    attributes = tuple(Attribute(name, columns[name], levels) for name, levels in told.levels.items())
    return Accounts(replace(log, accounts=ACCOUNTS, attributes=attributes, account_dates=has), account, said_)


def _moments(engine: Engine, door: Door, timezone: str) -> dict[str, str]:
    """SQL of the seconds of each date the file has; a birthday is the day, whatever the zone."""
    read, staged = dict[str, str](), door.found.staged
    for ours in MOMENTS:
        for theirs in door.found.columns.get(ours, ())[:1]:
            cell, kind = staged.columns[theirs], staged.types[theirs]
            zone = "UTC" if ours == "birthday" else timezone
            filled = f"SELECT COUNT(NULLIF(trim(CAST({cell} AS VARCHAR)), '')) FROM {staged.relation}"
            if engine.rows(filled)[0][0]:
                order = door.orders.get(ours)
                style = native_style(cell, kind, zone) or find_style(
                    engine, staged.relation, cell, zone, order, theirs, f"{PREFIX}{ours}"
                )
                read[ours] = style.sql
    return read


def _read(engine: Engine, found: Match, named: Roles, moments: Mapping[str, str]) -> None:
    """The rows that name somebody: their identities, dates, attributes, contacts and consents, typed."""
    cells = Cells(engine, found)
    columns = {f"i_{ours}": looking_like(ours, cells.id(ours)) for ours in IDENTITIES if ours in found.columns}
    columns |= {"signed_up_s": moments.get("signed_up", "NULL"), "known_s": moments.get("known_at", "NULL")}
    born = (
        f"CAST(floor(({local_second(moments['birthday'], 'UTC')}) / 864e2) AS INTEGER)"
        if "birthday" in moments
        else "NULL"
    )
    values = enumerate((*named.numbers.values(), *named.texts.values()))
    people = {**named.contacts, **named.consents}
    listed = [f"{sql} AS {name}" for name, sql in columns.items()]
    listed += [f"{sql} AS a{at}" for at, sql in values]
    listed += [f"{sql} AS p{at}" for at, sql in enumerate(people.values())]
    some = " OR ".join(f"i_{ours} IS NOT NULL" for ours in IDENTITIES if ours in found.columns)
    engine.run(
        f"CREATE OR REPLACE TEMP TABLE {READ} AS SELECT * FROM (SELECT __file, __line, __item, {', '.join(listed)}, "
        f"{born} AS born_day FROM {found.staged.relation}) WHERE {some}"
    )


def _known(engine: Engine, identities: Sequence[str], folder: Path, key: Key) -> None:
    """Every row with its customer's id in the log: by the first identity that the log knows, else by the column that
    most of its customers are known by."""
    key_people(engine, READ, identities, folder, key, _contacts_wanted(engine, identities))
    joins = "".join(
        f" LEFT JOIN {KEYED_PEOPLE} AS k{at} ON r.i_{ours} = k{at}.identity"
        f" LEFT JOIN {LOG_CUSTOMERS} AS l{at} ON l{at}.customer_id = COALESCE(k{at}.keyed, r.i_{ours})"
        for at, ours in enumerate(identities)
    )
    places = range(len(identities))
    counts = engine.rows(f"SELECT {', '.join(f'COUNT(l{at}.customer_id)' for at in places)} FROM {READ} AS r{joins}")[0]
    best = sorted(places, key=lambda at: (-counts[at], at))
    choices = [f"l{at}.customer_id" for at in places]
    choices += [f"COALESCE(k{at}.keyed, r.i_{identities[at]})" for at in best]
    engine.run(
        f"CREATE OR REPLACE TEMP TABLE {KNOWN} AS SELECT COALESCE({', '.join(choices)}) AS customer_id, r.* "
        f"FROM {READ} AS r{joins}"
    )


def _contacts_wanted(engine: Engine, identities: Sequence[str]) -> str:
    """Where contacts are keyed: everywhere if the log knows people by them, else only where a row has nothing else."""
    hidden = engine.rows(f"SELECT COUNT(*) FROM {LOG_CUSTOMERS} WHERE regexp_full_match(customer_id, '{KEYED_ID}')")
    return "TRUE" if hidden[0][0] or "customer_id" not in identities else "i_customer_id IS NULL"


def _counted(engine: Engine, later: str) -> tuple[int, int, int]:
    """Rows read, rows of later days, and customers among the rest."""
    return engine.rows(
        f"SELECT COUNT(*), COUNT(*) FILTER ({later}), COUNT(DISTINCT customer_id) FILTER (NOT ({later})) FROM {KNOWN}"
    )[0]


def _keep(engine: Engine, columns: Sequence[str], later: str, folder: Path) -> None:
    """One row a customer: the one written last, and of those the same whatever the order of rows."""
    values = ", ".join(f"{name} DESC NULLS LAST" for name in ("known_s", "signed_up_s", "born_day", *columns))
    shown = ", ".join(
        [
            "customer_id",
            "CAST(signed_up_s AS BIGINT) AS signed_up_s",
            "CAST(known_s AS BIGINT) AS known_s",
            "CAST(born_day AS INTEGER) AS born_day",
            *columns,
        ]
    )
    engine.write_parquet(
        f"SELECT {shown} FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY {values}, "
        f"__file, __line, __item) AS place FROM {KNOWN} WHERE NOT ({later})) WHERE place = 1 ORDER BY customer_id",
        folder / f"{ACCOUNTS}.parquet",
    )
    engine.open_parquet(ACCOUNTS, [folder / f"{ACCOUNTS}.parquet"])


def _account(found: Match, counts: tuple[int, int, int]) -> FileCount:
    staged, (read, later, used) = found.staged, counts
    twice = read - later - used
    return FileCount(
        staged.file, "customers", found.layout.code, staged.records, used, twice, later, staged.records - read,
        staged.sha256,
    )  # fmt: skip


def _matched(engine: Engine, found: Match, account: FileCount) -> tuple[Finding, ...]:
    """How many of the file's customers the log knows."""
    if not account.used:
        return (nothing_in(found.staged.file),)
    there, everyone = engine.rows(
        f"SELECT COUNT(a.customer_id), COUNT(*) FROM {LOG_CUSTOMERS} AS l LEFT JOIN {ACCOUNTS} AS a USING (customer_id)"
    )[0]
    values = {"file": found.staged.file, "there": there, "everyone": everyone, "alone": account.used - there}
    if not there:
        do = texts("finding.customers_unknown_do")
        return (Finding("customers_unknown", "warning", texts("finding.customers_unknown", **values), do),)
    found_ = Finding("customers_matched", "info", texts("finding.customers_matched", **values), None, there)
    if account.duplicates <= account.used:
        return (found_,)
    several = {"file": found.staged.file, "rows": account.used + account.duplicates, "customers": account.used}
    said, do = texts("finding.customers_several", **several), texts("finding.customers_several_do")
    return found_, Finding("customers_several", "warning", said, do, account.duplicates)


def _left(found: Match, told: Told, named: Roles) -> tuple[Finding, ...]:
    """The columns that features do not use, by the reason."""
    left = {**named.left, **told.left}
    by_reason = {reason: [name for name, why in left.items() if why == reason] for reason in sorted(set(left.values()))}
    return tuple(
        Finding(
            f"customers_left_{reason}",
            "info",
            texts(f"finding.customers_left.{reason}", file=found.staged.file, columns=", ".join(names)),
            texts(f"finding.customers_left_do.{reason}") if texts.has(f"finding.customers_left_do.{reason}") else None,
            len(names),
        )
        for reason, names in by_reason.items()
    )
