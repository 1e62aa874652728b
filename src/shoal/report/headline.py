"""What stands at the top of a report: the verdict in its colour, and the few figures to remember.

In: a `Study`. Out: blocks. The one thing to know: a verdict that says "use something else" is a warning and looks like
one; only a good or even one may be the quiet first sentence.
"""

from __future__ import annotations

from collections.abc import Iterator

from shoal.proof.result import Contender, Proof
from shoal.proof.verdict import PLAIN, own_baseline
from shoal.show.blocks import Block, Figure, Figures, Finding, Note, Severity
from shoal.study.result import Study
from shoal.words.language import Text, Texts

texts = Texts("shoal.report")
TONES: dict[str, Severity] = {"worse": "warning", "random": "problem", "unproven": "info"}


def verdict(study: Study) -> Block:
    """The verdict: a sentence, or a coloured callout with what to do where it is a bad one."""
    tone = TONES.get(study.proof.verdict.code) if study.proof else None
    if study.proof is None or tone is None:
        return Note(study.verdict, "lead")
    code = study.proof.verdict.code
    return Finding(f"verdict.{code}", tone, study.verdict, texts(f"verdict.{code}"))


def figures(study: Study) -> Figures:
    """Customers, segments, how much of what came next they explain beside the best plain way, records used."""
    segments = study.segments
    shown = [
        Figure(texts("figure.customers"), Text.same(f"{segments.table.num_rows:,}")),
        Figure(texts("figure.segments"), Text.same(len(segments.segments)), texts("figure.largest", **_largest(study))),
    ]
    if study.proof:
        shown.extend(_proven(study.proof, segments.space.picked))
    if study.quality:
        share = study.quality.used / study.quality.records if study.quality.records else 0.0
        hint = texts("figure.of_records", records=study.quality.records)
        shown.append(Figure(texts("figure.used"), Text.same(f"{share:.1%}"), hint))
    return Figures(tuple(shown))


def _largest(study: Study) -> dict[str, str]:
    return {"share": f"{max(one.share_customers for one in study.segments.segments):.0%}"}


def _proven(proof: Proof, space: str) -> Iterator[Figure]:
    """The explained share out of time, and that of the best way everyone has."""
    by_key = {contender.key: contender for contender in proof.contenders}
    if "choice" not in by_key:
        return
    choice = by_key["choice"]
    yield Figure(texts("figure.explained"), _share(choice), texts("figure.interval", **_ends(choice)))
    rivals = [by_key[key] for key in PLAIN if key in by_key and key != own_baseline(space)]
    if rivals:
        best = max(rivals, key=lambda rival: rival.r_squared.value)
        yield Figure(texts("figure.plain"), _share(best), best.label)


def _share(contender: Contender) -> Text:
    return Text.same(f"{contender.r_squared.value:.0%}")


def _ends(contender: Contender) -> dict[str, str]:
    return {"low": f"{contender.r_squared.low:.0%}", "high": f"{contender.r_squared.high:.0%}"}
