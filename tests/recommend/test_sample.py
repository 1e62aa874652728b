from __future__ import annotations

import hashlib

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.recommend.sample import sampled, some_of
from tests.recommend.shops import shop


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 100))
def test_the_customers_with_the_smallest_digests_are_drawn(most: int) -> None:
    seen = shop()
    names = seen.customer_ids.to_pylist()
    wanted = sorted(names, key=lambda name: hashlib.md5(name.encode(), usedforsecurity=False).hexdigest())[:most]
    assert [names[code] for code in sampled(seen, most)] == sorted(wanted)


def test_a_sample_does_not_hang_on_the_order_of_customers() -> None:
    seen = shop()
    turned = seen.take(np.arange(seen.customers)[::-1])
    assert set(some_of(seen, 9).customer_ids.to_pylist()) == set(some_of(turned, 9).customer_ids.to_pylist())


def test_a_small_shop_is_taken_whole() -> None:
    seen = shop()
    assert some_of(seen, seen.customers) is seen
