"""What to know and do: facts of the cards, worth acting on, and silence where there are none."""

from __future__ import annotations

import numpy as np

from shoal.features.result import Features
from shoal.segments.explain import explain
from shoal.segments.insights import SLEEP_DAYS, insights
from shoal.segments.segment import segment
from shoal.segments.settings import SegmentSettings
from shoal.show.blocks import Finding
from tests.segments.made import features_of, shop

EACH = 60
DRAW = np.random.default_rng(0)


def _found(features: Features, k: int, space: str = "standardised") -> dict[str, Finding]:
    found = segment(features, SegmentSettings(k=k, space=space))
    return {one.code: one for one in found.findings if one.code.startswith("know.")}


def _shop(first: dict[str, float]) -> Features:
    """Sixty customers of whom `first` is typical, beside 240 plain ones."""
    plain = {
        "tenure_days": 360.0,
        "days_since_last_order": 20.0,
        "orders": 5.0,
        "overdue": 0.5,
        "share_orders_90d": 0.3,
        "spend_total": 100.0,
        "share_refunded": 0.02,
    }
    typical = np.repeat([first, {}], [EACH, 4 * EACH])
    return features_of(
        {name: [one.get(name, value) * (1 + 0.03 * DRAW.normal()) for one in typical] for name, value in plain.items()}
    )


def test_few_who_bring_much_are_to_be_kept() -> None:
    """60 of 300 spend 400 each, the others 100: half of 48,000, two and a half times their share."""
    found = _found(_shop({"spend_total": 400.0, "orders": 15.0}), 2)
    assert "are 20% of the customers and bring 50% of the spend (GBP 24," in found["know.worth"].text.en
    assert found["know.worth"].do is not None


def test_who_drifts_away_is_written_to_first_with_what_is_at_stake() -> None:
    away = {"days_since_last_order": 120.0, "overdue": 3.0, "share_orders_90d": 0.05}
    said = _found(_shop(away), 2)["know.drifting"]
    assert "60 customers who brought 20% of the spend (GBP 5," in said.text.en
    assert "3.0 times the usual gap" in said.text.en
    assert "其平常间隔的 3.0 倍" in said.text.zh


def test_newcomers_and_who_sends_back_are_known() -> None:
    assert "know.new" in _found(_shop({"tenure_days": 60.0, "orders": 1.0}), 2)
    assert "25% of what they spend" in _found(_shop({"share_refunded": 0.25}), 2)["know.returning"].text.en


def test_tastes_are_known_where_two_segments_differ_in_them() -> None:
    tea = np.r_[DRAW.uniform(40, 60, 80), DRAW.uniform(0, 5, 80)]
    columns = {"orders": DRAW.poisson(4, 160) + 1.0, "spend_total": np.full(160, 80.0) + np.arange(160) / 100}
    features = features_of(
        {"days_since_last_order": DRAW.uniform(1, 90, 160), **columns, "spend_in_Tea": tea, "spend_in_Rice": tea[::-1]}
    )
    said = _found(features, 2, "tastes")["know.tastes"].text
    assert "Tea" in said.en
    assert "Rice" in said.en


def test_sleepers_are_counted_out() -> None:
    idle = np.repeat([0, 1], 60)
    features = features_of(
        {
            "days_since_last_order": np.where(idle, 365, DRAW.uniform(1, 90, 120)),
            "orders": np.where(idle, 0, 3 + DRAW.poisson(2, 120)),
            "spend_total": np.where(idle, 0, 50.0 + np.arange(120)),
        }
    )
    assert _found(features, 2)["know.asleep"].text.en.startswith("50% of the customers have hardly ordered in 365 days")


def test_who_only_looked_in_a_short_log_is_not_said_to_sleep() -> None:
    idle = np.arange(120) < 60
    features = features_of({"orders": np.where(idle, 0, 5), "spend_total": np.where(idle, 0, 50.0 + np.arange(120))})
    portraits = explain(features, idle.astype(np.int64), 2).segments
    codes = [[finding.code for finding in insights(portraits, "GBP", days)] for days in (SLEEP_DAYS - 1, SLEEP_DAYS)]
    assert ["know.asleep" in found for found in codes] == [False, True]


def test_one_segment_and_a_plain_table_call_for_nothing() -> None:
    assert _found(shop(), 1) == {}
    assert _found(features_of({"income": np.r_[np.full(20, 90.0), np.full(20, 20.0)]}), 2) == {}


def test_labels_drawn_by_lot_call_for_nothing() -> None:
    features = shop(2_000)
    portraits = explain(features, np.random.default_rng(1).integers(0, 3, 2_000), 3).segments
    assert list(insights(portraits, "GBP", 365)) == []
