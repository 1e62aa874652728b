"""`Manifest`: how a study was made: the command that makes it again, settings, inputs with fingerprints, versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from shoal.show.blocks import Block, Cell, Details, Heading, Note, Table, TableColumn
from shoal.show.result import Result
from shoal.words.language import Text, Texts

texts = Texts("shoal.study")


@dataclass(frozen=True, slots=True)
class InputFile:
    """One input: its name, the sha256 of its bytes (None for a frame in memory) and the records it held."""

    name: str
    sha256: str | None
    records: int


@dataclass(frozen=True, slots=True)
class StageCost:
    """What a stage took: wall seconds, and the process's peak memory so far in MB (None where unknown)."""

    stage: str
    seconds: float
    peak_memory_mb: float | None


@dataclass(frozen=True, kw_only=True)
class Manifest(Result):
    """How the study was made: enough to make it again."""

    name = "manifest"

    study: str
    inputs: tuple[InputFile, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    command: str = ""
    look_back_days: int | None = None
    horizon_days: int | None = None
    parent: str | None = None
    stages: tuple[str, ...] = ()
    costs: tuple[StageCost, ...] = ()

    def costed(self, costs: tuple[StageCost, ...]) -> Manifest:
        """The same manifest with what the stages took, known only at the end."""
        return replace(self, costs=costs)

    def view(self) -> Iterator[Block]:
        """Everything needed to make the study again."""
        yield Heading(texts("method.title"))
        yield Note(texts("method.lead"))
        if self.command:
            yield Note(Text.same(self.command), "code")
        yield _table("conditions", ("", ""), tuple(_conditions(self)))
        yield _table("inputs", ("", ",.0f", ""), tuple((i.name, i.records, i.sha256) for i in self.inputs))
        yield Details(texts("method.settings.title"), (_pairs("settings", self.settings),))
        yield Details(texts("method.versions.title"), (_pairs("versions", self.made.versions),))
        costs = tuple((cost.stage, cost.seconds, cost.peak_memory_mb) for cost in self.costs)
        if costs:
            yield Details(texts("method.costs.title"), (_table("costs", ("", ",.1f", ",.0f"), costs, titled=False),))


def _conditions(manifest: Manifest) -> Iterator[tuple[Cell, ...]]:
    made = manifest.made
    values = {
        "as_of": made.local_as_of,
        "look_back": None if made.look_back_days is None else texts("method.days", days=made.look_back_days),
        "horizon": None if made.horizon_days is None else texts("method.days", days=made.horizon_days),
        "timezone": made.timezone,
        "engine": made.engine or None,
        "seed": str(made.seed),
        "parent": manifest.parent,
    }
    yield from ((texts(f"method.{name}"), value) for name, value in values.items() if value is not None)


def _pairs(name: str, values: Mapping[str, Any]) -> Table:
    return _table(name, ("", ""), tuple((key, _said(value)) for key, value in sorted(values.items())), titled=False)


def _said(value: Any) -> Cell:
    """A setting as it would be written on the command line; nothing where it was left open."""
    if value is None or value == () or value == [] or value == {}:
        return None
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={part}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _table(name: str, formats: tuple[str, ...], rows: tuple[tuple[Cell, ...], ...], *, titled: bool = True) -> Table:
    columns = tuple(TableColumn(texts(f"method.{name}.column_{i}"), form) for i, form in enumerate(formats, 1))
    title: Text | None = texts(f"method.{name}.title") if titled else None
    return Table(columns, rows, title)
