"""A sample that is the same in every run, whatever order its members stand in, and on every machine."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import md5

import numpy as np
from numpy.typing import NDArray


def smallest_digests(names: Sequence[str], most: int) -> NDArray[np.int64]:
    """Positions of the `most` names with the smallest md5, in the order of the digests; of all where there are fewer.

    Examples
    --------
    >>> names = ["ann", "bob", "eve"]
    >>> [names[at] for at in smallest_digests(names, 2)] == [names[::-1][at] for at in smallest_digests(names[::-1], 2)]
    True
    """
    digests = [md5(name.encode(), usedforsecurity=False).digest()[:8] for name in names]
    order = np.argsort(np.frombuffer(b"".join(digests), ">u8"), kind="stable")
    return np.asarray(order[:most], np.int64)
