"""Visits where a log names none: a customer's events between two silences of half an hour.

In: the relation ``events``. Out: the relation ``visits``. The one thing to know: which visit an event belongs to
depends on what came before it alone, so an earlier cut sees the same visits, shortened where the cut falls into one.

Source: half an hour is the convention of web analytics since Catledge and Pitkow (1995, 25.5 minutes); GA4 has it too.
"""

from __future__ import annotations

from pathlib import Path

from shoal.engines.contract import Engine

SILENCE_S = 30 * 60
BROWSING = frozenset({"view", "search", "cart", "uncart", "favourite"})
RELATION = "visits"
# only three columns: carried through the windows, all of them cost five times as much
_MOMENTS = "SELECT customer_id, ts_s, event_type FROM events WHERE event_type NOT IN ('refund', 'cancel')"
_BEFORE = f"SELECT *, LAG(ts_s) OVER (PARTITION BY customer_id ORDER BY ts_s) AS before_s FROM ({_MOMENTS})"
_VISITS = (
    "SELECT customer_id, ts_s, event_type, "
    f"MAX(CASE WHEN before_s IS NULL OR ts_s - before_s > {SILENCE_S} THEN ts_s END) "
    "OVER (PARTITION BY customer_id ORDER BY ts_s ROWS UNBOUNDED PRECEDING) AS session_id "
    f"FROM ({_BEFORE})"
)


def are_derived(has: frozenset[str], types: frozenset[str]) -> bool:
    """Whether a log is one of visits that it does not name: it has times of day and browsing, and no sessions.

    Examples
    --------
    >>> are_derived(frozenset({"hour"}), frozenset({"view", "purchase"})), are_derived(frozenset(), frozenset({"view"}))
    (True, False)
    """
    return "hour" in has and "session_id" not in has and bool(BROWSING & types)


def derive_visits(engine: Engine, folder: Path) -> str:
    """Make the relation of visits: ``customer_id``, ``ts_s``, ``event_type``, ``session_id`` (its first second)."""
    file = folder / "visits.parquet"
    engine.write_parquet(_VISITS, file)
    engine.open_parquet(RELATION, [file])
    return RELATION
