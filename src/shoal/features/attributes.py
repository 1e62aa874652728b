"""The features of what a shop knows of people: attributes of the customers file, as it was known at the cut.

In: the log's accounts. Out: features of the block ``attributes``: a number as it is, a text as 0 or 1 for each of its
frequent values. The one thing to know: null means that it is not known, also of those who had not signed up by then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shoal.engines.contract import literal
from shoal.events.result import Attribute, EventLog
from shoal.features.feature import Feature
from shoal.features.result import FeatureInfo
from shoal.words.language import Text, Texts

texts = Texts("shoal.features")
BLOCK = "attributes"

ATTRIBUTES: tuple[Feature, ...] = (
    Feature(
        "days_since_sign_up",
        BLOCK,
        "days",
        "days",
        "attributes",
        "({as_of} - MAX(signed_up_s)) / 864e2",
        ("signed_up",),
        empty="null",
    ),
    Feature(
        "age_years",
        BLOCK,
        "number",
        "years",
        "attributes",
        "CASE WHEN MAX(born_day) * 864e2 <= {as_of} AND {as_of} - MAX(born_day) * 864e2 < 3786912e3 "
        "THEN ({as_of} - MAX(born_day) * 864e2) / 31556952e0 END",
        ("birthday",),
        empty="null",
    ),
)
"""The two that need a date. An age beyond 120 years, or before birth, is not known; a year is 365.2425 days."""


@dataclass(frozen=True, slots=True)
class AttributeFeature:
    """A feature of one column of the customers file, and what it means."""

    feature: Feature
    info: FeatureInfo


def attribute_features(log: EventLog) -> tuple[AttributeFeature, ...]:
    """A feature for each number and for each frequent value of each text of the log's customers file."""
    taken = set[str]()
    return tuple(
        _of(attribute, level, _named(attribute.name, level, taken))
        for attribute in log.attributes
        for level in (attribute.levels or (None,))
    )


def as_in(columns: Sequence[FeatureInfo], log: EventLog) -> tuple[AttributeFeature, ...]:
    """The features of an earlier study's attributes; not known where this log's customers file does not say them."""
    there = {attribute.name: attribute for attribute in log.attributes}
    found = []
    for info in columns:
        if info.attribute is not None:
            known = there.get(info.attribute)
            feature = _of(known, info.level, info.name).feature if known else unknown(_blank(info.name))
            found.append(AttributeFeature(feature, info))
    return tuple(found)


def unknown(feature: Feature) -> Feature:
    """The feature of a log whose customers file does not say it: empty for everyone."""
    return replace(feature, grain="known", sql="MAX(CAST(NULL AS DOUBLE))", empty="null")


def missing(features: Iterable[AttributeFeature]) -> tuple[str, ...]:
    """The attributes that are not known of anybody here."""
    return tuple(dict.fromkeys(str(f.info.attribute) for f in features if f.feature.grain == "known"))


def columns_sql(log: EventLog) -> str:
    """The columns of the accounts that the grain carries along, each after a comma."""
    return "".join(f", {attribute.column}" for attribute in log.attributes)


def _blank(name: str) -> Feature:
    return Feature(name, BLOCK, "number", "", "attributes", "", (), empty="null")


def _of(attribute: Attribute, level: str | None, name: str) -> AttributeFeature:
    column = attribute.column
    value = f"MAX({column})"
    if level is not None:
        same = literal(level).replace("{", "{{").replace("}", "}}")
        value = f"MAX(CASE WHEN {column} IS NOT NULL THEN CASE WHEN {column} = {same} THEN 1e0 ELSE 0e0 END END)"
    feature = replace(_blank(name), sql=value, kind="number" if level is None else "share")
    return AttributeFeature(feature, _info(feature, attribute.name, level))


def _info(feature: Feature, attribute: str, level: str | None) -> FeatureInfo:
    key = "attribute.number" if level is None else "attribute.level"
    values = {"attribute": attribute.replace("_", " "), "level": level or ""}
    return FeatureInfo(
        feature.name,
        BLOCK,
        feature.kind,
        "" if level is None else "0 or 1",
        texts(f"{key}.label", **values),
        texts(f"{key}.meaning", **values),
        texts("attribute.null"),
        attribute=attribute,
        level=level,
    )


def _named(attribute: str, level: str | None, taken: set[str]) -> str:
    """A column name that says the attribute and the value: word characters of any script, unique in the table."""
    words = re.sub(r"[^\w]+", "_", f"{attribute} {level or ''}".lower()).strip("_")[:60]
    stem = f"attribute_{words or 'unnamed'}"
    name, n = stem, 1
    while name in taken:
        n += 1
        name = f"{stem}_{n}"
    taken.add(name)
    return name


def said_unknown(names: Sequence[str]) -> Text:
    """That attributes of the study are not known of anybody in this log."""
    return texts("finding.attributes_unknown", count=len(names), columns=", ".join(names))
