"""How a migration is shown: the sentence, where everybody went as a field, and each segment's leavers by reason."""

from __future__ import annotations

from collections.abc import Iterator

from shoal.segments.migration import Flow, Migration
from shoal.show import charts
from shoal.show.blocks import Block, Chart, Figure, Figures, Heading, Note, Table, TableColumn
from shoal.words.language import Text, Texts

texts = Texts("shoal.segments")


def migrated(migration: Migration | None) -> Iterator[Block]:
    """Everything to show of who changed segments; nothing without an earlier study."""
    if migration is None:
        return
    yield Heading(texts("migration.title"), level=3)
    yield Note(_lead(migration))
    yield Figures(tuple(_figures(migration)))
    yield _chart(migration)
    yield _table(migration)


def _lead(migration: Migration) -> Text:
    known = migration.moved is not None
    values = {
        "parent": migration.parent,
        "both": migration.both,
        "kept": f"{migration.kept / migration.both:.1%}",
        "moved": f"{(migration.moved or 0) / migration.both:.1%}",
        "refit": f"{(migration.refit or 0) / migration.both:.1%}",
    }
    return texts("migration.lead" if known else "migration.lead_unsplit", **values)


def _figures(migration: Migration) -> Iterator[Figure]:
    for key in ("both", "kept", "moved", "refit", "new", "gone"):
        count = getattr(migration, key)
        if count is not None:
            yield Figure(texts(f"migration.{key}"), Text.same(f"{count:,}"))


def _chart(migration: Migration) -> Chart:
    """For each earlier segment the share of its customers that is in each of today's."""
    before = sorted({flow.before for flow in migration.flows})
    after = sorted({flow.after for flow in migration.flows})
    count = {(flow.before, flow.after): flow.customers for flow in migration.flows}
    sizes = {one: sum(count.get((one, other), 0) for other in after) for one in before}
    return charts.heatmap(
        "segment_migration",
        texts("migration.chart_title", kept=f"{migration.kept / migration.both:.0%}"),
        [_called(one, migration.names_before) for one in before],
        [_called(one, migration.names) for one in after],
        [[count.get((one, other), 0) / sizes[one] for other in after] for one in before],
        format=".0%",
        summary=texts("migration.chart_summary", parent=migration.parent),
        diverging=False,
    )


def _called(number: int, names: dict[int, Text]) -> Text:
    return texts("migration.called", number=number, name=names[number]) if number in names else Text.same(number)


def _table(migration: Migration) -> Table:
    """One row a flow of customers who changed, the largest first."""
    heads = ("from", "to", "customers", "moved", "refit")
    columns = tuple(TableColumn(texts(f"migration.{head}"), ",.0f" if head in heads[2:] else "") for head in heads)
    changed = sorted((flow for flow in migration.flows if flow.before != flow.after), key=_largest)
    rows = tuple(
        (
            _called(flow.before, migration.names_before),
            _called(flow.after, migration.names),
            flow.customers,
            flow.moved,
            flow.refit,
        )
        for flow in changed
    )
    return Table(columns, rows, title=texts("migration.table_title"))


def _largest(flow: Flow) -> tuple[int, int, int]:
    return -flow.customers, flow.before, flow.after
