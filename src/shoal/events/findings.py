"""What a reader of the report should know about how the log was read.

In: the log and its readings. Out: findings. The one thing to know: every assumption made while loading is said here,
with the option that changes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shoal.events.encodings import BY_LINE
from shoal.events.money import Money
from shoal.events.reading import Reading
from shoal.events.result import EventLog
from shoal.events.returns import Returns, cancelled_later
from shoal.events.times import SERIAL
from shoal.events.visits import are_derived
from shoal.show.blocks import Finding
from shoal.words.language import Text, Texts

texts = Texts("shoal.events")

SHOWN_WORDS = 5
DELIMITERS = {
    ";": Text("semicolons", "分号"),
    "\t": Text("tabs", "制表符"),
    "|": Text("vertical bars", "竖线"),
    " ": Text("blanks", "空格"),
}


def log_findings(log: EventLog, readings: Sequence[Reading], timezone: str | None) -> tuple[Finding, ...]:
    """All findings about the reading of a log, in the order of the files."""
    findings = [*_zone(log, readings, timezone), *_ids(readings), *_derived(log, readings), *_visits(log)]
    for reading in readings:
        findings += _of_source(reading)
    return tuple(findings)


def _zone(log: EventLog, readings: Sequence[Reading], timezone: str | None) -> Iterator[Finding]:
    if timezone is None and "hour" in log.has and any(reading.time.local for reading in readings):
        yield Finding(
            "timezone_assumed", "info", texts("finding.timezone_assumed"), texts("finding.timezone_assumed_do")
        )


def _ids(readings: Sequence[Reading]) -> Iterator[Finding]:
    for reading in readings:
        for column, count in sorted(reading.floats.items()):
            name = "+".join(reading.match.columns[column])
            said = texts("finding.float_ids", file=reading.match.staged.file, column=name, count=f"{count:,}")
            yield Finding("float_ids", "info", said, texts("finding.float_ids_do"), count)


def _derived(log: EventLog, readings: Sequence[Reading]) -> Iterator[Finding]:
    if {"purchase", "refund"} & log.types and not all("order_id" in reading.has for reading in readings):
        yield Finding("orders_derived", "info", texts("finding.orders_derived"), texts("finding.orders_derived_do"))


def _visits(log: EventLog) -> Iterator[Finding]:
    if are_derived(log.has, log.types):
        yield Finding("visits_derived", "info", texts("finding.visits_derived"), texts("finding.visits_derived_do"))


def keyed_ids(count: int, kept: bool) -> tuple[Finding, ...]:
    """How many customers were known by e-mail or phone and got a keyed id."""
    if not count:
        return ()
    said = texts("finding.contact_ids", count=f"{count:,}")
    do = texts("finding.contact_ids_kept" if kept else "finding.contact_ids_passing")
    return (Finding("contact_ids", "info", said, do, count),)


def converted(money: Money) -> tuple[Finding, ...]:
    """The rates at which amounts were converted."""
    if not money.rates:
        return ()
    rates = ", ".join(f"1 {code} = {rate} {money.currency}" for code, rate in money.rates.items())
    return (Finding("converted", "info", texts("finding.converted", rates=rates), texts("finding.converted_do")),)


def returned(log: EventLog, returns: Returns) -> Iterator[Finding]:
    """What became of the returns, and what that does to later numbers."""
    count = returns.whole + returns.odd
    if not count:
        return
    unit = f" {log.currency}" if log.currency else ""
    said = texts(
        "finding.returns",
        count=f"{count:,}",
        whole=f"{returns.whole:,}",
        more=f"{returns.more:,}",
        free=f"{returns.free:,}",
        undone=f"{returns.undone:,.0f}{unit}",
    )
    effect = texts("finding.returns_effect", money=f"{returns.against_nothing:,.0f}{unit}") if returns.odd else None
    yield Finding("returns", "info", said, effect, count)


def cancelled(log: EventLog) -> Iterator[Finding]:
    """Purchases that a later event cancelled, which count as bought all the same."""
    count, amount = cancelled_later(log)
    if count:
        money = f"{amount:,.0f} {log.currency or ''}".strip()
        said = texts("finding.cancelled_later", count=f"{count:,}", money=money)
        yield Finding("cancelled_later", "warning", said, texts("finding.cancelled_later_do"), count)


def _of_source(reading: Reading) -> Iterator[Finding]:
    staged = reading.match.staged
    if staged.delimiter in DELIMITERS:
        named = DELIMITERS[staged.delimiter]
        yield Finding("delimiter", "info", texts("finding.delimiter", file=staged.file, delimiter=named))
    if staged.encoding in BY_LINE:
        yield Finding("encoding", "info", texts("finding.encoding", file=staged.file, encoding=staged.encoding))
    if staged.parts:
        said = texts("finding.files_united", count=len(staged.parts), files=staged.file)
        yield Finding("files_united", "info", said)
    if caution := reading.match.layout.caution:
        yield Finding(caution, "warning", texts(f"finding.{caution}", file=staged.file))
    for file in staged.files:
        if file.titles:
            said = texts("finding.titles", file=file.file, count=file.titles)
            yield Finding("titles", "info", said)
    if not staged.header:
        yield Finding("no_header", "info", texts("finding.no_header", file=staged.file))
    yield from _of_times(reading)
    if reading.unknown_words:
        words = ", ".join(reading.unknown_words[:SHOWN_WORDS])
        said = texts("finding.unknown_words", file=staged.file, words=words, count=len(reading.unknown_words))
        yield Finding("unknown_words", "warning", said)


def _of_times(reading: Reading) -> Iterator[Finding]:
    file = reading.match.staged.file
    if reading.time.order:
        said = texts(f"finding.date_order_{reading.time.order}", file=file)
        yield Finding("date_order", "info", said, texts("finding.date_order_do"))
    if SERIAL in reading.time.families:
        said = texts("finding.serial_dates", file=file, column=reading.match.columns["event_time"][0])
        yield Finding("serial_dates", "warning", said, texts("finding.serial_dates_do"))
