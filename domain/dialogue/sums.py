"""Sums and lists as they are said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence

_SIGNS: Final = {"USD": "$", "EUR": "€", "GBP": "£"}


def money(amount: str, currency: str = "USD") -> str:
    """`25.00` as `$25.00`; currencies without a sign as `25.000 KWD`."""
    sign = _SIGNS.get(currency)
    whole, dot, cents = amount.partition(".")
    grouped = f"{int(whole):,}" if whole.isdigit() else whole
    return f"{sign}{grouped}{dot}{cents}" if sign else f"{grouped}{dot}{cents} {currency}"


def minor(amount_minor: int, currency: str = "USD") -> str:
    """Minor units as money for the eye; a debt with a minus sign."""
    text = money(Money(abs(amount_minor), currency).decimal(), currency)
    return f"minus {text}" if amount_minor < 0 else text


def listed(words: Sequence[str]) -> str:
    """`a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
