"""The rows of a plain table in the segments of a study that was made from one: no events, no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shoal.segments.placing import Placed, place_table
from shoal.study.result import Study
from shoal.words.errors import UsageError, error
from shoal.words.language import Texts

texts = Texts("shoal.study")


def assign_rows(study: Study, sources: Sequence[Any], columns: Mapping[str, str], asked: Mapping[str, Any]) -> Placed:
    """Every row of one table placed by the study's model.

    The customer is named by the column that the study found, or by ``customer_id`` in `columns`. Where the study
    filled empty numbers, the same medians are filled here. Raises `UsageError` for several tables and for what only
    a log has (`asked`: option and value).
    """
    unfit = sorted(name for name, value in asked.items() if value is not None and value != ())
    unfit += sorted(set(columns) - {"customer_id"})
    if unfit:
        raise error(UsageError, texts, "assign_events_option", study=study.name, options=", ".join(unfit))
    if len(sources) != 1:
        raise error(UsageError, texts, "assign_one_table", study=study.name, count=len(sources))
    settings = study.manifest.settings
    medians = {one.feature: one.median for one in study.segments.whole if one.median is not None}
    fill = medians if settings.get("missing") == "fill" else {}
    return place_table(study.segments.model, sources[0], columns.get("customer_id", settings.get("id")), fill)
