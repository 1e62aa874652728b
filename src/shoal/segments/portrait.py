"""What is said of a segment, as data: how large it is, what is typical in it, what sets it apart, what it likes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shoal.segments.chance import ALPHA
from shoal.segments.likes import FavouriteProduct, Typical
from shoal.segments.prospect import Move, Outlook, Steadiness
from shoal.segments.rule import Rule
from shoal.words.language import Text

NOTHING = Text("", "")
Statistic = Literal["median", "mean", "nonzero"]


@dataclass(frozen=True, slots=True)
class FeatureProfile:
    """One feature in one segment, in the feature's unit; None where no customer of the segment has a value.

    `share_nonzero` is the share of customers with a value other than 0. `difference` is the mean's distance from the
    rest of the shop in standard deviations (on the square-root scale for counts and money), `low` to `high` its 95 %
    interval. `p` is how often labels drawn by lot show a difference as large anywhere in the study (`chance`); None
    where that was not asked.
    """

    feature: str
    mean: float | None
    median: float | None
    share_nonzero: float
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None

    @property
    def strength(self) -> float:
        """The end of the interval nearest to zero, signed; 0 where the interval holds zero or chance could show it."""
        if self.p is not None and self.p > ALPHA:
            return 0.0
        if self.low is not None and self.low > 0:
            return self.low
        return self.high if self.high is not None and self.high < 0 else 0.0


@dataclass(frozen=True, slots=True)
class Contrast:
    """What sets a segment apart: a difference that chance does not show, in words and in numbers.

    Its 95 % interval leaves out zero and its adjusted `p` is at most `ALPHA`, whatever else was looked at. `statistic`
    says which number the words compare: the median, the mean, or the share of customers with any.
    """

    feature: str
    difference: float
    low: float
    high: float
    statistic: Statistic
    value: float
    whole: float
    text: Text
    p: float | None = None


@dataclass(frozen=True, slots=True)
class Favourite:
    """A category the segment spends more of its money on than the shop does.

    `share` is the category's share of the segment's spend with its 95 % interval, `whole` its share of the shop's,
    `lift` the one over the other; `p` is adjusted as that of a contrast.
    """

    feature: str
    label: Text
    share: float
    low: float
    high: float
    whole: float
    lift: float
    p: float | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment: its number (from 1), its name, its size, its profile, what sets it apart and what it likes.

    `persona` says who they are in two sentences. Shares are of the whole shop; `spend` and the shares of spend and
    orders are None where the log knows none. `rule` describes the segment in at most three conditions; `products` are
    bought more often here than in the shop, `typical` are customers near the segment's middle. `outlook` says
    what to expect of it, `moves` what takes its customers to its neighbours, `steadiness` how much is found again.
    """

    number: int
    name: Text
    customers: int
    share_customers: float
    profile: tuple[FeatureProfile, ...]
    contrasts: tuple[Contrast, ...] = ()
    favourites: tuple[Favourite, ...] = ()
    spend: float | None = None
    share_spend: float | None = None
    share_orders: float | None = None
    persona: Text = NOTHING
    rule: Rule | None = None
    products: tuple[FavouriteProduct, ...] = ()
    typical: tuple[Typical, ...] = ()
    outlook: Outlook | None = None
    moves: tuple[Move, ...] = ()
    steadiness: Steadiness | None = None

    def of(self, feature: str) -> FeatureProfile | None:
        """The profile of one feature, None where there is none of that name."""
        return next((part for part in self.profile if part.feature == feature), None)
