"""The SQL of single cells of one source: text, ids and numbers under our names.

In: a `Match`. Out: SQL expressions. The one thing to know: what a column needs (trimming, ``17850.0`` for ``17850``,
words for nothing) is found on its distinct values first; a column that is tidy is read bare, which is far faster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from shoal.engines.contract import Engine, literal
from shoal.events.matching import Match
from shoal.events.numbers import DECIMAL, Points, native_number, number_sql, untabbed

NOTHINGS = ("nan", "null", "none", "n/a", "#n/a", "<na>", "nat", "\\n", "undefined", "(null)", "(not set)")
"""What systems write where there is no id, in lower case."""
NOTHING = f"({', '.join(map(literal, NOTHINGS))})"
NOTHING_ENDS = frozenset((word[0], word[-2:]) for word in NOTHINGS)

WHOLE = r"\d+\.0"
GUARDED = r"^(?:'|=\")(.*?)\"?$"
"""An id that was kept from a spreadsheet's arithmetic: ``'7210448301122`` or ``="7210448301122"``."""


@dataclass(frozen=True, slots=True)
class Odds:
    """What is odd in a text column: how many records are filled and how many like ``17850.0``; and whether there are
    empty texts, words for nothing, blanks around, guards, tabs at an end."""

    filled: int
    empty: bool
    floats: int = 0
    nothing: bool = False
    untidy: bool = False
    guarded: bool = False
    tabbed: bool = False

    def text(self, cell: str) -> str:
        """SQL of the column as text, NULL where nothing is in it: no more work than its values need."""
        if self.untidy or self.tabbed:
            return f"NULLIF(trim({untabbed(cell) if self.tabbed else cell}), '')"
        return f"NULLIF({cell}, '')" if self.empty else cell


@dataclass(slots=True)
class Cells:
    """The cells of one source by our names.

    `floats` counts the ids that were numbers with a decimal point, by column; `bad` collects the tests for texts that
    should be numbers and are none.
    """

    engine: Engine
    match: Match
    floats: dict[str, int] = field(default_factory=dict)
    bad: list[str] = field(default_factory=list)

    @property
    def relation(self) -> str:
        return self.match.staged.relation

    def raw(self, ours: str) -> list[tuple[str, str]]:
        """The SQL and type of each column behind one of ours."""
        staged = self.match.staged
        return [(staged.columns[name], staged.types[name]) for name in self.match.columns.get(ours, ())]

    def text(self, ours: str) -> str:
        """A text without blanks at its ends; several columns make a path."""
        cells = self.raw(ours)
        if not cells:
            return "CAST(NULL AS VARCHAR)"
        levels = [cell_text(cell, kind) for cell, kind in cells]
        if ours in self.match.firsts:
            return f"COALESCE({', '.join(levels)})"
        return path(levels)

    def label(self, ours: str) -> str:
        """A text that repeats: read bare where it is tidy."""
        cells = self.raw(ours)
        if len(cells) == 1 and cells[0][1] == "VARCHAR":
            return self._odds(cells[0][0]).text(cells[0][0])
        return self.text(ours)

    def category(self) -> str:
        """The category's path, with '/' between its levels."""
        text, separator = self.label("category"), self.match.layout.separator
        return f"replace({text}, {literal(separator)}, '/')" if separator else text

    def id(self, ours: str) -> str:
        """An id as text: ``17850.0`` is the trace of a number column with gaps and becomes ``17850``."""
        cells = self.raw(ours)
        if ours in self.match.firsts and len(cells) > 1:
            return f"COALESCE({', '.join(self._unguarded(cell, kind) for cell, kind in cells)})"
        if len(cells) != 1 or cells[0][1] != "VARCHAR":
            return self.text(ours)
        odds = self._odds(cells[0][0], self._typed_filled(ours))
        text = odds.text(cells[0][0])
        if odds.guarded:
            text = bare_id(text)
        if odds.floats and (ours == "customer_id" or odds.floats == odds.filled):
            self.floats[ours] = odds.floats
            whole = f"ends_with({text}, '.0') AND regexp_full_match({text}, '{WHOLE}')"
            text = f"CASE WHEN {whole} THEN left({text}, length({text}) - 2) ELSE {text} END"
        return f"CASE WHEN lower({text}) IN {NOTHING} THEN NULL ELSE {text} END" if odds.nothing else text

    def _unguarded(self, cell: str, kind: str) -> str:
        if kind != "VARCHAR":
            return cell_text(cell, kind)
        odds = self._odds(cell)
        text = odds.text(cell)
        return bare_id(text) if odds.guarded else text

    def number(self, ours: str) -> str:
        """A number; a text that is none is noted, so that the record is set aside."""
        parts = []
        for cell, kind in self.raw(ours):
            points = self._points(ours)
            read = number_sql(self.engine, self.relation, cell, points) if kind == "VARCHAR" else native_number(cell)
            if kind == "VARCHAR":
                self.bad.append(
                    f"CASE WHEN {read} IS NULL THEN COALESCE(trim({untabbed(cell)}) <> '', FALSE) ELSE FALSE END"
                )
            alone = len(self.raw(ours)) == 1 or ours in self.match.firsts
            parts.append(read if alone else f"COALESCE(abs({read}), 0)")
        if ours in self.match.firsts and parts:
            return f"CAST(COALESCE({', '.join(parts)}) AS {DECIMAL})"
        return f"CAST({' + '.join(parts)} AS {DECIMAL})" if parts else f"CAST(NULL AS {DECIMAL})"

    def _typed_filled(self, ours: str) -> int:
        return sum(typed.filled.get(ours, 0) for typed in self.match.staged.typed_parts)

    def _points(self, ours: str) -> Points:
        parts = self.match.staged.typed_parts
        return Points(any(ours in typed.points for typed in parts), any(ours in typed.long_points for typed in parts))

    def _odds(self, cell: str, beside: int = 0) -> Odds:
        """What is odd in a text column; `beside` tidy values of it were typed at the door.

        How values begin and end is grouped first; only where that leaves a doubt is every different value looked at.
        """
        ends = self.engine.rows(f"SELECT left({cell}, 1), right({cell}, 2), COUNT(*) FROM {self.relation} GROUP BY ALL")
        empty = any(first == "" for first, _, _ in ends)
        filled = sum(int(count) for first, _, count in ends if first)
        tabbed = any("\t" in f"{first}{last}" for first, last, _ in ends)
        value = untabbed(cell) if tabbed else cell
        if not any(_doubtful(str(first), str(last)) for first, last, _ in ends if first):
            return Odds(filled + beside, empty)
        filled, floats, nothing, untidy, guarded = self.engine.rows(
            f"SELECT SUM(n) FILTER (trim(value) <> ''), "
            f"SUM(n) FILTER (ends_with(trim(value), '.0') AND regexp_full_match(trim(value), '{WHOLE}')), "
            f"COUNT(*) FILTER (length(value) < 20 AND lower(trim(value)) IN {NOTHING}), "
            f"COUNT(*) FILTER (value <> trim(value)), "
            f"COUNT(*) FILTER (starts_with(value, '=\"') OR starts_with(value, chr(39))) "
            f"FROM (SELECT {value} AS value, COUNT(*) AS n FROM {self.relation} GROUP BY value)"
        )[0]
        odd = bool(nothing), bool(untidy), bool(guarded), tabbed
        return Odds(int(filled or 0) + beside, empty, int(floats or 0), *odd)


def _doubtful(first: str, last: str) -> bool:
    """Whether a value with this first character and these last two may be anything but a tidy id."""
    begins_oddly = first in (" ", "\t", "=", "'")
    ends_oddly = last.endswith(" ") or "\t" in last or last == ".0"
    return begins_oddly or ends_oddly or (first.lower(), last.lower()) in NOTHING_ENDS


def bare_id(text: str) -> str:
    """SQL of an id without what kept it from a spreadsheet's arithmetic."""
    return f"NULLIF(regexp_replace({text}, {literal(GUARDED)}, '\\1'), '')"


def path(levels: Sequence[str]) -> str:
    """SQL of one text, or of several as the levels of a path; a slash inside a level would make a level of its own."""
    if len(levels) == 1:
        return levels[0]
    listed = ", ".join(f"replace({level}, '/', '-')" for level in levels)
    return f"NULLIF(concat_ws('/', {listed}), '')"


def cell_text(cell: str, kind: str) -> str:
    """The SQL of a cell as text without blanks at its ends; NULL where nothing is left."""
    if kind == "VARCHAR":
        return f"NULLIF(trim({cell}), '')"
    if kind in ("DOUBLE", "FLOAT"):
        whole = f"CAST(CAST({cell} AS BIGINT) AS VARCHAR)"
        return (
            f"CASE WHEN {cell} IS NULL OR isnan({cell}) THEN NULL WHEN {cell} = floor({cell}) AND abs({cell}) < 1e15 "
            f"THEN {whole} ELSE CAST({cell} AS VARCHAR) END"
        )
    return f"CAST({cell} AS VARCHAR)"
