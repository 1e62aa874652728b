"""How a column writes times, found by evidence over the whole column, and the SQL that reads it.

In: a column of a staged source. Out: a `TimeStyle` whose SQL gives seconds since 1970 UTC (NULL where it cannot be
read). The one thing to know: the digits of every value are blotted out and the few shapes that remain are judged, so
one stray value cannot change how the others are read. A date that can be day-first or month-first is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shoal.engines.contract import Engine, literal
from shoal.events.numbers import BeliedError, untabbed
from shoal.words.errors import InputError, error
from shoal.words.language import Texts

texts = Texts("shoal.events")

_CLOCK = r"(?:[T ]+9{1,2}:99(?::99(?:[.,]9+)?)?)"
_YEAR_FIRST = rf"9{{4}}[-/.]9{{1,2}}[-/.]9{{1,2}}{_CLOCK}?"
_YEAR_LAST = rf"9{{1,2}}[-/.]9{{1,2}}[-/.](?:9{{4}}|99){_CLOCK}?(?: ?[AP]M)?"

_MONTH = r"(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)"
_NAMED = (
    rf"(?:9{{1,2}}[ -]{_MONTH}[A-Z]*[ -](?:9999|99)|{_MONTH}[A-Z]* 9{{1,2}},? 9999)"
    r"(?:,? 9{1,2}:99(?::99)?(?: ?[AP]M)?)?"
)
_CHINESE = r"9{4}年9{1,2}月9{1,2}日(?: *9{1,2}[:：时]99(?:[:：分]99秒?|分)?)?"

FAMILIES: Mapping[str, str] = {
    "local": _YEAR_FIRST,
    "utc": rf"{_YEAR_FIRST} ?(?:Z|UTC|GMT)",
    "offset": rf"{_YEAR_FIRST} ?[+-]99(?::?99)?",
    "year_last": _YEAR_LAST,
    "month_named": _NAMED,
    "chinese": _CHINESE,
    "compact_day": r"9{8}",
    "compact_time": r"9{14}",
    "seconds": r"9{9,10}(?:\.9+)?",
    "milliseconds": r"9{12,13}(?:\.9+)?",
    "microseconds": r"9{15,16}",
}
"""Families of writing, as patterns over shapes (every digit a 9). 12 and 15 digits reach back to 1973 and 2001."""

SERIAL = "serial"
"""A spreadsheet's days since the end of 1899, such as ``45415.425``."""
LOCAL = frozenset({"local", "year_last", "month_named", "chinese", "compact_day", "compact_time", SERIAL})
"""Families whose times mean another moment in another zone."""
NUMERIC = frozenset({"compact_day", "compact_time", "seconds", "milliseconds", "microseconds"})
LEAST_SHARE = 0.01
MOST_SHAPES = 2000
ORDERS = ("dmy", "mdy")
FIRST_SERIAL, LAST_SERIAL, SERIAL_1970 = 20_000, 80_000, 25_569
"""Days of a spreadsheet: 1954-10-03, 2119-01-11 and 1970-01-01."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What was typed at the door, as evidence: the shapes of times and how many of each there are; in which `order`
    dates were read whose year comes last, and how many days above the twelfth there are among them."""

    shapes: tuple[tuple[str, int], ...] = ()
    order: str | None = None
    late: int = 0

    @property
    def counts(self) -> tuple[int, int, int]:
        """Dates that can only be day-first, those that can only be month-first, and those with full stops."""
        dots = sum(count for shape, count in self.shapes if "." in shape and family_of(shape) == "year_last")
        return self.late * (self.order == "dmy"), self.late * (self.order == "mdy"), dots


@dataclass(frozen=True, slots=True)
class TimeStyle:
    """How one column writes times. `sql` reads seconds since 1970 UTC; `local` says that a zone had to be assumed."""

    sql: str
    families: tuple[str, ...]
    local: bool
    order: str | None = None


def native_style(cell: str, kind: str, timezone: str) -> TimeStyle | None:
    """The style of a column that is no text: timestamps, dates and whole numbers of a clear size."""
    if kind.startswith("TIMESTAMP WITH TIME ZONE"):
        return TimeStyle(_seconds_of(cell), ("utc",), False)
    if kind.startswith("TIMESTAMP") or kind == "DATE":
        return TimeStyle(_in_zone(f"CAST({cell} AS TIMESTAMP)", timezone), ("local",), True)
    return None


def find_style(
    engine: Engine,
    relation: str,
    cell: str,
    timezone: str,
    order: str | None,
    column: str,
    ours: str = "event_time",
    beside: Beside | None = None,
    serial: bool = False,
) -> TimeStyle:
    """The style of a text column, which a message calls `column`, or by our name.

    `beside` tells of values that were typed at the door. `serial` says that a column of nothing but numbers may count
    days as a spreadsheet does.

    Raises `InputError` when no value can be read as a time, and when day and month cannot be told apart; `BeliedError`
    where those beside were read otherwise than the whole column is.
    """
    text = f"CAST({cell} AS VARCHAR)"
    found = engine.rows(_found(relation, cell, text))
    shapes = [(str(shape).strip().upper(), int(n)) for shape, n in found]
    if any(str(raw) != shape and family_of(shape) for (raw, _), (shape, _) in zip(found, shapes, strict=True)):
        text = f"upper(trim({untabbed(text)}))"
    beside = beside or Beside()
    families, strays = _families([*((shape, n) for shape, n in shapes if shape), *beside.shapes])
    if any(family_of(shape) not in families for shape, _ in beside.shapes):
        raise BeliedError
    if strays and families == ["local"] and len(found) < MOST_SHAPES and not any(map(_castable, shapes)):
        strays = False
    if not families and serial and _all_serial(engine, relation, text):
        return TimeStyle(_sql(SERIAL, text, timezone, None), (SERIAL,), True)
    if not families:
        examples = ", ".join(repr(str(row[0])) for row in engine.rows(_examples(relation, f"CAST({cell} AS VARCHAR)")))
        raise error(InputError, texts, "no_times", column=column, examples=examples or "-")
    if "year_last" in families:
        order = _order(engine, relation, text, (column, ours), beside) if order is None else order
        if beside.order not in (None, order):
            raise BeliedError
    parts = {family: _sql(family, text, timezone, order) for family in families}
    sql = next(iter(parts.values()))
    if len(parts) > 1 or strays:
        sql = "CASE " + " ".join(f"WHEN {_is(family, text)} THEN {part}" for family, part in parts.items()) + " END"
    return TimeStyle(sql, tuple(families), bool(LOCAL & set(families)), order if "year_last" in families else None)


def _found(relation: str, cell: str, text: str) -> str:
    """SQL of the shapes that a column holds, and how often each."""
    # blotting out digits costs five times a pattern, and a pattern twice a LIKE: the commonest writings come first
    shape = (
        f"CASE WHEN {text} LIKE '____-__-__ __:__:__' AND left({text}, 1) BETWEEN '0' AND '9' THEN '9999-99-99' "
        f"WHEN {_is('local', text)} THEN '9999-99-99' ELSE translate({text}, '0123456789', '9999999999') END"
    )
    return (
        f"SELECT {shape} AS shape, COUNT(*) AS n FROM {relation} WHERE {cell} IS NOT NULL "
        f"GROUP BY shape ORDER BY n DESC, shape LIMIT {MOST_SHAPES}"
    )


def _families(shapes: Sequence[tuple[str, int]]) -> tuple[list[str], bool]:
    """The families to read, the most frequent first, and whether other values remain.

    Numbers mean nothing by themselves: they are read as times only where they are at least a hundredth of the column.
    """
    counts: dict[str, int] = {}
    total = sum(count for _, count in shapes)
    for shape, count in shapes:
        family = family_of(shape)
        counts[family] = counts.get(family, 0) + count
    kept = [name for name, n in counts.items() if name and (name not in NUMERIC or n >= LEAST_SHARE * total)]
    return sorted(kept, key=lambda name: (-counts[name], name)), len(kept) < len(counts)


def family_of(shape: str) -> str:
    """The family of a shape, empty where it is of none."""
    return next((name for name, pattern in FAMILIES.items() if re.fullmatch(pattern, shape)), "")


def _castable(found: tuple[str, int]) -> bool:
    """Whether a value that is no time by its shape might still be cast to one, as ``epoch`` and ``infinity`` are."""
    shape = found[0]
    return not family_of(shape) and re.match(r"[+-]?9|-?INFINITY|EPOCH", shape) is not None


def _all_serial(engine: Engine, relation: str, text: str) -> bool:
    """Whether every value there is, is a number that may be a day of a spreadsheet."""
    within = f"COALESCE({_serial(text)} BETWEEN {FIRST_SERIAL} AND {LAST_SERIAL}, FALSE)"
    rows = f"{relation} WHERE trim({untabbed(text)}) <> ''"
    some, others = engine.rows(f"SELECT COUNT(*), COUNT(*) FILTER (NOT {within}) FROM {rows}")[0]
    return bool(some) and not others


def _serial(text: str) -> str:
    """A number of five digits and a fraction; NULL for any other text."""
    tidy = f"replace(trim({untabbed(text)}), ',', '.')"
    return f"CASE WHEN regexp_full_match({tidy}, '\\d{{5}}(\\.\\d*)?') THEN TRY_CAST({tidy} AS DECIMAL(18,10)) END"


def _order(engine: Engine, relation: str, text: str, names: tuple[str, str], beside: Beside) -> str:
    """Day-first or month-first, by the values that leave no choice; `names` are theirs and ours for the column."""
    parts = f"string_split(regexp_replace(split_part({text}, ' ', 1), '[-.]', '/', 'g'), '/')"
    first, second = (f"TRY_CAST({parts}[{at}] AS INTEGER)" for at in (1, 2))
    where = _is("year_last", text)
    *here, example = engine.rows(
        f"SELECT COUNT(*) FILTER ({first} > 12), COUNT(*) FILTER ({second} > 12), "
        f"COUNT(*) FILTER (contains({text}, '.')), MIN({text}) FROM {relation} WHERE {where}"
    )[0]
    days, months, dots = (int(n) + more for n, more in zip(here, beside.counts, strict=True))
    if days == months and not dots:
        if beside.order:  # the message is made where all is text
            raise BeliedError
        column, ours = names
        raise error(InputError, texts, "day_or_month", column=column, ours=ours, example=example)
    # dates with full stops are day-first wherever they are written
    return "dmy" if days > months or (days == months and dots) else "mdy"


def _sql(family: str, text: str, timezone: str, order: str | None) -> str:
    if family == "local":
        return _in_zone(f"TRY_CAST({text} AS TIMESTAMP)", timezone)
    if family == "utc":
        return _in_zone(f"TRY_CAST(regexp_replace({text}, ' ?(Z|UTC|GMT)$', '') AS TIMESTAMP)", "UTC")
    if family == "offset":
        tight = f"regexp_replace({text}, ' ?([+-]\\d\\d):?(\\d\\d)?$', '\\1:\\2')"
        return _seconds_of(f"TRY_CAST(regexp_replace({tight}, ':$', ':00') AS TIMESTAMPTZ)")
    if family == "year_last":
        return _in_zone(_year_last(text, order or "mdy"), timezone)
    if family == "month_named":
        return _in_zone(_month_named(text), timezone)
    if family == "chinese":
        dashed = f"regexp_replace({text}, '(\\d+)年(\\d+)月(\\d+)日 *', '\\1-\\2-\\3 ')"
        return _in_zone(f"TRY_CAST(trim(translate({dashed}, '：时分秒', ':::'), ': ') AS TIMESTAMP)", timezone)
    if family == SERIAL:
        second = f"CAST(floor(({_serial(text)} - {SERIAL_1970}) * 86400 + 0.5) AS BIGINT)"
        return _in_zone(f"make_timestamp({second} * 1000000)", timezone)
    if family in ("compact_day", "compact_time"):
        pattern = "%Y%m%d" if family == "compact_day" else "%Y%m%d%H%M%S"
        return _in_zone(f"try_strptime({text}, {literal(pattern)})", timezone)
    unit = {"seconds": 1, "milliseconds": 1000, "microseconds": 1_000_000}[family]
    return f"CAST(floor(TRY_CAST({text} AS DECIMAL(28,6)) / {unit}) AS BIGINT)"


def _year_last(text: str, order: str) -> str:
    """A timestamp from a date whose year comes last, with two or four digits."""
    day = "%d/%m/" if order == "dmy" else "%m/%d/"
    clocks = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", " %I:%M%p", " %I:%M:%S%p", " %H:%M:%S.%f")

    def patterns(year: str) -> str:
        return "[" + ", ".join(literal(day + year + clock) for clock in clocks) + "]"

    date = f"regexp_replace({text}, '^(\\d+)[-.](\\d+)[-.](\\d+)', '\\1/\\2/\\3')"
    slashed = f"regexp_replace({date}, '(\\d)T(\\d)', '\\1 \\2')"
    long = f"regexp_matches({slashed}, '^\\d+/\\d+/\\d{{4}}')"
    return (
        f"CASE WHEN {long} THEN try_strptime({slashed}, {patterns('%Y')}) "
        f"ELSE try_strptime({slashed}, {patterns('%y')}) END"
    )


def _month_named(text: str) -> str:
    """A timestamp from a date with the month's English name: ``Jan 5, 2025 1:05 PM``, ``05-Jan-2025``."""
    plain = f"regexp_replace(replace(replace({text}, ',', ''), '-', ' '), '([A-Z]{{3}})[A-Z]* ', '\\1 ')"
    plain = f"regexp_replace({plain}, '(\\d)([AP]M)$', '\\1 \\2')"
    clocks = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
    days = ("%b %d %Y", "%d %b %y", "%d %b %Y")  # two digits first: four would be read as the year 25
    return f"try_strptime({plain}, [{', '.join(literal(day + clock) for day in days for clock in clocks)}])"


def local_second(second: str, timezone: str) -> str:
    """SQL of the seconds that a local clock would count."""
    if timezone == "UTC":
        return second
    return f"({_seconds_of(f'timezone({literal(timezone)}, make_timestamptz({second} * 1000000))')})"


def _in_zone(timestamp: str, timezone: str) -> str:
    moment = timestamp if timezone == "UTC" else f"timezone({literal(timezone)}, {timestamp})"
    return _seconds_of(moment)


def _seconds_of(moment: str) -> str:
    """Whole seconds of a moment, without their fraction."""
    return f"epoch_us({moment}) // 1000000"


def _is(family: str, text: str) -> str:
    # a 9 within braces is a count, not a digit
    pattern = re.sub(r"9(?![^{]*\})", r"\\d", FAMILIES[family])
    return f"regexp_full_match({text}, {literal(pattern)})"


def _examples(relation: str, text: str) -> str:
    return f"SELECT DISTINCT {text} AS value FROM {relation} WHERE {text} <> '' ORDER BY value LIMIT 3"
