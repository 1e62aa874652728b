"""What a person said of customers: labels of some of them, pairs that belong together, pairs that must not.

What enters are the files ``--labels`` (``customer_id, label``) and ``--links`` (``customer_id, other_id, kind``: must
or cannot), what leaves is `Said`: the same, by row of the features. The one thing to know: customers named here who are
not among the features are counted, not invented.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from shoal.measures.clustering import Labels
from shoal.segments.algorithms.labelled import ContradictionError
from shoal.segments.sheet import read_sheet
from shoal.show.blocks import Finding
from shoal.words.errors import InputError, UsageError, error
from shoal.words.language import Text, Texts, joined

texts = Texts("shoal.segments")
LINKS = ("must", "cannot")
Pair = tuple[str, str]


@dataclass(frozen=True)
class Guidance:
    """Labels of customers, and pairs of customers that must be, or cannot be, in one segment."""

    labels: Mapping[str, str] = field(default_factory=dict)
    must: tuple[Pair, ...] = ()
    cannot: tuple[Pair, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The labels there are, in order."""
        return tuple(sorted(set(self.labels.values())))

    @property
    def customers(self) -> frozenset[str]:
        """Everybody of whom something was said."""
        return frozenset([*self.labels, *(name for pair in (*self.must, *self.cannot) for name in pair)])

    def renamed(self, names: Mapping[str, str]) -> Guidance:
        """The same of customers by other ids. Raises `InputError` where one of them then has two labels."""

        def pairs(given: Sequence[Pair]) -> tuple[Pair, ...]:
            return tuple((names.get(one, one), names.get(other, other)) for one, other in given)

        labels = _labels([(names.get(name, name), label) for name, label in self.labels.items()])
        return Guidance(labels, pairs(self.must), pairs(self.cannot))


@dataclass(frozen=True)
class Said:
    """Guidance by row: the group from 0 a label stands for (-1: none), pairs of rows, and who was not found."""

    names: tuple[str, ...]
    known: Labels
    must: tuple[tuple[int, int], ...]
    cannot: tuple[tuple[int, int], ...]
    unknown: int

    @property
    def of_rows(self) -> dict[str, Any]:
        return {"known": self.known, "must": self.must, "cannot": self.cannot}


def read_guidance(labels: Any = None, links: Any = None) -> Guidance | None:
    """The guidance of two files or frames, either of which may be None; None without any.

    Raises `InputError` for a file that cannot be read, lacks a column, labels a customer twice, or links by a word that
    is neither ``must`` nor ``cannot``.
    """
    if labels is None and links is None:
        return None
    given = [] if labels is None else _rows(labels, ("customer_id", "label"))
    linked = [] if links is None else _rows(links, ("customer_id", "other_id", "kind"))
    by_kind: dict[str, list[Pair]] = {kind: [] for kind in LINKS}
    for one, other, kind in linked:
        if kind.lower() not in LINKS:
            raise error(InputError, texts, "link_kind", said=kind, customer=one)
        by_kind[kind.lower()].append((one, other))
    return Guidance(_labels(given), tuple(by_kind["must"]), tuple(by_kind["cannot"]))


def _rows(source: Any, columns: Sequence[str]) -> list[tuple[str, ...]]:
    sheet = read_sheet(source)
    missing = [name for name in columns if name not in sheet.table.column_names]
    if missing:
        found = ", ".join(sheet.table.column_names[:8])
        raise error(InputError, texts, "guidance_columns", source=sheet.source, missing=", ".join(missing), found=found)
    parts = [sheet.table.column(name).cast(pa.string()).to_pylist() for name in columns]
    return [tuple(row) for row in zip(*parts, strict=True) if None not in row]


def _labels(given: Sequence[tuple[str, ...]]) -> dict[str, str]:
    labels = dict[str, str]()
    for customer, label in given:
        if labels.setdefault(customer, label) != label:
            raise error(InputError, texts, "two_labels", customer=customer, first=labels[customer], second=label)
    return labels


def said_of(guidance: Guidance | None, customers: Sequence[str]) -> Said:
    """The guidance by row of `customers`.

    Raises `UsageError` where there is none to go by: the method ``labelled`` needs labels or links of customers there
    are.
    """
    guidance = guidance or Guidance()
    row_of = {name: row for row, name in enumerate(customers)}
    labels = {name: label for name, label in guidance.labels.items() if name in row_of}
    names = tuple(sorted(set(labels.values())))
    known = np.full(len(customers), -1, dtype=np.int64)
    for name, label in labels.items():
        known[row_of[name]] = names.index(label)
    kept = [
        tuple((row_of[a], row_of[b]) for a, b in pairs if a in row_of and b in row_of)
        for pairs in (guidance.must, guidance.cannot)
    ]
    if not labels and not any(kept):
        raise error(UsageError, texts, "no_guidance", given=len(guidance.labels) + len(guidance.must + guidance.cannot))
    told = {*guidance.labels, *(name for pair in (*guidance.must, *guidance.cannot) for name in pair)}
    return Said(names, known, kept[0], kept[1], len(told - row_of.keys()))


def contradicted(problem: ContradictionError, customers: Sequence[str]) -> UsageError:
    """The error that names the customers of whom two things were said that cannot both be so."""
    one, other = (customers[row] for row in problem.args)
    return error(UsageError, texts, "contradiction", one=one, other=other)


def kept_words(said: Said, labels: Labels) -> Finding:
    """Which segment each label became, and how many customers were not found."""
    became = [
        texts("finding.label_is", label=name, number=int(labels[said.known == place][0]) + 1)
        for place, name in enumerate(said.names)
    ]
    pairs = len(said.must) + len(said.cannot)
    words = texts(
        "finding.guided", labels=int((said.known >= 0).sum()), pairs=pairs, unknown=said.unknown, became=_listed(became)
    )
    return Finding("segments.guided", "info", words)


def _listed(became: Sequence[Text]) -> Text:
    return joined(list(became)) if became else Text("–", "–")
