"""What was said of customers, by other ids."""

from __future__ import annotations

import pyarrow as pa
import pytest

from shoal.segments.guidance import read_guidance
from shoal.words.errors import InputError


def test_labels_and_pairs_follow_their_customers_to_other_ids() -> None:
    labels = pa.table({"customer_id": ["ann@x.org", "u2"], "label": ["tea", "pan"]})
    links = pa.table({"customer_id": ["ann@x.org"], "other_id": ["u2"], "kind": ["cannot"]})
    given = read_guidance(labels, links)
    assert given is not None
    assert given.customers == {"ann@x.org", "u2"}
    renamed = given.renamed({"ann@x.org": "k1", "nobody": "k2"})
    assert (renamed.labels, renamed.cannot, renamed.must) == ({"k1": "tea", "u2": "pan"}, (("k1", "u2"),), ())


def test_two_writings_of_one_customer_with_two_labels_are_refused() -> None:
    given = read_guidance(pa.table({"customer_id": ["ann@x.org", "ANN@x.org"], "label": ["tea", "pan"]}))
    assert given is not None
    with pytest.raises(InputError, match="k1"):
        given.renamed({"ann@x.org": "k1", "ANN@x.org": "k1"})
