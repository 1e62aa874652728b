from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from shoal.recommend.choose import RANGES, Asked, methods_for
from shoal.recommend.interactions import WEIGHTS
from tests.recommend.shops import described, shop

ASKED = Asked(30, WEIGHTS, described(24), 0)


def test_a_shop_with_segments_and_a_catalogue_runs_every_method() -> None:
    choice = methods_for(shop(), ASKED)
    assert [method.name for method in choice.methods] == list(RANGES)
    assert choice.left_out == {}


def test_what_is_left_out_says_why() -> None:
    nothing = replace(ASKED, described={"name": [None] * 24})
    assert methods_for(shop(segments=False), nothing).left_out == {
        "segment_popularity": "segments",
        "content": "catalogue",
    }


def test_one_segment_for_everybody_is_none() -> None:
    seen = shop().in_segments(np.ones(80, np.int32))
    assert methods_for(seen, ASKED).left_out == {"segment_popularity": "segments"}


@pytest.mark.parametrize("name", sorted(RANGES))
def test_every_method_is_left_out_past_its_range(name: str) -> None:
    size, seen = RANGES[name], shop()
    sizes = [(size.most_customers, size.most_products, size.fewest_customers)]
    for most_customers, most_products, fewest in sizes:
        if fewest > 1:
            assert methods_for(seen.take(np.arange(fewest - 1)), ASKED, [name]).left_out == {name: "size"}
            assert len(methods_for(seen.take(np.arange(fewest)), ASKED, [name]).methods) == 1
        if most_products:
            wide = replace(seen, product_ids=pa.array([str(p) for p in range(most_products + 1)]))
            assert methods_for(wide, ASKED, [name]).left_out == {name: "size"}
        if most_customers:
            starts = np.zeros(most_customers + 2, np.int64)
            nobody = np.zeros(most_customers + 1, np.int32)
            many = replace(seen, starts=starts, now=nobody, segment=nobody + np.arange(most_customers + 1) % 2 + 1)
            assert methods_for(many, ASKED, [name]).left_out == {name: "size"}


def test_the_next_basket_is_tuned_on_thirty_days() -> None:
    assert replace(ASKED, ahead="basket").days == 30
    assert replace(ASKED, ahead=14).days == 14
