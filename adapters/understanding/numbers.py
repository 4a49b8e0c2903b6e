"""Spoken and written numbers: amounts of money (exact decimals), counts, and strings of digits."""

from __future__ import annotations

from decimal import Decimal

from adapters.understanding.digits import HOMOPHONES, ZEROS, digit_run
from adapters.understanding.money import Money, Number


def decimal_text(amount: Decimal) -> str:
    """`25.00`; more decimals stay as said, so that whoever takes the money can refuse them."""
    exponent = amount.normalize().as_tuple().exponent
    places = max(2, -exponent if isinstance(exponent, int) else 2)
    return f"{amount:.{places}f}"


def find_numbers(tokens: list[str]) -> list[Number]:
    """All numbers in order; none overlaps another."""
    found: list[Number] = []
    at = 0
    while at < len(tokens):
        number = _number(tokens, at)
        if number is None:
            at += 1
        else:
            found.append(number)
            at = number.end
    return found


def _number(tokens: list[str], at: int) -> Number | None:
    money = Money(tokens, at).read()
    digits, end, spelled = digit_run(tokens, at)
    if money is None or (end > money.end and not money.unit and digits):
        known = len(digits) > 1 or (len(digits) == 1 and tokens[at] not in ZEROS | frozenset(HOMOPHONES))
        return Number(at, end, _spelled_amount(digits, spelled), digits, spelled=spelled) if known else None
    if end == money.end and not money.unit:
        return Number(at, end, money.amounts, digits, money.count, spelled=spelled)
    return money


def _spelled_amount(digits: str, spelled: bool) -> tuple[Decimal, ...]:
    fits = spelled and not digits.startswith("0") and len(digits) <= 6
    return (Decimal(digits),) if fits else ()
