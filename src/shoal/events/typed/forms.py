"""Ways to write a time in which every sign has its place, known from a sample of a column.

In: the first texts of a column. Out: `Form`s. The one thing to know: a form is a shape (every digit a 9) that
`events.times` reads too, and the two agree to the second. Whether the day or the month of `3/5/2024` comes first is
guessed from a sample; where the whole column says otherwise the file is read again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from shoal.events.times import LOCAL, NUMERIC, family_of

_CLOCK = rb"(?P<hour>99?):(?P<minute>99)(?::(?P<second>99)(?:\.9{1,6})?)?"
_PLAIN_CLOCK = rb"(?P<hour>99?):(?P<minute>99)(?::(?P<second>99))?"
_OFFSET = rb" ?[+-](?P<ahead_h>99)(?::?(?P<ahead_m>99))?"
_DATED = rb"(?P<year>9999)([-/])(?P<month>99?)\2(?P<day>99?)"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rb"%s(?:[ T]%s)?(?: ?(?:Z|UTC|GMT))?" % (_DATED, _CLOCK),
        rb"%s[ T]%s%s" % (_DATED, _CLOCK, _OFFSET),
        rb"(?P<year>9999)(?P<month>99)(?P<day>99)(?:(?P<hour>99)(?P<minute>99)(?P<second>99))?",
        "(?P<year>9999)年(?P<month>99?)月(?P<day>99?)日".encode() + rb"(?: %s)?" % _CLOCK,
        rb"(?P<seconds>9{9,10}|9{12,13})(?:\.9{1,6})?",
        rb"(?P<seconds>9{15,16})",
    )
)
_LAST = {
    "dmy": re.compile(rb"(?P<day>99?)([-/.])(?P<month>99?)\2(?P<year>9999)(?:[ T]%s)?" % _PLAIN_CLOCK),
    "mdy": re.compile(rb"(?P<month>99?)([-/.])(?P<day>99?)\2(?P<year>9999)(?:[ T]%s)?" % _PLAIN_CLOCK),
}
"""Dates whose year comes last, by what comes first."""
_FIRST_TWO = re.compile(rb"(\d\d?)[-/.](\d\d?)[-/.]\d{4}")
_LOOSE_LAST = re.compile(r"99?([-/.])99?[-/.]9999(?:([ T])99?:99(?::99)?)?")
_LOOSE = re.compile(
    r"(9999[-/年])99?([-/月])99?(日?)(?:([ T])99?:99(?::99(\.9+)?)?)?((?: ?(?:Z|UTC|GMT)| ?[+-]99(?::?99)?)?)"
)
SAMPLE = 1000
MOST_SHAPES = 8
"""Rarer ways of writing than these are left to the careful way."""
_BLOTTED = bytes.maketrans(b"0123456789", b"9" * 10)
_EITHER = (ord(" "), ord("T"))


@dataclass(frozen=True, slots=True)
class Form:
    """One shape. `parts` are the first place and the number of digits of each of its numbers, `signs` what stands at
    all other places. Behind seconds a fraction is passed over."""

    shape: bytes
    family: str
    parts: Mapping[str, tuple[int, int]]

    @property
    def long(self) -> int:
        return len(self.shape)

    @property
    def local(self) -> bool:
        """Whether such a time means another moment in another zone."""
        return self.family in LOCAL

    @property
    def digits(self) -> list[int]:
        return [at for at, sign in enumerate(self.shape) if sign == ord("9")]

    @property
    def signs(self) -> dict[int, tuple[int, ...]]:
        """What may stand at each place that is no digit: between day and hour a blank or a T."""
        hour = self.parts.get("hour", (0, 0))[0]
        given = {at: (sign,) for at, sign in enumerate(self.shape) if sign != ord("9")}
        return {at: _EITHER if at == hour - 1 and sign[0] in _EITHER else sign for at, sign in given.items()}


def form_of(shape: bytes, order: str | None = None) -> Form | None:
    """The form of a shape, None where it is none of those read here; `order` is that of dates whose year comes last.

    Examples
    --------
    >>> form_of(b"9999/9/99 99:99").parts["day"], form_of(b"99/99/9999")
    ((7, 2), None)
    """
    family = family_of(shape.decode())
    patterns = (*_PATTERNS, _LAST[order]) if order else _PATTERNS
    found = next((found for pattern in patterns if (found := pattern.fullmatch(shape))), None)
    if not family or found is None:
        return None
    parts = {name: (found.start(name), len(text)) for name, text in found.groupdict().items() if text is not None}
    return Form(shape, family, parts)


def order_in(texts: Iterable[bytes]) -> str | None:
    """Day-first or month-first, as `events.times` judges it by the whole column; None where nothing tells.

    Examples
    --------
    >>> order_in([b"1/2/2024", b"13/2/2024"]), order_in([b"1.2.2024"]), order_in([b"1/2/2024"])
    ('dmy', 'dmy', None)
    """
    dates = [(text, found) for text in texts if (found := _FIRST_TWO.match(text))]
    days, months = (sum(int(found[at]) > 12 for _, found in dates) for at in (1, 2))
    if days == months:
        return "dmy" if any(b"." in text for text, _ in dates) else None
    return "dmy" if days > months else "mdy"


def forms_in(texts: Iterable[bytes], order: str | None = None) -> tuple[Form, ...]:
    """The forms of a sample, the commonest first, each followed by those that differ only in leading zeros and the
    like.

    Numbers are believed to be times only where most values are such numbers, as `events.times` does.
    """
    shapes = Counter(text.translate(_BLOTTED) for text in texts)
    found = [form for shape, _ in shapes.most_common() if _is_text(shape) and (form := form_of(shape, order))]
    families = {form.family for form in found} - (NUMERIC - {form.family for form in found[:1]})
    there = [form for form in found if form.family in families][:MOST_SHAPES]
    made = [form for given in there for shape in _alike(given.shape) if (form := form_of(shape, order))]
    return tuple({form.shape: form for form in (*there, *made)}.values())


def _is_text(shape: bytes) -> bool:
    return shape.isascii() or "年".encode() in shape


def _alike(shape: bytes) -> Iterator[bytes]:
    """The shape with other numbers of digits in month, day and hour, without seconds or a clock, behind or ahead."""
    if last := _LOOSE_LAST.fullmatch(shape.decode()):
        sign, gap = last[1], last[2] or " "
        days = [f"{one}{sign}{two}{sign}9999" for one in ("9", "99") for two in ("9", "99")]
        hours = ["", *(f"{gap}{hour}:99{s}" for hour in ("9", "99") for s in ("", ":99"))]
        yield from (f"{day}{hour}".encode() for day in days for hour in hours)
    found = _LOOSE.fullmatch(shape.decode())
    if found is None:
        return
    year, between, end, gap, fraction, suffix = (part or "" for part in found.groups())
    clocks = [f"{gap or ' '}{hour}:99{s}" for hour in ("9", "99") for s in ("", ":99", f":99{fraction}")]
    for behind in sorted({suffix, suffix.replace("+", "-"), suffix.replace("-", "+")}):
        for clock in ("", *clocks):
            for month in ("9", "99"):
                yield from (f"{year}{month}{between}{day}{end}{clock}{behind}".encode() for day in ("9", "99"))
