"""The one statement that computes all features of a log at a cut.

Put together from the catalogue and the grains in ``sql/``: a grain is a CTE with one row for each order, product and
so on of a customer; the features of a grain are aggregates over it. Only the grains that some feature needs are
computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from shoal.engines.contract import quoted
from shoal.events.result import EventLog
from shoal.features.attributes import columns_sql
from shoal.features.categories import CategoryScheme, pivot
from shoal.features.feature import Feature
from shoal.features.forms import TOTAL, score_sql
from shoal.words.clock import DAY_S, Clock

GRAINS = (
    *("orders", "lines", "products", "categories", "prices", "brands"),
    *("events", "carted", "sessions", "channels", "devices", "attributes"),
)
BITS = 62


def features_sql(
    log: EventLog,
    clock: Clock,
    features: Sequence[Feature],
    scheme: CategoryScheme | None,
    shares: Sequence[tuple[str, str]] = (),
) -> str:
    """SQL with one row a customer known at the cut, ordered by ``customer_id``; one double a feature and category.

    `shares` are names and expressions over the customer's worth by category.
    """
    filled = _placeholders(log, clock, scheme)
    measures = {grain: _measures(grain, features, scheme, filled) for grain in ("known", *GRAINS)}
    if shares:
        measures["categories"].append(f"CAST(SUM(worth) AS DOUBLE) AS {TOTAL}")
    measured = [grain for grain, columns in measures.items() if columns]
    steps = [f"{grain} AS (\n{_grain(grain).format(**filled)})" for grain in ("known", "look_back", *measured[1:])]
    steps += [
        f"{grain}_of AS (SELECT customer_id, {', '.join(measures[grain])} FROM {grain} GROUP BY customer_id)"
        for grain in measured
    ]
    shown = [f"{_filled_in(f, filled)} AS {quoted(f.name)}" for f in features if f.grain != "ranked"]
    shown += [f"coalesce({quoted(c.column)}, 0e0) AS {quoted(c.column)}" for c in (scheme.categories if scheme else ())]
    shown += [f"{sql} AS {quoted(name)}" for name, sql in shares]
    joined = [f"{grain}_of" for grain in measured if grain != "known"]
    if any(f.grain == "ranked" for f in features):
        steps.append(_scored(features, filled))
        joined.append("scored")
        shown += [quoted(f.name) for f in features if f.grain == "ranked"]
    joins = "".join(f"\nLEFT JOIN {name} USING (customer_id)" for name in joined)
    before = ", ".join(steps)
    return f"WITH {before}\nSELECT customer_id, {', '.join(shown)}\nFROM known_of{joins}\nORDER BY customer_id"


def _scored(features: Sequence[Feature], filled: dict[str, object]) -> str:
    """The step with the scores of every customer, from the few columns that are ranked and no others: a window carries
    along whatever stands beside it."""
    ranked = [f for f in features if f.grain == "ranked"]
    of = {f.sql.partition(" ")[0] for f in ranked}
    columns = ", ".join(f"{_filled_in(f, filled)} AS {quoted(f.name)}" for f in features if f.name in of)
    scores = ", ".join(f"{score_sql(f.sql)} AS {quoted(f.name)}" for f in ranked)
    narrow = f"SELECT customer_id, {columns} FROM known_of LEFT JOIN orders_of USING (customer_id)"
    return f"scored AS (SELECT customer_id, {scores} FROM ({narrow}) AS narrow)"


def newcomers_sql(log: EventLog, clock: Clock, features: Sequence[Feature]) -> str:
    """SQL of the attributes of those in the customers file who did nothing before the cut, ordered by customer."""
    filled = _placeholders(log, clock, None)
    measured = ", ".join(_measures("attributes", features, None, filled))
    known = f"SELECT customer_id FROM {log.relation} WHERE ts_s < {clock.as_of} GROUP BY customer_id"
    return f"""WITH attributes AS (
{_grain("attributes").format(**filled)}),
known AS ({known})
SELECT customer_id, {measured}
FROM attributes
WHERE NOT EXISTS (SELECT customer_id FROM known WHERE known.customer_id = attributes.customer_id)
GROUP BY customer_id
ORDER BY customer_id"""


def _placeholders(log: EventLog, clock: Clock, scheme: CategoryScheme | None) -> dict[str, object]:
    return {
        "events": log.relation,
        "visits": log.visits or "look_back",
        "as_of": clock.as_of,
        "start": clock.features.start,
        "look_back": f"{clock.look_back_days}e0",
        "days_active": different_days(clock),
        "category": scheme.column if scheme else "",
        "worth": scheme.worth if scheme else "",
        "category_event": scheme.event if scheme else "",
        "join_groups": scheme.join if scheme else "",
        "accounts": log.accounts or "",
        "attribute_columns": columns_sql(log),
    }


def different_days(clock: Clock) -> str:
    """How many different values `day` has in a group, as one bit a day: no row a customer and day is ever held.

    A look-back that starts or ends within a day, in any zone, touches at most two days more than it is long.
    """
    first, last = clock.features.start // DAY_S - 1, clock.features.end // DAY_S + 1
    blocks = [
        f"bit_count(bit_or(CASE WHEN day >= {start} AND day < {start + BITS} "
        f"THEN CAST(1 AS BIGINT) << (day - {start}) ELSE CAST(0 AS BIGINT) END))"
        for start in range(first, last + 1, BITS)
    ]
    return " + ".join(f"CAST({block} AS BIGINT)" for block in blocks)


def _grain(name: str) -> str:
    return files("shoal.features").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def _measures(
    grain: str, features: Sequence[Feature], scheme: CategoryScheme | None, filled: dict[str, object]
) -> list[str]:
    own = [
        f"{feature.sql.format(**filled)} AS {quoted(feature.name)}" for feature in features if feature.grain == grain
    ]
    return own + (pivot(scheme) if grain == "categories" and scheme else [])


def _filled_in(feature: Feature, filled: dict[str, object]) -> str:
    """The feature with what a customer without any row at its grain gets."""
    value = f"CAST({quoted(feature.name)} AS DOUBLE)"
    if feature.empty == "null":
        return value
    return f"coalesce({value}, {filled['look_back'] if feature.empty == 'look_back' else '0e0'})"
