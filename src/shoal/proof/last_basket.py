"""What leaving each customer's last basket out came to: the test most papers use, beside the one on later days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shoal.proof.judgement import Verdict
from shoal.proof.ranker import Ranker, depths_table, ways_table
from shoal.show.blocks import Block, Note
from shoal.words.language import Texts

texts = Texts("shoal.proof")


@dataclass(frozen=True)
class LastBasketProof:
    """The last day each of `customers` bought on, named from the days before it; `learners` taught every way.

    The ways learned from all other baskets of all learners, later ones of others included: the weaker test. `rankers`
    are best first; empty where too few bought on two days.
    """

    verdict: Verdict
    customers: int = 0
    learners: int = 0
    rankers: tuple[Ranker, ...] = ()

    def view(self) -> Iterator[Block]:
        yield Note(self.verdict.text)
        if not self.rankers:
            return
        yield Note(texts("last_basket.how", customers=self.customers, learners=self.learners), "small")
        yield ways_table(self.rankers)
        yield depths_table(self.rankers)
