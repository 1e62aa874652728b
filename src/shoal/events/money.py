"""Which currency a log is counted in, and at which rates others are converted.

In: what the user asked for, ``EUR`` or ``EUR,USD=0.92,GBP=1.17``. Out: a `Money`. The one thing to know: without rates
records in another currency are set aside, never added up; a rate says what one unit of that currency is worth.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from shoal.engines.contract import literal
from shoal.events.numbers import DECIMAL
from shoal.words.errors import UsageError, error
from shoal.words.language import Texts

texts = Texts("shoal.events")


@dataclass(frozen=True, slots=True)
class Money:
    """The log's currency (None: whatever it has), and the rates at which others are converted into it."""

    currency: str | None = None
    rates: Mapping[str, Decimal] = field(default_factory=dict)

    def converted(self, amount: str) -> str:
        """SQL of an amount in the log's currency."""
        if not self.rates:
            return amount
        cases = " ".join(
            f"WHEN {literal(code)} THEN CAST({literal(str(rate))} AS DECIMAL(18,8))"
            for code, rate in self.rates.items()
        )
        return f"TRY_CAST({amount} * CASE currency {cases} ELSE 1 END AS {DECIMAL})"

    @property
    def foreign(self) -> str:
        """SQL that is true for a record in a currency that is neither the log's nor converted into it."""
        return f"currency NOT IN ({', '.join(literal(code) for code in (self.currency, *self.rates))})"

    def renamed(self) -> str:
        """SQL of the currency after conversion."""
        codes = ", ".join(literal(code) for code in self.rates)
        return (
            f"CASE WHEN currency IN ({codes}) THEN {literal(self.currency)} ELSE currency END" if codes else "currency"
        )


def asked_money(words: str | None) -> Money:
    """What ``--currency`` asks for. Raises `UsageError` for words that are no currency and no rate.

    Examples
    --------
    >>> asked_money("eur, usd=0.92").rates
    {'USD': Decimal('0.92')}
    """
    if not words:
        return Money()
    first, *others = (part.strip() for part in words.split(","))
    rates = {}
    for part in others:
        code, _, rate = part.partition("=")
        if not re.fullmatch(r"\d+(\.\d{1,8})?", rate.strip()) or not code.strip() or not Decimal(rate.strip()):
            raise error(UsageError, texts, "no_rate", part=part)
        rates[code.strip().upper()] = Decimal(rate.strip())
    if not first or "=" in first:
        raise error(UsageError, texts, "no_rate", part=first)
    return Money(first.upper(), rates)
