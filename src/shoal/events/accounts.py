"""Nothing lost: for every file, records in = used + kept once + after as_of + set aside.

In: what the door counted and what the scans counted, independently. Out: one `FileCount` a file. The one thing to know:
a difference of a single record stops the load with `LostRowsError`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shoal.events.staged import Staged
from shoal.show.blocks import Finding
from shoal.words.errors import LostRowsError
from shoal.words.language import Texts

texts = Texts("shoal.events")


@dataclass(frozen=True, slots=True)
class FileCount:
    """Where the records of one file went. `duplicates` were found once already and are left out."""

    file: str
    kind: str
    layout: str
    records: int
    used: int
    duplicates: int
    after_as_of: int
    set_aside: int
    sha256: str | None = None


def only_faults(staged: Staged, layout: str) -> list[FileCount]:
    """The account of files in which no record is whole."""
    return [FileCount(s.file, s.kind, layout, s.records, 0, 0, 0, s.records, s.sha256) for s in staged.files]


def products_account(staged: Staged, layout: str, used: int, twice: int) -> FileCount:
    """The account of a products file: what is neither used nor listed twice has no product, or cannot be read."""
    rest = staged.records - used - twice
    return FileCount(staged.file, "products", layout, staged.records, used, twice, 0, rest, staged.sha256)


@dataclass(frozen=True, slots=True)
class Counts:
    """Records by file: used, twins left out, at or after as_of; set aside by file and rule."""

    used: Mapping[str, int]
    twins: Mapping[str, int]
    later: Mapping[str, int]
    aside: Mapping[tuple[str, str], int]


def account(staged: Sequence[Staged], layouts: Mapping[str, str], counts: Counts) -> tuple[FileCount, ...]:
    """The account of every file. Raises `LostRowsError` when one does not add up."""
    aside = Counter[str]()
    for (name, _), count in counts.aside.items():
        aside[name] += count
    files = tuple(
        FileCount(
            s.file, s.kind, layouts[s.file], s.records, counts.used.get(s.file, 0), counts.twins.get(s.file, 0),
            counts.later.get(s.file, 0), aside[s.file], s.sha256,
        )
        for whole in staged
        for s in whole.files
    )  # fmt: skip
    for file in files:
        gone = file.records - file.used - file.duplicates - file.after_as_of - file.set_aside
        if gone:
            raise LostRowsError(f"{file.file}: {gone} of {file.records} records are unaccounted for: {file}")
    return files


def nothing_in(file: str) -> Finding:
    """A file that held no record that can be used."""
    said, do = texts("finding.nothing_in_file", file=file), texts("finding.nothing_in_file_do")
    return Finding("nothing_in_file", "warning", said, do)
