"""Money: a whole number of minor units beside its ISO 4217 currency. A float never comes near it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from domain.errors import (
    AmountNotPositiveError,
    AmountTooLargeError,
    AmountTooPreciseError,
    AmountUnreadableError,
    CurrencyMismatchError,
)

MINOR_DIGITS: Final = {"USD": 2, "EUR": 2, "GBP": 2, "CAD": 2, "JPY": 0, "KWD": 3}
LARGEST_MINOR: Final = 10**14
"""No amount above this many minor units is ever taken in; the column is a bigint, so sums of these still fit."""
_LONGEST_AMOUNT: Final = 32
_WRITTEN: Final = re.compile(
    r"[-+]?(?:[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?", re.ASCII
)
"""A comma parts thousands, each of three digits, or the amount is not read at all."""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """`minor` units (cents) of `currency` (ISO 4217)."""

    minor: int
    currency: str = "USD"

    def __add__(self, other: Money) -> Money:
        """Sum of two amounts of one currency. Raises CurrencyMismatchError."""
        if self.currency != other.currency:
            raise CurrencyMismatchError
        return Money(self.minor + other.minor, self.currency)

    def decimal(self) -> str:
        """`25.00`: the plain decimal form used in JSON and on the wire."""
        digits = MINOR_DIGITS[self.currency]
        return f"{Decimal(self.minor).scaleb(-digits):.{digits}f}"


def parse_amount(text: str, currency: str = "USD") -> Money:
    """Read a positive decimal (`25`, `25.5`, `1,250.00`) into minor units, exactly.

    Raises AmountUnreadableError, AmountNotPositiveError, AmountTooPreciseError or AmountTooLargeError.
    """
    digits = MINOR_DIGITS.get(currency)
    if digits is None:
        raise CurrencyMismatchError(f"unknown currency {currency[:8]!r}")
    try:
        value = Decimal(_plain(text))
    except InvalidOperation as error:
        raise AmountUnreadableError from error
    if not value.is_finite():
        raise AmountUnreadableError
    if value <= 0:
        raise AmountNotPositiveError
    if value.adjusted() + digits > len(str(LARGEST_MINOR)):
        raise AmountTooLargeError
    minor = value.scaleb(digits)
    if minor != minor.to_integral_value():
        raise AmountTooPreciseError
    if minor > LARGEST_MINOR:
        raise AmountTooLargeError
    return Money(int(minor), currency)


def _plain(text: str) -> str:
    written = text.strip().removeprefix("$")
    if len(written) > _LONGEST_AMOUNT or _WRITTEN.fullmatch(written) is None:
        raise AmountUnreadableError
    return written.replace(",", "")
