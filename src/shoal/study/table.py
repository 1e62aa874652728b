"""``shoal segment TABLE``: the study of any table with one row a customer. No events, so no clock and no proof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any

from shoal.segments.result import TableSegments
from shoal.segments.settings import SegmentSettings
from shoal.segments.table import Missing, Outliers, segment_table
from shoal.study.costs import Costs
from shoal.study.manifest import InputFile, Manifest
from shoal.study.result import Study
from shoal.study.store import Store
from shoal.words.progress import Progress, silent
from shoal.words.provenance import Made

FRAME = "<frame>"
Report = Callable[[Study, Path], object]


def run_table(
    table: Any,
    out: str | Path,
    *,
    id_column: str | None = None,
    outliers: Outliers = "keep",
    missing: Missing = "set-aside",
    labels: Any = None,
    links: Any = None,
    report: Report | None = None,
    command: str = "",
    progress: Progress = silent,
    **chosen: Any,
) -> Study:
    """A published study of a plain table.

    Parameters
    ----------
    table
        A CSV or Parquet file, or a pandas, polars or Arrow frame: one row a customer, numeric columns to segment by.
    out
        Folder to publish into; made when missing.
    id_column
        The column that names the customer; found by name and contents when None.
    outliers
        ``keep``, ``clip`` or ``set-aside`` extreme values.
    missing
        ``set-aside`` rows with an empty number, or ``fill`` it with the column's median.
    labels, links
        What a person said of customers, for the method ``labelled``: files or frames as in `segment_table`.
    **chosen
        Fields of `SegmentSettings`: ``k``, ``space``, ``n_init`` and so on.

    Raises
    ------
    InputError, UsageError, StudyError
        As `run`.
    """
    settings = SegmentSettings(**chosen)
    store, costs = Store(Path(out)), Costs(progress)
    with store.writing() as workspace:
        with costs.stage("segments"):
            said = {"labels": labels, "links": links}
            segments = segment_table(table, settings, id_column=id_column, outliers=outliers, missing=missing, **said)
        with store.building(datetime.now(UTC).strftime("%Y-%m-%d"), workspace) as building:
            segments.write(building.folder)
            asked = {**asdict(settings), "id": segments.id_column, "outliers": outliers, "missing": missing}
            manifest = Manifest(
                made=Made(
                    "study",
                    seed=settings.seed,
                    rows_in=segments.made.rows_in,
                    rows_out=segments.table.num_rows,
                    seconds=costs.total,
                ),
                study=building.name,
                inputs=(_input(table, segments),),
                settings=asked,
                command=command,
                stages=("segments",),
            )
            if report is not None:
                with costs.stage("report"):
                    report(Study(building.folder, manifest, segments), building.folder)
            manifest.costed(costs.taken).write(building.folder)
    return Study.open(out)


def _input(table: Any, segments: TableSegments) -> InputFile:
    if not isinstance(table, str | Path):
        return InputFile(FRAME, None, segments.made.rows_in)
    with Path(table).open("rb") as stream:
        return InputFile(Path(table).name, file_digest(stream, "sha256").hexdigest(), segments.made.rows_in)
