"""How the choice of K is shown: the sentence, both curves, every criterion's pick."""

from __future__ import annotations

from collections.abc import Iterator

from shoal.segments.choose_k import KChoice
from shoal.show import charts
from shoal.show.blocks import Block, Chart, Details, Note, Table, TableColumn
from shoal.words.language import Texts

texts = Texts("shoal.segments")


def choice_of_k(choice: KChoice) -> Iterator[Block]:
    """Why this K: the sentence, both curves, and every criterion's pick, folded away."""
    yield Note(texts("k.title", k=choice.picked, reason=choice.reason), tone="small")
    if len(choice.rows) < 3:
        return
    yield silhouette_chart(choice)
    yield Details(texts("k.picks_title"), (inertia_chart(choice), _picks(choice), _criteria(choice)))


def silhouette_chart(choice: KChoice) -> Chart:
    """The mean silhouette over K, with the K that was picked."""
    rows = [row for row in choice.rows if row.silhouette is not None]
    best = max(rows, key=lambda row: (row.silhouette or 0.0, -row.k))
    highest = rows[-1].k
    return charts.lines(
        "k_silhouette",
        texts("k.silhouette_title", highest=highest),
        [row.k for row in rows],
        [(texts("k.name.silhouette"), [row.silhouette for row in rows])],
        x_title=texts("k.x"),
        y_title=texts("k.silhouette_y"),
        format=".2f",
        summary=texts("k.silhouette_summary", highest=highest, best=best.silhouette, at=best.k, k=choice.picked),
        mark_x=_mark(choice),
        mark_label=texts("k.mark", k=choice.picked),
    )


def inertia_chart(choice: KChoice) -> Chart:
    """The inertia over K as a share of that of one segment: the curve whose bend the elbow looks for."""
    whole = choice.rows[0].inertia or 1.0
    highest = choice.rows[-1].k
    knee = choice.picks.get("elbow") or texts("k.no_knee")
    return charts.lines(
        "k_inertia",
        texts("k.inertia_title"),
        [row.k for row in choice.rows],
        [(texts("k.name.inertia"), [row.inertia / whole for row in choice.rows])],
        x_title=texts("k.x"),
        y_title=texts("k.inertia_y"),
        format=".0%",
        summary=texts("k.inertia_summary", highest=highest, knee=knee),
        mark_x=_mark(choice),
        mark_label=texts("k.mark", k=choice.picked),
    )


def _mark(choice: KChoice) -> float | None:
    """Where the picked K stands on the axis, None where it lies beyond what was compared."""
    return choice.picked if choice.picked <= choice.rows[-1].k else None


def _picks(choice: KChoice) -> Table:
    columns = (TableColumn(texts("k.criterion")), TableColumn(texts("k.pick"), ".0f"))
    return Table(columns, tuple((texts(f"k.name.{name}"), k) for name, k in choice.picks.items()))


def _criteria(choice: KChoice) -> Table:
    names = ("silhouette", "calinski_harabasz", "davies_bouldin", "inertia")
    formats = (".3f", ",.0f", ".3f", ",.6g")
    columns = [TableColumn(texts("k.pick"), ".0f")]
    columns += [TableColumn(texts(f"k.name.{name}"), style) for name, style in zip(names, formats, strict=True)]
    columns.append(TableColumn(texts("k.smallest"), ".1%"))
    rows = tuple((row.k, *(getattr(row, name) for name in names), row.smallest_share) for row in choice.rows)
    return Table(tuple(columns), rows)
