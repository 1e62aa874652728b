"""A study, or one part of it, by name: what ``shoal show`` shows."""

from __future__ import annotations

from pathlib import Path

from shoal.show.result import Result
from shoal.study.customer import customer
from shoal.study.result import Study
from shoal.words.errors import UsageError, error
from shoal.words.language import Texts

texts = Texts("shoal.study")


def find_part(folder: Path, part: str = "study", which: str | None = None) -> Study | Result:
    """The published study of a folder, or one part: a stage's result, one segment, one customer.

    Raises `UsageError` for a segment or customer the study does not hold.
    """
    study = Study.open(folder)
    if part == "study":
        return study
    if part == "customer":
        return customer(study, str(which))
    if part == "segment":
        return study.segments.alone(_number(study, str(which)))
    return study.part(part)


def _number(study: Study, which: str) -> int:
    known = [segment.number for segment in study.segments.segments]
    if not which.isdecimal() or int(which) not in known:
        raise error(UsageError, texts, "no_segment", asked=which, known=", ".join(map(str, known)))
    return int(which)
