"""Product groups learned from who bought what, for a log without categories.

A sparse customer x product matrix is reduced by a truncated SVD and the products are grouped by K-means in that space:
products that the same people buy end up together. Ours; the recipe is latent semantic analysis (Deerwester et al.
1990) on baskets instead of texts. One of the named crossings from engine to memory: an md5 sample of customers and
the best-known products only, so it stays small on any shop.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import numpy as np
import pyarrow as pa
from scipy.sparse import csr_matrix
from sklearn.cluster import KMeans
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd
from threadpoolctl import threadpool_limits

from shoal.engines.contract import literal
from shoal.events.result import EventLog
from shoal.words.clock import Clock
from shoal.words.language import Text, Texts

texts = Texts("shoal.features")
GROUPS = "product_groups"
MOST_GROUPS = 11
MOST_PRODUCTS = 20_000
MOST_CUSTOMERS = 50_000
FEWEST_CUSTOMERS = 5
DIMENSIONS = 20


def learn_product_groups(log: EventLog, clock: Clock, event: str, seed: int) -> pa.Table:
    """``product_id, category_key`` for every product with enough customers in the look-back.

    A shop of at most `MOST_GROUPS` products has each as its own group. Products known to fewer than five customers
    stay out; they count as "other".
    """
    customers, products, names = _purchases(log, clock, event)
    if len(names) <= MOST_GROUPS:
        keys = list(names)
    else:
        labels = _grouped(customers, products, len(names), seed)
        keys = [f"g{label + 1:02d}" for label in labels]
    return pa.table({"product_id": pa.array(names, pa.string()), "category_key": pa.array(keys, pa.string())})


def _purchases(log: EventLog, clock: Clock, event: str) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Who bought what at least once, as two aligned arrays of codes, and the product ids the codes stand for."""
    when = f"event_type = {literal(event)} AND ts_s >= {clock.features.start} AND ts_s < {clock.features.end}"
    pairs = f"""
        SELECT customer_id, product_id FROM {log.relation}
        WHERE {when} AND product_id IS NOT NULL {_sampled(log)}
        GROUP BY customer_id, product_id"""
    known = f"""
        SELECT product_id, COUNT(*) AS n_customers FROM ({pairs}) AS pair GROUP BY product_id
        HAVING COUNT(*) >= {FEWEST_CUSTOMERS} ORDER BY n_customers DESC, product_id LIMIT {MOST_PRODUCTS}"""
    found = log.engine.table(f"""
        SELECT customer_id, product_id FROM ({pairs}) AS pair
        WHERE product_id IN (SELECT product_id FROM ({known}) AS known) ORDER BY customer_id, product_id""")
    names = sorted(found["product_id"].unique().to_pylist())
    codes = found["product_id"].combine_chunks().dictionary_encode()
    order = np.argsort(np.argsort(np.array(codes.dictionary.to_pylist(), dtype=object)))
    customers = found["customer_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    return customers, order[codes.indices.to_numpy()] if names else np.array([], int), names


def _sampled(log: EventLog) -> str:
    """SQL that keeps about `MOST_CUSTOMERS` customers, the same ones on every engine and in every order."""
    if log.customers <= MOST_CUSTOMERS:
        return ""
    limit = f"{int(65_536 * MOST_CUSTOMERS / log.customers):04x}"
    return f"AND substring(md5(customer_id), 1, 4) < {literal(limit)}"


def _grouped(customers: np.ndarray, products: np.ndarray, n_products: int, seed: int) -> np.ndarray:
    """A group from 0 for each product, numbered by size."""
    matrix = csr_matrix((np.ones(len(customers)), (customers, products)), shape=(customers.max() + 1, n_products))
    matrix = normalize(matrix.multiply(np.log(matrix.shape[0] / matrix.sum(axis=0).A1 + 1)).tocsr())
    dimensions = min(DIMENSIONS, n_products - 1, matrix.shape[0])
    with threadpool_limits(1):  # the same bits whatever the number of cores
        _, strength, directions = randomized_svd(matrix, dimensions, random_state=seed)
        where = normalize(directions.T * strength)
        groups = min(MOST_GROUPS, max(2, n_products // 10))
        labels = KMeans(groups, n_init=10, random_state=seed).fit_predict(where)
    by_size = np.argsort(-np.bincount(labels, minlength=groups), kind="stable")
    return np.asarray(np.argsort(by_size)[labels])


def name_groups(log: EventLog, groups: pa.Table, keys: list[str]) -> dict[str, Text]:
    """What to call each learned group: the words its products share and others don't; without names, product ids."""
    named = dict(log.engine.rows("SELECT product_id, name FROM products WHERE name IS NOT NULL"))
    members: dict[str, list[str]] = {}
    for product, key in zip(groups["product_id"].to_pylist(), groups["category_key"].to_pylist(), strict=True):
        members.setdefault(key, []).append(named.get(product) or product)
    phrases = {key: _phrases(members.get(key, [])) for key in members}
    everywhere = Counter(phrase for counted in phrases.values() for phrase in counted.elements())
    labels = {key: _label(phrases[key], everywhere, members[key]) for key in members}
    return {key: Text.same(labels[key]) if key in labels else texts("category.other") for key in keys}


def _phrases(names: list[str]) -> Counter[str]:
    """In how many of the names each word and each pair of neighbouring words stands."""
    counted: Counter[str] = Counter()
    for name in names:
        words = re.findall(r"[^\W\d_]{2,}", name.lower())
        single = (word for word in words if len(word) > 2 or not word.isascii())
        counted.update({*single, *(" ".join(pair) for pair in pairwise(words))})
    return counted


def _label(own: Counter[str], everywhere: Counter[str], names: list[str]) -> str:
    """Up to two phrases that are frequent here and rare elsewhere; the shortest name where nothing repeats."""
    telling = sorted(
        (phrase for phrase, n in own.items() if n >= max(2, len(names) // 50)),
        key=lambda phrase: (-own[phrase] * own[phrase] / everywhere[phrase] * (1 + 0.5 * phrase.count(" ")), phrase),
    )
    chosen: list[str] = []
    for phrase in telling:
        if not any(set(phrase.split()) & set(other.split()) for other in chosen):
            chosen.append(phrase)
        if len(chosen) == 2:
            break
    return " & ".join(map(_titled, chosen)) if chosen else min(names, key=lambda name: (len(name), name))


def _titled(phrase: str) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in phrase.split())
