"""How rules are shown that carry a segment away: conditions, how well they hold, SQL and the platforms' own words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shoal.segments.phrases import called
from shoal.segments.portrait import Segment
from shoal.segments.rule import GOOD_F1, Expression, Rule, said
from shoal.show.blocks import Block, Details, Finding, Note, Table, TableColumn
from shoal.words.language import Text, Texts, joined

texts = Texts("shoal.segments")


def carried(segments: Sequence[Segment]) -> Iterator[Details]:
    """Every segment's rule with how well it holds, and how to write it elsewhere, folded away."""
    ruled = [(one, one.rule) for one in segments if one.rule is not None and one.rule.conditions]
    if not ruled:
        return
    formats = {"segment": "", "conditions": "", "precision": ".0%", "recall": ".0%", "f1": ".2f"}
    rows = tuple((one.name, said(r.conditions), r.precision, r.recall, r.f1) for one, r in ruled)
    columns = tuple(TableColumn(texts(f"carry.{name}"), form) for name, form in formats.items())
    written = tuple(Details(one.name, tuple(written_out(rule))) for one, rule in ruled)
    yield Details(texts("carry.title"), (Table(columns, rows, note=texts("carry.how")), *written))


def written_out(rule: Rule) -> Iterator[Block]:
    """The rule as SQL and in the words of each platform; what a platform cannot say is said."""
    yield Note(rule.text)
    yield Note(Text.same(f"SELECT customer_id FROM features WHERE {rule.sql}"), "code")
    for one in rule.elsewhere:
        yield from _elsewhere(one)
    if any(one.query for one in rule.elsewhere):
        yield Note(texts("carry.counts"), "small")


def _elsewhere(one: Expression) -> Iterator[Note]:
    name = texts(f"carry.platform.{one.platform}")
    if one.query is None:
        yield Note(texts("carry.cannot", platform=name, features=joined(one.cannot)))
        return
    figures = {"precision": f"{one.precision:.0%}", "recall": f"{one.recall:.0%}", "f1": f"{one.f1:.2f}"}
    if one.cannot:
        words = {"features": joined(one.cannot), "rule": said(one.conditions), **figures}
        yield Note(texts("carry.nearest", platform=name, **words))
    else:
        yield Note(texts("carry.as", platform=name))
    yield Note(Text.same(one.query), "code")


def rough(segments: Sequence[Segment]) -> Iterator[Finding]:
    """A warning for segments that no rule of three conditions stands for."""
    loose = [one for one in segments if one.rule is not None and one.rule.f1 < GOOD_F1]
    if loose and len(segments) > 1:
        words = texts("carry.rough", count=len(loose), least=GOOD_F1, names=called(loose))
        yield Finding("segments.rough_rules", "warning", words, texts("carry.rough_do"), len(loose))
