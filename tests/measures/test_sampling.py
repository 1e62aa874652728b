from __future__ import annotations

import hashlib

from shoal.measures.sampling import smallest_digests


def test_the_names_with_the_smallest_md5_come_in_its_order() -> None:
    names = [f"u{n}" for n in range(50)]
    by_digest = sorted(names, key=lambda name: hashlib.md5(name.encode(), usedforsecurity=False).hexdigest())
    assert [names[at] for at in smallest_digests(names, 7)] == by_digest[:7]
    assert [names[at] for at in smallest_digests(names, 99)] == by_digest


def test_nobody_gives_an_empty_sample() -> None:
    assert smallest_digests([], 3).tolist() == []
