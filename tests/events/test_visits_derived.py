"""Visits that a log does not name, derived from half an hour of silence."""

from __future__ import annotations

import random

from tests.events.conftest import Load, Write, codes

HEADER = "customer_id,event_time,event_type,product_id"


def _visits(log: object) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = log.engine.rows(  # type: ignore[attr-defined]
        "SELECT customer_id, ts_s % 86400 // 60, session_id % 86400 // 60 FROM visits ORDER BY customer_id, ts_s"
    )
    return rows


def test_a_visit_ends_after_half_an_hour_of_silence(write: Write, loaded: Load) -> None:
    """Minutes of the day: 10:00 is 600. Thirty minutes still belong together, thirty-one do not."""
    lines = [
        "a,2025-01-01 10:00,view,p1",
        "a,2025-01-01 10:30,cart,p1",
        "a,2025-01-01 11:00,purchase,p1",
        "a,2025-01-01 11:31,view,p2",
        "b,2025-01-01 10:10,view,p1",
        "a,2025-01-01 11:40,refund,p1",
    ]
    random.Random(0).shuffle(lines)
    log, quality = loaded(write("a.csv", HEADER, *lines))
    assert _visits(log) == [
        ("a", 600, 600), ("a", 630, 600), ("a", 660, 600), ("a", 691, 691), ("b", 610, 610),
    ]  # fmt: skip
    assert log.visits == "visits"
    assert "session_id" not in log.has
    assert "visits_derived" in codes(quality)


def test_what_comes_later_changes_no_visit(write: Write, loaded: Load) -> None:
    rng = random.Random(1)
    lines = [
        f"u{rng.randrange(3)},2025-01-01 {rng.randrange(24):02d}:{rng.randrange(60):02d},view,p" for _ in range(90)
    ]
    log, _ = loaded(write("a.csv", HEADER, *lines))
    noon = [row for row in _visits(log) if int(str(row[1])) < 720]
    morning, _ = loaded(write("a.csv", HEADER, *(line for line in lines if line[14:16] < "12")))
    assert _visits(morning) == noon


def test_no_visit_is_derived_where_the_log_names_them_or_cannot_tell(write: Write, loaded: Load) -> None:
    named, quality = loaded(
        write("a.csv", f"{HEADER},session_id", "a,2025-01-01 10:00,view,p,s1", "b,2025-01-01 11:00,view,p,s2")
    )
    assert named.visits is None
    assert "visits_derived" not in codes(quality)
    days, _ = loaded(write("a.csv", HEADER, "a,2025-01-01,view,p", "b,2025-01-02,view,p"))
    orders, _ = loaded(write("a.csv", HEADER, "a,2025-01-01 10:00,purchase,p", "b,2025-01-02 11:00,purchase,p"))
    assert (days.visits, orders.visits) == (None, None)
