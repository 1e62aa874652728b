"""The typical customers of each segment, by id. Shown only where ids were asked for."""

from __future__ import annotations

from collections.abc import Sequence

from shoal.segments.portrait import Segment
from shoal.show.blocks import Details, Table, TableColumn
from shoal.words.language import Texts

texts = Texts("shoal.report")


def examples(segments: Sequence[Segment]) -> Details:
    """The customers that the cards describe, with their ids."""
    columns = tuple(TableColumn(texts(f"examples.{name}")) for name in ("segment", "customer", "what"))
    rows = tuple((segment.name, one.customer_id, one.text) for segment in segments for one in segment.typical)
    return Details(texts("examples.title"), (Table(columns, rows),))
