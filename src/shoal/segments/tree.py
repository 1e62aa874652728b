"""`SegmentTree`: all segments as one tree of plain questions, what further questions bring, and how it looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shoal.segments.portrait import Segment
from shoal.segments.rule import Condition, said
from shoal.show import charts
from shoal.show.blocks import Block, Chart, Details, Note, Table, TableColumn
from shoal.words.language import Text, Texts

texts = Texts("shoal.segments")


@dataclass(frozen=True, slots=True)
class TreeStep:
    """The best tree of at most so many leaves: its cost over that of the segments, the share of customers it puts where
    they belong.

    Cost is the sum of squared distances to the mean of one's group: 1 is as tight as the segments themselves.
    """

    leaves: int
    cost_ratio: float
    agreement: float


@dataclass(frozen=True, slots=True)
class Leaf:
    """Who meets all `conditions` is taken for `segment`: that share of the customers, `right` of them rightly."""

    conditions: tuple[Condition, ...]
    segment: int
    share_customers: float
    right: float


@dataclass(frozen=True, slots=True)
class SegmentTree:
    """The tree with one leaf a segment (`leaves`), and what further leaves would bring (`curve`, to four a segment).

    `sql` is an expression over ``features.parquet`` that gives the segment's number. `customers` were looked at.
    """

    leaves: tuple[Leaf, ...]
    sql: str
    curve: tuple[TreeStep, ...]
    customers: int


def shown(tree: SegmentTree | None, segments: Sequence[Segment]) -> Iterator[Block]:
    """The tree, folded away: its leaves, what more of them would bring, and its SQL; nothing where there is none."""
    if tree is None:
        return
    yield Details(
        texts("tree.title"),
        (
            Note(_lead(tree)),
            _leaves(tree, segments),
            *((_chart(tree),) if len(tree.curve) > 1 else ()),
            Note(Text.same(f"SELECT customer_id, {tree.sql} AS segment FROM features"), "code"),
        ),
    )


def _lead(tree: SegmentTree) -> Text:
    first, last = tree.curve[0], tree.curve[-1]
    return texts(
        "tree.lead",
        leaves=first.leaves,
        agreement=f"{first.agreement:.0%}",
        more=f"{first.cost_ratio - 1:.1%}",
        most=last.leaves,
        most_agreement=f"{last.agreement:.0%}",
    )


def _leaves(tree: SegmentTree, segments: Sequence[Segment]) -> Table:
    names = {segment.number: segment.name for segment in segments}
    formats = {"conditions": "", "segment": "", "share": ".1%", "right": ".0%"}
    return Table(
        tuple(TableColumn(texts(f"tree.{name}"), form) for name, form in formats.items()),
        tuple((said(leaf.conditions), names[leaf.segment], leaf.share_customers, leaf.right) for leaf in tree.leaves),
        note=texts("tree.looked_at", customers=tree.customers),
    )


def _chart(tree: SegmentTree) -> Chart:
    first, last = tree.curve[0], tree.curve[-1]
    return charts.lines(
        "k_tree",
        texts("tree.chart_title"),
        [step.leaves for step in tree.curve],
        [(texts("tree.cost"), [step.cost_ratio for step in tree.curve])],
        x_title=texts("tree.x"),
        y_title=texts("tree.y"),
        format=".2f",
        summary=texts(
            "tree.summary",
            first=first.leaves,
            first_cost=f"{first.cost_ratio:.2f}",
            last=last.leaves,
            last_cost=f"{last.cost_ratio:.2f}",
        ),
    )
