"""The doors: what a user may hand over, staged so that SQL can read it.

In: paths and frames. Out: one `Staged` a source: a relation of the engine with ``__file``, ``__line`` and the source's
own columns. The one thing to know: nothing is judged here but whether a line is a record at all; lines that are none
are set aside at once.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from shoal.engines.contract import Engine, literal, quoted
from shoal.events.dialect import Dialect, fields_of, find_dialect
from shoal.events.lines import open_plain
from shoal.events.records import Fault, read_records
from shoal.words.errors import InputError, UsageError, error
from shoal.words.language import Text, Texts
from shoal.words.progress import Progress

texts = Texts("shoal.events")

FAULTS = pa.schema(
    [("source_file", pa.string()), ("source_line", pa.int64()), ("rule", pa.string()), ("raw", pa.string())]
)


@dataclass(frozen=True, slots=True)
class Staged:
    """One source, readable in SQL.

    `columns` maps the source's column names to the SQL that reads them, `types` to their SQL types. `records` were
    counted at the door; `faults` of them are no records that can be read, by rule.
    """

    file: str
    relation: str
    columns: Mapping[str, str]
    types: Mapping[str, str]
    records: int
    kind: str
    faults: Mapping[str, int] = field(default_factory=dict)
    delimiter: str = ","
    header: bool = True
    first_rows: tuple[tuple[str, ...], ...] = ()
    sha256: str | None = None

    @property
    def readable(self) -> int:
        """The records that are whole."""
        return self.records - sum(self.faults.values())


@dataclass(slots=True)
class Door:
    """Stages sources one after the other into `folder`, and the lines that are no records into one file beside."""

    engine: Engine
    folder: Path
    progress: Progress
    staged: list[Staged] = field(default_factory=list)
    _faults: pq.ParquetWriter | None = None

    def enter(self, sources: Sequence[Any]) -> list[Staged]:
        """Every source staged. Raises `InputError` or `UsageError` for one that cannot be read at all."""
        if not sources:
            raise error(UsageError, texts, "no_sources")
        names = _names(sources)
        for at, (source, name) in enumerate(zip(sources, names, strict=True)):
            self.progress(texts("progress.reading", file=name), at / len(sources))
            self.staged.append(self._stage(source, name, f"source_{len(self.staged)}"))
        return self.staged

    def close(self) -> Path | None:
        """The file of the lines that are no records, or None when there are none."""
        if self._faults is None:
            return None
        self._faults.close()
        return self.folder / "faults.parquet"

    def _stage(self, source: Any, name: str, relation: str) -> Staged:
        if not isinstance(source, str | Path):
            return self._frame(source, name, relation)
        path = existing(Path(source))
        with path.open("rb") as file:
            is_parquet = file.read(4) == b"PAR1"
        return self._parquet(path, name, relation) if is_parquet else self._text(path, name, relation)

    def _frame(self, frame: Any, name: str, relation: str) -> Staged:
        reader = _reader(frame, name)
        path = self.folder / f"{relation}.parquet"
        with pq.ParquetWriter(path, reader.schema, compression="snappy") as writer:
            for batch in reader:
                writer.write_batch(batch)
        return self._parquet(path, name, relation, "frame")

    def _parquet(self, path: Path, name: str, relation: str, kind: str = "parquet") -> Staged:
        try:
            file = pq.ParquetFile(path)
        except (OSError, pa.ArrowInvalid) as problem:
            raise error(InputError, texts, "broken_file", file=name, reason=problem) from problem
        with file:
            rows = file.metadata.num_rows
        self.engine.open_parquet(f"{relation}_file", [path], line="__line")
        self.engine.run(
            f"CREATE OR REPLACE TEMP VIEW {relation} AS SELECT {literal(name)} AS __file, * FROM {relation}_file"
        )
        types = self._types(relation)
        return Staged(
            name, relation, {column: quoted(column) for column in types}, types, rows, kind,
            sha256=_sha256(path) if kind == "parquet" else None,
        )  # fmt: skip

    def _types(self, relation: str) -> dict[str, str]:
        """The columns under the engine's own names, which tell apart those that differ only in case."""
        described = self.engine.rows(f"DESCRIBE {relation}")
        return {str(row[0]): str(row[1]) for row in described if not str(row[0]).startswith("__")}

    def _text(self, path: Path, name: str, relation: str) -> Staged:
        plain, start = open_plain(path)
        dialect = find_dialect(start)
        target = self.folder / f"{relation}.parquet"
        schema = pa.schema([("source_line", pa.int64()), *((f"c{at}", pa.string()) for at in range(dialect.width))])
        records, faults = 0, Counter[str]()
        with pq.ParquetWriter(target, schema, compression="snappy") as writer:
            for parsed in read_records(plain, dialect):
                writer.write_table(parsed.table.cast(schema))
                records += parsed.records
                faults.update(rule for _, rule, _ in parsed.faults)
                self._set_aside(name, parsed.faults)
        self.engine.open_parquet(f"{relation}_file", [target])
        self.engine.run(
            f"CREATE OR REPLACE TEMP VIEW {relation} AS SELECT {literal(name)} AS __file, source_line AS __line, "
            f"* EXCLUDE (source_line) FROM {relation}_file"
        )
        columns = {column: f"c{at}" for at, column in enumerate(dialect.columns)}
        return Staged(
            name, relation, columns, dict.fromkeys(columns, "VARCHAR"), records, "text", dict(faults),
            dialect.delimiter, dialect.header, _first_rows(start, dialect), _sha256(path),
        )  # fmt: skip

    def _set_aside(self, name: str, faults: Sequence[Fault]) -> None:
        if not faults:
            return
        if self._faults is None:
            self._faults = pq.ParquetWriter(self.folder / "faults.parquet", FAULTS, compression="snappy")
        lines, rules, raws = zip(*faults, strict=True)
        self._faults.write_table(pa.table([[name] * len(faults), lines, rules, raws], schema=FAULTS))


def existing(path: Path) -> Path:
    """The path of a file that is there. Raises `InputError` for a missing file and for a folder."""
    if path.is_dir():
        files = sorted(entry.name for entry in path.iterdir() if entry.is_file())[:3]
        raise error(InputError, texts, "is_folder", file=path, files=", ".join(files) or "-")
    if not path.exists():
        near = sorted(entry.name for entry in path.parent.iterdir())[:8] if path.parent.is_dir() else []
        raise error(InputError, texts, "no_file", file=path, files=", ".join(near) or "-")
    return path


def _names(sources: Sequence[Any]) -> list[str]:
    """What each source is called in findings: a file by its name, or by its path where two names are alike."""
    short = [Path(s).name if isinstance(s, str | Path) else f"frame {at}" for at, s in enumerate(sources, 1)]
    twice = {name for name, count in Counter(short).items() if count > 1}
    names = [str(s) if name in twice else name for s, name in zip(sources, short, strict=True)]
    again = [names[:at].count(name) for at, name in enumerate(names)]
    return [f"{name} ({count + 1})" if count else name for name, count in zip(names, again, strict=True)]


def _reader(frame: Any, name: str) -> pa.RecordBatchReader:
    """The rows of any table that speaks Arrow: pandas, polars, Arrow itself."""
    if hasattr(frame, "__arrow_c_stream__"):
        return pa.RecordBatchReader.from_stream(frame)
    raise error(UsageError, texts, "no_frame", name=name, type=type(frame).__name__)


def _first_rows(start: bytes, dialect: Dialect) -> tuple[tuple[str, ...], ...]:
    """The first three rows of a file without a header, which is then known by what it holds."""
    lines: Iterator[str] = (line for line in start.decode("utf-8", "replace").splitlines() if line.strip())
    rows = (fields_of(line, dialect.delimiter) for line, _ in zip(lines, range(3), strict=False))
    return () if dialect.header else tuple(tuple(row) for row in rows if row)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def found(staged: Staged) -> Text:
    """The columns of a source, as a message lists them."""
    return Text.same(", ".join(staged.columns) if len(staged.columns) <= 40 else f"{len(staged.columns)} columns")
