"""Numbers in the words of the shop: a difference becomes "last order 12 days ago (shop 97)". Pure, no data kept."""

from __future__ import annotations

from collections.abc import Sequence

from shoal.features.result import EVENTS, FeatureInfo, Kind
from shoal.segments.levels import is_level
from shoal.segments.portrait import Contrast, FeatureProfile, Segment, Statistic
from shoal.words.language import Text, Texts, joined

texts = Texts("shoal.segments")
LAST_ORDER = "days_since_last_order"


def amount(value: float, kind: Kind, currency: str | None = None) -> str:
    """A value as people write it, in the unit of its kind.

    Examples
    --------
    >>> amount(0.256, "share"), amount(1234.5, "money", "GBP"), amount(3.0, "count"), amount(2.46, "count")
    ('26%', 'GBP 1,234', '3', '2.5')
    """
    if kind == "share":
        return f"{value:.0%}"
    if kind in ("money", "category_money"):
        return f"{currency} {_plain(value)}" if currency else _plain(value)
    return _plain(value)


def of_a_shop(columns: Sequence[FeatureInfo]) -> bool:
    """Whether these are features of a shop's log, rather than the columns of a plain table."""
    return any(info.kind != "number" and info.block != "table" for info in columns)


def chosen_in_events(columns: Sequence[FeatureInfo]) -> bool:
    """Whether what is liked is counted in events, as in a log without amounts, rather than in money."""
    return any(info.kind == "category_money" and info.unit == EVENTS for info in columns)


def called(segments: Sequence[Segment]) -> Text:
    """The names of segments in a list, each in quotes: a name may hold a comma of its own."""
    return joined([texts("name.quoted", name=one.name) for one in segments])


def rounded(value: float) -> float:
    """A value to two digits that count, for a name that is to stay short.

    Examples
    --------
    >>> rounded(39856.2), rounded(8464), rounded(7)
    (40000.0, 8500.0, 7.0)
    """
    return float(f"{value:.1e}")


def _plain(value: float) -> str:
    if abs(value) >= 10 or float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:.2g}" if abs(value) < 1 else f"{value:.1f}"


def contrast(
    info: FeatureInfo, here: FeatureProfile, whole: FeatureProfile, currency: str | None, shop: bool, idle: bool = False
) -> Contrast | None:
    """The contrast of one feature in words, None where no typical number shows what the interval says.

    `idle` says that the typical customer of the segment has no order: days since the last one are then the look-back.
    """
    statistic = _telling(here, whole, info.kind)
    if statistic is None or here.difference is None or here.low is None or here.high is None:
        return None
    value, other = _values(here, statistic), _values(whole, statistic)
    kind: Kind = "share" if statistic == "nonzero" else info.kind
    shown = {
        "label": info.label,
        "value": amount(value, kind, currency),
        "whole": texts("whole.shop" if shop else "whole.table", value=amount(other, kind, currency)),
    }
    own = f"contrast.{info.name}.{'none' if idle and info.name == LAST_ORDER else statistic}"
    general = "level" if is_level(info) else statistic
    key = own if shop and texts.has(own) else f"contrast.any.{general}"
    said = texts(key, **shown)
    return Contrast(info.name, here.difference, here.low, here.high, statistic, value, other, said, here.p)


def _telling(here: FeatureProfile, whole: FeatureProfile, kind: Kind) -> Statistic | None:
    """The first of median, mean, share with any, that lies visibly on the side the interval lies on."""
    order: tuple[Statistic, ...] = ("mean", "median", "nonzero") if kind == "share" else ("median", "mean", "nonzero")
    for statistic in order:
        value, other = _values(here, statistic), _values(whole, statistic)
        shown = "share" if statistic == "nonzero" else kind
        if (value - other) * here.strength > 0 and amount(value, shown) != amount(other, shown):
            return statistic
    return None


def _values(profile: FeatureProfile, statistic: Statistic) -> float:
    found = {"median": profile.median, "mean": profile.mean, "nonzero": profile.share_nonzero}[statistic]
    return float("nan") if found is None else found
