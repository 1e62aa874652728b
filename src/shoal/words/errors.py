"""The tree of errors. Each says what is wrong, what was found and what to do, in both languages.

    ShoalError
      InputError        the data or a file cannot be used as it is
      UsageError        what was asked cannot be done as asked
      StudyError        a study cannot be read, written or is busy
      MissingExtraError an optional library is needed (also an ImportError)
      LostRowsError     rows in and rows out do not add up: a defect of shoal, never the user's

The command line shows the first four as one message and exits with 2; `LostRowsError` and anything else is a bug (1).
"""

from __future__ import annotations

from typing import Any, TypeVar

from shoal.words.language import Language, Text, Texts


class ShoalError(Exception):
    """What is wrong, what was found, what to do.

    Examples
    --------
    >>> from shoal.segments.settings import SegmentSettings
    >>> try:
    ...     SegmentSettings(k=0)
    ... except ShoalError as problem:
    ...     print(problem.say("en"))
    k is 0; the least there can be is 1.
    """

    def __init__(self, what: Text, found: Text | None = None, do: Text | None = None) -> None:
        self.what, self.found, self.do = what, found, do
        super().__init__(self.say("en"))

    def say(self, language: Language) -> str:
        """The whole message in one language: up to three short paragraphs on lines of their own."""
        return "\n".join(part.say(language) for part in (self.what, self.found, self.do) if part is not None)


class InputError(ShoalError):
    """The data or a file cannot be used as it is."""


class UsageError(ShoalError):
    """What was asked cannot be done as asked."""


class StudyError(ShoalError):
    """A study cannot be read, written, or is busy."""


class MissingExtraError(ShoalError, ImportError):
    """An optional library is needed for what was asked."""


class LostRowsError(AssertionError):
    """Rows in and rows out do not add up. Always a defect of shoal."""


E_ = TypeVar("E_", bound=ShoalError)


def error(kind: type[E_], texts: Texts, key: str, **values: Any) -> E_:
    """An error whose words stand in a room's ``texts.toml`` under ``error.KEY.what``, ``.found`` and ``.do``.

    ``found`` and ``do`` may be missing there; ``what`` may not.
    """
    what = texts(f"error.{key}.what", **values)
    found, do = (
        texts(f"error.{key}.{part}", **values) if texts.has(f"error.{key}.{part}") else None for part in ("found", "do")
    )
    return kind(what, found, do)
