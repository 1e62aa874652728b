"""``history.parquet``: who did what with which product on which day, for stages that read a published study."""

from __future__ import annotations

from pathlib import Path

from shoal.events.result import EventLog
from shoal.study.store import Building

FILE = "history.parquet"


def write_history(log: EventLog, building: Building) -> Path:
    """Write the look-back's events, summed by customer, day, product and type. Streams: any size in bounded memory."""
    window = log.clock.features
    aside = building.workspace / FILE
    log.engine.write_parquet(
        f"""
        SELECT customer_id, day, product_id, event_type,
               CAST(SUM(coalesce(quantity, 1)) AS DOUBLE) AS quantity, CAST(SUM(amount) AS DOUBLE) AS amount
        FROM {log.relation}
        WHERE ts_s >= {window.start} AND ts_s < {window.end} AND product_id IS NOT NULL
        GROUP BY customer_id, day, product_id, event_type
        ORDER BY customer_id, day, product_id, event_type""",
        aside,
    )
    return aside.rename(building.folder / FILE)
