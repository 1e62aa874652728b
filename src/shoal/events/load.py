"""Load: a shop's files become one clean event log, with every record accounted for.

In: files or frames. Out: an `EventLog` in the engine and a `Quality`. The one thing to know: it reads like its table of
contents; what each step decides is in the module of that name.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from shoal.engines.contract import Engine
from shoal.events import aside, goods, keys, scan
from shoal.events import customers as people
from shoal.events.accounts import products_account
from shoal.events.facts import Counted, Tally, describe, one_currency
from shoal.events.findings import converted, keyed_ids, log_findings
from shoal.events.moment import Wish, choose_clock
from shoal.events.money import asked_money
from shoal.events.opening import Loading, listed_rules, open_sources
from shoal.events.quality import Evidence, quality
from shoal.events.reading import Scope
from shoal.events.result import EventLog, Quality
from shoal.events.returns import match_returns
from shoal.events.twins import SUSPECTS, all_kept, find_twins, suspected, without_twins
from shoal.events.typed.ledger import Ledger, open_ledger
from shoal.events.typed.plan import Planner
from shoal.events.typed.sieve import SPELT
from shoal.events.typed.zones import zone_table
from shoal.events.visits import are_derived, derive_visits
from shoal.words.clock import DAY_S, Clock, zone
from shoal.words.errors import InputError, error
from shoal.words.language import Texts
from shoal.words.progress import Progress, silent

texts = Texts("shoal.events")
PASSING = ("source_*", "keyed_*.parquet", "faults.parquet")
"""Files that only the load needs."""
REPLACED = {"events.parquet": ("records.parquet", "typed_*"), "rest.parquet": ("records.parquet",)}
"""What each file stands for, where it was written: files of all records pass then too."""


def load(
    sources: Sequence[Any],
    engine: Engine,
    workspace: Path,
    *,
    columns: Mapping[str, str] | None = None,
    layout: str | None = None,
    as_of: str | int | None = None,
    horizon_days: int = 90,
    look_back_days: int | None = None,
    timezone: str | None = None,
    currency: str | None = None,
    exclude: Sequence[str] = (),
    now: int | None = None,
    products: Any | None = None,
    customers: Any | None = None,
    private: Path | None = None,
    visits: bool = True,
    progress: Progress | None = None,
) -> tuple[EventLog, Quality]:
    """A clean event log in the engine, and the account of every record.

    Parameters
    ----------
    sources
        Paths (CSV or JSON, plain, gzip or zstd; Parquet; spreadsheets), folders and patterns of such files, addresses
        of PostgreSQL tables, and frames (pandas, polars, Arrow).
    columns
        Our names to the sources' own: ``{"customer_id": "CustomerID"}``; ``price`` may be given instead of ``amount``,
        ``name`` is the product's name, ``"Date:dmy"`` says day-first; ``customers.birthday`` is meant for the customers
        file alone.
    layout
        The code of a known export; found by its columns when None.
    as_of
        Where "now" stands, ISO or epoch seconds; the end of the last day of the log when None.
    look_back_days
        How far features look back; chosen from the length of the history when None.
    timezone
        The shop's zone, for times without an offset and for days and hours; UTC when None.
    currency
        Use only records in this currency, where the log names one; else the name of the log's currency. With rates,
        ``EUR,USD=0.92``, amounts in those currencies are converted.
    exclude
        Product codes to leave out beside those known to be no products.
    products, customers
        A file or frame with the catalogue, and one with a row a customer: ``signed_up``, contacts, any attributes.
    private
        Folder for contacts, for the key of keyed ids and the map from them to e-mail addresses and phone numbers; a
        passing key when None.
    now
        The second of this run; later records are set aside.
    visits
        Derive visits for the features of later stages where the log has times of day and browsing but names none.

    Raises
    ------
    InputError, UsageError
        For sources that cannot be used, each with what was found and what to do.
    LostRowsError
        When records in and records out do not add up.

    Examples
    --------
    >>> import pyarrow as pa
    >>> days = [f"2024-0{1 + i % 6}-1{i % 9}" for i in range(60)]
    >>> log = pa.table({"customer_id": [f"u{i % 12}" for i in range(60)], "event_time": days, "amount": [9.5] * 60})

    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> from shoal.engines.choose import open_engine

    >>> with open_engine("duckdb", Path(folder := mkdtemp()), "500MB") as engine:
    ...     clean, quality = load([log], engine, Path(folder))
    ...     clean.customers, clean.clock.iso[:10]
    (12, '2024-06-19')
    """
    now = int(time.time()) if now is None else now
    zone_name = timezone or "UTC"
    zone(zone_name)
    workspace.mkdir(parents=True, exist_ok=True)
    money = asked_money(currency)
    scope = Scope(zone_name, now + DAY_S, money)
    folder = Path(mkdtemp(prefix="load-", dir=workspace))
    planner = Planner(layout, columns or {}, scope, zone_table(engine, zone_name))
    run = Loading(engine, folder, progress or silent, planner)
    run = open_sources(run, sources, columns or {}, layout, scope, products, customers)
    key = keys.Key(private)
    stored, hidden = _type_records(run, zone_name, key)
    currency = one_currency(engine, scan.RECORDS, run.readings, money.currency)
    wish = Wish(as_of, look_back_days, horizon_days, zone_name, now)
    seen = scan.survey(engine, scan.RECORDS, wish.before)
    _require_events(run, seen)
    clock, chosen = choose_clock(seen.days, wish, seen.first_s)
    records, seen = _without_fees(run, exclude, clock, seen)
    usable = scan.good(records, seen)
    twins, tally, ledger, log = _kept(run, usable, clock, stored and records == scan.RECORDS, currency)
    log = _with_accounts(run, log, key)
    run.progress(texts("progress.counting"), 0.9)
    table = aside.set_aside(engine, records, run.readings, run.beside, run.folder)
    said = (*converted(money), *log_findings(log, run.readings, timezone), *keyed_ids(hidden, private is not None))
    noticed, others = (*chosen, *run.noticed, *said), tuple(run.others)
    log, returns = _with_visits(run, log) if visits else log, match_returns(log, run.folder)
    evidence = Evidence(records, usable, seen, twins, table, noticed, others, returns, tally, ledger, run.started)
    result = quality(log, run.readings, evidence)
    _clear(run)
    return log, result


def _with_visits(run: Loading, log: EventLog) -> EventLog:
    derived = are_derived(log.has, log.types)
    return replace(log, visits=derive_visits(run.engine, run.folder)) if derived else log


def _with_accounts(run: Loading, log: EventLog, key: keys.Key) -> EventLog:
    """The log with what the customers file says of its customers."""
    if run.customers_door is None:
        return log
    found = people.add_customers(run.engine, run.customers_door, log, run.folder, key)
    run.others.append(found.count)
    run.noticed += found.findings
    return found.log


def _type_records(run: Loading, timezone: str, key: keys.Key) -> tuple[bool, int]:
    """Make the relation of typed records with keyed ids; whether it is stored as it is, and how many ids are keyed."""
    run.progress(texts("progress.typing"), 0.4)
    stored = scan.open_records(run.engine, run.readings, timezone, run.folder)
    among = scan.DOUBTFUL if stored else scan.TYPED  # what was typed at the door holds no contact
    hidden = keys.hide(run.engine, scan.TYPED, scan.RECORDS, run.readings, run.folder, key, among)
    run.progress(texts("progress.judging"), 0.5)
    return stored and not hidden and not run.has & set(keys.KEYED), hidden


def _kept(
    run: Loading, usable: str, clock: Clock, stored: bool, currency: str | None
) -> tuple[dict[str, int], Tally, Ledger | None, EventLog]:
    """The clean log, with what was counted of it; how many records of each file stood before."""
    ledger = _ledger(run, clock) if stored else None
    twins, kept = _keep(run, usable, clock, stored, ledger)
    counted = None
    if ledger is not None and kept is not None:  # of twins one stays, and so do all customers
        counted = Counted(ledger.customers()[0], kept, run.readings)
    log, tally = describe(run.engine, clock, run.has, currency, counted)
    return twins, tally, ledger, log


def _ledger(run: Loading, clock: Clock) -> Ledger | None:
    parts = [typed for reading in run.readings for typed in reading.match.staged.typed_parts]
    names = [name for name in SPELT if name in run.has or name == "customer_id"]
    return open_ledger(run.engine, parts, scan.DOUBTFUL, clock.as_of, names) if parts else None


def _keep(
    run: Loading, usable: str, clock: Clock, stored: bool, ledger: Ledger | None
) -> tuple[dict[str, int], scan.Kept | None]:
    """Make the clean log; how many records of each file stood before, and what of the stored ones is the log."""
    run.progress(texts("progress.twins"), 0.6)
    among, many = usable, sum(reading.match.staged.readable for reading in run.readings)
    if ledger is not None:
        among, many = suspected(run.engine, ledger, run.readings)
    twins = find_twins(run.engine, among, run.has, clock.as_of, many)
    run.progress(texts("progress.writing"), 0.7)
    kept, source = None, scan.STORED if stored and not run.listed and not twins else ""
    if ledger is not None and not run.listed:
        kept = without_twins(run.engine, ledger, run.readings, run.folder) if twins else all_kept(run.readings)
    if kept is not None and twins:
        source = scan.open_kept(run.engine, run.readings, "clean_records", kept)
    scan.write_events(run.engine, scan.Clean(usable, run.has, clock, bool(twins), run.listed, source), run.folder)
    return twins, kept


def _without_fees(run: Loading, exclude: Sequence[str], clock: Clock, seen: scan.Survey) -> tuple[str, scan.Survey]:
    """The records with fees and the like set aside, and what a scan over them counted; the products on the way."""
    good = scan.good(scan.RECORDS, seen)
    goods.learn(run.engine, f"{good} WHERE ts_s < {clock.as_of}", run.has, "all_products")
    if run.products_file is not None:
        listed, staged = goods.add_file(run.engine, run.products_file, "all_products"), run.products_file.staged
        run.others.append(products_account(staged, run.products_file.layout.code, listed.used, listed.twice))
        run.noticed += goods.fit_findings(staged.file, listed)
    certain = {code for reading in run.readings for code in reading.match.layout.no_products}
    gone = goods.no_products(run.engine, "all_products", certain, exclude)
    goods.keep_products(run.engine, "all_products", gone, run.folder)
    if not gone:
        return scan.RECORDS, seen
    records = scan.drop_products(run.engine, gone)
    return records, scan.survey(run.engine, records, clock.as_of)


def _require_events(run: Loading, seen: scan.Survey) -> None:
    """Refuse a log in which every record is set aside."""
    if seen.last_s >= 0:
        return
    counts = Counter[str]()
    for (_, code), count in seen.aside.items():
        counts[code] += count
    files = ", ".join(reading.match.staged.file for reading in run.readings)
    raise error(InputError, texts, "nothing_usable", files=files, rules=listed_rules(counts))


def _clear(run: Loading) -> None:
    """Remove what only the load needed: parsed copies, and the lists of records that were found twice."""
    for relation in ("twins", scan.RECORDS, scan.TYPED, SUSPECTS, "judged_records", "faults"):
        run.engine.run(f"DROP VIEW IF EXISTS {relation}" if relation != "twins" else "DROP TABLE twins")
    run.engine.run(f"DROP TABLE IF EXISTS {people.READ}")
    made = {name for name in REPLACED if (run.folder / name).exists()}
    if made:
        run.engine.run(f"DROP VIEW IF EXISTS {scan.STORED}")
    patterns = (*PASSING, *(pattern for name in made for pattern in REPLACED[name]))
    passing = (file for pattern in patterns for file in run.folder.glob(pattern))
    for file in passing:
        file.unlink(missing_ok=True)
