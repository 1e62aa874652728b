"""From sources to readings: every file staged, matched and understood.

In: what the user handed over. Out: a `Loading`, which the later steps of a load pass on. The one thing to know: files
are typed while they are read where their first records leave no doubt; where the rest of them belies that, all are
read again as text.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shoal.engines.contract import Engine
from shoal.events import aside, goods
from shoal.events import customers as people
from shoal.events.accounts import FileCount, nothing_in, only_faults
from shoal.events.candidates import left_out, logs_among
from shoal.events.combine import Combiner, Lookup
from shoal.events.doors import Door
from shoal.events.known import LAYOUTS
from shoal.events.layouts import fitting
from shoal.events.matching import Match, check_columns, match
from shoal.events.numbers import BeliedError
from shoal.events.reading import Reading, Scope, read
from shoal.events.staged import Staged, one_table, unite
from shoal.events.typed.plan import Planner, require_plans
from shoal.show.blocks import Finding
from shoal.words.errors import InputError, error
from shoal.words.language import Texts
from shoal.words.progress import Progress

texts = Texts("shoal.events")


@dataclass(slots=True)
class Loading:
    """What the steps of one load pass on."""

    engine: Engine
    folder: Path
    progress: Progress
    planner: Planner | None
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


def open_sources(
    run: Loading, sources: Sequence[Any], columns: Mapping[str, str], layout: str | None, scope: Scope, *beside: Any
) -> Loading:
    """The load with every source read: products and customers are what stands `beside`, or None."""
    try:
        _read_sources(run, sources, columns, layout, scope, *beside)
    except BeliedError:  # the last lines of a file may tell what its first did not
        for file in run.folder.iterdir():
            file.unlink()
        run = Loading(run.engine, run.folder, run.progress, None)
        _read_sources(run, sources, columns, layout, scope, *beside)
    return run


def _read_sources(
    run: Loading, sources: Sequence[Any], columns: Mapping[str, str], layout: str | None, scope: Scope, *beside: Any
) -> None:
    """Stage, match and understand every source, and what stands beside them: products and customers, or None."""
    door = Door(run.engine, run.folder, run.progress)
    entered = door.enter(sources, run.planner)
    listed, accounts = (None if file is None else one_table(run.engine, door.enter([file])) for file in beside)
    run.faults = door.close()
    run.customers_door, columns = people.door_of(accounts, entered, columns)
    check_columns(columns, entered)
    _require_text(entered)
    staged, run.lookups = Combiner(run.engine, run.folder, LAYOUTS).combined(unite(run.engine, entered))
    run.others += [count for lookup in run.lookups for count in lookup.accounts]
    matches, others = logs_among(run.engine, [match(source, layout, columns) for source in staged])
    for found in others:
        said, counts = left_out(found)
        run.noticed.append(said)
        run.others += counts
    run.progress(texts("progress.understanding"), 0.3)
    require_plans(matches, others)
    for found in matches:
        _understand(run, found, scope)
    if not run.readings:
        faults = sum((Counter(source.faults) for source in staged), Counter[str]())
        key = "nothing_usable" if faults else "no_records"
        raise error(InputError, texts, key, files=", ".join(s.file for s in staged), rules=listed_rules(faults))
    run.products_file = None if listed is None else goods.match_file(listed)


def _require_text(entered: Sequence[Staged]) -> None:
    """Tables that are joined are read as text throughout. Raises `BeliedError` where one was not."""
    layouts = [fitting(LAYOUTS, tuple(source.columns), source.first_rows) for source in entered]
    if any(layout and (layout.beside or layout.fill) for layout in layouts) and any(s.typed for s in entered):
        raise BeliedError


def _understand(run: Loading, found: Match, scope: Scope) -> None:
    for file in found.staged.files:
        if not file.readable:
            run.noticed.append(nothing_in(file.file))
    if found.staged.readable:
        run.readings.append(read(run.engine, found, scope))
    else:
        run.others += only_faults(found.staged, found.layout.code)


def listed_rules(counts: Counter[str]) -> str:
    """Rules with their counts, as a message lists them."""
    return ", ".join(f"{code} {count:,}" for code, count in counts.most_common())
