"""Who changed segments since an earlier study, and why: the customer moved, or the refit drew the border elsewhere.

Plain facts; `moves` finds them. The one thing to know: the earlier model knows nothing of the refit. Whom it puts
elsewhere today has moved; whom it leaves where they were, and today's segments do not, was moved by the refit alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shoal.words.language import Text


@dataclass(frozen=True, slots=True)
class Flow:
    """Customers who were in segment `before` and are in `after`; of those who changed, how many for which reason.

    `moved` behave differently now, by the earlier model; `refit` do not, only the border was drawn anew. Both None
    where the earlier model cannot be asked.
    """

    before: int
    after: int
    customers: int
    moved: int | None = None
    refit: int | None = None


@dataclass(frozen=True, slots=True)
class Migration:
    """What became of the segments of the study `parent`.

    `both` customers are in both studies, `kept` of them under the same number, `new` are here alone and `gone` there
    alone. `flows` holds every pair of numbers with customers; `names_before` are the earlier names by number.
    """

    parent: str
    both: int
    kept: int
    new: int
    gone: int
    flows: tuple[Flow, ...]
    names_before: dict[int, Text]
    names: dict[int, Text]

    @property
    def moved(self) -> int | None:
        """How many changed because they behave differently; None where that is not known."""
        return _total([flow.moved for flow in self.flows])

    @property
    def refit(self) -> int | None:
        """How many changed because the border was drawn anew; None where that is not known."""
        return _total([flow.refit for flow in self.flows])


def _total(parts: Sequence[int | None]) -> int | None:
    return None if any(part is None for part in parts) else sum(part or 0 for part in parts)
