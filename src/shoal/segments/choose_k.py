"""How many segments? Points go in; every criterion at every K, what each would pick and what was picked come out.

The one thing to know: no criterion knows. On sets with a known answer the best of them is right four times in ten, so
the whole table is kept and shown, and the rule behind ``auto`` is one function, `auto`, that states itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from shoal.measures import clustering
from shoal.words.errors import UsageError, error
from shoal.words.language import Text, Texts

texts = Texts("shoal.segments")
EXACT_ROWS = 10_000
"""Up to here all customers are compared with all; above, a seeded sample of this size stands for them."""
SMALLEST_SHARE = 0.01
SMALLEST_SIZE = 5
SMALLEST_FORESEEN = 10
CHANCE = 0.05
"""Gaps between groups that a shapeless cloud would show no more often than this are structure."""
DISSOLVED = 0.5
"""A group whose mean Jaccard over bootstraps is below this is not found again (Hennig 2007)."""
STABLE = 0.75
"""From here on every group is found again (Hennig 2007)."""
STRONG = 0.8
"""The prediction strength from which groups hold on other customers (Tibshirani and Walther 2005)."""
NEARLY = 0.8
"""Natural groups go first where they say at least this share of what the best number says of later weeks."""
CUT = 0.8
"""Where no more than this stand halfway between two groups, for each at the emptier of them, there is a gap."""


@dataclass(frozen=True, slots=True)
class KRow:
    """The criteria at one K; those that need two groups are None at K = 1.

    `between` says of the two neighbours least apart how many stand halfway between them, for each at the emptier of the
    two: near 0 there is a gap, from 1 on one group was cut in two. `jaccards` says of each group how alike it is to
    itself on bootstrap samples; `valley` is the chance of gaps as deep as those found, if there were none.
    `out_of_time` is the share of what came next that the groups explained at earlier cuts, with its standard error over
    customers and the smallest group's share there; None where there is no earlier cut.
    """

    k: int
    inertia: float
    smallest_share: float
    silhouette: float | None = None
    calinski_harabasz: float | None = None
    davies_bouldin: float | None = None
    gap: float | None = None
    gap_error: float | None = None
    prediction_strength: float | None = None
    between: float | None = None
    jaccards: tuple[float, ...] = ()
    valley: float | None = None
    out_of_time: float | None = None
    out_of_time_error: float | None = None
    out_of_time_smallest: float | None = None

    @property
    def jaccard(self) -> float | None:
        """The Jaccard of the group that is found again least; None at K = 1."""
        return min(self.jaccards) if self.jaccards else None

    @property
    def holds(self) -> bool:
        """Whether the groups are found on other customers, and with a gap between all of them."""
        strong = self.prediction_strength is not None and self.prediction_strength >= STRONG
        return strong and self.between is not None and self.between < CUT

    @property
    def stable(self) -> bool:
        """Whether no group dissolves on a bootstrap sample; one group cannot."""
        return self.jaccard is None or self.jaccard >= DISSOLVED


@dataclass(frozen=True, slots=True)
class Foresight:
    """At one K: the mean explained share of what came next, and its standard error over customers."""

    k: int
    r_squared: float
    error: float
    smallest_share: float


@dataclass(frozen=True, slots=True)
class KChoice:
    """Every criterion at every K (`rows`), what each would pick, what was picked and why.

    `asked` is the setting, `customers` how many there are, `rows_used` how many the criteria were taken on:
    ``exact`` on all, or on a ``sample``.
    """

    asked: str
    picked: int
    reason: Text
    rows: tuple[KRow, ...]
    picks: dict[str, int | None]
    customers: int
    rows_used: int
    silhouette: Literal["exact", "sample"]


def foreseen(rows: Sequence[KRow], seen: Sequence[Foresight]) -> tuple[KRow, ...]:
    """The rows with what was seen at earlier cuts."""
    at = {one.k: one for one in seen}
    return tuple(
        replace(
            row,
            out_of_time=at[row.k].r_squared,
            out_of_time_error=at[row.k].error,
            out_of_time_smallest=at[row.k].smallest_share,
        )
        if row.k in at
        else row
        for row in rows
    )


def picks(rows: Sequence[KRow], customers: int) -> dict[str, int | None]:
    """What each criterion would take, None where it cannot say."""
    scored = [row for row in rows if row.k > 1]
    knee = clustering.elbow([row.k for row in rows], [row.inertia for row in rows])
    return {
        "auto": auto(rows, customers)[0],
        "out_of_time": out_of_time(rows, customers),
        "silhouette": _best(scored, lambda row: row.silhouette),
        "elbow": None if knee is None else rows[knee].k,
        "calinski_harabasz": _best(scored, lambda row: row.calinski_harabasz),
        "davies_bouldin": _best(scored, lambda row: -row.davies_bouldin if row.davies_bouldin is not None else None),
        "gap": _gap(rows),
        "prediction_strength": _last(scored, STRONG, lambda row: row.prediction_strength),
        "jaccard": _last(scored, STABLE, lambda row: row.jaccard),
    }


def _best(rows: Sequence[KRow], score: Callable[[KRow], float | None]) -> int | None:
    known = [(value, -row.k) for row in rows if (value := score(row)) is not None]
    return -max(known)[1] if known else None


def _last(rows: Sequence[KRow], least: float, score: Callable[[KRow], float | None]) -> int | None:
    """The largest K that reaches `least`, 1 where none does, None where no K has a score."""
    known = {row.k: value for row in rows if (value := score(row)) is not None}
    return max((k for k, value in known.items() if value >= least), default=1) if known else None


def _gap(rows: Sequence[KRow]) -> int | None:
    """The smallest K whose gap is at least the next one's less its error (Tibshirani et al. 2001)."""
    return next(
        (
            row.k
            for row, after in pairwise(rows)
            if row.gap is not None and after.gap is not None and row.gap >= after.gap - (after.gap_error or 0.0)
        ),
        None,
    )


def out_of_time(rows: Sequence[KRow], customers: int) -> int | None:
    """The smallest stable K within one standard error of the best out-of-time R²; None without an earlier cut.

    The one-standard-error rule (Breiman et al. 1984): more segments must earn their place. Only numbers whose smallest
    group held at least ten customers (a hundredth of a small shop, never below five) take part, and of those only the
    ones whose groups are all found again on bootstrap samples; where no number above 1 is, all of them.
    """
    judged = [row for row in rows if row.out_of_time is not None and row.out_of_time_error is not None]
    floor = max(SMALLEST_SIZE, min(SMALLEST_FORESEEN, customers / 100)) / customers
    large = [row for row in judged if (row.out_of_time_smallest or 0.0) >= floor]
    if len(large) < 2:
        return None
    stable = [row for row in large if row.stable]
    taking_part = stable if len(stable) > 1 else large
    best = max(taking_part, key=lambda row: row.out_of_time or 0.0)
    needed = (best.out_of_time or 0.0) - (best.out_of_time_error or 0.0)
    return next(row.k for row in taking_part if (row.out_of_time or 0.0) >= needed)


def natural(rows: Sequence[KRow], customers: int) -> int | None:
    """The largest K above 1 whose groups hold with gaps and say nearly as much of later weeks as any number does.

    Where customers fall into groups of their own accord, a further cut through them still says a little more, as a cut
    through any crowd by size does; it is not worth groups that are nobody's. `NEARLY` of the best is the limit: a gap
    that says little (buyers and everybody else) decides nothing.
    """
    judged = [row for row in rows if row.out_of_time is not None and row.smallest_share * customers >= SMALLEST_SIZE]
    best = max((row.out_of_time or 0.0 for row in judged), default=0.0)
    enough = [row.k for row in judged if row.k > 1 and row.holds and (row.out_of_time or 0.0) >= NEARLY * best > 0]
    return max(enough, default=None)


def structured(rows: Sequence[KRow]) -> bool:
    """Whether any K shows gaps between its groups that a shapeless cloud would not (all K counted: Bonferroni).

    True also where there are too few customers to test: nothing was refuted.
    """
    tested = [row.valley for row in rows if row.valley is not None]
    return not tested or min(tested) * len(tested) < CHANCE


def auto(rows: Sequence[KRow], customers: int) -> tuple[int, str]:
    """The rule behind ``auto``: the K, and the key of the sentence that says why.

    With earlier cuts `out_of_time` decides: the number that said most of later weeks, no larger than it must be; a
    `natural` number, of groups with gaps between them, goes first where it says nearly as much.
    Without: one segment unless the customers are `structured`; then, from the largest K whose segments hold on other
    customers and have gaps between them (`KRow.holds`) upwards, the one with the largest mean silhouette: the first
    alone misses small groups, silhouette alone stops at the coarsest of several scales. Only K take part whose smallest
    segment holds at least 1 % of the customers and at least 5 of them: a smaller one cannot carry a campaign; and of
    those only the ones whose groups are all found again on bootstrap samples, while there are any. Where no K is large
    enough, the largest silhouette alone, and that is said. Where there is no K to compare (all alike, or fewer than
    twice 5 customers), one segment. Tuned on generated data only: `bench/choose_k.py`.
    """
    scored = [row for row in rows if row.k > 1 and row.silhouette is not None]
    if not scored or customers < 2 * SMALLEST_SIZE:
        return 1, "one"
    proven = out_of_time(rows, customers)
    if proven is not None:
        own = natural(rows, customers)
        return (own, "natural") if own is not None and proven > 1 else (proven, _proven(rows, proven))
    if not structured(rows):
        return 1, "no_structure"
    floor = max(SMALLEST_SHARE, SMALLEST_SIZE / customers)
    large = [row for row in scored if row.smallest_share >= floor]
    held = max((row.k for row in large if row.holds), default=1)
    upwards = [row for row in large if row.k >= held]
    stable = [row for row in upwards if row.stable]
    best = _best(stable or upwards or scored, lambda row: row.silhouette)
    return best or 1, ("auto" if stable else "auto_unstable") if large else "auto_small"


def _proven(rows: Sequence[KRow], k: int) -> str:
    if k == 1:
        return "nothing_foreseen"
    return "out_of_time" if next(row for row in rows if row.k == k).stable else "out_of_time_unstable"


def choose(rows: Sequence[KRow], asked: int | str, customers: int, rows_used: int) -> KChoice:
    """The choice among `rows` by what was asked: a number is taken as it is, a criterion decides else."""
    taken = picks(rows, customers)
    if isinstance(asked, int):
        picked, key = asked, "fixed"
    elif asked == "auto":
        picked, key = auto(rows, customers)
    elif asked == "out_of_time" and taken[asked] is None:
        raise error(UsageError, texts, "no_large_groups")
    else:
        picked, key = taken[asked] or 1, "criterion" if taken[asked] else "one"
    highest = max(row.k for row in rows)
    said = texts(
        f"k.reason.{key}", k=picked, highest=highest, criterion=texts(f"k.name.{asked}") if key == "criterion" else ""
    )
    kind: Literal["exact", "sample"] = "exact" if rows_used == customers else "sample"
    return KChoice(str(asked), picked, said, tuple(rows), taken, customers, rows_used, kind)
