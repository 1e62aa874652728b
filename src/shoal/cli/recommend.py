"""``shoal recommend``: products for customers, a basket, a segment or a visitor, from a published study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from shoal.cli.options import OUTPUT, listed, options, pair, texts
from shoal.cli.output import say
from shoal.words.errors import UsageError, error
from shoal.words.language import Language

COUNT: dict[str, dict[str, Any]] = {"--n": {"default": 20, "show_default": True, "type": click.IntRange(1)}}
SINCE = {"viewed": "view", "in_cart": "cart", "bought": "purchase"}
ASKED: dict[str, dict[str, Any]] = {
    "--viewed": {"metavar": "PRODUCT,..."},
    "--in-cart": {"metavar": "PRODUCT,..."},
    "--bought": {"metavar": "PRODUCT,..."},
    "--attribute": {"metavar": "NAME=VALUE", "multiple": True},
    "--basket": {"metavar": "PRODUCT,..."},
}


def command(language: Language) -> click.Command:
    @click.command(
        "recommend", help=texts("recommend.help").say(language), epilog=texts("recommend.epilog").say(language)
    )
    @click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
    @click.argument("customers", nargs=-1, metavar="[ID...]")
    @click.option("--segment", type=int, metavar="N", help=texts("option.of_segment").say(language))
    @options(language, ASKED, COUNT, OUTPUT)
    def recommend(
        folder: Path,
        customers: tuple[str, ...],
        segment: int | None,
        attribute: tuple[str, ...],
        basket: str | None,
        n: int,
        as_json: bool,
        lang: str | None,
        **since: str | None,
    ) -> None:
        from shoal.study.offered import Several
        from shoal.study.serving import Serving

        del lang
        if sum((bool(customers), segment is not None, basket is not None)) > 1:
            raise error(UsageError, texts, "for_whom")
        shop = Serving.open(folder)
        if basket is not None:
            found = [shop.basket(listed(basket), n)]
        elif segment is not None:
            found = [shop.segment(segment, n)]
        else:
            events, told = _events(since), _attributes(attribute)
            found = [shop.customer(customer, n, events, told) for customer in customers or ("",)]
        say(found[0] if len(found) == 1 else Several(made=shop.made, lists=tuple(found)), as_json, language)

    return recommend


def _events(since: Mapping[str, str | None]) -> list[dict[str, str]]:
    """What the customer did since the study was made."""
    return [
        {"product_id": product, "event_type": kind} for name, kind in SINCE.items() for product in listed(since[name])
    ]


def _attributes(said: Sequence[str]) -> dict[str, str]:
    """``country=GB``, ``age_years=31`` as a dict; a value may hold anything, also ``=`` and commas."""
    return dict(pair(one, "no_attribute") for one in said)
