"""The linter catches every idiom that two engines answer differently, and every text of the package passes it."""

from __future__ import annotations

from importlib.resources import files

import pytest

from shoal.features.catalogue import CATALOGUE
from shoal.features.statement import different_days
from shoal.words.clock import Clock
from tests.engines.sql_lint import lint

BAD = {
    "SELECT extract(dow FROM event_time) FROM events": "EXTRACT is not in the allow-list",
    "SELECT dayofweek(event_time) FROM events": "not in the allow-list",
    "SELECT date_trunc('day', event_time) FROM events": "not in the allow-list",
    "SELECT strftime(event_time, '%Y') FROM events": "not in the allow-list",
    "SELECT epoch_us(event_time) FROM events": "not in the allow-list",
    "SELECT mode(category) FROM events": "MODE is not in the allow-list",
    "SELECT max_by(category, amount) FROM events": "not in the allow-list",
    "SELECT arg_max(category, amount) FROM events": "not in the allow-list",
    "SELECT hash(customer_id) FROM events": "not in the allow-list",
    "SELECT median(amount) FROM events": "MEDIAN is not in the allow-list",
    "SELECT quantile_cont(amount, 0.5e0) FROM events": "not in the allow-list",
    "SELECT percentile_cont(0.5e0) WITHIN GROUP (ORDER BY ts_s) FROM events": "not in the allow-list",
    "SELECT avg(amount) FROM events": "AVG is not in the allow-list",
    "SELECT stddev_samp(amount) FROM events": "not in the allow-list",
    "SELECT log(amount) FROM events": "not in the allow-list",
    "SELECT approx_count_distinct(product_id) FROM events": "not in the allow-list",
    "SELECT any_value(brand) FROM events": "not in the allow-list",
    "SELECT random() FROM events": "not in the allow-list",
    "SELECT now() FROM events": "not in the allow-list",
    "SELECT string_split(category, '/') FROM events": "not in the allow-list",
    "SELECT ts_s / 86400.0 FROM events": "a literal with a point",
    "SELECT amount * 0.5 FROM events": "a literal with a point",
    "SELECT SUM(amount) / COUNT(*) FROM events": "divide only a DOUBLE",
    "SELECT ts_s / 7 FROM events": "divide only a DOUBLE",
    "SELECT CAST(SUM(amount) AS DOUBLE) / SUM(quantity) FROM events": "needs NULLIF",
    "SELECT 1e0 / (COUNT(*) - 1) FROM events": "needs NULLIF",
    "SELECT ts_s / 0e0 FROM events": "needs NULLIF",
    "SELECT ts_s // 86400 FROM events": "does not parse",
    "SELECT SUM(CAST(amount AS DOUBLE)) FROM events": "depends on the order of rows",
    "SELECT SUM(amount * 1e0) FROM events": "depends on the order of rows",
    "SELECT COUNT(DISTINCT product_id) FROM events": "two steps",
    "SELECT SUM(DISTINCT amount) FROM events": "two steps",
    "SELECT CAST(ts_s / 864e2 AS INTEGER) FROM events": "floor it first",
    "SELECT TRY_CAST(brand AS INTEGER) FROM events": "TRY_CAST",
    "SELECT LAG(ts_s) OVER (PARTITION BY customer_id ORDER BY ts_s) FROM events": "full tie-break",
    "SELECT ROW_NUMBER() OVER (PARTITION BY customer_id) FROM events": "full tie-break",
    "SELECT brand FROM events ORDER BY brand": "NULLS LAST",
    "SELECT brand FROM events WHERE category IS NOT NULL ORDER BY brand": "NULLS LAST",
    "SELECT LAG(ts_s) OVER (ORDER BY brand, order_id) FROM events": "NULLS LAST",
    "SELECT customer_id FROM events LIMIT 10": "LIMIT without ORDER BY",
    "SELECT customer_id FROM events USING SAMPLE 10%": "not reproducible",
    "SELEC customer_id FROM events": "does not parse",
}
GOOD = [
    "SELECT (1000000 - MAX(ts_s)) / 864e2 AS d FROM events GROUP BY customer_id",
    "SELECT CAST(SUM(amount) AS DOUBLE) / NULLIF(COUNT(*), 0) AS a FROM events",
    "SELECT CAST(SUM(amount) AS DOUBLE) / COUNT(*) AS a FROM events GROUP BY customer_id",
    "SELECT CASE WHEN COUNT(*) > 1 THEN sqrt(greatest(CAST(SUM(day) AS DOUBLE), 0e0) / (COUNT(*) - 1)) END FROM events",
    "SELECT CAST(floor(ts_s / 864e2) AS INTEGER) AS day FROM events",
    "SELECT LAG(day) OVER (PARTITION BY customer_id ORDER BY ts_s, order_id) FROM events",
    "SELECT brand FROM events ORDER BY brand NULLS LAST, customer_id",
    "SELECT brand FROM events WHERE brand IS NOT NULL ORDER BY brand",
    "SELECT coalesce(brand, 'none') AS b FROM events ORDER BY b",
    "SELECT brand, COUNT(*) AS n FROM events GROUP BY brand ORDER BY n DESC, brand NULLS LAST LIMIT 5",
    "SELECT COUNT(*) FILTER (WHERE event_type = 'view') FROM events WHERE substring(md5(customer_id), 1, 4) < '051f'",
]
CLOCK = Clock(1_323_475_200, 365, 90)
PLACEHOLDERS = {
    "days_active": different_days(CLOCK),
    "events": "events", "as_of": 1_323_475_200, "start": 1_291_939_200, "look_back": "365e0", "category": "category_1",
    "worth": "SUM(amount)", "category_event": "purchase", "join_groups": " LEFT JOIN product_groups USING (product_id)",
    "visits": "look_back", "accounts": "accounts", "attribute_columns": ", attribute_0, attribute_1",
}  # fmt: skip
GRAINS = sorted(path.name for path in files("shoal.features").joinpath("sql").iterdir())


@pytest.mark.parametrize("sql", BAD)
def test_the_linter_names_a_bad_idiom(sql: str) -> None:
    assert any(BAD[sql] in finding for finding in lint(sql)), lint(sql)


@pytest.mark.parametrize("sql", GOOD)
def test_the_linter_passes_portable_sql(sql: str) -> None:
    assert lint(sql) == []


@pytest.mark.parametrize("file", GRAINS)
def test_every_sql_file_of_the_features_is_portable(file: str) -> None:
    text = files("shoal.features").joinpath("sql", file).read_text(encoding="utf-8")
    assert lint(text.format(**PLACEHOLDERS)) == []


@pytest.mark.parametrize("name", [feature.name for feature in CATALOGUE])
def test_every_expression_of_the_catalogue_is_portable(name: str) -> None:
    feature = next(feature for feature in CATALOGUE if feature.name == name)
    assert lint(f"SELECT {feature.sql.format(**PLACEHOLDERS)} FROM {feature.grain} GROUP BY customer_id") == []


def test_the_walk_finds_the_texts() -> None:
    assert len(GRAINS) >= 12
    assert len(CATALOGUE) >= 50
