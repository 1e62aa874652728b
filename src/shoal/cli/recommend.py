"""``shoal recommend``: products for customers, a basket, a segment or a visitor, from a published study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import click

from shoal.cli.options import OUTPUT, PRODUCTS, listed, options, pair, texts
from shoal.cli.output import say
from shoal.words.errors import UsageError, error
from shoal.words.language import Language

COUNT: dict[str, dict[str, Any]] = {"--n": {"default": 20, "show_default": True, "type": click.IntRange(1)}}
SINCE = {"viewed": "view", "in_cart": "cart", "bought": "purchase"}
ASKED: dict[str, dict[str, Any]] = {
    "--viewed": PRODUCTS,
    "--in-cart": PRODUCTS,
    "--bought": PRODUCTS,
    "--attribute": {"metavar": "NAME=VALUE", "multiple": True},
    "--basket": PRODUCTS,
}


def command(language: Language) -> click.Command:
    @click.command(
        "recommend", help=texts("recommend.help").say(language), epilog=texts("recommend.epilog").say(language)
    )
    @click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
    @click.argument("customers", nargs=-1, metavar="[ID...]")
    @click.option("--segment", type=click.IntRange(1), metavar="N", help=texts("option.of_segment").say(language))
    @options(language, ASKED, COUNT, OUTPUT)
    def recommend(
        folder: Path,
        customers: tuple[str, ...],
        segment: int | None,
        attribute: tuple[str, ...],
        basket: tuple[str, ...],
        n: int,
        as_json: bool,
        lang: str | None,
        **since: tuple[str, ...],
    ) -> None:
        from shoal.study.offered import Several
        from shoal.study.serving import Serving

        del lang
        _check(customers, segment, basket, (*attribute, *chain(*since.values())))
        shop = Serving.open(folder)
        if basket:
            found = [shop.basket(listed(*basket), n)]
        elif segment is not None:
            found = [shop.segment(segment, n)]
        else:
            events, told = _events(since), _attributes(attribute)
            found = [shop.customer(customer, n, events, told) for customer in customers or ("",)]
        say(found[0] if len(found) == 1 else Several(made=shop.made, lists=tuple(found)), as_json, language)

    return recommend


def _check(customers: Sequence[str], segment: int | None, basket: Sequence[str], told: Sequence[str]) -> None:
    """Raise `UsageError` for two questions at once, and for news of a customer where nobody asks for one."""
    if sum((bool(customers), segment is not None, bool(basket))) > 1:
        raise error(UsageError, texts, "for_whom")
    if told and (basket or segment is not None):
        raise error(UsageError, texts, "not_theirs", asked="--basket" if basket else "--segment")


def _events(since: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """What the customer did since the study was made."""
    return [
        {"product_id": product, "event_type": kind} for name, kind in SINCE.items() for product in listed(*since[name])
    ]


def _attributes(said: Sequence[str]) -> dict[str, str]:
    """``country=GB``, ``age_years=31`` as a dict; a value may hold anything, also ``=`` and commas."""
    return dict(pair(one, "no_attribute") for one in said)
