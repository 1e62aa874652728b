"""``history.parquet``: who did what with which product on which day, for who reads a published study.

The one thing to know: it is ordered by customer, so that one customer's rows are found at once (`study.lookup`).
"""

from __future__ import annotations

from pathlib import Path

from shoal.events.result import EventLog
from shoal.recommend.crossing import MOST_DAYS
from shoal.study.store import Building
from shoal.words.clock import DAY_S

FILE = "history.parquet"


def write_history(log: EventLog, building: Building) -> Path:
    """Write two years of events before the cut, summed by customer, day, product and type. Streams: any size."""
    start = log.clock.as_of - MOST_DAYS * DAY_S
    aside = building.workspace / FILE
    log.engine.write_parquet(
        f"""
        SELECT customer_id, day, product_id, event_type,
               CAST(SUM(coalesce(quantity, 1)) AS DOUBLE) AS quantity, CAST(SUM(amount) AS DOUBLE) AS amount
        FROM {log.relation}
        WHERE ts_s >= {start} AND ts_s < {log.clock.as_of} AND product_id IS NOT NULL
        GROUP BY customer_id, day, product_id, event_type
        ORDER BY customer_id, day, product_id, event_type""",
        aside,
    )
    return aside.rename(building.folder / FILE)
