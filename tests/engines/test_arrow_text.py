"""Categories of any library as text."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from shoal.engines.arrow_text import spelt_out

PLANS = ["free", "pro", None, "free"]


@pytest.mark.parametrize(
    "frame",
    [
        pa.table({"plan": pa.array(PLANS).dictionary_encode(), "n": [1, 2, 3, 4]}),
        pl.DataFrame({"plan": PLANS, "n": [1, 2, 3, 4]}, schema_overrides={"plan": pl.Categorical}),
        pl.DataFrame({"plan": PLANS, "n": [1, 2, 3, 4]}, schema_overrides={"plan": pl.Enum(["pro", "free"])}),
        pd.DataFrame({"plan": pd.Categorical(PLANS), "n": [1, 2, 3, 4]}),
    ],
    ids=["arrow", "polars", "polars enum", "pandas"],
)
def test_categories_become_the_texts_they_stand_for(frame: object) -> None:
    found = spelt_out(pa.table(frame))
    assert found.schema.field("plan").type == pa.string()
    assert found.select(["plan", "n"]).to_pydict() == {"plan": PLANS, "n": [1, 2, 3, 4]}


def test_categories_of_numbers_and_empty_tables_stay_as_they_are() -> None:
    numbers = pa.table({"n": pa.array([1, 1, 2]).dictionary_encode()})
    assert spelt_out(numbers) is numbers
    empty = pa.schema([("plan", pa.dictionary(pa.int32(), pa.string()))]).empty_table()
    assert spelt_out(empty).schema.field("plan").type == pa.string()
