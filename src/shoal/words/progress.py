"""How a long piece of work says where it is. The command line turns it into a bar on stderr; a library stays silent."""

from __future__ import annotations

from collections.abc import Callable

from shoal.words.language import Text

Progress = Callable[[Text, float | None], None]
"""What is being done, and the share done from 0 to 1 (None where nobody can know)."""


def silent(doing: Text, share: float | None = None) -> None:
    """The progress of who does not want to see any."""
