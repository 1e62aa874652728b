"""`Recommender`: many methods, one list; learned on an earlier window, read by rules.

In: `Interactions`, and what the catalogue says of the products. Out: ranked products for any histories. The one thing
to know: it is fitted twice, once before an earlier cut to learn how far each method is to be believed, once on all.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Literal, Self

import numpy as np
from scipy.sparse import csr_array
from threadpoolctl import threadpool_limits

from shoal.recommend.blend import Blend, Real, equal, learn, repeat_share, repeat_shares
from shoal.recommend.choose import Asked, Described, methods_for
from shoal.recommend.contract import Method, Proposals, best_flat, stacked
from shoal.recommend.interactions import WEIGHTS, Codes, Interactions
from shoal.recommend.lesson import Ahead, Split, split
from shoal.recommend.sample import some_of
from shoal.recommend.slate import SIGNALS, Slate, merged

BATCH = 2_000
LEARNERS = 4_000
THREADS = min(4, len(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else 2
TEACHERS = 200_000
"""The lesson is fitted on so many customers at most: it has a few dozen weights to find."""


@dataclass
class Recommender:
    """The products for each customer, blended from several methods.

    Parameters
    ----------
    methods
        The ways of proposing, unfitted; `choose.methods_for` gives those that fit a shop's size.
    ahead
        What is foreseen: the purchases of so many days, or the next basket.
    proposals
        How many products each method may propose to each customer.
    seed
        Draws the customers who teach the blend on large shops.
    event_weights
        What each event type says of liking, as the methods were made with; kept for provenance.
    believed
        ``learned``: each method as far as an earlier window bears it out; ``equal``: all alike, without a lesson, so
        that a fit costs what its methods cost.

    Examples
    --------
    >>> seen = Interactions.of(["u", "v", "v", "w"], ["tea", "tea", "pot", "pot"], [1, 3, 9, 40])
    >>> Recommender.suited(seen).fit(seen).propose(seen, n=2).products.shape
    (3, 2)
    """

    methods: Sequence[Method]
    ahead: Ahead = 30
    proposals: int = 200
    seed: int = 0
    event_weights: Mapping[str, float] = field(default_factory=lambda: dict(WEIGHTS))
    believed: Literal["learned", "equal"] = "learned"

    @classmethod
    def suited(cls, seen: Interactions, described: Described | None = None, ahead: Ahead = 30, seed: int = 0) -> Self:
        """A recommender, not yet fitted, with the methods that suit the size of `seen` (`choose.RANGES`).

        `described` are texts of the products in the order of their ids: ``name``, ``category``, ``brand``,
        ``description``.
        """
        asked = Asked(ahead, WEIGHTS, described or {}, seed)
        return cls(methods_for(seen, asked).methods, ahead, seed=seed)

    def fit(self, seen: Interactions, lesson: Split | None = None) -> Self:
        """Learn the blend on an earlier window, then every method on all of `seen`.

        The window is the last `ahead` of `seen`; a `lesson` made by hand takes its place where there are no days.
        """
        self.repeat_share_, self.goal_ = repeat_share(seen), seen.goal
        learned = self.believed == "learned"
        self.lesson_ = self._lesson(lesson or split(some_of(seen, TEACHERS), self.ahead)) if learned else None
        self.blend_ = learn(*self.lesson_) if self.lesson_ else equal(len(self.methods))
        for method in self.methods:
            method.fit(seen)
        return self

    def slates(self, histories: Interactions) -> Iterator[tuple[Codes, Interactions, Slate, np.ndarray]]:
        """By batch of customers: their codes, histories, candidates, and the score of each candidate."""
        histories = replace(histories, goal=self.goal_)  # a visitor who only looked has bought nothing
        batches = (
            np.arange(first, min(first + BATCH, histories.customers)) for first in range(0, histories.customers, BATCH)
        )
        if histories.customers <= BATCH:
            yield from (self._slate(histories, codes) for codes in batches)
            return
        with threadpool_limits(1, "blas"), ThreadPoolExecutor(THREADS) as pool:  # the batches are the threads
            waiting = deque(pool.submit(self._slate, histories, codes) for codes in islice(batches, THREADS))
            while waiting:
                yield waiting.popleft().result()
                waiting.extend(pool.submit(self._slate, histories, codes) for codes in islice(batches, 1))

    def _slate(self, histories: Interactions, codes: Codes) -> tuple[Codes, Interactions, Slate, np.ndarray]:
        some = histories.take(codes)
        slate = merged([method.propose(some, self.proposals) for method in self.methods], some)
        return codes, some, slate, self.blend_.scores(slate, repeat_shares(some, self.repeat_share_))

    def propose(self, histories: Interactions, n: int) -> Proposals:
        """The best `n` of the blend for each history, before any rule; scores are shifted to be above zero."""
        parts = [_best(slate, scores, len(codes), n) for codes, _, slate, scores in self.slates(histories)]
        return stacked(parts, n)

    def blend_without(self, name: str) -> Blend:
        """The blend learned anew as if the method of that name said nothing: what it adds is what this one lacks."""
        if self.lesson_ is None:
            return self.blend_
        slate, shares, after = self.lesson_
        said = slate.said.copy()
        place = [method.name for method in self.methods].index(name)
        said[:, SIGNALS * place : SIGNALS * (place + 1)] = 0
        return learn(replace(slate, said=said), shares, after)

    def _lesson(self, lesson: Split) -> tuple[Slate, Real, csr_array] | None:
        """What the methods said before an earlier cut, the customers' repeat shares then, and what they bought."""
        judged = lesson.judged
        if len(judged) == 0:
            return None
        for method in self.methods:
            method.fit(lesson.before)
        chosen = np.sort(np.random.default_rng(self.seed).permutation(judged)[:LEARNERS])
        histories = lesson.before.take(chosen)
        slate = merged([method.propose(histories, self.proposals) for method in self.methods], histories)
        return slate, repeat_shares(histories, repeat_share(lesson.before)), csr_array(lesson.after[chosen])


def _best(slate: Slate, scores: np.ndarray, customers: int, n: int) -> Proposals:
    above = scores - scores.min(initial=0) + 1e-6
    return best_flat(slate.customer, slate.product, above.astype(np.float32), (customers, n))
