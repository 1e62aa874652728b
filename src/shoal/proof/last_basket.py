"""What leaving each customer's last basket out came to: the test most papers use, beside the one on later days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shoal.proof.judgement import Verdict
from shoal.proof.ranker import Ranker, depths_table, ways_tables
from shoal.show.blocks import Block, Note
from shoal.words.language import Text, Texts

texts = Texts("shoal.proof")


@dataclass(frozen=True)
class LastBasketProof:
    """The last day each of `customers` bought on, named from the days before it; `learners` taught every way.

    The ways learned from all other baskets of all learners, later ones of others included: the weaker test. `rankers`
    are best first; empty where too few bought on two days. `goal` is the event type that counts as buying.
    """

    verdict: Verdict
    customers: int = 0
    learners: int = 0
    rankers: tuple[Ranker, ...] = ()
    goal: str = "purchase"

    @property
    def title(self) -> Text:
        return texts(f"{last_tongue(self.goal)}.title")

    def view(self) -> Iterator[Block]:
        yield Note(self.verdict.text)
        if not self.rankers:
            return
        said = f"{last_tongue(self.goal)}.how"
        yield Note(texts(said, customers=self.customers, learners=self.learners), "small")
        yield from ways_tables(self.rankers, self.goal)
        yield depths_table(self.rankers)


def last_tongue(goal: str) -> str:
    """Where the words stand: in a log without purchases there is no basket."""
    return "last_basket" if goal == "purchase" else "last_interest"
