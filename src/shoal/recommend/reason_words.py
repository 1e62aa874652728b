"""A reason as a person reads it, made when it is read.

In: a row's code, because and figure. Out: words. The one thing to know: in a log without purchases nobody bought
anything, so the same counts are told as interest.
"""

from __future__ import annotations

from collections.abc import Callable

from shoal.words.language import Text, Texts

texts = Texts("shoal.recommend")
DAYS = ("due", "regular", "again")
"""Reasons whose `because` is a number of days."""
BUYING = ("due", "regular", "again", "together", "segment", "popular", "popular_ever")
"""Reasons that speak of buying."""
PRODUCTS = ("together", "alike")
"""Reasons whose `because` is a product."""


def in_words(code: str, because: str, figure: float, name: Callable[[str], str | None], goal: str = "purchase") -> Text:
    """A reason in words; `name` says what to call a product id, `goal` is the event type that counts as buying.

    Examples
    --------
    >>> in_words("due", "28", 31, str).en
    'due again: usually every 28 days, last 31 days ago'
    >>> in_words("together", "sku7", 0.41, {"sku7": "Green tea"}.get).en
    '41% of those who bought Green tea also bought it'
    >>> in_words("regular", "3", 1, str, goal="view").en
    'looked at on 3 days before, last 1 day ago'
    """
    key = f"{code}_ever" if code == "popular" and because else code
    figure = 0 if figure != figure else figure
    share = f"{figure:.0%}"
    if goal != "purchase" and key in BUYING:
        said, whom = _because(code, because, name), _counted("people" if code == "popular" else "days", figure)
        return texts(f"interest.{key}", because=said, share=share, count=whom, act=texts(f"act.{goal}"))
    counted = _counted("buyers" if code == "popular" else "days", figure)
    return texts(f"reason.{key}", because=_because(code, because, name), share=share, count=counted)


def _because(code: str, because: str, name: Callable[[str], str | None]) -> Text | str:
    if code in DAYS:
        return _counted("days", float(because))
    return (name(because) or because) if code in PRODUCTS else because


def _counted(unit: str, number: float) -> Text:
    """So many days, buyers or people; one of them in the singular."""
    return texts(f"unit.{'one_' if round(number) == 1 else ''}{unit}", count=f"{number:,.0f}")


def act_in_words(goal: str) -> Text:
    """What people did where `goal` stands for buying: looked at, put into the cart, marked as a favourite.

    Examples
    --------
    >>> act_in_words("view").en
    'looked at'
    """
    return texts(f"act.{goal}")


def goal_in_words(goal: str) -> Text:
    """What stands for buying in a log without purchases: that this is so, said in one sentence."""
    return texts("interest.goal", act=texts(f"sign.{goal}"))
