"""Ids and event types as codes: how columns that anybody brings become the arrays of `Interactions`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shoal.words.columns import EVENT_TYPES
from shoal.words.errors import InputError, error
from shoal.words.language import Texts

texts = Texts("shoal.recommend")
PURCHASE, REFUND = EVENT_TYPES.index("purchase"), EVENT_TYPES.index("refund")


def strings(ids: Any) -> pa.Array:
    """Ids of any kind of column as text."""
    column = ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else pa.array(ids)
    return pc.cast(column.dictionary_decode() if pa.types.is_dictionary(column.type) else column, pa.string())


def fit_together(customer: pa.Array, product: pa.Array, days: NDArray[np.int32]) -> None:
    """Raise what is wrong with columns that cannot stand side by side."""
    if customer.null_count or product.null_count:
        raise error(InputError, texts, "empty_id", customers=customer.null_count, products=product.null_count)
    if not len(customer) == len(product) == len(days):
        raise error(InputError, texts, "lengths", found=f"{len(customer)}, {len(product)}, {len(days)}")


def coded(values: pa.Array, known: pa.Array | None) -> tuple[NDArray[np.int64], pa.Array]:
    """A code for each value, by the order of the sorted ids."""
    encoded = values.dictionary_encode()
    if known is None:
        order = pc.sort_indices(encoded.dictionary)
        known = encoded.dictionary.take(order)
    places = pc.index_in(encoded.dictionary, value_set=known)
    if places.null_count:
        missing = encoded.dictionary.filter(pc.is_null(places))[0].as_py()
        raise error(InputError, texts, "unknown_id", missing=missing)
    codes = np.asarray(places, np.int64)
    return codes[encoded.indices.to_numpy(zero_copy_only=False)] if len(values) else np.array([], np.int64), known


def kinds_of(kind: Any, length: int) -> NDArray[np.int8]:
    """The event type of each event as an index into `EVENT_TYPES`; one name stands for all."""
    if isinstance(kind, str):
        return np.full(length, EVENT_TYPES.index(kind), np.int8)
    encoded = strings(kind).dictionary_encode()
    unknown = [name for name in encoded.dictionary.to_pylist() if name not in EVENT_TYPES]
    if unknown:
        raise error(InputError, texts, "unknown_kind", found=unknown[0], known=", ".join(EVENT_TYPES))
    codes = np.array([EVENT_TYPES.index(name) for name in encoded.dictionary.to_pylist()], np.int8)
    return np.asarray(codes[encoded.indices.to_numpy(zero_copy_only=False)]) if length else np.array([], np.int8)


def goal_of(kinds: NDArray[np.int8]) -> int:
    """Index of the event type that counts as buying: purchase, else cart, favourite, view, whichever there is."""
    found = set(np.unique(kinds).tolist())
    order = (EVENT_TYPES.index(name) for name in ("purchase", "cart", "favourite", "view"))
    return next((kind for kind in order if kind in found), PURCHASE)
