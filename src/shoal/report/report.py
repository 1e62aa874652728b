"""A study's report. In: a `Study`. Out: ``report.html``, one file that opens from a mail and needs no network.

The stages' own blocks are arranged for a reader who starts at the top: is it worth using, what to know and do, who the
segments are, how they compare, what to recommend, then how they were found, what proves them, how good the data are and
how to make it all again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from shoal.report.headline import figures, verdict
from shoal.segments.carry import carried
from shoal.segments.migration_view import migrated
from shoal.segments.prospect_view import prospects
from shoal.segments.tree import shown as shown_tree
from shoal.show.blocks import Block, Card, Cards, Chart, Details, Figures, Finding, Heading, Note, Table
from shoal.show.page import Section, render_page
from shoal.show.result import Result
from shoal.study.result import Study
from shoal.words.language import Language, Text, Texts

texts = Texts("shoal.report")
FILE = "report.html"
MOST_ROWS = 8


def write_report(study: Study, folder: Path, *, show_ids: bool = False, language: Language | None = None) -> Path:
    """The report of a study, written into a folder; no customer's id stands in it unless `show_ids`.

    It opens in `language`; where that is None, in the reader's own.
    """
    path = folder / FILE
    path.write_text(render_report(study, show_ids=show_ids, language=language), encoding="utf-8", newline="\n")
    return path


def render_report(study: Study, *, show_ids: bool = False, language: Language | None = None) -> str:
    """The report as HTML."""
    segments = list(study.segments.view())
    count = sum(len(block.cards) for block in segments if isinstance(block, Cards))
    title = texts("title" if count > 1 else "title_one", segments=count)
    footer = [Note(texts("footer", version=study.manifest.made.versions.get("shoal", "")), "small")]
    return render_page(
        title,
        list(_lead(study, segments)),
        list(_sections(study, segments, show_ids)),
        eyebrow=_eyebrow(study),
        footer=footer,
        language=language,
    )


def _eyebrow(study: Study) -> Text:
    as_of = study.manifest.made.local_as_of
    return texts("eyebrow", study=study.name, day=as_of[:10]) if as_of else Text.same(study.name)


def _lead(study: Study, segments: Iterable[Block]) -> Iterator[Block]:
    """The verdict, the sentence about the segments, the figures to remember."""
    yield verdict(study)
    yield from (Note(block.text) for block in segments if isinstance(block, Note) and _is_lead(block))
    yield figures(study)


def _sections(study: Study, segments: list[Block], show_ids: bool) -> Iterator[Section]:
    by_name = {result.name: result for result in study.results}
    findings = tuple(_ranked(study.findings))
    if findings:
        yield Section("findings", texts("section.findings"), findings, texts("short.findings"))
    moves = tuple(block for block in migrated(study.segments.migration) if not isinstance(block, Heading))
    shown = [block for block in segments if not (isinstance(block, Figures | Finding) or _is_lead(block))]
    ahead = tuple(_ahead(study))
    shown = [block for block in shown if block not in moves and block not in ahead]
    people = [block for block in shown if isinstance(block, Cards | Card)]
    drawn = sorted((block for block in shown if isinstance(block, Chart) and not _about_k(block)), key=_place)
    rest = [block for block in shown if not isinstance(block, Cards | Card | Heading) and block not in drawn]
    yield Section("segments", texts("section.segments"), (*people, *_named(study, show_ids)), texts("short.segments"))
    if drawn:
        yield Section("compared", texts("section.compared"), tuple(drawn), texts("short.compared"))
    if ahead:
        yield Section("ahead", texts("section.ahead"), ahead, texts("short.ahead"))
    if "recommendations" in by_name:
        yield _of(by_name["recommendations"], "recommendations")
    yield Section("choice", texts("section.choice"), tuple(rest), texts("short.choice"))
    if moves:
        yield Section("migration", texts("section.migration"), tuple(map(_folded, moves)), texts("short.migration"))
    if study.proof:
        yield _of(study.proof, "proof", above=[study.verdict])
    if study.quality:
        yield _of(study.quality, "quality")
    if study.features:
        yield _of(study.features, "features")
    yield _of(study.manifest, "method")


def _of(result: Result, name: str, above: Iterable[Text] = ()) -> Section:
    """A stage's own view as a section, without its findings and what else stands at the top of the report already."""
    said = {*result.findings, *(Note(text, "lead") for text in above)}
    blocks = tuple(block for block in result.view() if not isinstance(block, Finding | Note) or block not in said)
    title = next((block.text for block in blocks if isinstance(block, Heading)), texts(f"section.{name}"))
    body = tuple(block for block in blocks if not (isinstance(block, Heading) and block.text == title))
    return Section(name, title, body, texts(f"short.{name}"))


def _ranked(findings: Iterable[Finding]) -> Iterator[Block]:
    """What to know and do stands first, then what is wrong with the data, gravest first; the rest is folded."""
    ranked = list(findings)
    known = [finding for finding in ranked if finding.code.startswith("know.")]
    grave = [finding for finding in ranked if finding.severity in ("problem", "warning")]
    mild = tuple(finding for finding in ranked if finding not in grave and finding not in known)
    yield from known
    yield from grave
    if not grave:
        yield Note(texts("nothing_wrong"))
    if mild:
        yield Details(texts("more_findings", count=len(mild)), mild)


def _named(study: Study, show_ids: bool) -> Iterator[Block]:
    """The most typical customers of each segment by id, only where that was asked for."""
    if show_ids:
        from shoal.report.examples import examples

        yield examples(study.segments.segments)


def _is_lead(block: Block) -> bool:
    return isinstance(block, Note) and block.tone == "lead"


def _place(chart: Chart) -> int:
    """Sizes and money first, then the map, then the profile; anything else after them in its own order."""
    order = ("segment_shares", "segment_sizes", "customer_map", "segment_profiles")
    return order.index(chart.name) if chart.name in order else len(order)


def _ahead(study: Study) -> Iterator[Block]:
    """What is to be expected of the segments, and how to find them again elsewhere; nothing of a single one."""
    made = study.segments
    if len(made.segments) > 1:
        yield from prospects(made.segments, made.currency)
        yield from carried(made.segments)
        yield from shown_tree(made.tree, made.segments)


def _folded(block: Block) -> Block:
    """A long table under its title, to unfold."""
    if isinstance(block, Table) and len(block.rows) > MOST_ROWS and block.title is not None:
        return Details(block.title, (replace(block, title=None),))
    return block


def _about_k(chart: Chart) -> bool:
    return chart.name.startswith("k_")
