from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from sklearn.preprocessing import StandardScaler

from shoal.features.catalogue import CATALOGUE
from shoal.features.result import Features
from shoal.segments.spaces import SPACES, choose_space, fit_everything, fit_space
from shoal.words.errors import InputError, UsageError
from tests.segments.made import features_of

DRAW = np.random.default_rng(0)


def test_standardised_is_scikit_learns_scaler_to_the_last_bit() -> None:
    X = DRAW.lognormal(size=(257, 3))
    features = features_of({"a": X[:, 0], "b": X[:, 1], "c": X[:, 2]})
    assert (fit_space(features, "standardised").points == StandardScaler().fit_transform(X)).all()


def test_standardised_leaves_out_columns_with_gaps_and_says_so() -> None:
    fitted = fit_space(features_of({"a": [1, 2, 3], "b": [1, None, 2]}), "standardised")
    assert [column.feature for column in fitted.space.columns] == ["a"]
    assert [(finding.code, finding.count) for finding in fitted.findings] == [("segments.gaps", 1)]


def test_standardised_keeps_a_constant_column_at_zero_and_says_so() -> None:
    fitted = fit_space(features_of({"a": [1, 2, 3], "b": [4, 4, 4]}), "standardised")
    assert fitted.points[:, 1].tolist() == [0.0, 0.0, 0.0]
    assert [finding.code for finding in fitted.findings] == ["segments.constant"]


def test_nothing_known_of_everyone_is_an_error() -> None:
    with pytest.raises(InputError, match="nothing to measure"):
        fit_space(features_of({"a": [1, None], "b": [None, 2]}), "standardised")


def test_rfm_is_linear_days_and_the_logarithm_of_orders_and_spend() -> None:
    days, orders, spend = np.array([3.0, 50, 200]), np.array([9.0, 3, 1]), np.array([900.0, 60, 5])
    features = features_of(
        {"days_since_last_order": days, "orders": orders, "spend_total": spend, "share_weekend": days}
    )
    wanted = StandardScaler().fit_transform(np.column_stack([days, np.log1p(orders), np.log1p(spend)]))
    fitted = fit_space(features, "rfm")
    assert fitted.points == pytest.approx(wanted)
    assert [column.feature for column in fitted.space.columns] == ["days_since_last_order", "orders", "spend_total"]


def test_rfm_without_spend_says_what_is_missing() -> None:
    with pytest.raises(UsageError, match="spend_total"):
        fit_space(features_of({"days_since_last_order": [1, 2], "orders": [1, 2]}), "rfm")


def test_behaviour_gives_how_much_and_what_the_same_say(small_shop: Features) -> None:
    fitted = fit_space(small_shop, "behaviour")
    what = np.array([column.feature.startswith("spend_in_") for column in fitted.space.columns])
    variances = fitted.points.var(axis=0)
    assert [variances[what].sum(), variances[~what].sum()] == pytest.approx([1.0, 1.0])


def test_behaviour_takes_the_roots_of_totals_alone(small_shop: Features) -> None:
    used = {column.feature: column.transform for column in fit_space(small_shop, "behaviour").space.columns}
    totals = ("orders", "spend_total", "products_distinct", "spend_in_Kitchen", "spend_in_Garden")
    assert used == dict.fromkeys(totals, "sqrt")


def test_behaviour_without_totals_is_refused() -> None:
    with pytest.raises(UsageError, match="totals"):
        fit_space(features_of({"share_weekend": [0.1, 0.4]}), "behaviour")


def test_a_gap_is_filled_with_the_median_of_the_known() -> None:
    features = features_of({"spend_total": [10, 20, 60, None], "orders": [2, 3, 4, 1]})
    column = fit_space(features, "behaviour").space.columns[0]
    assert column.fill == 20.0


def test_a_value_beyond_those_seen_is_drawn_in() -> None:
    column = fit_space(features_of({"spend_total": [4, 9, 16], "orders": [1, 2, 3]}), "behaviour").space.columns[0]
    assert (column.low, column.high) == (4.0, 16.0)
    assert column.apply(np.array([1e9])) == column.apply(np.array([16.0]))


def test_negative_money_takes_the_signed_root() -> None:
    features = features_of({"spend_total": [-4.0, 9.0, 16.0], "orders": [1, 2, 3]})
    assert fit_space(features, "behaviour").space.columns[0].transform == "signed_sqrt"


def test_tastes_sees_categories_alone(small_shop: Features) -> None:
    used = [column.feature for column in fit_space(small_shop, "tastes").space.columns]
    assert used == ["spend_in_Kitchen", "spend_in_Garden"]


def test_tastes_without_categories_is_an_error() -> None:
    with pytest.raises(UsageError, match="category"):
        fit_space(features_of({"orders": [1, 2]}), "tastes")


def test_an_unknown_space_is_refused_and_the_known_are_listed() -> None:
    with pytest.raises(UsageError, match="behaviour"):
        fit_space(features_of({"orders": [1, 2]}), "hyper")


def test_auto_is_the_textbook_for_plain_numbers_and_behaviour_for_a_shop(small_shop: Features) -> None:
    assert choose_space(features_of({"income": [1, 2]})) == "standardised"
    assert choose_space(small_shop) == "behaviour"


@pytest.mark.parametrize("name", [name for name in SPACES if name != "mixed"])
def test_the_frozen_space_gives_the_points_it_was_fitted_on(name: str, small_shop: Features) -> None:
    fitted = fit_space(small_shop, name)
    assert (fitted.space.transform(small_shop.table) == fitted.points).all()


def test_likes_start_from_zero_and_keep_their_direction(small_shop: Features) -> None:
    fitted = fit_space(small_shop, "likes")
    spend = np.column_stack([small_shop.table[f"spend_in_{name}"].to_numpy() for name in ("Kitchen", "Garden")])
    assert (fitted.points >= 0).all()
    assert np.mean(fitted.points**2, axis=0) == pytest.approx([1.0, 1.0])
    inside = ((spend > np.quantile(spend, 0.05)) & (spend < np.quantile(spend, 0.95))).all(axis=1)
    share = fitted.points[inside, 0] / np.sqrt(spend[inside, 0])
    assert share == pytest.approx(np.full(inside.sum(), share[0]))


@pytest.mark.parametrize("name", ["standardised", "behaviour"])
def test_no_space_measures_by_what_other_customers_paid(name: str, small_shop: Features) -> None:
    level = replace(small_shop.columns[0], name="price_level", kind="number", additive=False, shapes=False)
    table = small_shop.table.append_column("price_level", pa.array(np.linspace(0.5, 2, 600)))
    told = replace(small_shop, table=table, columns=(*small_shop.columns, level))
    assert "price_level" not in {column.feature for column in fit_space(told, name).space.columns}
    assert "price_level" not in {column.feature for column in fit_everything(told).space.columns}
    assert {feature.name for feature in CATALOGUE if not feature.shapes} >= {"price_level"}
