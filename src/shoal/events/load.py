"""Load: a shop's files become one clean event log, with every record accounted for.

In: files or frames. Out: an `EventLog` in the engine and a `Quality`. The one thing to know: it reads like its table of
contents; what each step decides is in the module of that name.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from shoal.engines.contract import Engine
from shoal.events import aside, goods, keys, scan
from shoal.events import customers as people
from shoal.events.accounts import FileCount, only_faults, products_account
from shoal.events.candidates import left_out, logs_among
from shoal.events.combine import Combiner, Lookup
from shoal.events.doors import Door
from shoal.events.facts import describe, one_currency
from shoal.events.findings import converted, keyed_ids, log_findings
from shoal.events.known import LAYOUTS
from shoal.events.matching import Match, check_columns, match
from shoal.events.moment import Wish, choose_clock
from shoal.events.money import asked_money
from shoal.events.quality import Evidence, quality
from shoal.events.reading import Reading, Scope, read
from shoal.events.result import EventLog, Quality
from shoal.events.returns import match_returns
from shoal.events.staged import one_table, unite
from shoal.events.visits import are_derived, derive_visits
from shoal.show.blocks import Finding
from shoal.words.clock import DAY_S, Clock, zone
from shoal.words.errors import InputError, error
from shoal.words.language import Texts
from shoal.words.progress import Progress, silent

texts = Texts("shoal.events")
PASSING = ("source_*", "keyed_*.parquet", "faults.parquet")
"""Files that only the load needs."""


@dataclass(slots=True)
class _Load:
    """What the steps of one load pass on."""

    engine: Engine
    folder: Path
    progress: Progress
    started: float = field(default_factory=time.monotonic)
    readings: list[Reading] = field(default_factory=list)
    others: list[FileCount] = field(default_factory=list)
    noticed: list[Finding] = field(default_factory=list)
    faults: Path | None = None
    products_file: Match | None = None
    customers_door: people.Door | None = None
    lookups: list[Lookup] = field(default_factory=list)

    @property
    def has(self) -> frozenset[str]:
        return frozenset().union(*(reading.has for reading in self.readings))

    @property
    def beside(self) -> aside.Beside:
        """What is set aside in files other than the log."""
        without = [(lookup.staged, "missing_key", lookup.keyless) for lookup in self.lookups]
        if self.products_file is not None:
            without.append((self.products_file.staged, "missing_product", goods.nameless(self.products_file)))
        if self.customers_door is not None:
            without.append((self.customers_door.found.staged, "missing_customer", self.customers_door.nameless))
        return aside.Beside(tuple(without), self.faults)

    @property
    def listed(self) -> tuple[str, ...]:
        """What the products file knows of products that the log may lack."""
        there = () if self.products_file is None else self.products_file.columns
        return tuple(name for name in ("category", "brand") if name in there)


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
    run = _Load(engine, Path(mkdtemp(prefix="load-", dir=workspace)), progress or silent)
    money = asked_money(currency)
    _read_sources(run, sources, columns or {}, layout, Scope(zone_name, now + DAY_S, money), products, customers)
    key = keys.Key(private)
    file, hidden = _type_records(run, zone_name, key)
    currency = one_currency(engine, scan.RECORDS, run.readings, money.currency)
    wish = Wish(as_of, look_back_days, horizon_days, zone_name, now)
    seen = scan.survey(engine, scan.RECORDS, wish.before)
    _require_events(run, seen)
    clock, chosen = choose_clock(seen.days, wish, seen.first_s)
    records, seen = _without_fees(run, exclude, clock, seen)
    usable = scan.good(records, seen)
    twins = _keep(run, usable, clock, file if records == scan.RECORDS else None, seen.many)
    log = _with_accounts(run, describe(engine, clock, run.has, currency), key)
    run.progress(texts("progress.counting"), 0.9)
    table = aside.set_aside(engine, records, run.readings, run.beside, run.folder)
    said = (*converted(money), *log_findings(log, run.readings, timezone), *keyed_ids(hidden, private is not None))
    noticed, others = (*chosen, *run.noticed, *said), tuple(run.others)
    log, returns = _with_visits(run, log) if visits else log, match_returns(log, run.folder)
    evidence = Evidence(records, usable, seen, twins, table, noticed, others, returns, run.started)
    result = quality(log, run.readings, evidence)
    _clear(run)
    return log, result


def _with_visits(run: _Load, log: EventLog) -> EventLog:
    derived = are_derived(log.has, log.types)
    return replace(log, visits=derive_visits(run.engine, run.folder)) if derived else log


def _with_accounts(run: _Load, log: EventLog, key: keys.Key) -> EventLog:
    """The log with what the customers file says of its customers."""
    if run.customers_door is None:
        return log
    found = people.add_customers(run.engine, run.customers_door, log, run.folder, key)
    run.others.append(found.count)
    run.noticed += found.findings
    return found.log


def _type_records(run: _Load, timezone: str, key: keys.Key) -> tuple[Path | None, int]:
    """Make the relation of typed records with keyed ids; their file where none is keyed, and how many customers are."""
    run.progress(texts("progress.typing"), 0.4)
    file = scan.open_records(run.engine, run.readings, timezone, run.folder)
    hidden = keys.hide(run.engine, scan.TYPED, scan.RECORDS, run.readings, run.folder, key)
    run.progress(texts("progress.judging"), 0.5)
    return None if hidden or run.has & set(keys.KEYED) else file, hidden


def _keep(run: _Load, usable: str, clock: Clock, file: Path | None, many: int) -> dict[str, int]:
    """Make the clean log, from `file` where that holds it already; how many records of each file stood before."""
    run.progress(texts("progress.twins"), 0.6)
    twins = scan.find_twins(run.engine, usable, run.has, clock.as_of, many)
    run.progress(texts("progress.writing"), 0.7)
    scan.write_events(run.engine, scan.Kept(usable, run.has, clock, bool(twins), run.listed, file), run.folder)
    return twins


def _read_sources(
    run: _Load, sources: Sequence[Any], columns: Mapping[str, str], layout: str | None, scope: Scope, *beside: Any
) -> None:
    """Stage, match and understand every source, and what stands beside them: products and customers, or None."""
    door = Door(run.engine, run.folder, run.progress)
    entered = door.enter(sources)
    listed, accounts = (None if file is None else one_table(run.engine, door.enter([file])) for file in beside)
    run.faults = door.close()
    run.customers_door, columns = people.door_of(accounts, entered, columns)
    check_columns(columns, entered)
    staged, run.lookups = Combiner(run.engine, run.folder, LAYOUTS).combined(unite(run.engine, entered))
    run.others += [count for lookup in run.lookups for count in lookup.accounts]
    matches, others = logs_among(run.engine, [match(source, layout, columns) for source in staged])
    for found in others:
        said, counts = left_out(found)
        run.noticed.append(said)
        run.others += counts
    run.progress(texts("progress.understanding"), 0.3)
    for found in matches:
        _understand(run, found, scope)
    if not run.readings:
        faults = sum((Counter(source.faults) for source in staged), Counter[str]())
        key = "nothing_usable" if faults else "no_records"
        raise error(InputError, texts, key, files=", ".join(s.file for s in staged), rules=_listed(faults))
    run.products_file = None if listed is None else goods.match_file(listed)


def _understand(run: _Load, found: Match, scope: Scope) -> None:
    for file in found.staged.files:
        if not file.readable:
            said = texts("finding.nothing_in_file", file=file.file)
            run.noticed.append(Finding("nothing_in_file", "warning", said))
    if found.staged.readable:
        run.readings.append(read(run.engine, found, scope))
    else:
        run.others += only_faults(found.staged, found.layout.code)


def _without_fees(run: _Load, exclude: Sequence[str], clock: Clock, seen: scan.Survey) -> tuple[str, scan.Survey]:
    """The records with fees and the like set aside, and what a scan over them counted; the products on the way."""
    good = scan.good(scan.RECORDS, seen)
    goods.learn(run.engine, f"{good} WHERE ts_s < {clock.as_of}", run.has, "all_products")
    if run.products_file is not None:
        used, twice = goods.add_file(run.engine, run.products_file, "all_products")
        run.others.append(products_account(run.products_file.staged, run.products_file.layout.code, used, twice))
    certain = {code for reading in run.readings for code in reading.match.layout.no_products}
    gone = goods.no_products(run.engine, "all_products", certain, exclude)
    goods.keep_products(run.engine, "all_products", gone, run.folder)
    if not gone:
        return scan.RECORDS, seen
    records = scan.drop_products(run.engine, gone)
    return records, scan.survey(run.engine, records, clock.as_of)


def _require_events(run: _Load, seen: scan.Survey) -> None:
    """Refuse a log in which every record is set aside."""
    if seen.last_s >= 0:
        return
    counts = Counter[str]()
    for (_, code), count in seen.aside.items():
        counts[code] += count
    files = ", ".join(reading.match.staged.file for reading in run.readings)
    raise error(InputError, texts, "nothing_usable", files=files, rules=_listed(counts))


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{code} {count:,}" for code, count in counts.most_common())


def _clear(run: _Load) -> None:
    """Remove what only the load needed: parsed copies, and the lists of records that were found twice."""
    for relation in ("twins", scan.RECORDS, scan.TYPED, "stored_records", "judged_records", "faults"):
        run.engine.run(f"DROP VIEW IF EXISTS {relation}" if relation != "twins" else "DROP TABLE twins")
    run.engine.run(f"DROP TABLE IF EXISTS {people.READ}")
    if (run.folder / "events.parquet").exists():
        (run.folder / "records.parquet").unlink(missing_ok=True)
    passing = (file for pattern in PASSING for file in run.folder.glob(pattern))
    for file in passing:
        file.unlink(missing_ok=True)
