"""A run that ends with its report: what the command line and ``shoal.run`` call."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from shoal.report.report import write_report
from shoal.segments.table import Missing, Outliers
from shoal.study import run as study_run
from shoal.study import table as study_table
from shoal.study.result import Study
from shoal.study.settings import RunSettings
from shoal.words.progress import Progress, silent


def run(
    sources: Any,
    out: str | Path,
    settings: RunSettings | None = None,
    *,
    products: Any = None,
    customers: Any = None,
    show_ids: bool = False,
    labels: Any = None,
    links: Any = None,
    command: str = "",
    progress: Progress = silent,
    **chosen: Any,
) -> Study:
    """A published study of a shop's log, with its report.

    Parameters
    ----------
    sources
        A file or frame (pandas, polars, Arrow), or several that are one log.
    out
        Folder to publish into; made when missing. The study published before stays until this one is whole.
    settings, **chosen
        A `RunSettings`, or its fields as keyword arguments: ``k=5``, ``space="rfm"``, ``timezone="Europe/London"``.
    products
        File or frame with the catalogue, where the log does not carry it.
    customers
        File or frame with a row a customer: ``signed_up``, ``birthday``, contacts and consents (kept in ``DIR/private``
        alone), and any other columns, which become features.
    labels, links
        What a person said of customers, for the method ``labelled``: files or frames with ``customer_id, label``, and
        with ``customer_id, other_id, kind`` (must or cannot).
    show_ids
        Whether customers' ids may stand in the report.
    command
        The command line, for the manifest.
    progress
        Called with what is being done and the share done (None where unknown).

    Returns
    -------
    Study
        Read from the folder it was published to; ``report.html`` lies in ``study.folder``.

    Raises
    ------
    InputError, UsageError, StudyError
        Bad data, bad settings, a folder that is busy or cannot be written.

    Examples
    --------
    >>> import shoal
    >>> from tempfile import mkdtemp
    >>> shop = mkdtemp()
    >>> made = shoal.write_demo(shop, customers=40)
    >>> log, products = f"{shop}/events.parquet", f"{shop}/products.parquet"
    >>> study = shoal.run(log, f"{shop}/study", products=products, k=2, proof=False, currency="EUR", timezone="UTC")
    >>> len(study.segments.segments), (study.folder / "report.html").is_file()
    (2, True)
    """
    several = isinstance(sources, Sequence) and not isinstance(sources, str)
    return study_run.run(
        sources if several else [sources],
        out,
        settings,
        products=products,
        customers=customers,
        labels=labels,
        links=links,
        report=partial(write_report, show_ids=show_ids),
        command=command,
        progress=progress,
        **chosen,
    )


def run_table(
    table: Any,
    out: str | Path,
    *,
    id_column: str | None = None,
    outliers: Outliers = "keep",
    missing: Missing = "set-aside",
    labels: Any = None,
    links: Any = None,
    command: str = "",
    progress: Progress = silent,
    **chosen: Any,
) -> Study:
    """A published study of a plain table with one row a customer, with its report.

    Parameters and errors are those of `shoal.study.table.run_table`: the column that names the customer, what to do
    with extreme values and empty cells, labels and links of customers, and the fields of `SegmentSettings` (``k=5``,
    ``space="standardised"``).

    Examples
    --------
    >>> import pyarrow as pa
    >>> import shoal
    >>> from tempfile import mkdtemp
    >>> table = {"member": [f"m{i}" for i in range(20)], "visits": [*range(1, 11), *range(101, 111)]}
    >>> study = shoal.run_table(pa.table(table), mkdtemp(), k=2)
    >>> sorted(segment.name.en for segment in study.segments.segments)
    ['High visits', 'Low visits']
    """
    return study_table.run_table(
        table, out, id_column=id_column, outliers=outliers, missing=missing, labels=labels, links=links,
        report=write_report, command=command, progress=progress, **chosen,
    )  # fmt: skip
