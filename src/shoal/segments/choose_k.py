"""How many segments? Points go in; every criterion at every K, what each would pick and what was picked come out.

The one thing to know: no criterion knows. On sets with a known answer the best of them is right four times in ten, so
the whole table is kept and shown, and the rule behind ``auto`` is one function, `auto`, that states itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from shoal.measures import clustering
from shoal.measures.clustering import Floats, Labels
from shoal.segments.algorithms.kmeans import KMeansFit
from shoal.words.errors import UsageError, error
from shoal.words.language import Text, Texts

texts = Texts("shoal.segments")
EXACT_ROWS = 10_000
"""Up to here all customers are compared with all; above, a seeded sample of this size stands for them."""
SMALLEST_SHARE = 0.02
SMALLEST_SIZE = 5
SMALLEST_FORESEEN = 10
Fit = Callable[[Floats, int], KMeansFit]


@dataclass(frozen=True, slots=True)
class KRow:
    """The criteria at one K; those that need two groups are None at K = 1.

    `out_of_time` is the share of what came next that the groups explained at earlier cuts, with its standard error
    over customers and the smallest group's share there; None where there is no earlier cut.
    """

    k: int
    inertia: float
    smallest_share: float
    silhouette: float | None = None
    calinski_harabasz: float | None = None
    davies_bouldin: float | None = None
    out_of_time: float | None = None
    out_of_time_error: float | None = None
    out_of_time_smallest: float | None = None


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


def sweep(X: Floats, k_max: int, fit: Fit, progress: Callable[[float], None] | None = None) -> tuple[KRow, ...]:
    """The criteria on the rows of `X` at K = 1 and 2 to `k_max`, never more than its distinct rows less one."""
    highest = min(k_max, clustering.distinct_rows(X, k_max + 1) - 1)
    fits = list[tuple[int, KMeansFit]]()
    for k in range(2, highest + 1):
        fits.append((k, fit(X, k)))
        if progress:
            progress((k - 1) / highest)
    scores = clustering.silhouettes(X, [found.labels for _, found in fits]) if fits else []
    total = clustering.within(X, np.zeros(len(X), dtype=np.int64), X.mean(axis=0)[None])
    rows = (_row(X, k, found, score) for (k, found), score in zip(fits, scores, strict=True))
    return (KRow(1, total, 1.0), *rows)


def _row(X: Floats, k: int, found: KMeansFit, silhouette: float) -> KRow:
    labels: Labels = found.labels
    smallest = float(np.bincount(labels, minlength=k).min() / len(X))
    pair = clustering.calinski_harabasz(X, labels), clustering.davies_bouldin(X, labels)
    return KRow(k, found.inertia, smallest, silhouette, *pair)


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
    }


def _best(rows: Sequence[KRow], score: Callable[[KRow], float | None]) -> int | None:
    known = [(value, -row.k) for row in rows if (value := score(row)) is not None]
    return -max(known)[1] if known else None


def out_of_time(rows: Sequence[KRow], customers: int) -> int | None:
    """The smallest K within one standard error of the best out-of-time R²; None without an earlier cut.

    The one-standard-error rule (Breiman et al. 1984): more segments must earn their place. Only numbers whose smallest
    group held at least ten customers (a hundredth of a small shop, never below five) take part.
    """
    judged = [row for row in rows if row.out_of_time is not None and row.out_of_time_error is not None]
    floor = max(SMALLEST_SIZE, min(SMALLEST_FORESEEN, customers / 100)) / customers
    large = [row for row in judged if (row.out_of_time_smallest or 0.0) >= floor]
    if len(large) < 2:
        return None
    best = max(large, key=lambda row: row.out_of_time or 0.0)
    needed = (best.out_of_time or 0.0) - (best.out_of_time_error or 0.0)
    return next(row.k for row in large if (row.out_of_time or 0.0) >= needed)


def auto(rows: Sequence[KRow], customers: int) -> tuple[int, str]:
    """The rule behind ``auto``: the K, and the key of the sentence that says why.

    With earlier cuts `out_of_time` decides: the number that said most of later weeks, no larger than it must be.
    Without: the K with the largest mean silhouette among those whose smallest segment holds at least 2 % of the
    customers and at least 5 of them: a smaller one cannot carry a campaign. Where no K does, the largest silhouette
    alone, and that is said. Where there is no K to compare (all alike, or fewer than twice 5 customers), one segment.
    """
    scored = [row for row in rows if row.k > 1 and row.silhouette is not None]
    if not scored or customers < 2 * SMALLEST_SIZE:
        return 1, "one"
    proven = out_of_time(rows, customers)
    if proven is not None:
        return proven, "out_of_time" if proven > 1 else "nothing_foreseen"
    floor = max(SMALLEST_SHARE, SMALLEST_SIZE / customers)
    large = [row for row in scored if row.smallest_share >= floor]
    best = _best(large or scored, lambda row: row.silhouette)
    return best or 1, "auto" if large else "auto_small"


def choose(rows: Sequence[KRow], asked: int | str, customers: int, rows_used: int) -> KChoice:
    """The choice among `rows` by what was asked: a number is taken as it is, a criterion decides else."""
    taken = picks(rows, customers)
    if isinstance(asked, int):
        picked, key = asked, "fixed"
    elif asked == "auto":
        picked, key = auto(rows, customers)
    elif asked == "out_of_time" and taken[asked] is None:
        raise error(UsageError, texts, "no_lessons")
    else:
        picked, key = taken[asked] or 1, "criterion" if taken[asked] else "one"
    highest = max(row.k for row in rows)
    said = texts(
        f"k.reason.{key}", k=picked, highest=highest, criterion=texts(f"k.name.{asked}") if key == "criterion" else ""
    )
    kind: Literal["exact", "sample"] = "exact" if rows_used == customers else "sample"
    return KChoice(str(asked), picked, said, tuple(rows), taken, customers, rows_used, kind)
