"""`Study`: what one run found. A published study is read, never changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from shoal.events.result import Quality
from shoal.features.result import Features
from shoal.proof.result import Proof
from shoal.recommend.result import Recommendations
from shoal.segments.result import Segments
from shoal.show.blocks import Block, Finding, Heading, Link, Note
from shoal.show.result import Result, Shown, jsonable
from shoal.study.manifest import Manifest
from shoal.study.store import Store
from shoal.words.errors import StudyError, error
from shoal.words.language import Text, Texts

texts = Texts("shoal.study")


@dataclass(frozen=True)
class Study(Shown):
    """One study: the results of its stages, read from its folder or just made.

    `quality`, `features` and `proof` are None where the stage did not run (a plain table has no events).

    Examples
    --------
    >>> import pyarrow as pa
    >>> import shoal
    >>> from tempfile import mkdtemp
    >>> table = pa.table({"member": [f"m{i}" for i in range(20)], "visits": [*range(1, 11), *range(101, 111)]})
    >>> made = shoal.run_table(table, folder := mkdtemp(), k=2)
    >>> Study.open(folder).segments.table.num_rows
    20
    """

    folder: Path
    manifest: Manifest
    segments: Segments
    quality: Quality | None = None
    features: Features | None = None
    proof: Proof | None = None

    @classmethod
    def open(cls, folder: str | Path) -> Study:
        """The study published in a folder made by ``shoal run`` or ``shoal segment``; also one study's own folder."""
        path = Store.published(folder)
        stages = Manifest.read(path).stages
        return cls(
            path,
            Manifest.read(path),
            Segments.read(path),
            Quality.read(path) if "quality" in stages else None,
            Features.read(path) if "features" in stages else None,
            Proof.read(path) if "proof" in stages else None,
        )

    @property
    def name(self) -> str:
        return self.manifest.study

    @cached_property
    def known(self) -> Features | None:
        """What is known of each customer: the features, of a plain table its rows; None where neither was kept."""
        file = self.folder / "features.parquet"
        if self.features is not None or not file.is_file():
            return self.features
        nothing = pa.table({"product_id": pa.array([], pa.string())})
        made, columns = self.segments.made, self.segments.columns
        return Features(made=made, table=pq.read_table(file), product_groups=nothing, columns=columns)

    @property
    def results(self) -> tuple[Result, ...]:
        """The stages' results in the order they were made."""
        made = (self.quality, self.features, self.segments, self.recommendations, self.proof)
        return tuple(result for result in made if result is not None)

    @cached_property
    def recommendations(self) -> Recommendations | None:
        """The ranked products of every customer, read when first asked for; None where the stage did not run."""
        return Recommendations.read(self.folder) if "recommendations" in self.manifest.stages else None

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, the gravest first."""
        grave = {"problem": 0, "warning": 1, "good": 2, "info": 3}
        return tuple(sorted((f for r in self.results for f in r.findings), key=lambda f: grave[f.severity]))

    def view(self) -> Iterator[Block]:
        """What the terminal shows after a run: the verdict, the segments in brief, what to look at."""
        yield Heading(texts("view.title", study=self.name), level=1)
        yield Note(self.verdict, tone="lead")
        yield self.segments.brief()
        yield from (finding for finding in self.findings if finding.severity in ("problem", "warning"))
        yield from (finding for finding in self.segments.findings if finding.code.startswith("know."))
        report = self.folder / "report.html"
        if report.is_file():
            yield Link(texts("view.report"), str(report))

    def to_dict(self) -> dict[str, Any]:
        report = self.folder / "report.html"
        return {
            "study": self.name,
            "folder": str(self.folder),
            "report": str(report) if report.is_file() else None,
            "made": jsonable(self.manifest.made),
            "verdict": jsonable(self.proof.verdict if self.proof else {"code": "not_run", "text": self.verdict}),
            "segments": jsonable(self.segments.segments),
            "findings": jsonable(self.findings),
        }

    @property
    def verdict(self) -> Text:
        """In one sentence: is this segmentation worth using?"""
        if self.proof is not None:
            return self.proof.verdict.text
        return texts("view.no_proof" if self.quality is not None else "view.no_dates")

    def part(self, name: str) -> Result:
        """One stage's result by name. Raises `StudyError` where this study has none."""
        for result in (*self.results, self.manifest):
            if result.name == name:
                return result
        known = ", ".join(result.name for result in self.results)
        raise error(StudyError, texts, "no_part", name=name, known=known)
