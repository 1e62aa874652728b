"""The records of a text file on two piles: those typed while they are read, and those kept as texts.

In: parsed blocks and a plan. Out: what is left as texts, block by block, and at the end what was typed. The one thing
to know: the first block of a file decides whether the plan is worth following.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from shoal.events.arrays import flag_array
from shoal.events.dialect import Dialect
from shoal.events.lines import Plain
from shoal.events.typed.plan import Plan, Typed
from shoal.events.typed.shelf import Shelf
from shoal.events.typed.sieve import Sieve, timed

LEAST_RECORDS = 20_000
"""Records in a block from which on typing them apart is quicker."""
MOST_DOUBTFUL = 0.5
"""Where more of the first block leaves doubt, the file is written in a way of its own."""


@dataclass(slots=True)
class Piles:
    """Sorts the blocks of one file by `plan`; without one everything stays text."""

    plan: Plan | None
    folder: Path
    name: str
    _sieve: Sieve | None = None
    _shelf: Shelf = field(init=False)

    def __post_init__(self) -> None:
        self._shelf = Shelf(self.folder, self.name)

    def rest(self, table: pa.Table) -> Iterator[pa.RecordBatch]:
        """The records of a block that stay texts; the others are put on the shelf."""
        for batch in table.to_batches():
            yield self._sorted(batch)

    def typed(self, plain: Plain, dialect: Dialect) -> Typed | None:
        """What was typed of the file read so; None where nothing was."""
        return None if self._sieve is None else self._shelf.typed(self._sieve, (plain, dialect))

    def _sorted(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        if self.plan is None or batch.num_rows < LEAST_RECORDS:
            return batch
        if self._sieve is None:
            plan = timed(self.plan, batch)
            if not plan.forms:  # a later block may tell the day from the month
                return batch
            self._sieve = Sieve(plan)
        sifted = self._sieve.sift(batch)
        if not self._shelf.files and np.mean(~sifted.sure) > MOST_DOUBTFUL:
            self.plan, self._sieve = None, None
            return batch
        self._shelf.put(sifted)
        return batch.filter(flag_array(~sifted.sure))
