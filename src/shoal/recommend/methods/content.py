"""Products alike by what they are: name, category, brand and description; also those that nobody has bought yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

import numpy as np
from scipy.sparse import csr_array, diags_array, hstack
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from shoal.recommend.contract import Arrays, Proposals, best_dense
from shoal.recommend.interactions import WEIGHTS, Interactions
from shoal.recommend.neighbours import packed, spoken_for, unpacked

EXACT = 5_000
DIRECTIONS = 100
ROWS = 1_000
LABELS = {"category": 1.0, "brand": 0.5}


class Content:
    """Neighbours by TF-IDF over character n-grams and labels (Salton and Buckley 1988).

    Names and descriptions are cut into runs of two to four characters within words, so that Chinese needs no word
    list and spelling variants meet; category (each level) and brand are labels of their own.

    Parameters
    ----------
    described
        Columns of one length, in the order of the products' codes: `name`, `category`, `brand`, `description`; each
        may hold None.
    """

    name: ClassVar[str] = "content"

    def __init__(
        self,
        described: Mapping[str, Sequence[str | None]],
        neighbours: int = 50,
        weights: Mapping[str, float] = WEIGHTS,
        seed: int = 0,
    ) -> None:
        self.described = described
        self.neighbours = neighbours
        self.weights = weights
        self.seed = seed

    def fit(self, seen: Interactions) -> Self:
        """Neighbours by what the products are. What is bought has no say, so a second fit, as a `Recommender` does for
        its lesson and for all days, reads the same texts once."""
        read = (seen.products, self.neighbours, self.seed, {name: tuple(told) for name, told in self.described.items()})
        if getattr(self, "_read", None) != read:
            self.similar_ = _nearest(self._vectors(seen.products), self.neighbours, self.seed)
            self._read = read
        return self

    def propose(self, histories: Interactions, n: int) -> Proposals:
        liked = histories.matrix(dict(self.weights), half_life=60)
        liked.data = np.sqrt(liked.data)
        return spoken_for(liked, self.similar_, n)

    def arrays(self) -> Arrays:
        return packed(self.similar_)

    def restored(self, arrays: Arrays) -> Self:
        self.similar_ = unpacked(arrays)
        return self

    def _vectors(self, products: int) -> csr_array:
        """One unit row a product; a product without a word has an empty row and no neighbours."""
        blocks = [_labels(self.described[name]) * weight for name, weight in LABELS.items() if name in self.described]
        texts = [" ".join(filter(None, told)) for told in self._told(products)]
        if any(map(str.strip, texts)):
            words = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=1, sublinear_tf=True)
            blocks.append(csr_array(words.fit_transform(texts), dtype=np.float32))
        if not blocks:
            return csr_array((products, 1), dtype=np.float32)
        return csr_array(normalize(hstack(blocks, format="csr")), dtype=np.float32)

    def _told(self, products: int) -> list[tuple[str | None, ...]]:
        columns = [self.described[name] for name in ("name", "description") if name in self.described]
        return list(zip(*columns, strict=True)) if columns else [()] * products


def _labels(values: Sequence[str | None]) -> csr_array:
    """A column for each label; a path gives one for each of its levels, the deeper the rarer."""
    levels = [_levels(value) for value in values]
    known = {label: place for place, label in enumerate(sorted({label for found in levels for label in found}))}
    rows = np.repeat(np.arange(len(levels)), [len(found) for found in levels])
    columns = np.array([known[label] for found in levels for label in found], np.int64)
    shape = (len(levels), max(len(known), 1))
    counted = csr_array((np.ones(len(rows), np.float32), (rows, columns)), shape)
    rarity = np.log((1 + len(levels)) / (1 + np.asarray(counted.sum(axis=0)).ravel())) + 1
    return csr_array(normalize(counted @ diags_array(rarity)), dtype=np.float32)


def _levels(path: str | None) -> list[str]:
    parts = path.split("/") if path else []
    return ["/".join(parts[: depth + 1]) for depth in range(len(parts))]


def _nearest(vectors: csr_array, most: int, seed: int) -> csr_array:
    """The `most` nearest products of each by cosine: exact on small catalogues, through an SVD on larger ones."""
    products = vectors.shape[0]
    if products > EXACT and vectors.shape[1] > DIRECTIONS:
        reduced = TruncatedSVD(DIRECTIONS, n_iter=3, random_state=seed).fit_transform(vectors)
        dense = normalize(reduced).astype(np.float32)
        parts = [_near(dense[a : a + ROWS] @ dense.T, a, most) for a in range(0, products, ROWS)]
    else:
        parts = [_near((vectors[a : a + ROWS] @ vectors.T).toarray(), a, most) for a in range(0, products, ROWS)]
    rows = np.concatenate([part[0] for part in parts]) if parts else np.array([], np.int64)
    columns = np.concatenate([part[1] for part in parts]) if parts else rows
    values = np.concatenate([part[2] for part in parts]) if parts else rows.astype(np.float32)
    return csr_array((values, (rows, columns)), (products, products))


def _near(alike: np.ndarray, first: int, most: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    alike[np.arange(len(alike)), first + np.arange(len(alike))] = 0
    best = best_dense(alike, most, floor=1e-6)
    rows, place = np.nonzero(best.products >= 0)
    return rows + first, best.products[rows, place], best.scores[rows, place]
