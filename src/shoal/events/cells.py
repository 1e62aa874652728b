"""The SQL of single cells of one source: text, ids and numbers under our names.

In: a `Match`. Out: SQL expressions. The one thing to know: what a column needs (trimming, ``17850.0`` for ``17850``,
words for nothing) is found on its distinct values first; a column that is tidy is read bare, which is far faster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from shoal.engines.contract import Engine, literal
from shoal.events.matching import Match
from shoal.events.numbers import DECIMAL, native_number, number_sql

NOTHING = "('nan', 'null', 'none', 'n/a', '#n/a', '<na>', 'nat', '\\n', 'undefined', '(null)', '(not set)')"
"""What systems write where there is no id, in lower case."""

WHOLE = r"\d+\.0"
GUARDED = r"^(?:'|=\")(.*?)\"?$"
"""An id that was kept from a spreadsheet's arithmetic: ``'7210448301122`` or ``="7210448301122"``."""


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
        if len(cells) == 1 and cells[0][1] == "VARCHAR" and not self._odds(cells[0][0])[3]:
            return cells[0][0]
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
        filled, floats, nothing, untidy, guarded = self._odds(cells[0][0])
        text = self.text(ours) if untidy else cells[0][0]
        if guarded:
            text = bare_id(text)
        if floats and (ours == "customer_id" or floats == filled):
            self.floats[ours] = floats
            whole = f"ends_with({text}, '.0') AND regexp_full_match({text}, '{WHOLE}')"
            text = f"CASE WHEN {whole} THEN left({text}, length({text}) - 2) ELSE {text} END"
        return f"CASE WHEN lower({text}) IN {NOTHING} THEN NULL ELSE {text} END" if nothing else text

    def _unguarded(self, cell: str, kind: str) -> str:
        text = cell_text(cell, kind)
        return bare_id(text) if kind == "VARCHAR" and self._odds(cell)[4] else text

    def number(self, ours: str) -> str:
        """A number; a text that is none is noted, so that the record is set aside."""
        parts = []
        for cell, kind in self.raw(ours):
            read = number_sql(self.engine, self.relation, cell) if kind == "VARCHAR" else native_number(cell)
            if kind == "VARCHAR":
                self.bad.append(f"(NULLIF(trim({cell}), '') IS NOT NULL AND {read} IS NULL)")
            alone = len(self.raw(ours)) == 1 or ours in self.match.firsts
            parts.append(read if alone else f"COALESCE(abs({read}), 0)")
        if ours in self.match.firsts and parts:
            return f"CAST(COALESCE({', '.join(parts)}) AS {DECIMAL})"
        return f"CAST({' + '.join(parts)} AS {DECIMAL})" if parts else f"CAST(NULL AS {DECIMAL})"

    def _odds(self, cell: str) -> tuple[int, int, int, int, int]:
        """Of a text column: records filled, records like ``17850.0``, words for nothing, blanks around, guarded."""
        filled, floats, nothing, untidy, guarded = self.engine.rows(
            f"SELECT SUM(n) FILTER (trim(value) <> ''), "
            f"SUM(n) FILTER (ends_with(trim(value), '.0') AND regexp_full_match(trim(value), '{WHOLE}')), "
            f"COUNT(*) FILTER (length(value) < 20 AND lower(trim(value)) IN {NOTHING}), "
            f"COUNT(*) FILTER (value <> trim(value) OR value = ''), "
            f"COUNT(*) FILTER (starts_with(value, '=\"') OR starts_with(value, chr(39))) "
            f"FROM (SELECT {cell} AS value, COUNT(*) AS n FROM {self.relation} GROUP BY value)"
        )[0]
        return int(filled or 0), int(floats or 0), int(nothing), int(untidy), int(guarded)


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
