"""A fitted recommender in a folder, as plain arrays: no pickle, memory-mapped when read, so that serving starts soon.

In: `Offers` and the catalogue. Out: ``recommender.json``, ``products.parquet`` and one ``.npy`` an array.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from shoal.recommend.blend import Blend, equal
from shoal.recommend.choose import RANGES, Asked
from shoal.recommend.contract import Arrays
from shoal.recommend.evidence import Evidence
from shoal.recommend.lesson import Ahead
from shoal.recommend.offers import Offers
from shoal.recommend.recommender import Recommender
from shoal.recommend.rules import Rules, Shelf
from shoal.words.columns import EVENT_TYPES
from shoal.words.errors import StudyError, error
from shoal.words.language import Texts

texts = Texts("shoal.recommend")
FILE, PRODUCTS = "recommender.json", "products.parquet"
FORMAT = 1


@dataclass(frozen=True)
class Facts:
    """What ``recommender.json`` holds: all that is no array."""

    format: int
    methods: list[str]
    weights: list[float]
    learned: bool
    learners: int
    repeat_share: float
    goal: str
    event_weights: dict[str, float]
    ahead: Ahead
    proposals: int
    rules: Rules
    kept_out: dict[str, int]
    now: int


@dataclass(frozen=True)
class Kept:
    """A recommender read back: `product_ids` sorted, `names` beside them, `now` the day of the cut."""

    offers: Offers
    product_ids: pa.Array
    names: list[str]
    now: int


def keep(folder: Path, offers: Offers, product_ids: pa.Array, names: list[str], now: int) -> None:
    """Write everything that is needed to offer products without a refit."""
    folder.mkdir(parents=True, exist_ok=True)
    recommender = offers.recommender
    for method in recommender.methods:
        _write(folder, method.name, method.arrays())
    _write(folder, "evidence", offers.evidence.arrays())
    shelf = {"offered": offers.shelf.offered, "repeatable": offers.shelf.repeatable, "category": offers.category}
    _write(folder, "shelf", shelf)
    pq.write_table(pa.table({"product_id": product_ids, "name": pa.array(names, pa.string())}), folder / PRODUCTS)
    facts = Facts(
        format=FORMAT,
        methods=[method.name for method in recommender.methods],
        weights=recommender.blend_.weights.tolist(),
        learned=recommender.blend_.learned,
        learners=recommender.blend_.learners,
        repeat_share=recommender.repeat_share_,
        goal=EVENT_TYPES[recommender.goal_],
        event_weights=dict(recommender.event_weights),
        ahead=recommender.ahead,
        proposals=recommender.proposals,
        rules=offers.rules,
        kept_out=offers.shelf.kept_out,
        now=now,
    )
    (folder / FILE).write_bytes(msgspec.json.format(msgspec.json.encode(facts), indent=1))


def kept(folder: Path) -> Kept:
    """The recommender that `keep` wrote. Raises `StudyError` where a file is missing, damaged or of another format."""
    try:
        facts = _facts(folder)
        products = pq.read_table(folder / PRODUCTS)
        offers = Offers(
            _recommender(folder, facts),
            Evidence.restored(_read(folder, "evidence")),
            _shelf(folder, facts),
            facts.rules,
            np.asarray(_read(folder, "shelf")["category"], np.int64),
        )
    except (OSError, ValueError, KeyError, msgspec.MsgspecError, pa.ArrowInvalid) as problem:
        raise error(StudyError, texts, "unreadable", folder=folder, reason=problem) from problem
    ids = products["product_id"].combine_chunks()
    return Kept(offers, ids, products["name"].to_pylist(), facts.now)


def _facts(folder: Path) -> Facts:
    """What the file says; raises `ValueError` for another format or weights that do not fit its methods."""
    facts = msgspec.json.decode((folder / FILE).read_bytes(), type=Facts)
    if facts.format != FORMAT:
        raise ValueError(f"format {facts.format}")
    if len(facts.weights) != len(equal(len(facts.methods)).weights):
        raise ValueError(f"{len(facts.weights)} weights")
    return facts


def _recommender(folder: Path, facts: Facts) -> Recommender:
    asked = Asked(facts.ahead, facts.event_weights, {}, 0)
    methods = [RANGES[name].make(asked).restored(_read(folder, name)) for name in facts.methods]
    recommender = Recommender(methods, facts.ahead, facts.proposals, event_weights=facts.event_weights)
    recommender.blend_ = Blend(np.array(facts.weights), facts.learned, facts.learners)
    recommender.repeat_share_ = facts.repeat_share
    recommender.goal_ = EVENT_TYPES.index(facts.goal)
    return recommender


def _shelf(folder: Path, facts: Facts) -> Shelf:
    arrays = _read(folder, "shelf")
    return Shelf(np.asarray(arrays["offered"], bool), np.asarray(arrays["repeatable"], bool), facts.kept_out)


def _write(folder: Path, name: str, arrays: Arrays) -> None:
    for key, array in arrays.items():
        np.save(folder / f"{name}.{key}.npy", np.asarray(array), allow_pickle=False)


def _read(folder: Path, name: str) -> Arrays:
    found = {path.name.split(".")[1]: path for path in sorted(folder.glob(f"{name}.*.npy"))}
    return {key: np.load(path, mmap_mode="r", allow_pickle=False) for key, path in found.items()}
