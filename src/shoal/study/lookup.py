"""One customer's rows in a large Parquet file, in milliseconds.

The one thing to know: the file must be ordered by ``customer_id``; row groups are found by halving on their statistics.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shoal.words.errors import StudyError, error
from shoal.words.language import Texts

texts = Texts("shoal.study")


class Lookup:
    """A Parquet file kept open. Cost of `rows`: reading the one or two row groups that may hold the customer.

    Raises `StudyError` for a file that is missing or damaged.
    """

    def __init__(self, file: Path) -> None:
        try:
            self._file = pq.ParquetFile(file, memory_map=True)
        except (OSError, pa.ArrowInvalid) as problem:
            raise error(StudyError, texts, "damaged", file=file, reason=problem) from problem
        self._schema = self._file.schema_arrow
        self._place = self._schema.get_field_index("customer_id")

    def rows(self, customer_id: str) -> pa.Table:
        """The customer's rows in the order of the file; none for a customer it does not hold."""
        first = self._first(customer_id)
        groups = []
        while first < self._file.num_row_groups and self._least(first) <= customer_id:
            groups.append(first)
            first += 1
        found = self._file.read_row_groups(groups, use_threads=False) if groups else self._schema.empty_table()
        return found.filter(pc.equal(found["customer_id"], customer_id))

    def _first(self, customer_id: str) -> int:
        """The first row group whose largest id is not below this one."""
        low, high = 0, self._file.num_row_groups
        while low < high:
            middle = (low + high) // 2
            if self._statistics(middle).max < customer_id:
                low = middle + 1
            else:
                high = middle
        return low

    def _least(self, group: int) -> str:
        return str(self._statistics(group).min)

    def _statistics(self, group: int) -> pq.Statistics:
        return self._file.metadata.row_group(group).column(self._place).statistics
