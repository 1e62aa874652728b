"""`Result`: write `view()` and the fields; text, HTML, notebook, JSON, `write` and `read` come from here.

A stage returns a frozen dataclass derived from `Result`. A field that is an Arrow table names its Parquet file in the
field's metadata (``field(metadata={"file": "segments.parquet"})``), and the rows of a row group where single rows
are to be looked up (``"row_group": 20_000``); a field may name a JSON file of its own the same
way; all others go into ``{name}.json``. Reading a folder gives back an equal result.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Self, get_type_hints

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from shoal.show.blocks import Block, Finding
from shoal.words.errors import ShoalError, StudyError, error
from shoal.words.language import Language, Texts, chosen_language
from shoal.words.provenance import Made

texts = Texts("shoal.show")


class Shown:
    """Anything with a `view()`: text, HTML and a notebook cell come from here, JSON from `to_dict`."""

    def view(self) -> Iterator[Block]:
        """The blocks that show this result."""
        raise NotImplementedError

    def text(self, language: Language | None = None, *, colour: bool = False) -> str:
        """Plain text as wide as the terminal; with the terminal's codes for bold and colours only where asked for."""
        from shoal.show.text import as_text

        return as_text(self.view(), language or chosen_language(), colour=colour)

    def html(self, language: Language | None = None) -> str:
        """An HTML fragment without scripts that stands alone in any page."""
        from shoal.show.html import as_html

        return as_html(self.view(), language or chosen_language())

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        from shoal.show.notebook import as_cell

        return as_cell(self.view(), chosen_language())

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON-ready values."""
        raise NotImplementedError

    def json(self) -> str:
        return encode(self.to_dict()).decode()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Result(Shown):
    """A frozen result of one stage. `made` says where it comes from, `findings` is its advice."""

    name: ClassVar[str]

    made: Made
    findings: tuple[Finding, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON-ready values; a table stands as its file, columns and number of rows."""
        shown = {}
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if isinstance(value, pa.Table):
                value = {"file": field.metadata["file"], "columns": value.column_names, "rows": value.num_rows}
            shown[field.name] = jsonable(value)
        return shown

    def write(self, folder: Path) -> list[Path]:
        """Write the result's files into `folder` and return their paths."""
        folder.mkdir(parents=True, exist_ok=True)
        written: list[Path] = []
        parts: dict[str, dict[str, Any]] = {f"{self.name}.json": {}}
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if isinstance(value, pa.Table):
                path = folder / field.metadata["file"]
                path.parent.mkdir(parents=True, exist_ok=True)
                pq.write_table(
                    value, path, compression="zstd", store_schema=False, row_group_size=field.metadata.get("row_group")
                )
                written.append(path)
            else:
                parts.setdefault(field.metadata.get("file", f"{self.name}.json"), {})[field.name] = jsonable(value)
        for file, content in parts.items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(msgspec.json.format(encode(content), indent=1))
            written.append(path)
        return written

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The result that `write` put into `folder`. Raises `StudyError` when a file is missing or damaged, or lacks
        what this version needs."""
        hints, values = get_type_hints(cls), dict[str, Any]()
        contents: dict[str, dict[str, Any]] = {}
        for field in dataclasses.fields(cls):
            file = field.metadata.get("file", f"{cls.name}.json")
            try:
                if file.endswith(".parquet"):
                    values[field.name] = pq.read_table(folder / file)
                    continue
                if file not in contents:
                    contents[file] = msgspec.json.decode((folder / file).read_bytes())
                if field.name in contents[file]:
                    values[field.name] = msgspec.convert(contents[file][field.name], hints[field.name], str_keys=True)
            except (OSError, msgspec.MsgspecError, pa.ArrowInvalid) as problem:
                if isinstance(problem, FileNotFoundError) and field.default is not dataclasses.MISSING:
                    continue
                raise _unreadable(folder / file, problem) from problem
        _whole(cls, values, folder)
        return cls(**values)


def _unreadable(file: Path, problem: Exception) -> ShoalError:
    """A file that is damaged, or that another version of shoal wrote with less in it."""
    lacking = re.search("missing required field `(.*?)`", str(problem))
    if isinstance(problem, msgspec.ValidationError) and lacking:
        return error(StudyError, texts, "other_version", file=file, missing=lacking[1])
    return error(StudyError, texts, "unreadable", file=file, reason=problem)


def _whole(result: type[Result], values: dict[str, Any], folder: Path) -> None:
    """Raise what a file written by another version of shoal lacks."""
    bare = (dataclasses.MISSING, dataclasses.MISSING)
    lacking = [
        field
        for field in dataclasses.fields(result)
        if field.name not in values and (field.default, field.default_factory) == bare
    ]
    if lacking:
        file = folder / lacking[0].metadata.get("file", f"{result.name}.json")
        raise error(StudyError, texts, "other_version", file=file, missing=", ".join(one.name for one in lacking[:3]))


def jsonable(value: Any) -> Any:
    """Plain JSON values: dataclasses become objects, NaN and infinities become null, NumPy scalars become numbers."""
    return msgspec.to_builtins(value, enc_hook=_plain, str_keys=True)


def encode(value: Any) -> bytes:
    return msgspec.json.encode(value, enc_hook=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(f"a result cannot hold {type(value).__name__}")
