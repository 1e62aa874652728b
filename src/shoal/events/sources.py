"""What the user named, as a list of single sources.

In: paths, folders, patterns such as ``2024-*.csv``, frames. Out: the same with every folder and pattern opened, and a
short name for each. The one thing to know: a folder is all its data files, whatever lies deeper in it, by name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from glob import glob, has_magic
from pathlib import Path
from typing import Any

from shoal.words.errors import InputError, error
from shoal.words.language import Texts

texts = Texts("shoal.events")

ENDINGS = frozenset(
    {".csv", ".tsv", ".tab", ".txt", ".dat", ".gz", ".zst", ".parquet", ".json", ".jsonl", ".ndjson", ".xlsx", ".xls",
     ".xlsb", ".ods"}
)  # fmt: skip
"""How the names of data files end; anything else in a folder is left alone."""
DATABASE = ("postgresql://", "postgres://")


def is_database(source: Any) -> bool:
    """Whether a source is the address of a database."""
    return isinstance(source, str) and source.startswith(DATABASE)


def opened(sources: Sequence[Any]) -> list[tuple[Any, bool]]:
    """The sources one by one, each with whether it was named itself; what lies in a folder or fits a pattern was not.

    Raises `InputError` for what is not there, and for a folder without data.
    """
    return [(single, _is_named(single, source)) for source in sources for single in _single(source)]


def _is_named(single: Any, source: Any) -> bool:
    return not isinstance(single, Path) or single == Path(source)


def _single(source: Any) -> Iterator[Any]:
    if not isinstance(source, str | Path) or is_database(source):
        yield source
        return
    path = Path(source)
    if path.is_dir():
        yield from _inside(path)
    elif has_magic(str(source)) and not path.exists():
        files = sorted(Path(found) for found in glob(str(source), recursive=True))  # noqa: PTH207 -- absolute patterns
        files = [file for file in files if file.is_file()]
        if not files:
            raise error(InputError, texts, "no_match", pattern=source)
        yield from files
    else:
        yield existing(path)


def _inside(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not _hidden(path.relative_to(folder)))
    data = [path for path in files if path.suffix.lower() in ENDINGS]
    if not data:
        listed = ", ".join(path.name for path in files[:3])
        raise error(InputError, texts, "is_folder", file=folder, files=listed or "-")
    return data


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "_")) for part in path.parts)


def existing(path: Path) -> Path:
    """The path of a file that is there. Raises `InputError` for a missing one."""
    if not path.exists():
        near = sorted(entry.name for entry in path.parent.iterdir())[:8] if path.parent.is_dir() else []
        raise error(InputError, texts, "no_file", file=path, files=", ".join(near) or "-")
    return path


def names_of(sources: Sequence[Any]) -> list[str]:
    """What each source is called in findings: a file by its name, or by its path where two names are alike."""
    short = [_short(source, at) for at, source in enumerate(sources, 1)]
    twice = {name for name, count in Counter(short).items() if count > 1}
    names = [
        str(source) if name in twice and not is_database(source) else name
        for source, name in zip(sources, short, strict=True)
    ]
    again = [names[:at].count(name) for at, name in enumerate(names)]
    return [f"{name} ({count + 1})" if count else name for name, count in zip(names, again, strict=True)]


def _short(source: Any, at: int) -> str:
    if is_database(source):
        return str(source).partition("#")[2] or "postgresql"  # never the address: it may hold a password
    return Path(source).name if isinstance(source, str | Path) else f"frame {at}"
