"""One run, from a log to a published study. Reads like a table of contents; the rooms do the work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from shoal.engines.choose import open_engine
from shoal.engines.contract import Engine
from shoal.events.keys import keyed_names
from shoal.events.load import load
from shoal.events.result import EventLog, Quality
from shoal.features.build import build
from shoal.features.categories import frozen_categories
from shoal.features.lessons import learned_before, sampled
from shoal.features.result import Features, Lesson
from shoal.proof.segments import prove_segments
from shoal.recommend.demands import check_rules
from shoal.segments.guidance import Guidance, read_guidance
from shoal.segments.matching import Parent
from shoal.segments.products import with_products
from shoal.segments.segment import segment
from shoal.study.costs import Costs
from shoal.study.history import write_history
from shoal.study.manifest import InputFile, Manifest
from shoal.study.offering import offer
from shoal.study.parent import find_parent, seeing_today
from shoal.study.result import Study
from shoal.study.settings import RunSettings
from shoal.study.store import Building, Store
from shoal.study.support import told, within
from shoal.words.language import Texts
from shoal.words.progress import Progress, silent
from shoal.words.provenance import Made

texts = Texts("shoal.study")
Report = Callable[[Study, Path], object]


def run(
    sources: Sequence[Any],
    out: str | Path,
    settings: RunSettings | None = None,
    *,
    products: Any = None,
    customers: Any = None,
    labels: Any = None,
    links: Any = None,
    report: Report | None = None,
    command: str = "",
    progress: Progress = silent,
    **chosen: Any,
) -> Study:
    """A published study of a shop's log.

    Parameters
    ----------
    sources
        Files, or pandas, polars or Arrow frames, of one log.
    out
        Folder to publish into; made when missing.
    settings, **chosen
        A `RunSettings`, or its fields as keyword arguments (``k=5, space="rfm"``).
    products
        File or frame with the catalogue, where the log does not carry it.
    customers
        File or frame with a row a customer: ``signed_up``, contacts (which go to ``DIR/private`` alone), attributes.
    labels, links
        What a person said of customers, for the method ``labelled``: files or frames as in `segment_table`.
    report
        Draws the study's report into its folder before it is published (`report.write_report`); none when None.
    command
        The command line, for the manifest.
    progress
        Called with what is being done and the share done (None where unknown).

    Returns
    -------
    Study
        Read from the folder it was published to.

    Raises
    ------
    InputError, UsageError, StudyError
        Bad data, bad settings, a folder that is busy or cannot be written. The study published before stays.

    Examples
    --------
    >>> study = run(["orders.csv"], "my-shop", k=5)  # doctest: +SKIP
    """
    settings = replace(settings or RunSettings(), **chosen)
    guidance = read_guidance(labels, links)
    store, costs = Store(Path(out)), Costs(progress, _plan(settings, report))
    with store.writing() as workspace, open_engine(settings.engine, workspace, settings.memory) as engine:
        with costs.stage("events"):
            log, quality = _load(sources, engine, workspace, settings, (products, customers), store.private, costs.tell)
        engine.lock()
        if settings.recommending is not None:
            check_rules(log, settings.recommending.rules)
        parent = find_parent(store, log.clock) if settings.parent else None
        with store.building(_stem(log), workspace) as building:
            _study(log, quality, settings, building, costs, command, report, parent, guidance, store)
    return Study.open(out)


def _study(
    log: EventLog,
    quality: Quality,
    settings: RunSettings,
    building: Building,
    costs: Costs,
    command: str,
    report: Report | None,
    parent: Parent | None,
    guidance: Guidance | None,
    store: Store,
) -> None:
    """Make every stage's result and write it into the study being built."""
    quality.write(building.folder)
    with costs.stage("features"):
        features = build(log, log.clock, seed=settings.seed)
        features.write(building.folder)
    proof = None
    if settings.proof:
        with costs.stage("proof"):
            proof = prove_segments(log, settings.segmentation)
            proof.write(building.folder)
    with costs.stage("segments"):
        lessons = _lessons(log, features, settings.seed)
        guidance = _in_log_ids(guidance, features, store.private)
        parent = seeing_today(parent, store, log, features) if parent else None
        asked = within(settings.segmentation, proof)
        found = segment(features, asked, costs.tell, lessons=lessons, parent=parent, guidance=guidance)
        segments = with_products(told(found, settings.segmentation, proof), log)
        segments.write(building.folder)
    if settings.recommending is not None:
        with costs.stage("recommendations"):
            proof = offer(log, segments, proof, settings.segmentation, settings.recommending, building.folder)
    if settings.stages == "all":
        with costs.stage("history"):
            write_history(log, building)
    manifest = _manifest(log, quality, settings, building, costs, command)
    manifest = replace(manifest, parent=parent.study if parent else None)
    if report is not None:
        with costs.stage("report"):
            report(Study(building.folder, manifest, segments, quality, features, proof), building.folder)
    manifest.costed(costs.taken).write(building.folder)


def _plan(settings: RunSettings, report: Report | None) -> tuple[str, ...]:
    """The stages this run will go through, for the time left."""
    asked = {
        "proof": settings.proof,
        "segments": True,
        "recommendations": settings.recommending is not None,
        "history": settings.stages == "all",
        "report": report is not None,
    }
    return ("events", "features", *(stage for stage, wanted in asked.items() if wanted))


def _load(
    sources: Sequence[Any],
    engine: Engine,
    workspace: Path,
    settings: RunSettings,
    beside: tuple[Any, Any],
    private: Path,
    progress: Progress,
) -> tuple[EventLog, Quality]:
    return load(
        sources,
        engine,
        workspace,
        columns=settings.columns,
        as_of=settings.as_of,
        horizon_days=settings.horizon_days,
        look_back_days=settings.look_back_days,
        timezone=settings.timezone,
        currency=settings.currency,
        exclude=settings.exclude,
        products=beside[0],
        customers=beside[1],
        private=private,
        progress=progress,
    )


def _lessons(log: EventLog, features: Features, seed: int) -> tuple[Lesson, ...]:
    """What earlier dates can teach, in today's categories."""
    few, scheme = sampled(log), frozen_categories(features)
    return learned_before(few, log.clock, scheme, seed)


def _in_log_ids(guidance: Guidance | None, features: Features, private: Path) -> Guidance | None:
    """What was said of customers, by the ids the log has: keyed ones where it knows people by e-mail or phone."""
    if guidance is None:
        return None
    known = frozenset(features.table["customer_id"].to_pylist())
    return guidance.renamed(keyed_names(guidance.customers, known, private))


def _stem(log: EventLog) -> str:
    """A study is named after the day it looks from, as the shop's calendar has it."""
    return log.clock.local_iso[:10]


def _results(settings: RunSettings) -> Iterator[str]:
    """The optional stages that leave a result of their own."""
    if settings.recommending is not None:
        yield "recommendations"
    if settings.proof:
        yield "proof"


def _manifest(
    log: EventLog, quality: Quality, settings: RunSettings, building: Building, costs: Costs, command: str
) -> Manifest:
    clock = log.clock
    return Manifest(
        made=Made.at(
            clock,
            "study",
            seed=settings.seed,
            engine=log.engine_version,
            rows_in=quality.made.rows_in,
            rows_out=log.customers,
            seconds=costs.total,
        ),
        study=building.name,
        inputs=tuple(InputFile(file.file, file.sha256, file.records) for file in quality.files),
        settings=asdict(settings),
        command=command,
        look_back_days=clock.look_back_days,
        horizon_days=clock.horizon_days,
        stages=("quality", "features", "segments", *_results(settings)),
    )
