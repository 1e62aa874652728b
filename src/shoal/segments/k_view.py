"""How the choice of K is shown: the sentence, both curves, every criterion's pick."""

from __future__ import annotations

from collections.abc import Iterator

from shoal.segments.choose_k import KChoice
from shoal.segments.space_choice import SpaceChoice
from shoal.show import charts
from shoal.show.blocks import Block, Chart, Details, Note, Table, TableColumn
from shoal.words.language import Texts

texts = Texts("shoal.segments")


def choice_of_k(choice: KChoice) -> Iterator[Block]:
    """Why this K: the sentence, both curves, and every criterion's pick, folded away."""
    yield Note(texts("k.title", k=choice.picked, reason=choice.reason), tone="small")
    if len(choice.rows) < 3:
        return
    curves = [silhouette_chart(choice), stability_chart(choice), gap_chart(choice), inertia_chart(choice)]
    if any(row.out_of_time is not None for row in choice.rows[1:]):
        curves.insert(0, out_of_time_chart(choice))
    yield curves[0]
    yield Details(texts("k.picks_title"), (*curves[1:], _picks(choice), _criteria(choice)))


def space_of(choice: SpaceChoice) -> Iterator[Block]:
    """Why this space: the sentence, and what each space said of later weeks."""
    yield Note(texts("space.taken", space=texts(f"space.{choice.picked}"), reason=choice.reason), tone="small")
    if choice.trials:
        yield charts.intervals(
            "k_space",
            texts("space.chart_title"),
            [texts(f"space.{trial.space}") for trial in choice.trials],
            [trial.r_squared.value for trial in choice.trials],
            [trial.r_squared.low for trial in choice.trials],
            [trial.r_squared.high for trial in choice.trials],
            value_title=texts("k.out_of_time_y"),
            format=".2f",
            summary=choice.reason,
            highlight=[trial.space for trial in choice.trials].index(choice.picked),
        )


def out_of_time_chart(choice: KChoice) -> Chart:
    """The share of what came next explained at earlier cuts, over K, with the K that was picked."""
    rows = [row for row in choice.rows if row.out_of_time is not None]
    return charts.lines(
        "k_out_of_time",
        texts("k.out_of_time_title"),
        [row.k for row in rows],
        [(texts("k.name.out_of_time"), [row.out_of_time for row in rows])],
        x_title=texts("k.x"),
        y_title=texts("k.out_of_time_y"),
        format=".2f",
        summary=texts("k.out_of_time_summary", highest=rows[-1].k, k=choice.picked),
        mark_x=_mark(choice),
        mark_label=texts("k.mark", k=choice.picked),
    )


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


def stability_chart(choice: KChoice) -> Chart:
    """Over K: whether groups hold on other customers, and the group least often found again on bootstrap samples."""
    rows = choice.rows[1:]
    series = [
        (texts("k.name.prediction_strength"), [row.prediction_strength for row in rows]),
        (texts("k.name.jaccard"), [row.jaccard for row in rows]),
    ]
    return charts.lines(
        "k_stability",
        texts("k.stability_title"),
        [row.k for row in rows],
        series,
        x_title=texts("k.x"),
        y_title=texts("k.stability_y"),
        format=".2f",
        summary=texts("k.stability_summary", highest=rows[-1].k, k=choice.picked),
        mark_x=_mark(choice),
        mark_label=texts("k.mark", k=choice.picked),
    )


def gap_chart(choice: KChoice) -> Chart:
    """The gap statistic over K: how much tighter the groups are than groups of a shapeless box."""
    pick = choice.picks.get("gap") or texts("k.no_knee")
    return charts.lines(
        "k_gap",
        texts("k.gap_title"),
        [row.k for row in choice.rows],
        [(texts("k.name.gap"), [row.gap for row in choice.rows])],
        x_title=texts("k.x"),
        y_title=texts("k.gap_y"),
        format=".2f",
        summary=texts("k.gap_summary", highest=choice.rows[-1].k, pick=pick),
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
    formats = {
        "out_of_time": ".3f",
        "silhouette": ".3f",
        "prediction_strength": ".2f",
        "jaccard": ".2f",
        "gap": ".3f",
        "calinski_harabasz": ",.0f",
        "davies_bouldin": ".3f",
        "inertia": ",.6g",
    }
    columns = [TableColumn(texts("k.pick"), ".0f")]
    columns += [TableColumn(texts(f"k.name.{name}"), style) for name, style in formats.items()]
    columns.append(TableColumn(texts("k.smallest"), ".1%"))
    rows = tuple((row.k, *(getattr(row, name) for name in formats), row.smallest_share) for row in choice.rows)
    return Table(tuple(columns), rows)
