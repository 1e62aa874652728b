"""What a proof comes to, in one word for programs and one sentence for people."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.words.language import Text


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the proof comes to. `code` is one of better, level, worse, random, unproven."""

    code: str
    text: Text
