"""The account of a load: where every record went, and what each rule found.

In: the log, the readings and what the scans counted. Out: a `Quality`. The one thing to know: what the door counted and
what the engine counted are held against each other, file by file.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from shoal.engines.contract import Engine
from shoal.events.accounts import Counts, FileCount, account
from shoal.events.aside import examples
from shoal.events.facts import Tally
from shoal.events.findings import cancelled, returned
from shoal.events.groups import find_odd, forget_odd
from shoal.events.pace import pace_findings
from shoal.events.reading import Reading
from shoal.events.result import EventLog, Quality, RuleCount
from shoal.events.returns import RETURNS, Returns
from shoal.events.rules import BY_CODE, DIMENSIONS, RULES
from shoal.events.scan import Survey, marked
from shoal.events.scores import scores
from shoal.events.typed.ledger import Ledger
from shoal.show.blocks import Finding
from shoal.words.clock import iso
from shoal.words.errors import LostRowsError
from shoal.words.language import Texts
from shoal.words.provenance import Made

texts = Texts("shoal.events")
BESIDE = frozenset({"products", "customers", "lookup", "left_out"})
"""Kinds of files whose rows are no records of the log."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the steps of a load counted and noticed."""

    records: str
    usable: str
    seen: Survey
    twins: Mapping[str, int]
    set_aside: pa.Table
    noticed: tuple[Finding, ...]
    others: tuple[FileCount, ...]
    returns: Returns
    tally: Tally
    ledger: Ledger | None
    started: float


def quality(log: EventLog, readings: Sequence[Reading], evidence: Evidence) -> Quality:
    """The quality of a loaded log. Raises `LostRowsError` when records in and out do not add up."""
    staged = [reading.match.staged for reading in readings]
    layouts = {file.file: r.match.layout.code for r in readings for file in r.match.staged.files}
    files = account(staged, layouts, _counts(log, readings, evidence))
    records = sum(file.records for file in (*files, *evidence.others) if file.kind not in BESIDE)
    kept, aside = evidence.set_aside.num_rows, sum(file.set_aside for file in (*files, *evidence.others))
    if kept != aside:
        raise LostRowsError(f"{aside} records were set aside, {kept} were kept")
    later = sum(file.after_as_of for file in files)
    rules = _rules(log, evidence, records)
    return Quality(
        made=_made(log, evidence, records),
        findings=_findings(log, evidence, later),
        set_aside=evidence.set_aside,
        returns=evidence.returns.table,
        records=records,
        used=log.rows,
        duplicates=sum(file.duplicates for file in files),
        after_as_of=later,
        set_aside_records=aside,
        customers=log.customers,
        first=iso(log.first_s),
        last=iso(log.last_s),
        files=(*files, *evidence.others),
        rules=rules,
        scores=scores({rule.code: rule.count for rule in rules}, records, evidence.seen.days, _money(log, evidence)),
        event_types=evidence.tally.by_type,
    )


def _findings(log: EventLog, evidence: Evidence, later: int) -> tuple[Finding, ...]:
    paced = pace_findings(log, evidence.seen.days, evidence.tally.filled)
    return (*evidence.noticed, *_later(later, log), *returned(log, evidence.returns), *cancelled(log), *paced)


def _later(records: int, log: EventLog) -> tuple[Finding, ...]:
    if not records:
        return ()
    return (
        Finding("after_as_of", "info", texts("finding.after_as_of", count=records, as_of=log.clock.iso), None, records),
    )


def _made(log: EventLog, evidence: Evidence, records: int) -> Made:
    seconds = round(time.monotonic() - evidence.started, 3)
    return Made.at(log.clock, "events", engine=log.engine_version, rows_in=records, rows_out=log.rows, seconds=seconds)


def _counts(log: EventLog, readings: Sequence[Reading], evidence: Evidence) -> Counts:
    aside = Counter(evidence.seen.aside)
    for reading in readings:
        for file in reading.match.staged.files:
            aside.update({(file.file, code): count for code, count in file.faults.items()})
    later: dict[str, int] = {}
    if evidence.seen.last_s >= log.clock.as_of:
        later = _by_file(log.engine, f"{evidence.usable} WHERE ts_s >= {log.clock.as_of}")
    return Counts(evidence.tally.by_file, evidence.twins, later, aside)


def _by_file(engine: Engine, relation: str) -> dict[str, int]:
    rows = engine.rows(f"SELECT source_file, COUNT(*) FROM {relation} GROUP BY source_file")
    return {str(file): int(count) for file, count in rows}


def _money(log: EventLog, evidence: Evidence) -> dict[str, str]:
    """What purchases that are not used amount to, by the dimension of their rule."""
    unit = f" {log.currency}" if log.currency else ""
    sums = {
        str(rule): float(amount or 0)
        for rule, amount in log.engine.rows(
            f"SELECT rule, SUM(amount) FROM {evidence.records} WHERE rule IS NOT NULL AND event_type = 'purchase' "
            "AND amount > 0 GROUP BY rule"
        )
    }
    sums["duplicate"] = float(
        log.engine.rows(
            f"SELECT COALESCE(SUM(amount), 0) FROM {evidence.usable} SEMI JOIN twins "
            "USING (source_file, source_line, source_item) WHERE event_type = 'purchase'"
        )[0][0]
    )
    return {name: f"{sum(sums.get(code, 0.0) for code in codes):,.0f}{unit}" for name, codes in DIMENSIONS.items()}


def _rules(log: EventLog, evidence: Evidence, records: int) -> tuple[RuleCount, ...]:
    """Every rule that found something, in the order of `RULES`."""
    odd = find_odd(log.engine, log.has, evidence.ledger) | ({RETURNS} if evidence.returns.odd else set())
    counts = Counter(marked(log.engine, log.has, odd, () if evidence.tally.zeros else ("zero_amount",)))
    counts["duplicate"] = sum(evidence.twins.values())
    for pair in evidence.set_aside.column("rule").value_counts().to_pylist():
        counts[pair["values"]] += pair["counts"]
    found = [rule.code for rule in RULES if counts[rule.code]]
    shown = examples(log.engine, evidence.set_aside, found)
    forget_odd(log.engine)
    return tuple(
        RuleCount(
            code, BY_CODE[code].severity, BY_CODE[code].action, counts[code], counts[code] / records,
            texts(f"rule.{code}.what"), texts(f"rule.{code}.advice"), shown[code],
        )
        for code in found
    )  # fmt: skip
