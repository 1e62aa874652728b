"""A run that ends with its report: what the command line and ``shoal.run`` call."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from shoal.report.report import write_report
from shoal.study import run as study_run
from shoal.study import table as study_table
from shoal.study.result import Study


def run(sources: Sequence[Any], out: str | Path, *args: Any, show_ids: bool = False, **how: Any) -> Study:
    """`shoal.study.run.run` with ``report.html`` in the study; customers' ids stand in it only with `show_ids`."""
    return study_run.run(sources, out, *args, report=partial(write_report, show_ids=show_ids), **how)


def run_table(table: Any, out: str | Path, **how: Any) -> Study:
    """`shoal.study.table.run_table` with ``report.html`` in the study."""
    return study_table.run_table(table, out, report=write_report, **how)
