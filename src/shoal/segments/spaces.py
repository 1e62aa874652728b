"""The spaces there are: each a recipe that fits a `Space` on a table of features.

What enters is `Features`, what leaves is a frozen `Space` and findings that say what was left out. The one thing to
know: k-means sees only distances, so the space decides what "alike" means. `standardised` is the textbook and keeps
every value; the others first take the square root or logarithm of counts and money, because their spread grows with
their size and a few large buyers would otherwise form the segments alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sklearn.preprocessing import StandardScaler

from shoal.features.result import FeatureInfo, Features
from shoal.measures.clustering import Floats
from shoal.segments.space import TRANSFORMS, Space, SpaceColumn, Transform, numbers, texts
from shoal.show.blocks import Finding
from shoal.words.errors import InputError, UsageError, error
from shoal.words.language import Text, joined

Limits = Mapping[str, tuple[float, float]]
Fitted = tuple[SpaceColumn, Floats]
RFM: dict[str, Transform] = {"days_since_last_order": "identity", "orders": "log1p", "spend_total": "log1p"}
EDGE = 4
ROOTED = ("count", "money", "category_money")


@dataclass(frozen=True, slots=True)
class FittedSpace:
    """A space with the points it was fitted on (rows, axes) and what has to be said about it."""

    space: Space
    points: Floats
    findings: tuple[Finding, ...] = ()


def choose_space(features: Features) -> str:
    """The space that ``auto`` stands for: `behaviour` for a shop, `standardised` for a plain table of numbers.

    `mixed` for a plain table whose text columns were kept.
    """
    if any(column.block != "table" for column in features.columns):
        return "behaviour"
    return "mixed" if text_columns(features) else "standardised"


def fit_space(features: Features, name: str, limits: Limits | None = None) -> FittedSpace:
    """The space of that name (or ``auto``), fitted on `features`; `limits` clip named features before anything else.

    Raises `UsageError` for a name that is none or a space these features cannot carry, `InputError` when no
    feature is known for everyone. Customers alike in everything give a space without axes.
    """
    chosen = choose_space(features) if name == "auto" else name
    if chosen not in SPACES:
        raise error(UsageError, texts, "no_such_space", name=name, known=", ".join(("auto", *SPACES)))
    return SPACES[chosen](features, limits or {})


def _standardised(features: Features, limits: Limits) -> FittedSpace:
    """Z-scores of all columns without gaps, exactly scikit-learn's `StandardScaler`; constant columns stay at 0.

    Of a shop, what customers did alone: attributes of a customers file have no say in distances, only in predictions.

    Constant columns are kept (they move no distance) so that the matrix is the textbook's to the last bit.
    """
    own = [info for info in features.columns if info.shapes and info.block != "attributes"]
    columns = {info.name: numbers(features.table, info.name) for info in own}
    gaps = [info for info in own if np.isnan(columns[info.name]).any()]
    kept = [info for info in own if info not in gaps]
    if not kept:
        raise error(InputError, texts, "nothing_to_measure", features=len(features.columns))
    matrix = np.column_stack([np.clip(columns[info.name], *limits.get(info.name, (None, None))) for info in kept])
    scaler = StandardScaler().fit(matrix)
    scales = zip(kept, scaler.mean_.tolist(), scaler.scale_.tolist(), strict=True)
    axes = tuple(_textbook_axis(info.name, mean, scale, limits) for info, mean, scale in scales)
    constant = [info for info in kept if np.ptp(columns[info.name]) == 0]
    space = Space("standardised", axes)
    return FittedSpace(space, space.transform(features.table), (*_said("gaps", gaps), *_said("constant", constant)))


def _textbook_axis(name: str, mean: float, scale: float, limits: Limits) -> SpaceColumn:
    low, high = limits.get(name, (None, None))
    return SpaceColumn(name, "identity", mean, scale, low=low, high=high, fill=mean)


def _rfm(features: Features, limits: Limits) -> FittedSpace:
    """Recency, frequency, money: days as they are, orders and spend on a log scale, each to mean 0 and spread 1."""
    known = {info.name for info in features.columns}
    missing = [name for name in RFM if name not in known]
    if missing:
        raise error(UsageError, texts, "space_needs", name="rfm", missing=", ".join(missing))
    return _fitted("rfm", features, [(features.info(name), RFM[name]) for name in RFM], limits)


def _behaviour(features: Features, limits: Limits) -> FittedSpace:
    """How much and what: roots of the totals and of the spend by category, the two blocks with equal say.

    Means, ratios, times of day and returns stay out: they tell customers apart but say little of what comes next, and
    in a distance they would drown what does (measured: `bench/proof.py`).
    """
    chosen = [info for info in features.columns if info.additive and info.block != "returns"]
    if not chosen:
        raise error(UsageError, texts, "no_totals")
    fitted = _fitted("behaviour", features, [(info, _transform(features, info)) for info in chosen], limits)
    return _balanced(fitted, {info.name: "what" if info.category else "how much" for info in chosen})


def _likes(features: Features, limits: Limits) -> FittedSpace:
    """How much is liked of what: roots of the spend by category, of a plain table every number, from 0 upwards.

    Not centred, so that the direction of a point says what is liked and its length how much; mean squares are 1.
    """
    chosen = [(info, _transform(features, info)) for info in features.columns if info.kind == "category_money"]
    chosen = chosen or [(info, "identity") for info in features.columns if info.block == "table"]
    if not chosen:
        raise error(UsageError, texts, "no_categories")
    fitted = _fitted("likes", features, chosen, limits)
    axes = tuple(_from_zero(axis) for axis in fitted.space.columns)
    space = replace(fitted.space, columns=axes)
    return replace(fitted, space=space, points=space.transform(features.table))


def _from_zero(axis: SpaceColumn) -> SpaceColumn:
    return replace(axis, centre=0.0, scale=float(np.hypot(axis.centre, axis.scale)))


def text_columns(features: Features) -> tuple[str, ...]:
    """The text columns that were kept beside the numbers; none in a table of numbers alone."""
    schema = features.table.schema
    return tuple(field.name for field in schema if pa.types.is_string(field.type) and field.name != "customer_id")


def level_axes(features: Features, name: str) -> list[SpaceColumn]:
    """The axes of one text column: one a level, weighted so that a mismatch with the mode counts 1 / (1 - sum p²)."""
    said = pc.fill_null(features.table[name], "").combine_chunks()
    shares = {one["values"]: one["counts"] / len(said) for one in said.value_counts().to_pylist()}
    unlike = 1.0 - sum(share**2 for share in shares.values())
    weight = float(np.sqrt(0.5 / unlike)) if unlike > 0 else 0.0
    return [SpaceColumn(name, "identity", 0.0, 1.0, weight=weight, level=level) for level in sorted(shares)]


def fit_everything(features: Features) -> FittedSpace:
    """Every feature, stabilised and to mean 0 and spread 1: what the predictive space learns from."""
    chosen = [(info, _transform(features, info)) for info in features.columns if info.shapes]
    return _fitted("everything", features, chosen, {})


def _tastes(features: Features, limits: Limits) -> FittedSpace:
    """Who likes what: the square root of spend by main category, and nothing else."""
    chosen = [(info, _transform(features, info)) for info in features.columns if info.kind == "category_money"]
    if not chosen:
        raise error(UsageError, texts, "no_categories")
    return _fitted("tastes", features, chosen, limits)


def _mixed(features: Features, limits: Limits) -> FittedSpace:
    """Numbers and text columns together: of a plain table its z-scores, of a shop its `behaviour`, and every level.

    A text column has as much say as a number: the weight of its axes makes the expected squared distance to the mean
    the same (Szepannek 2018, "clustMixType", R Journal 10).
    """
    texts_there = text_columns(features)
    if not texts_there:
        raise error(UsageError, texts, "no_texts")
    own = tuple(info for info in features.columns if info.category not in texts_there)
    plain = replace(features, columns=own)
    shop = choose_space(features) == "behaviour"
    bare = FittedSpace(Space("mixed", ()), np.empty((features.table.num_rows, 0)))
    base = _behaviour(features, limits) if shop else _standardised(plain, limits) if plain.columns else bare
    axes = [axis for name in texts_there for axis in level_axes(features, name)]
    space = Space("mixed", (*base.space.columns, *axes))
    return FittedSpace(space, space.transform(features.table), base.findings)


SPACES: dict[str, Callable[[Features, Limits], FittedSpace]] = {
    "behaviour": _behaviour,
    "tastes": _tastes,
    "rfm": _rfm,
    "standardised": _standardised,
    "mixed": _mixed,
    "likes": _likes,
}


def _transform(features: Features, info: FeatureInfo) -> Transform:
    if info.kind not in ROOTED:
        return "identity"
    values = numbers(features.table, info.name)
    return "signed_sqrt" if np.nanmin(values, initial=0.0) < 0 else "sqrt"


def _fitted(
    name: str,
    features: Features,
    chosen: list[tuple[FeatureInfo, Transform]],
    limits: Limits,
) -> FittedSpace:
    axes, points, constant = list[SpaceColumn](), list[Floats](), list[FeatureInfo]()
    for info, transform in chosen:
        values = numbers(features.table, info.name)
        axis = _axis(info.name, transform, values, limits.get(info.name))
        if axis is None:
            constant.append(info)
            continue
        axes.append(axis)
        points.append(axis.apply(values))
    matrix = np.column_stack(points) if points else np.empty((features.table.num_rows, 0))
    return FittedSpace(Space(name, tuple(axes)), matrix, _said("constant", constant))


def _axis(
    name: str,
    transform: Transform,
    values: Floats,
    limits: tuple[float, float] | None,
) -> SpaceColumn | None:
    """The axis of one feature, None where it says the same of everyone. Its limits are those given or its `edges`."""
    present = values[~np.isnan(values)]
    if len(present) == 0 or np.ptp(present) == 0:
        return None
    low, high = limits or edges(present)
    fill = float(np.median(present))
    bare = SpaceColumn(name, transform, 0.0, 1.0, low=low, high=high, fill=fill)
    seen = TRANSFORMS[transform](bare.within_limits(values))
    scale = float(seen.std())
    return replace(bare, centre=float(seen.mean()), scale=scale) if scale > 0 else None


def edges(values: Floats) -> tuple[float, float]:
    """Where an axis ends: at its fifth smallest and fifth largest value, or the hundredth part of a small shop.

    Nobody stands further out than the smallest group of customers could: otherwise single customers become segments.
    Where these are equal (nearly everyone alike) the whole range, so that the rare ones count.
    """
    rank = min(EDGE, len(values) // 100)
    ordered = np.partition(values, (rank, len(values) - 1 - rank))
    low, high = float(ordered[rank]), float(ordered[len(values) - 1 - rank])
    return (low, high) if high > low else (float(values.min()), float(values.max()))


def _balanced(fitted: FittedSpace, blocks: dict[str, str]) -> FittedSpace:
    """The same space with axes weighted so that each block has a total variance of 1: no source shouts by its width."""
    names = np.array([blocks[axis.feature] for axis in fitted.space.columns])
    variances = fitted.points.var(axis=0)
    totals = {str(block): float(variances[names == block].sum()) for block in set(names)}
    weights = [1.0 / float(np.sqrt(totals[str(block)])) for block in names]
    axes = tuple(replace(axis, weight=w) for axis, w in zip(fitted.space.columns, weights, strict=True))
    return replace(fitted, space=replace(fitted.space, columns=axes), points=fitted.points * np.array(weights))


def _said(code: str, infos: list[FeatureInfo]) -> tuple[Finding, ...]:
    if not infos:
        return ()
    shown = joined([info.label for info in infos[:3]]) if len(infos) <= 3 else _and_more(infos)
    said = texts(f"finding.{code}", features=shown, count=len(infos))
    return (Finding(f"segments.{code}", "info", said, count=len(infos)),)


def _and_more(infos: list[FeatureInfo]) -> Text:
    return texts("finding.and_more", first=joined([info.label for info in infos[:3]]), more=len(infos) - 3)
